import type { Route } from '../route.ts'
import { actionRoutes } from './actions.ts'
import { eventRoutes } from './events.ts'
import type { AdminOptions } from './options.ts'
import { refusedRoutes } from './refused.ts'
import { statusRoutes } from './status.ts'

export type { AdminOptions } from './options.ts'
export { PacedReplays } from './paced-replays.ts'

/** Everything under `/api`. */
export function adminRoutes(options: AdminOptions): readonly Route[] {
  return [...statusRoutes(options), ...eventRoutes(options), ...refusedRoutes(options), ...actionRoutes(options)]
}
