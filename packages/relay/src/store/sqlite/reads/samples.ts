import type { SamplesOf } from '../../answers/moment.ts'
import { type FaultSample, OTHER } from '../../reads/index.ts'
import { LISTED, type ListedColumns, listed } from './listed.ts'
import type { SqliteMoment } from './moment.ts'

/** Of each group the latest in an end for its reason. */
export function samplesOf(moment: SqliteMoment, { kind, groups, limit }: SamplesOf): FaultSample[][] {
  const sql = `SELECT ${LISTED} FROM event WHERE state > 2 AND state = ${kind} AND code = ? AND pixel = ?
    ORDER BY ended_ms DESC, row DESC LIMIT ${limit}`
  return groups.map(({ pixel, code }) => {
    const text = code === 0 ? OTHER : moment.terms.text(code)
    return (moment.rows(sql, text, pixel) as unknown as ListedColumns[]).map((event) => ({
      ...listed(moment, event),
      issues: event.issues === null ? [] : JSON.parse(event.issues),
    }))
  })
}
