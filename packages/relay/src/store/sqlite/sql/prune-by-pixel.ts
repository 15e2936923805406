import type { Database, Row } from '../database.ts'

/**
 * Forgets what is old in a table whose key begins with the pixel, going from pixel to pixel, because each has its own end of what is old. `sql`
 * takes a pixel, the end and a limit. The result takes up to `limit` rows out and gives how many there were.
 */
export function prunerByPixel(database: Database, table: string, sql: string): (end: number, limit: number) => number {
  const next = database.prepare(`SELECT min(pixel) AS pixel FROM ${table} WHERE pixel > ?`)
  const remove = database.prepare(sql)
  return (end, limit) => {
    let pruned = 0
    for (let last = -1; pruned < limit; ) {
      const pixel = (next.get(last) as Row)['pixel'] as number | null
      if (pixel === null) break
      pruned += Number(remove.run(pixel, end, limit - pruned).changes)
      last = pixel
    }
    return pruned
  }
}
