import type { PixelConfig } from '../../engine/index.ts'
import type { Store } from '../../store/index.ts'
import type { PacedReplays } from './paced-replays.ts'

/** What the admin API is made of. */
export interface AdminOptions {
  readonly store: Store
  readonly pixels: () => readonly PixelConfig[]
  readonly clock: { now(): number; isTrusted(): boolean; readonly skewMs: number }
  /** Tells the engine to look for work. */
  readonly wake: () => void
  readonly replays: PacedReplays
  readonly startedMs: number
}
