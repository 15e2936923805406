import { createHash } from 'node:crypto'
import { type CheckResult, check, issue, MAX_AHEAD_MS, type WireEvent } from 'waybill'
import { shapeKey } from 'waybill/delivery'
import type { Account, Edit } from '../../store/index.ts'
import { type Answer, errorAnswer, jsonAnswer } from '../answer.ts'
import type { AdminOptions } from './options.ts'

/** Like intake: events of the future are kept until they enter the window, but not from further ahead than a day. */
const MAX_KEPT_AHEAD_MS = 24 * 60 * 60 * 1_000

/** Puts a mended event in the place of one that ended undelivered, and queues it under the same account. */
export async function mend(row: number, input: unknown, by: string, options: AdminOptions): Promise<Answer> {
  const { store, clock, pixels, wake } = options
  const account = await store.showRow(row)
  if (account === undefined) return NO_ROW
  const nowMs = clock.now()
  const contract = pixels().find(({ pixelId }) => pixelId === account.pixel)?.contract
  const result = check(input, { now: nowMs, contract, maxAheadMs: MAX_KEPT_AHEAD_MS })
  if (!result.ok) return jsonAnswer(422, { row, status: 'refused', issues: result.issues })
  if (!isSame(account, result.event)) return OTHER_EVENT
  const edit = editOf(result, nowMs)
  if (!(await store.edit(row, edit, { by, nowMs }))) return NOT_ENDED
  wake()
  return jsonAnswer(200, { row, status: 'queued', issues: edit.issues })
}

function isSame({ id, name }: Account, event: WireEvent): boolean {
  const named = event.type === 'custom' ? `custom:${event.custom_event_name ?? ''}` : event.type
  return event.id === id && named === name
}

function editOf({ event, warnings }: Extract<CheckResult, { ok: true }>, nowMs: number): Edit {
  const wire = JSON.stringify(event)
  const dueMs = event.timestamp_ms - MAX_AHEAD_MS
  const waits = dueMs > nowMs
  return {
    wire,
    shape: shapeKey(event),
    timestampMs: event.timestamp_ms,
    // The digest of intake, so that the mended event, sent once more, is known as a repeat.
    contentHash: createHash('sha256').update(wire).digest().subarray(0, 16),
    issues: waits ? [...warnings, issue('waits_for_its_time', 'timestamp_ms')] : warnings,
    ...(waits ? { dueMs } : {}),
  }
}

const NO_ROW = errorAnswer(404, 'There is no such row.', { param: 'row', code: 'not_found' })
const NOT_ENDED = errorAnswer(409, 'Only a refused, expired or discarded event can be edited.', { code: 'not_ended' })
const OTHER_EVENT = errorAnswer(
  409,
  'The id and the name of an event stay what they are: send the mended event to intake as a new one, and discard this row.',
  { param: 'event', code: 'another_event' },
)
