import type { Issue } from 'waybill'
import type { PackedEvents } from './reading/index.ts'
import type { Outgoing } from './taken.ts'
import type { Fate } from './tally.ts'

/** What became of one event of a slice. */
export interface Sent {
  readonly status: Fate
  readonly issues: readonly Issue[]
  /** An earlier run delivered it, so that nothing was sent. */
  readonly before?: boolean
}

/** Brings checked events to the API: the SDK's client, or the relay's engine with a state on disk. */
export interface Sender {
  /** What became of each event, in their order. Never rejects for what an event or an answer did. */
  send(
    events: readonly Outgoing[],
    options: { readonly validateOnly: boolean; readonly signal: AbortSignal },
  ): Promise<readonly Sent[]>
  /**
   * Sends plain events of a pack in one request. `false`: anything but a plain delivery of all of them came of it, or nothing was sent, and
   * they are to be sent one by one.
   */
  sendWhole?(events: PackedEvents): Promise<boolean>
  /** Why nothing more can be sent, from the moment that this is so. */
  readonly stopped?: Issue | undefined
  /** Ends what it began. Nothing is sent after that. */
  close?(): Promise<void>
}
