import type { EventSummary, Passage } from '../account.ts'
import type { EventState, NewEvent } from '../event.ts'
import type { Hold } from '../hold.ts'
import type { Suspicion } from '../suspicion.ts'

/** An account as the model keeps it: one object that is changed in place. */
export interface Entry {
  readonly row: number
  event: NewEvent
  end: 'delivered' | 'refused' | 'expired' | 'discarded' | undefined
  hasBody: boolean
  code: string | undefined
  message: string | undefined
  readonly acceptedMs: number
  endedMs: number | undefined
  dueMs: number
  /** What was due once stays due, whatever the clock says later. */
  isDue: boolean
  attempts: number
  /** It waits apart. */
  suspicion: Suspicion | undefined
  /** A recorded request may have stored it. */
  mayBeStored: boolean
  token: number | undefined
  readonly history: Passage[]
}

export function keyOf({ pixel, name, id }: NewEvent): string | undefined {
  return id === undefined ? undefined : JSON.stringify([pixel, name, id])
}

/** The state of an entry under the hold that covers it, if any. */
export function stateOf(entry: Entry, hold: Hold | undefined): EventState {
  if (entry.end !== undefined) return entry.end
  if (entry.token !== undefined) return 'sending'
  return hold === undefined ? 'queued' : 'held'
}

export function summarise(entry: Entry, hold: Hold | undefined): EventSummary {
  const state = stateOf(entry, hold)
  const reason = state === 'held' && hold !== undefined ? hold : entry
  return {
    row: entry.row,
    pixel: entry.event.pixel,
    name: entry.event.name,
    id: entry.event.id,
    state,
    code: reason.code,
    message: reason.message,
    shape: entry.event.shape,
    source: entry.event.source,
    timestampMs: entry.event.timestampMs,
    dueMs: entry.dueMs,
    acceptedMs: entry.acceptedMs,
    endedMs: entry.endedMs,
    attempts: entry.attempts,
    ...(entry.suspicion !== undefined && { suspicion: entry.suspicion }),
  }
}
