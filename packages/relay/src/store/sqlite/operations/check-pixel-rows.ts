import type { Core } from '../core.ts'
import type { Row } from '../database.ts'
import { decodeRows } from '../row-set.ts'

const EVENTS = 'SELECT pixel, count(*) AS events FROM event GROUP BY pixel'
const SINGLE = `
  SELECT pixel_row.pixel, count(*) AS events, min(pixel_row.row) AS row FROM pixel_row
  CROSS JOIN event ON event.row = pixel_row.row AND event.pixel = pixel_row.pixel GROUP BY pixel_row.pixel`
const BLOCKS = 'SELECT first, last, rows FROM pixel_block WHERE pixel = ? ORDER BY first'
const OF_BLOCK = `
  SELECT count(*) AS events FROM event WHERE row IN (SELECT value FROM json_each(?)) AND pixel = ?`

/** Each account stands once among the rows of its pixel, in their order; nothing while an older version's index is taken over. */
export function checkPixelRows(core: Core): string[] {
  if (!core.pixelRows.areAll) return []
  const { database, terms } = core
  const single = new Map((database.prepare(SINGLE).all() as Row[]).map((row) => [row['pixel'], row]))
  return (database.prepare(EVENTS).all() as Row[]).flatMap(({ pixel, events }) => {
    const newest = single.get(pixel!)
    const blocks = checkBlocks(core, pixel as number)
    const listed = Number(newest?.['events'] ?? 0) + blocks.events
    const isInOrder = blocks.isInOrder && (newest === undefined || Number(newest['row']) > blocks.last)
    const name = terms.text(pixel as number)
    return [
      ...(listed === events ? [] : [`${name}: ${events} events are there, ${listed} are listed under their pixel`]),
      ...(isInOrder ? [] : [`${name}: its blocks of events are not in order`]),
    ]
  })
}

function checkBlocks({ database }: Core, pixel: number): { events: number; last: number; isInOrder: boolean } {
  const found = database.prepare(OF_BLOCK)
  const sum = { events: 0, last: 0, isInOrder: true }
  for (const block of database.prepare(BLOCKS).all(pixel) as Row[]) {
    const rows = decodeRows(block['rows'] as Uint8Array)
    const isInOrder = rows[0] === block['first'] && rows.at(-1) === block['last'] && rows[0]! > sum.last
    sum.isInOrder &&= isInOrder
    sum.last = rows.at(-1)!
    sum.events += Number((found.get(JSON.stringify(rows), pixel) as Row)['events'])
  }
  return sum
}
