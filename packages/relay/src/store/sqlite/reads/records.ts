import type { Page } from '../../account.ts'
import { numberCursor } from '../../cursor.ts'
import type { Mark } from '../../mark.ts'
import type { Range } from '../../reads/index.ts'
import type { RecordedAction } from '../../selection.ts'
import type { Task } from '../../task.ts'
import { ACTIONS_SQL, readAction } from '../operations/actions.ts'
import { taskOf } from '../sql/task.ts'
import type { SqliteMoment } from './moment.ts'

const MAX_MARKS = 1_000

export function marks(moment: SqliteMoment, { fromMs, untilMs }: Range): { readonly marks: readonly Mark[] } {
  const sql = `SELECT seq, at_ms, by, text, pixel FROM mark WHERE at_ms >= ? AND at_ms < ? ORDER BY at_ms DESC LIMIT ${MAX_MARKS}`
  return {
    marks: moment.rows(sql, fromMs, untilMs).map(({ seq, at_ms, by, text, pixel }) => ({
      seq: seq as number,
      atMs: at_ms as number,
      by: by as string,
      text: text as string,
      ...(pixel !== null && { pixel: pixel as string }),
    })),
  }
}

export function tasks(
  moment: SqliteMoment,
  { pixels, limit }: { readonly pixels?: readonly string[]; readonly limit: number },
): { readonly tasks: readonly Task[] } {
  const all = moment.rows('SELECT * FROM task ORDER BY id DESC LIMIT ?', limit).map(taskOf)
  const isMine = ({ selection }: Task): boolean =>
    pixels === undefined || selection.pixels?.every((pixel) => pixels.includes(pixel)) === true
  return { tasks: all.filter(isMine) }
}

export function actions(
  moment: SqliteMoment,
  { cursor, limit }: { readonly cursor?: string; readonly limit: number },
): Page<RecordedAction> {
  const below = numberCursor(cursor, Number.MAX_SAFE_INTEGER)
  const items = moment.rows(ACTIONS_SQL, below, limit + 1).map(readAction)
  const shown = items.slice(0, limit)
  return { items: shown, cursor: items.length > limit ? String(shown.at(-1)?.seq) : undefined }
}
