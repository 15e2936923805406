import type { Post } from 'waybill/client'
import type { Store } from '../store/index.ts'
import type { Clock } from './clock.ts'
import type { LifecycleEvents } from './events.ts'
import type { Ownership } from './ownership/ownership.ts'
import type { PixelConfig } from './pixel.ts'
import type { Runtime } from './runtime.ts'

/** What every pixel's delivery shares. */
export interface EngineParts {
  readonly store: Store
  readonly clock: Clock
  /** Which pixels and chores are this relay's. */
  readonly ownership: Ownership
  readonly events: LifecycleEvents
  readonly runtime: Runtime
  /** Endpoints that are relays which do not know what time it is, as each said last, whichever pixel asked. */
  readonly endpointsInDoubt: Set<string>
  readonly createPost: (config: PixelConfig) => Post
  /** Aborted when the grace period is over: requests in flight are given up. */
  readonly signal: AbortSignal
  /** Aborted as soon as stopping begins: pauses end at once. */
  readonly pauseSignal: AbortSignal
  /** True from the moment of stopping: nothing new goes out. */
  readonly isStopping: () => boolean
  /** Runs something beside the lanes; the engine does not end before it. */
  readonly background: (task: () => Promise<unknown>) => void
}
