import type { Issue } from '../contract/issue.ts'
import type { Suspicion } from '../delivery/batch.ts'
import type { Gate } from '../delivery/drive/gate.ts'
import type { Ledger } from './ledger.ts'
import type { Scrub } from './outcome.ts'
import type { PixelMemory } from './pixel-memory.ts'
import type { Prepared } from './prepare.ts'
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
  /** On the runtime's monotonic clock. */
  readonly deadlineMs: number
  /** Aborted by the caller, by the deadline, or by an answer that concerns every event. */
  readonly signal: AbortSignal
  /** Ends the whole send; what has no outcome yet failed for this reason. */
  stop(why: Issue): void
  /** What is said of the last answer, where it was a fault that may pass: the reason behind a send that ran out of time. */
  readonly fault: { why: string | undefined }
  /** Shapes that this send found refused as a whole. */
  readonly held: Set<string>
  /** Refused by this send, by shape, while nothing of the shape passed since: taken back where the shape turns out to be at fault. */
  readonly refused: Map<string, Prepared[]>
  /** What waits to be asked again by itself before the send ends. */
  readonly suspects: Map<Prepared, Suspicion>
  /** What an earlier round of this send saw of those that are asked again. */
  readonly asked: Map<Prepared, Suspicion>
  /** What a preflight did not get to see, where everything has to be seen. */
  readonly unseen: Set<Prepared>
}
