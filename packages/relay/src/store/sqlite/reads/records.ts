import type { Page } from '../../account.ts'
import type { Mark } from '../../mark.ts'
import type { Range, SentenceInputs, SentenceQuestion } from '../../reads/index.ts'
import type { RecordedAction } from '../../selection.ts'
import type { Task } from '../../task.ts'
import { numberCursor } from '../cursor.ts'
import { ACTIONS_SQL, readAction } from '../operations/actions.ts'
import { taskOf } from '../sql/task.ts'
import { groups } from './groups.ts'
import type { Moment } from './moment.ts'
import { latency, now } from './overview.ts'
import { series } from './series.ts'

const MAX_MARKS = 1_000

export function marks(moment: Moment, { fromMs, untilMs }: Range): { readonly marks: readonly Mark[] } {
  const sql = `SELECT seq, at_ms, by, text, pixel FROM mark WHERE at_ms >= ? AND at_ms < ? ORDER BY at_ms DESC LIMIT ${MAX_MARKS}`
  return {
    marks: moment.all(sql, fromMs, untilMs).map(({ seq, at_ms, by, text, pixel }) => ({
      seq: seq as number,
      atMs: at_ms as number,
      by: by as string,
      text: text as string,
      ...(pixel !== null && { pixel: pixel as string }),
    })),
  }
}

export function tasks(
  moment: Moment,
  { pixels, limit }: { readonly pixels?: readonly string[]; readonly limit: number },
): { readonly tasks: readonly Task[] } {
  const all = moment.all('SELECT * FROM task ORDER BY id DESC LIMIT ?', limit).map(taskOf)
  const isMine = ({ selection }: Task): boolean =>
    pixels === undefined || selection.pixels?.every((pixel) => pixels.includes(pixel)) === true
  return { tasks: all.filter(isMine) }
}

export function actions(
  moment: Moment,
  { cursor, limit }: { readonly cursor?: string; readonly limit: number },
): Page<RecordedAction> {
  const below = numberCursor(cursor, Number.MAX_SAFE_INTEGER)
  const items = moment.all(ACTIONS_SQL, below, limit + 1).map(readAction)
  const shown = items.slice(0, limit)
  return { items: shown, cursor: items.length > limit ? String(shown.at(-1)?.seq) : undefined }
}

const WEEKS = 4

/** All that the sentence of Today is made of. */
export function sentence(moment: Moment, question: SentenceQuestion): SentenceInputs {
  const { fromMs, untilMs, pixels, step = 'quarter' } = question
  const about = { fromMs, untilMs, ...(pixels && { pixels }) }
  const chart = { ...about, step, weeksBefore: WEEKS }
  return {
    now: now(moment, about),
    whole: series(moment, { ...chart, kinds: ['accepted', 'delivered', 'refused', 'expired'] }),
    bySource: series(moment, { ...chart, kinds: ['accepted'], by: 'source' }),
    refused: groups(moment, { ...about, count: { flow: 'refused' }, by: ['source', 'code'] }),
    latency: latency(moment, about),
    marks: marks(moment, { fromMs, untilMs }).marks,
  }
}
