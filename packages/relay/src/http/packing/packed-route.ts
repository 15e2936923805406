import type { Route, Visit } from '../route.ts'
import type { KeptAnswers } from './kept-answers.ts'
import { codingFor, packAnswer } from './pack.ts'

/** The route with its answers packed as each caller takes them. */
export function packedRoute(route: Route): Route {
  return {
    ...route,
    run: async (visit) => packAnswer(await route.run(visit), codingFor(visit.headers['accept-encoding'])),
  }
}

/** The same for a route that only tells, whose answers are kept for those who take old ones. */
export function keptRoute(route: Route, kept: KeptAnswers): Route {
  if (route.method !== 'GET') return packedRoute(route)
  const { run } = packedRoute(route)
  return { ...route, run: (visit) => kept.of(keyOf(visit), maxAgeMsOf(visit), () => run(visit)) }
}

/** All that an answer depends on. */
function keyOf({ url, headers, admitted: { pixels } }: Visit): string {
  return JSON.stringify([codingFor(headers['accept-encoding']), pixels, url])
}

function maxAgeMsOf({ headers }: Visit): number {
  const [, seconds] = /(?:^|[\s,])max-age=(\d{1,6})/.exec(String(headers['cache-control'] ?? '')) ?? []
  return Number(seconds ?? 0) * 1_000
}
