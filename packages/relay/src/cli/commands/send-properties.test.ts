import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { tempFolder } from '../../files/files.helpers.ts'
import { run, startApi } from '../cli.helpers.ts'

/** Tables as people have them, drawn at random: what the API holds afterwards is what they mean, or the run says why it is not there. */

interface Line {
  readonly sku: string
  readonly quantity: number
  readonly cents: number
}

interface Order {
  readonly id: string
  readonly atMs: number
  readonly email: string
  readonly lines: readonly Line[]
}

/** How a table writes what it means. */
interface Look {
  readonly names: Readonly<Record<ColumnName, string>>
  readonly order: readonly ColumnName[]
  readonly delimiter: ',' | ';' | '\t'
  readonly decimal: '.' | ','
  readonly thousands: boolean
  readonly encoding: 'utf8' | 'utf8-bom' | 'utf16le'
  readonly time: 'iso' | 'offset' | 'ms'
  /** Whether later lines of an order leave out what its first line said. */
  readonly sparse: boolean
  /** Whether the amount column has the line's amount. */
  readonly ofLine: boolean
  readonly scattered: boolean
  readonly rowNumber: boolean
  readonly trailing: boolean
}

type ColumnName = 'id' | 'at' | 'email' | 'amount' | 'currency' | 'sku' | 'quantity' | 'price' | 'note'

const NAMES: Readonly<Record<ColumnName, readonly string[]>> = {
  id: ['Order ID', 'order_number', 'Bestellnummer', 'id', 'Transaction ID'],
  at: ['Created at', 'timestamp', 'order date', 'Datum'],
  email: ['Email', 'E-Mail-Adresse', 'customer email'],
  amount: ['Total', 'amount', 'Gesamtbetrag', 'Order Total (inc tax)'],
  currency: ['Currency', 'Währung', 'currency code'],
  sku: ['SKU', 'item_id', 'Artikelnummer'],
  quantity: ['Qty', 'quantity', 'Menge'],
  price: ['Item price', 'item_amount', 'Einzelpreis'],
  note: ['Notes', 'Lieferhinweis'],
}
const COLUMNS = Object.keys(NAMES) as ColumnName[]
const NOW_MS = Math.floor(Date.now() / 1_000) * 1_000

const line: fc.Arbitrary<Line> = fc.record({
  sku: fc.constantFrom('A-1', 'B-2', 'ü "3"', 'C;4,5'),
  quantity: fc.integer({ min: 1, max: 4 }),
  cents: fc.integer({ min: 1, max: 2_500_000 }),
})

const orders: fc.Arbitrary<Order[]> = fc
  .array(
    fc.record({ minutes: fc.integer({ min: 5, max: 8_000 }), lines: fc.array(line, { minLength: 1, maxLength: 4 }) }),
    {
      minLength: 1,
      maxLength: 7,
    },
  )
  .map((drawn) =>
    drawn.map(({ minutes, lines }, at) => ({
      id: `${1_000 + at}`,
      atMs: NOW_MS - minutes * 60_000,
      email: `p${at}@example.com`,
      lines,
    })),
  )

const look: fc.Arbitrary<Look> = fc.record({
  names: fc.record(
    Object.fromEntries(COLUMNS.map((name) => [name, fc.constantFrom(...NAMES[name])])) as Record<
      ColumnName,
      fc.Arbitrary<string>
    >,
  ),
  order: fc.shuffledSubarray(COLUMNS, { minLength: COLUMNS.length }),
  delimiter: fc.constantFrom(',', ';', '\t'),
  decimal: fc.constantFrom('.', ','),
  thousands: fc.boolean(),
  encoding: fc.constantFrom('utf8', 'utf8-bom', 'utf16le'),
  time: fc.constantFrom('iso', 'offset', 'ms'),
  sparse: fc.boolean(),
  ofLine: fc.boolean(),
  scattered: fc.boolean(),
  rowNumber: fc.boolean(),
  trailing: fc.boolean(),
})

const lineCents = ({ cents, quantity }: Line): number => cents * quantity
const totalOf = ({ lines }: Order): number => lines.reduce((sum, each) => sum + lineCents(each), 0)

function money(cents: number, { decimal, thousands }: Look): string {
  const whole = String(Math.floor(cents / 100))
  const grouped = thousands ? whole.replace(/\B(?=(?:\d{3})+$)/g, decimal === '.' ? ',' : '.') : whole
  return `${grouped}${decimal}${String(cents % 100).padStart(2, '0')}`
}

function timeText(ms: number, { time }: Look): string {
  if (time === 'ms') return String(ms)
  if (time === 'iso') return new Date(ms).toISOString()
  return `${new Date(ms + 3_600_000).toISOString().slice(0, 19).replace('T', ' ')} +0100`
}

