import type { RequestRecord } from '../../request.ts'
import type { Database } from '../database.ts'
import { encodeRows } from '../row-set.ts'

export const INSERT_REQUEST = `
  INSERT INTO request (pixel, at_ms, duration_ms, status, verdict, code, message, request_id, validate_only, ambiguous,
                       events, width, first_row, last_row, rows)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

/** How many bits the distance from the first row to the last has. */
export function widthOf(first: number, last: number): number {
  return first === last ? 0 : Math.floor(Math.log2(last - first)) + 1
}

/** Keeps a request; `rows` rise and are not empty. */
export function insertRequest(
  database: Database,
): (pixel: number, request: RequestRecord, rows: readonly number[]) => void {
  const statement = database.prepare(INSERT_REQUEST)
  return (pixel, { atMs, durationMs, status, verdict, code, message, requestId, validateOnly, ambiguous }, rows) => {
    const first = rows[0] ?? 0
    const last = rows.at(-1) ?? 0
    const about = [status ?? null, verdict, code ?? null, message ?? null, requestId ?? null] as const
    const flags = [validateOnly ? 1 : 0, ambiguous ? 1 : 0] as const
    statement.run(
      pixel,
      atMs,
      durationMs,
      ...about,
      ...flags,
      rows.length,
      widthOf(first, last),
      first,
      last,
      encodeRows(rows),
    )
  }
}
