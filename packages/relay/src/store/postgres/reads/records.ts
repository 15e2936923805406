import type { Page } from '../../account.ts'
import type { Moment } from '../../answers/moment.ts'
import type { Reading } from '../../answers/reading.ts'
import { numberCursor } from '../../cursor.ts'
import type { Mark } from '../../mark.ts'
import type { Range } from '../../reads/index.ts'
import type { RecordedAction } from '../../selection.ts'
import type { Task } from '../../task.ts'
import { readAction } from '../operations/actions.ts'
import { TASK_COLUMNS, taskOf } from '../operations/tasks.ts'
import { fromText, fromTextOrNull } from '../text.ts'

const MAX_MARKS = 1_000

export function* marks(moment: Moment, { fromMs, untilMs }: Range): Reading<{ readonly marks: readonly Mark[] }> {
  const found = yield* moment.all(
    `select seq, at_ms, by, text, pixel as of_pixel from waybill_store.mark where at_ms >= ?::float8 and at_ms < ?::float8
     order by at_ms desc, seq desc limit ${MAX_MARKS}`,
    fromMs,
    untilMs,
  )
  return {
    marks: found.map(({ seq, at_ms, by, text, of_pixel }) => ({
      seq: seq as number,
      atMs: at_ms as number,
      by: fromText(by as string),
      text: fromText(text as string),
      ...(of_pixel !== null && { pixel: fromTextOrNull(of_pixel as string)! }),
    })),
  }
}

export function* tasks(
  moment: Moment,
  { pixels, limit }: { readonly pixels?: readonly string[]; readonly limit: number },
): Reading<{ readonly tasks: readonly Task[] }> {
  const found = yield* moment.all(
    `select ${TASK_COLUMNS} from waybill_store.task order by id desc limit ?::integer`,
    limit,
  )
  const isMine = ({ selection }: Task): boolean =>
    pixels === undefined || selection.pixels?.every((pixel) => pixels.includes(pixel)) === true
  return { tasks: (found as unknown as Parameters<typeof taskOf>[0][]).map(taskOf).filter(isMine) }
}

export function* actions(
  moment: Moment,
  { cursor, limit }: { readonly cursor?: string; readonly limit: number },
): Reading<Page<RecordedAction>> {
  const found = yield* moment.all(
    'select seq, at_ms, by, verb, about from waybill_store.action where seq < ?::bigint order by seq desc limit ?::integer',
    numberCursor(cursor, Number.MAX_SAFE_INTEGER),
    limit + 1,
  )
  const items = (found as unknown as Parameters<typeof readAction>[0][]).map(readAction)
  const shown = items.slice(0, limit)
  return { items: shown, cursor: items.length > limit ? String(shown.at(-1)?.seq) : undefined }
}
