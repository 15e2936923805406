import { KeptAnswers, keptRoute } from '../packing/index.ts'
import type { Route } from '../route.ts'
import { actionRoutes } from './actions.ts'
import { eventRoutes } from './events.ts'
import type { AdminOptions } from './options.ts'
import { markRoutes } from './read/marks.ts'
import { orderCompareRoute } from './read/orders.ts'
import { requestRoutes } from './read/requests.ts'
import { seriesRoute } from './read/series.ts'
import { signalRoute } from './read/signal.ts'
import { todayRoute } from './read/today.ts'
import { webhookCountRoute } from './read/webhooks.ts'
import { refusedRoutes } from './refused.ts'
import { shapeRoutes } from './shapes.ts'
import { statusRoutes } from './status.ts'
import { streamRoutes } from './stream/index.ts'
import { taskRoutes } from './tasks.ts'

export type { AdminOptions, TaskRunner } from './options.ts'
export { PacedReplays } from './paced-replays.ts'
export { createTick, Streams, Ticks } from './stream/index.ts'

/** Everything under `/api`. */
export function adminRoutes(options: AdminOptions): readonly Route[] {
  const many = [statusRoutes, shapeRoutes, eventRoutes, refusedRoutes, actionRoutes, streamRoutes]
  const read = [requestRoutes, markRoutes, taskRoutes]
  const single = [todayRoute, seriesRoute, signalRoute, orderCompareRoute, webhookCountRoute]
  const all = [...[...many, ...read].flatMap((routes) => routes(options)), ...single.map((route) => route(options))]
  const kept = new KeptAnswers(options)
  return all.map((route) => keptRoute(route, kept))
}
