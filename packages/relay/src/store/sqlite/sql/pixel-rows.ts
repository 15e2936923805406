import type { Database, Row } from '../database.ts'
import { encodeRows } from '../row-set.ts'
import { prunerByPixel } from './prune-by-pixel.ts'

/** Rows of a block, and what is read of a pixel at once. */
export const BLOCK_ROWS = 256

/** Which rows are a pixel's. */
export interface PixelRowStatements {
  /** What was accepted between two rows, both included. */
  readonly list: (first: number, last: number) => void
  /** Makes a block of a pixel's oldest rows where there are enough; false: there are not. */
  readonly pack: (pixel: number) => boolean
  /** Makes a block of what an older version's index has behind the blocks of a pixel; false: it has nothing more. */
  readonly takeOld: (pixel: number, below: number) => boolean
  /** The next pixel of that index. */
  readonly nextOld: (pixel: number) => number | undefined
  /** Forgets what lies below a row, up to `limit` blocks and as many single rows. */
  readonly prune: (oldest: number, limit: number) => void
}

const LIST = 'INSERT INTO pixel_row SELECT pixel, row FROM event WHERE row BETWEEN ? AND ?'
const OLD = `
  SELECT row FROM event INDEXED BY event_pixel
  WHERE pixel = ?1 AND row < ?2
    AND row > coalesce((SELECT last FROM pixel_block WHERE pixel = ?1 ORDER BY first DESC LIMIT 1), 0)
  ORDER BY row LIMIT ${BLOCK_ROWS}`
const PRUNE_BLOCKS = `
  DELETE FROM pixel_block WHERE (pixel, first) IN (
    SELECT pixel, first FROM pixel_block WHERE pixel = ?1 AND first < ?2 AND last < ?2 ORDER BY first LIMIT ?3)`
const PRUNE_ROWS = `
  DELETE FROM pixel_row WHERE (pixel, row) IN (
    SELECT pixel, row FROM pixel_row WHERE pixel = ?1 AND row < ?2 ORDER BY row LIMIT ?3)`

export function pixelRowStatements(database: Database): PixelRowStatements {
  const list = database.prepare(LIST)
  const oldest = database.prepare(`SELECT row FROM pixel_row WHERE pixel = ? ORDER BY row LIMIT ${BLOCK_ROWS}`)
  const unlist = database.prepare('DELETE FROM pixel_row WHERE pixel = ? AND row <= ?')
  const pruneBlocks = prunerByPixel(database, 'pixel_block', PRUNE_BLOCKS)
  const pruneRows = prunerByPixel(database, 'pixel_row', PRUNE_ROWS)
  const insert = database.prepare('INSERT INTO pixel_block (pixel, first, last, rows) VALUES (?, ?, ?, ?)')
  const block = (pixel: number, rows: readonly number[]): void =>
    void insert.run(pixel, rows[0]!, rows.at(-1)!, encodeRows(rows))
  return {
    list: (first, last) => void list.run(first, last),
    pack(pixel) {
      const rows = rowsOf(oldest.all(pixel))
      if (rows.length < BLOCK_ROWS) return false
      block(pixel, rows)
      unlist.run(pixel, rows.at(-1)!)
      return true
    },
    takeOld(pixel, below) {
      // The index is there as long as this is asked.
      const rows = rowsOf(database.prepare(OLD).all(pixel, below))
      if (rows.length > 0) block(pixel, rows)
      return rows.length === BLOCK_ROWS
    },
    nextOld(pixel) {
      const sql = 'SELECT min(pixel) AS pixel FROM event INDEXED BY event_pixel WHERE pixel > ?'
      return ((database.prepare(sql).get(pixel) as Row)['pixel'] as number | null) ?? undefined
    },
    prune(oldest, limit) {
      pruneBlocks(oldest, limit)
      pruneRows(oldest, limit)
    },
  }
}

function rowsOf(found: unknown[]): number[] {
  return (found as { readonly row: number }[]).map(({ row }) => row)
}
