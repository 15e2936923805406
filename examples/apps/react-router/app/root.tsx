import type { ReactNode } from 'react'
import { Links, Meta, Outlet, Scripts, ScrollRestoration } from 'react-router'
import { captureOppref } from 'waybill/oppref'
import type { Route } from './+types/root'
import { consents } from './waybill.server'

// On every page, so that the landing page needs nothing of its own.
export const middleware: Route.MiddlewareFunction[] = [
  async ({ request }, next) => {
    const { setCookie } = await captureOppref(request, { consent: () => consents(request.headers.get('cookie')) })
    const answer = await next()
    if (setCookie !== undefined) answer.headers.append('set-cookie', setCookie)
    return answer
  },
]

export function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <head>
        <Meta />
        <Links />
      </head>
      <body>
        {children}
        <ScrollRestoration />
        <Scripts />
      </body>
    </html>
  )
}

export default function Root() {
  return <Outlet />
}
