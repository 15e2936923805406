import type { RequestRecord } from '../../request.ts'
import type { Database } from '../database.ts'
import { encodeRows } from '../row-set.ts'

const INSERT = `
  INSERT INTO request (pixel, at_ms, duration_ms, status, verdict, code, message, request_id, validate_only, ambiguous,
                       events, width, first_row, last_row, rows, lease, step, parent)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

/** How many bits the distance from the first row to the last has. */
function widthOf(first: number, last: number): number {
  return first === last ? 0 : Math.floor(Math.log2(last - first)) + 1
}

export interface RequestStatements {
  /** `rows` rise and are not empty. */
  readonly insert: (pixel: number, request: RequestRecord, rows: readonly number[]) => void
}

export function requestStatements(database: Database): RequestStatements {
  const statement = database.prepare(INSERT)
  return {
    insert(pixel, request, rows) {
      const { atMs, durationMs, status, verdict, code, message, requestId, validateOnly, ambiguous, place } = request
      const first = rows[0] ?? 0
      const last = rows.at(-1) ?? 0
      const about = [status ?? null, verdict, code ?? null, message ?? null, requestId ?? null] as const
      const flags = [validateOnly ? 1 : 0, ambiguous ? 1 : 0] as const
      const span = [rows.length, widthOf(first, last), first, last] as const
      const placeColumns = [place?.lease ?? null, place?.step ?? null, place?.parent ?? null] as const
      statement.run(pixel, atMs, durationMs, ...about, ...flags, ...span, encodeRows(rows), ...placeColumns)
    },
  }
}
