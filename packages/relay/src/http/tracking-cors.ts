import type { Answer } from './answer.ts'
import { errorAnswer } from './answer.ts'
import { whenThere } from './maybe-promise.ts'
import type { Route, Visit } from './route.ts'

/** What pages may read and send, by the origins that tokens name. */
const HEADERS = 'authorization, content-type, anonymousid'
const KEPT_SECONDS = 600

/** The same route, and an answer to the question that browsers ask before they call it. */
export function withPages(route: Route, origins: () => ReadonlySet<string>): readonly Route[] {
  const headersFor = (visit: Visit): Readonly<Record<string, string>> => {
    const origin = originOf(visit)
    return origin !== undefined && origins().has(origin)
      ? { 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true', vary: 'origin' }
      : {}
  }
  const open = (visit: Visit, answer: Answer): Answer => ({
    ...answer,
    headers: { ...answer.headers, ...headersFor(visit) },
  })
  const preflight: Route = {
    method: 'OPTIONS',
    path: route.path,
    access: 'anyone',
    summary: 'Answers the browsers of pages whose origin an intake token names.',
    answers: { 204: 'Such pages may call.', 403: 'No token is for pages of this origin.' },
    async run(visit) {
      const allowed = headersFor(visit)
      if (Object.keys(allowed).length === 0) return UNKNOWN_ORIGIN
      const more = { 'access-control-allow-headers': HEADERS, 'access-control-max-age': String(KEPT_SECONDS) }
      return { status: 204, headers: { ...allowed, ...more, 'access-control-allow-methods': 'POST' }, body: '' }
    },
  }
  return [
    {
      ...route,
      refuse: (visit) => whenThere(route.refuse?.(visit), (refusal) => refusal && open(visit, refusal)),
      run: async (visit) => open(visit, await route.run(visit)),
    },
    preflight,
  ]
}

/** Where the page that calls comes from, as browsers say it; programs say nothing. */
export function originOf({ headers }: Pick<Visit, 'headers'>): string | undefined {
  const { origin } = headers
  return typeof origin === 'string' ? origin.toLowerCase() : undefined
}

const UNKNOWN_ORIGIN = errorAnswer(403, 'No intake token names this origin in its browserOrigins.', {
  code: 'unknown_origin',
})
