import type { Backlog, BacklogQuestion } from '../../reads/index.ts'
import { type AskRow, countParts } from '../operations/expiring.ts'
import type { Moment } from './moment.ts'
import { countsOf, oldestOf, tallyOf } from './overview.ts'

/** What has not ended, by pixel. Throws `TooSlowError`. */
export function backlog(moment: Moment, { pixels, fromMs, beforeMs, limit }: BacklogQuestion): Backlog {
  const ask: AskRow = (sql, ...values) => moment.one(sql, ...values)
  return {
    pixels: [...tallyOf(moment, pixels)].map(([pixel, numbers]) => {
      moment.mustBeInTime()
      const shapes = [...numbers.shapes].filter(([, { all }]) => all > 0)
      const parts = shapes.map(([shape]) => ({ pixel, shape }))
      return {
        pixel: moment.terms.text(pixel),
        counts: countsOf(moment, pixel, numbers),
        oldestTimestampMs: oldestOf(moment, pixel, shapes),
        within: beforeMs.map((before) => countParts(ask, parts, { fromMs, beforeMs: before, limit }).events),
      }
    }),
  }
}
