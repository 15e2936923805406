import { keepPreviousData, queryOptions, type UseQueryResult, useQuery } from '@tanstack/react-query'
import { expectNews, get, type Query } from './client.ts'
import type * as S from './shapes.ts'

/** What pages ask. Every key begins with its path, so that a tick can say which figures are old. */

function asked<Answer>(path: string, query: Query = {}) {
  return queryOptions<Answer>({
    queryKey: [path, query],
    queryFn: ({ signal }) => get<Answer>(path, query, signal),
    placeholderData: keepPreviousData,
  })
}

export type Scoped = { readonly pixel?: string | undefined; readonly from: number; readonly until: number }

export const useMe = (): UseQueryResult<S.Me> =>
  useQuery({ ...asked<S.Me>('/api/me'), staleTime: 60_000, retry: false })
export const useLoginInfo = (isWanted: boolean): UseQueryResult<S.LoginInfo> =>
  useQuery({ ...asked<S.LoginInfo>('/login'), enabled: isWanted })
export const useToday = (scope: Scoped): UseQueryResult<S.Today> => {
  const known = remembered<S.Today>(scope)
  const query = useQuery({
    ...asked<S.Today>('/api/today', scope),
    placeholderData: (before: S.Today | undefined) => before ?? known,
  })
  if (query.data !== undefined && !query.isPlaceholderData) remember(scope, query.data)
  if (query.data?.hasEvents === false) expectNews()
  return query
}
export const useSeries = (scope: Scoped & Query): UseQueryResult<S.SeriesAnswer> =>
  useQuery(asked<S.SeriesAnswer>('/api/series', scope))
export const useRefused = (scope: Scoped): UseQueryResult<{ groups: readonly S.RefusedGroup[] }> =>
  useQuery(asked<{ groups: readonly S.RefusedGroup[] }>('/api/refused', scope))
export const useTasks = (): UseQueryResult<{ tasks: readonly S.Task[] }> =>
  useQuery(asked<{ tasks: readonly S.Task[] }>('/api/tasks', { limit: 50 }))
export const useEvent = (row: string): UseQueryResult<{ account: S.Account }> =>
  useQuery(asked<{ account: S.Account }>(`/api/events/row/${encodeURIComponent(row)}`))
export const usePixels = (): UseQueryResult<{ pixels: readonly S.PixelView[] }> =>
  useQuery(asked<{ pixels: readonly S.PixelView[] }>('/api/pixels'))
export const useSignal = (scope: Scoped): UseQueryResult<S.Signal> => useQuery(asked<S.Signal>('/api/signal', scope))
export const useWebhooks = ({ pixel }: Scoped): UseQueryResult<{ sources: readonly S.WebhookSource[] }> =>
  useQuery(asked<{ sources: readonly S.WebhookSource[] }>('/api/orders/webhooks', { pixel }))
export const useRequestSummary = (scope: Scoped): UseQueryResult<S.RequestSummary> =>
  useQuery(asked<S.RequestSummary>('/api/requests/summary', scope))
export const useRequests = (
  scope: Scoped & { readonly verdict?: string | undefined },
): UseQueryResult<{ requests: readonly S.RequestView[] }> =>
  useQuery(asked<{ requests: readonly S.RequestView[] }>('/api/requests', { ...scope, limit: 100 }))
export const useActions = (): UseQueryResult<{ actions: readonly S.Action[] }> =>
  useQuery(asked<{ actions: readonly S.Action[] }>('/api/actions', { limit: 200 }))
export const useMarks = (scope: Scoped): UseQueryResult<{ marks: readonly S.Mark[] }> =>
  useQuery(asked<{ marks: readonly S.Mark[] }>('/api/marks', scope))
export const useLinks = (isWanted: boolean): UseQueryResult<{ links: readonly S.Link[] }> =>
  useQuery({ ...asked<{ links: readonly S.Link[] }>('/api/links'), enabled: isWanted })
export const useSandbox = (pixel: string | undefined): UseQueryResult<S.Sandbox> =>
  useQuery({ ...asked<S.Sandbox>('/api/sandbox', { pixel }), refetchInterval: 2_000 })

const LAST = 'waybill-last-today'

/** The figures of last time, shown in grey until the new ones are there. */
function remembered<Answer>({ pixel }: Scoped): Answer | undefined {
  try {
    return (JSON.parse(sessionStorage.getItem(`${LAST}:${pixel ?? ''}`) ?? 'null') as Answer | null) ?? undefined
  } catch {
    return undefined
  }
}

function remember({ pixel }: Scoped, answer: unknown): void {
  try {
    sessionStorage.setItem(`${LAST}:${pixel ?? ''}`, JSON.stringify(answer))
  } catch {
    // A browser that keeps nothing shows nothing in grey.
  }
}
