import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import type { EventFilter } from './logic/filter.ts'
import type { Scope } from './logic/range.ts'
import { PageFault } from './parts/page-fault.tsx'
import { Frame } from './shell/frame.tsx'

/** The URL holds pixel, range and filter; its parts are plain texts. */
export type PageSearch = Scope & EventFilter & { readonly q?: string; readonly verdict?: string }

const KNOWN = [
  ...['pixel', 'range', 'from', 'until', 'q', 'verdict'],
  ...['state', 'name', 'source', 'code', 'shape', 'id', 'order', 'suspect'],
]

function validateSearch(search: Record<string, unknown>): PageSearch {
  const entries = KNOWN.flatMap((key) => {
    const value = search[key]
    return value === undefined || value === null || value === '' ? [] : [[key, String(value)] as const]
  })
  return Object.fromEntries(entries) as PageSearch
}

const root = createRootRoute({ component: Frame, validateSearch })

const today = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: lazyRouteComponent(() => import('./pages/today.tsx'), 'TodayPage'),
})
const refused = createRoute({
  getParentRoute: () => root,
  path: '/refused',
  component: lazyRouteComponent(() => import('./pages/refused.tsx'), 'RefusedPage'),
})
const events = createRoute({
  getParentRoute: () => root,
  path: '/events',
  component: lazyRouteComponent(() => import('./pages/events.tsx'), 'EventsPage'),
})
const event = createRoute({
  getParentRoute: () => root,
  path: '/events/$row',
  component: lazyRouteComponent(() => import('./pages/event.tsx'), 'EventPage'),
})
const pixels = createRoute({
  getParentRoute: () => root,
  path: '/pixels',
  component: lazyRouteComponent(() => import('./pages/pixels.tsx'), 'PixelsPage'),
})
const signal = createRoute({
  getParentRoute: () => root,
  path: '/signal',
  component: lazyRouteComponent(() => import('./pages/signal.tsx'), 'SignalPage'),
})
const requests = createRoute({
  getParentRoute: () => root,
  path: '/requests',
  component: lazyRouteComponent(() => import('./pages/requests.tsx'), 'RequestsPage'),
})
const activity = createRoute({
  getParentRoute: () => root,
  path: '/activity',
  component: lazyRouteComponent(() => import('./pages/activity.tsx'), 'ActivityPage'),
})
const sandbox = createRoute({
  getParentRoute: () => root,
  path: '/sandbox',
  component: lazyRouteComponent(() => import('./pages/sandbox.tsx'), 'SandboxPage'),
})

const routeTree = root.addChildren([today, refused, events, event, pixels, signal, requests, activity, sandbox])

export function makeRouter() {
  return createRouter({
    routeTree,
    scrollRestoration: true,
    defaultErrorComponent: PageFault,
    defaultPreload: 'intent',
    parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
    stringifySearch(search) {
      const text = new URLSearchParams(search as Record<string, string>).toString()
      return text === '' ? '' : `?${text}`
    },
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>
  }
}
