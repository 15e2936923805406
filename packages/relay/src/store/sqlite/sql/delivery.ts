import type { Database } from '../database.ts'
import { encodeRows } from '../row-set.ts'

/** Which events were delivered together. */
export interface DeliveryStatements {
  /** `rows` rise and are not empty. */
  readonly insert: (pixel: number, endedMs: number, rows: readonly number[]) => void
  /** Forgets up to `limit` of what was delivered before; nothing that is kept stands in those. */
  readonly prune: (endedBeforeMs: number, limit: number) => number
}

export function deliveryStatements(database: Database): DeliveryStatements {
  const insert = database.prepare('INSERT INTO delivery (pixel, ended_ms, rows) VALUES (?, ?, ?)')
  const prune = database.prepare(`
    DELETE FROM delivery WHERE seq IN (SELECT seq FROM delivery WHERE seq > 0 ORDER BY seq LIMIT ?2) AND ended_ms < ?1`)
  return {
    insert: (pixel, endedMs, rows) => void insert.run(pixel, endedMs, encodeRows(rows)),
    prune: (endedBeforeMs, limit) => Number(prune.run(endedBeforeMs, limit).changes),
  }
}
