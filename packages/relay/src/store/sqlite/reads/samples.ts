import { type FaultSample, OTHER } from '../../reads/index.ts'
import { LISTED, type ListedColumns, listed } from './listed.ts'
import type { SqliteMoment } from './moment.ts'

/** The latest in an end for a reason. */
export function samplesOf(
  moment: SqliteMoment,
  {
    kind,
    pixel,
    code,
    limit,
  }: { readonly kind: number; readonly pixel: number; readonly code: number; readonly limit: number },
): FaultSample[] {
  const text = code === 0 ? OTHER : moment.terms.text(code)
  const sql = `SELECT ${LISTED} FROM event WHERE state > 2 AND state = ${kind} AND code = ? AND pixel = ?
    ORDER BY ended_ms DESC, row DESC LIMIT ${limit}`
  return (moment.rows(sql, text, pixel) as unknown as ListedColumns[]).map((event) => ({
    ...listed(moment, event),
    issues: event.issues === null ? [] : JSON.parse(event.issues),
  }))
}
