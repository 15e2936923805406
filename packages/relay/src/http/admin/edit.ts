import { check } from 'waybill'
import { keptForm, MAX_KEPT_AHEAD_MS } from '../../engine/index.ts'
import { type Answer, errorAnswer, jsonAnswer } from '../answer.ts'
import type { AdminOptions } from './options.ts'

/** Puts a mended event in the place of one that ended undelivered, and queues it under the same account. */
export async function mend(row: number, input: unknown, by: string, options: AdminOptions): Promise<Answer> {
  const { store, clock, pixels, wake } = options
  const account = await store.showRow(row)
  if (account === undefined) return NO_ROW
  const nowMs = clock.now()
  const contract = pixels().find(({ pixelId }) => pixelId === account.pixel)?.contract
  const result = check(input, { now: nowMs, contract, maxAheadMs: MAX_KEPT_AHEAD_MS })
  if (!result.ok) return jsonAnswer(422, { row, status: 'refused', issues: result.issues })
  const { id, name, ...edit } = keptForm(result.event, result.warnings, nowMs)
  if (id !== account.id || name !== account.name) return OTHER_EVENT
  if (!(await store.edit(row, edit, { by, nowMs }))) return NOT_ENDED
  wake()
  return jsonAnswer(200, { row, status: 'queued', issues: edit.issues })
}

const NO_ROW = errorAnswer(404, 'There is no such row.', { param: 'row', code: 'not_found' })
const NOT_ENDED = errorAnswer(409, 'Only a refused, expired or discarded event can be edited.', { code: 'not_ended' })
const OTHER_EVENT = errorAnswer(
  409,
  'The id and the name of an event stay what they are: send the mended event to intake as a new one, and discard this row.',
  { param: 'event', code: 'another_event' },
)
