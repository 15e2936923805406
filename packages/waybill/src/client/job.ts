import type { Issue } from '../contract/issue.ts'
import type { Gate } from './gate.ts'
import type { Ledger } from './ledger.ts'
import type { Scrub } from './outcome.ts'
import type { PixelMemory } from './pixel-memory.ts'
import type { Settings } from './settings.ts'
import type { Post } from './transport.ts'

/** Everything one call of `send` works with. */
export interface Job {
  readonly settings: Settings
  readonly post: Post
  readonly gate: Gate
  readonly memory: PixelMemory
  readonly ledger: Ledger
  readonly scrub: Scrub
  readonly validateOnly: boolean
  readonly deadlineMs: number
  /** Aborted by the caller, by the deadline, or by an answer that concerns every event. */
  readonly signal: AbortSignal
  /** Ends the whole send; what has no outcome yet failed for this reason. */
  stop(why: Issue): void
}
