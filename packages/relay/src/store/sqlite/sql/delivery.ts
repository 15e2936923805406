import type { Database, Row } from '../database.ts'
import { decodeRows, encodeRows, rising } from '../row-set.ts'
import { prunerByPixel } from './prune-by-pixel.ts'

/** Which events were delivered together. */
export interface DeliveryStatements {
  /** `rows` rise and are not empty. */
  readonly insert: (pixel: number, endedMs: number, rows: readonly number[]) => void
  /** Forgets up to `limit` blocks of what was delivered before; nothing that is kept stands in those. */
  readonly prune: (endedBeforeMs: number, limit: number) => number
  /** Takes up to `limit` blocks of an older version; how many there were. */
  readonly takeOld: (limit: number) => number
}

/** Longer blocks would not lie in the tree. */
const MAX_ROWS = 400
const INSERT = 'INSERT OR IGNORE INTO delivered (pixel, ended_ms, row, rows) VALUES (?, ?, ?, ?)'
const PLACE = 'pixel = ? AND ended_ms = ? AND row = ?'
const PRUNE = `
  DELETE FROM delivered WHERE (pixel, ended_ms, row) IN (
    SELECT pixel, ended_ms, row FROM delivered WHERE pixel = ? AND ended_ms < ? ORDER BY ended_ms, row LIMIT ?)`
const TAKE_OLD = `
  DELETE FROM delivery WHERE seq IN (SELECT seq FROM delivery WHERE seq > 0 ORDER BY seq LIMIT ?) RETURNING pixel, ended_ms, rows`

export function deliveryStatements(database: Database): DeliveryStatements {
  const put = database.prepare(INSERT)
  const get = database.prepare(`SELECT rows FROM delivered WHERE ${PLACE}`)
  const replace = database.prepare(`UPDATE delivered SET rows = ? WHERE ${PLACE}`)
  const takeOld = database.prepare(TAKE_OLD)

  const insertBlock = (pixel: number, endedMs: number, rows: readonly number[]): void => {
    const place = [pixel, endedMs, rows[0]!] as const
    if (Number(put.run(...place, encodeRows(rows)).changes) === 1) return
    // Delivered, replayed and delivered again in one millisecond.
    const there = decodeRows((get.get(...place) as Row)['rows'] as Uint8Array)
    replace.run(encodeRows(rising([...there, ...rows])), ...place)
  }
  const insert = (pixel: number, endedMs: number, rows: readonly number[]): void => {
    for (let at = 0; at < rows.length; at += MAX_ROWS) insertBlock(pixel, endedMs, rows.slice(at, at + MAX_ROWS))
  }
  let isTaken = false
  return {
    insert,
    prune: prunerByPixel(database, 'delivered', PRUNE),
    takeOld(limit) {
      if (isTaken) return 0
      const old = takeOld.all(limit) as Row[]
      // None comes any more, and a statement that finds none costs as much as one that writes.
      isTaken = old.length === 0
      for (const row of old)
        insert(row['pixel'] as number, row['ended_ms'] as number, decodeRows(row['rows'] as Uint8Array))
      return old.length
    },
  }
}
