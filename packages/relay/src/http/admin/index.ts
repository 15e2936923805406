import type { Route } from '../route.ts'
import { actionRoutes } from './actions.ts'
import { eventRoutes } from './events.ts'
import type { AdminOptions } from './options.ts'
import { refusedRoutes } from './refused.ts'
import { shapeRoutes } from './shapes.ts'
import { statusRoutes } from './status.ts'
import { streamRoutes } from './stream/index.ts'

export type { AdminOptions } from './options.ts'
export { PacedReplays } from './paced-replays.ts'
export { Streams } from './stream/index.ts'

/** Everything under `/api`. */
export function adminRoutes(options: AdminOptions): readonly Route[] {
  const all = [statusRoutes, shapeRoutes, eventRoutes, refusedRoutes, actionRoutes, streamRoutes]
  return all.flatMap((routes) => routes(options))
}
