import { once } from 'node:events'
import { createWriteStream } from 'node:fs'

export type Random = () => number
export type Kind = 'orders' | 'json' | 'wide'

const COLUMNS_OF_WIDE = 3_000
const HEADER = ['id', 'type', 'timestamp', 'action_source', 'source_url', 'email', 'amount', 'currency', 'note']

/** Orders of the last six days: as CSV, as one JSON array with much beside them, or as CSV with 3,000 columns. */
export async function writeOrders(path: string, kind: Kind, rows: number): Promise<void> {
  const file = createWriteStream(path)
  const now = Date.now()
  const wide = Array.from({ length: COLUMNS_OF_WIDE - HEADER.length }, (_, at) => `extra_${at}`)
  const extra = kind === 'wide' ? `,${wide.map((_, at) => (at % 7 === 0 ? at : '')).join(',')}` : ''
  if (kind !== 'json') file.write(`${[...HEADER, ...(kind === 'wide' ? wide : [])].join(',')}\n`)
  for (let row = 1; row <= rows; row++) {
    const text = kind === 'json' ? jsonOf(row, rows, now) : `${cellsOf(row, now).join(',')},"a, ""b"""${extra}\n`
    if (!file.write(text)) await once(file, 'drain')
  }
  await new Promise((resolve) => file.end(resolve))
}

function cellsOf(row: number, now: number): string[] {
  const at = new Date(now - (row % 500_000) * 1_000).toISOString()
  const about = ['order_created', at, 'web', 'https://shop.example.com/thanks', `jane${row}@example.com`]
  return [`S-${row}`, ...about, `${10 + (row % 300)}.${String(row % 100).padStart(2, '0')}`, 'USD']
}

function jsonOf(row: number, rows: number, now: number): string {
  const cells = cellsOf(row, now)
  const order = Object.fromEntries(cells.map((cell, at) => [HEADER[at]!, cell]))
  const text = JSON.stringify({ ...order, note: 'x'.repeat(400), tags: ['a', 'b'], inner: { left: 1, right: [2, 3] } })
  return `${row === 1 ? '[' : ''}${text}${row === rows ? ']\n' : ',\n'}`
}
