import type { EndSuspicionCall, Selection } from '../../selection.ts'
import { APART, READY, REFUSED } from '../../state.ts'
import type { Suspicion } from '../../suspicion.ts'
import type { Core } from '../core.ts'
import type { StoredEvent } from '../sql/event.ts'
import { DEFAULT_LIMIT, noteAction } from './note-action.ts'
import { placeOf } from './queued-event.ts'
import { selectRows } from './select.ts'

/** What each end does, and what it is called. */
const ENDS = {
  refused: { what: 'confirmed', verb: 'event:confirm', end: confirm },
  queued: { what: 'released', verb: 'event:release', end: letGo },
} as const

/** Inside a transaction: a person says what to think of suspects. What is leased is its holder's. */
export function endSuspicion(core: Core, selection: Selection, call: EndSuspicionCall): number {
  const { as, by, nowMs, reason, limit = DEFAULT_LIMIT } = call
  const { what, verb, end } = ENDS[as]
  let ended = 0
  for (const row of selectRows(core, selection, limit)) {
    const event = core.statements.event.get(row)
    const suspicion = event?.state === APART ? core.statements.suspicion.get(row) : undefined
    if (event === undefined || suspicion === undefined || core.leases.has(row)) continue
    core.statements.account.addPassage(row, { atMs: nowMs, what, code: undefined, message: reason, by })
    end(core, event, suspicion, nowMs)
    ended++
  }
  noteAction(core, verb, selection, { by, nowMs }, { events: ended, ...(reason !== undefined && { reason }) })
  return ended
}

function confirm(core: Core, event: StoredEvent, { code, message }: Suspicion, nowMs: number): void {
  core.statements.event.end(event.row, event.row, { state: REFUSED, endedMs: nowMs, code, message, attempts: 0 })
  core.queue.end([placeOf(event)], REFUSED, { atMs: nowMs, code })
}

function letGo(core: Core, event: StoredEvent): void {
  const about = { state: READY, dueMs: 0, code: null, message: null, attempts: 0 }
  core.statements.event.requeue(event.row, event.row, about)
  core.queue.goBack([placeOf(event)])
}
