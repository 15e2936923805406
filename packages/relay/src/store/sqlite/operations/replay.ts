import type { By } from '../../hold.ts'
import type { DiscardCall, Edit, ReplayCall, Selection } from '../../selection.ts'
import { DELIVERED, DISCARDED, READY } from '../../state.ts'
import type { Core } from '../core.ts'
import type { StoredEvent } from '../sql/event.ts'
import { DEFAULT_LIMIT, noteAction } from './note-action.ts'
import { placeOf } from './queued-event.ts'
import { keepHistory, reopen } from './reopen.ts'
import { selectRows } from './select.ts'

/** Inside a transaction: queues again what ended undelivered, as it is. */
export function replay(core: Core, selection: Selection, { by, nowMs, limit = DEFAULT_LIMIT }: ReplayCall): number {
  const rows = selectRows(core, selection, limit)
  const events = rows.filter((row) => replayOne(core, row, { by, nowMs })).length
  noteAction(core, 'event:replay', selection, { by, nowMs }, { events })
  return events
}

/** False where it is nothing that ended undelivered. */
export function replayOne(core: Core, row: number, { by, nowMs }: By): boolean {
  const event = core.statements.event.get(row)
  if (event === undefined || !canRun(event)) return false
  keepHistory(core, event, { what: 'replayed', by, nowMs })
  core.statements.event.requeueEnded(row)
  core.queue.enterAgain(placeOf(event), placeOf({ ...event, state: READY }), 0, { nowMs, code: null })
  return true
}

/** Ended, but not delivered; an event without an id cannot be sent, only be fixed at its source. */
function canRun({ state, id }: StoredEvent): boolean {
  return state > DELIVERED && id !== null
}

/** Inside a transaction: the fixed content takes the place of the old, and is queued. */
export function edit(core: Core, row: number, content: Edit, { by, nowMs }: By): boolean {
  if (editOne(core, row, content, { by, nowMs }) === undefined) return false
  noteAction(core, 'event:edit', { rows: [row] }, { by, nowMs }, {})
  return true
}

/** The event as it was before; `undefined` where it is nothing that ended undelivered. */
export function editOne(core: Core, row: number, content: Edit, { by, nowMs }: By): StoredEvent | undefined {
  const event = core.statements.event.get(row)
  if (event === undefined || !canRun(event)) return undefined
  reopen(core, event, content, { what: 'edited', by, nowMs })
  return event
}

/** Inside a transaction: ends what is neither delivered nor under way. */
export function discard(core: Core, selection: Selection, call: DiscardCall): number {
  const { by, nowMs, reason, limit = DEFAULT_LIMIT } = call
  const rows = selectRows(core, selection, limit)
  const events = rows.filter((row) => discardOne(core, row, { reason, nowMs })).length
  noteAction(core, 'event:discard', selection, { by, nowMs }, { events, reason })
  return events
}

/** False where it is delivered, discarded, or under way. */
export function discardOne(core: Core, row: number, { reason, nowMs }: Pick<DiscardCall, 'reason' | 'nowMs'>): boolean {
  const event = core.statements.event.get(row)
  if (event === undefined || event.state === DELIVERED || event.state === DISCARDED || core.leases.has(row))
    return false
  if (event.state > DELIVERED) keepHistory(core, event, undefined)
  const about = { endedMs: nowMs, code: 'discarded', message: reason, attempts: 0 }
  core.statements.event.end(row, row, { state: DISCARDED, ...about })
  core.queue.end([placeOf(event)], DISCARDED, { atMs: nowMs, code: about.code })
  return true
}
