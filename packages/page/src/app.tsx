import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { I18nProvider } from 'react-aria-components'
import { createRoot } from 'react-dom/client'
import { ApiError } from './api/client.ts'
import { LOCALE } from './logic/locale.ts'
import { makeRouter } from './router.tsx'

/** What the relay said it cannot do is not asked again; a relay that is away is, in growing pauses. */
function mayRetry(failures: number, error: Error): boolean {
  return error instanceof ApiError && (error.status === null || error.status >= 502) && failures < 3
}

export function start(root: HTMLElement): void {
  const queries = new QueryClient({
    defaultOptions: {
      queries: { retry: mayRetry, staleTime: 2_000, refetchOnWindowFocus: true, networkMode: 'always' },
    },
  })
  const router = makeRouter()
  createRoot(root).render(
    <I18nProvider locale={LOCALE}>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </I18nProvider>,
  )
}