function rowsOf(all: readonly Order[], how: Look): string[][] {
  const rows = all.flatMap((order) =>
    order.lines.map((each, at) => {
      const isBlank = how.sparse && at > 0
      const cells: Record<ColumnName, string> = {
        id: order.id,
        at: isBlank ? '' : timeText(order.atMs, how),
        email: isBlank ? '' : order.email,
        amount: how.ofLine ? money(lineCents(each), how) : isBlank ? '' : money(totalOf(order), how),
        currency: isBlank ? '' : 'EUR',
        sku: each.sku,
        quantity: String(each.quantity),
        price: money(each.cents, how),
        note: `line ${at}`,
      }
      return how.order.map((name) => cells[name])
    }),
  )
  return how.scattered ? [...rows.filter((_, at) => at % 2 === 0), ...rows.filter((_, at) => at % 2 === 1)] : rows
}

function textOf(all: readonly Order[], how: Look): string {
  const quoted = (cell: string): string => (/[";,\t]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)
  const header = [...(how.rowNumber ? ['row_id'] : []), ...how.order.map((name) => how.names[name])]
  const rows = rowsOf(all, how).map((cells, at) => [...(how.rowNumber ? [String(at + 1)] : []), ...cells])
  const lines = [header, ...rows].map(
    (cells, at) => cells.map(quoted).join(how.delimiter) + (how.trailing && at > 0 ? how.delimiter : ''),
  )
  return `${lines.join('\r\n')}\r\n`
}

function bytesOf(text: string, { encoding }: Look): Buffer {
  if (encoding === 'utf16le') return Buffer.from(`\ufeff${text}`, 'utf16le')
  return Buffer.from(encoding === 'utf8-bom' ? `\ufeff${text}` : text)
}

interface Stored {
  readonly id: string
  readonly timestamp_ms: number
  readonly data: {
    readonly amount: number
    readonly contents: readonly { id: string; quantity: number; amount: number }[]
  }
}

function meant(order: Order): unknown {
  return {
    at: order.atMs,
    amount: totalOf(order),
    items: order.lines.map(({ sku, quantity, cents }) => `${sku} ${quantity} ${cents}`).sort(),
  }
}

function held({ timestamp_ms: at, data }: Stored): unknown {
  return {
    at,
    amount: data.amount,
    items: data.contents.map(({ id, quantity, amount }) => `${id} ${quantity} ${amount}`).sort(),
  }
}

test('of a table drawn at random the API holds what it means, or the run says why not', async (context) => {
  const api = await startApi(context)
  const folder = tempFolder(context)
  let number = 0
  await fc.assert(
    fc.asyncProperty(orders, look, async (all, how) => {
      number += 1
      const file = join(folder, `t${number}.csv`)
      const map = join(folder, `t${number}.json`)
      writeFileSync(file, bytesOf(textOf(all, how), how))
      writeFileSync(
        map,
        JSON.stringify({
          type: { value: 'order_created' },
          ...(how.ofLine ? { amount: { sum: how.names.amount } } : {}),
        }),
      )
      api.emulator.reset()
      const sent = await run(['send', file, '--map', map, '--pixel', `px${number}`, '--endpoint', api.url])
      const stored = api.emulator
        .events()
        .map(({ event, received }) => ({ event: event as unknown as Stored, received }))
      assert.ok(stored.every(({ received }) => received === 1))
      for (const { event } of stored) {
        const order = all.find(({ id }) => id === event.id)
        assert.ok(order !== undefined, `an event nobody meant: ${event.id}`)
        assert.deepEqual(held(event), meant(order))
      }
      if (stored.length === all.length) return
      assert.ok(
        sent.exitCode === 1 || sent.exitCode === 2,
        `${all.length - stored.length} orders are missing in silence\n${sent.stderr}`,
      )
      assert.match(sent.stderr, /asks |conflicting_repeat|missing_/)
      if (!how.scattered && sent.exitCode === 1)
        assert.fail(`orders whose rows are neighbours are missing\n${sent.stderr}`)
    }),
    { numRuns: 40 },
  )
})

test('the amount of a line taken for that of the order is never sent in silence', async (context) => {
  const api = await startApi(context)
  const folder = tempFolder(context)
  let number = 0
  await fc.assert(
    fc.asyncProperty(orders, look, async (all, drawn) => {
      number += 1
      const how = { ...drawn, ofLine: true, scattered: false }
      const file = join(folder, `t${number}.csv`)
      const map = join(folder, 'map.json')
      writeFileSync(file, bytesOf(textOf(all, how), how))
      writeFileSync(map, '{ "type": { "value": "order_created" } }')
      api.emulator.reset()
      const sent = await run(['send', file, '--map', map, '--pixel', `px${number}`, '--endpoint', api.url])
      for (const { event } of api.emulator.events()) {
        const order = all.find(({ id }) => id === event['id'])!
        const { amount } = (event as unknown as Stored).data
        if (amount !== totalOf(order)) assert.match(sent.stderr, /amount_below_items/)
      }
    }),
    { numRuns: 20 },
  )
})
