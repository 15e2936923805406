import assert from 'node:assert/strict'
import { existsSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { type TestContext, test } from 'node:test'
import { tempFile, tempFolder } from '../../files/files.helpers.ts'
import {
  type Api,
  HEADER,
  KEY,
  minutesAgo,
  orderLine,
  ordersCsv,
  type Ran,
  type RunOptions,
  run,
  startApi,
  storedIn,
} from '../cli.helpers.ts'

/** What `waybill send` shows, asks and remembers before it sends. */

function send(api: Api, file: string, more: readonly string[] = [], options: RunOptions = {}): Promise<Ran> {
  return run(['send', file, '--pixel', 'px', '--endpoint', api.url, ...more], options)
}

function mapFile(context: TestContext, map: unknown): string {
  return tempFile(context, 'map.json', JSON.stringify(map))
}

const AT = minutesAgo(2 * 24 * 60 + 5)
const LINES = `order_id,created_at,email,sku,quantity,unit_price,total,currency
1001,${AT},a@example.com,A-1,1,10.00,30.00,USD
1001,${AT},a@example.com,A-2,1,20.00,30.00,USD
`
const TYPE = { type: { value: 'order_created' } }

test('the plan and the first event are shown by validate and by send, a column of an exact name too', async (context) => {
  const api = await startApi(context)
  const file = tempFile(context, 'lines.csv', LINES)
  const map = mapFile(context, TYPE)
  for (const { stderr } of [await run(['validate', file, '--map', map]), await send(api, file, ['--map', map])]) {
    assert.match(stderr, /column {3}.*column "email" is email/)
    assert.match(stderr, /guessed {2}.*column "order_id" is id/)
    assert.match(
      stderr,
      /first: order 1001 · \d+ [A-Z][a-z]{2} \d{4} \d\d:\d\d UTC, 2 days ago · USD 30\.00 · 2 items · email\n/,
    )
  }
})

test('something open ends the run with exit code 2 before any request, whatever else is said', async (context) => {
  const api = await startApi(context)
  const file = tempFile(
    context,
    'orders.csv',
    LINES.replaceAll('order_id', 'id,order_id').replaceAll('\n1001', '\n7,1001'),
  )
  const map = mapFile(context, TYPE)
  for (const more of [[], ['--yes'], ['--refused', join(tempFolder(context), 'r.csv')]]) {
    const sent = await send(api, file, ['--map', map, ...more])
    assert.equal(sent.exitCode, 2)
    assert.match(
      sent.stderr,
      /asks .*Two columns could be the id.*\n.*in a map \(--map\): "id": "id" {2}or {2}"id": "order_id"/,
    )
  }
  assert.equal((await run(['validate', file, '--map', map])).exitCode, 2)
  assert.equal(api.emulator.summary().requests, 0)
})

test('--write-map writes the plan as a map to edit; with the line that was asked for it sends', async (context) => {
  const api = await startApi(context)
  const file = tempFile(
    context,
    'orders.csv',
    LINES.replaceAll('order_id', 'id,order_id').replaceAll('\n1001', '\n7,1001'),
  )
  const written = join(tempFolder(context), 'written.json')
  const first = await send(api, file, ['--map', mapFile(context, TYPE), '--write-map', written])
  assert.equal(first.exitCode, 2)
  const map = JSON.parse(readFileSync(written, 'utf8')) as Record<string, unknown>
  assert.deepEqual([map['timestamp'], map['amount'], map['id']], ['created_at', 'total', undefined])
  const again = await send(api, file, ['--map', mapFile(context, TYPE), '--write-map', written])
  assert.match(again.stderr, /is there already: name a new file with --write-map/)
  const settled = mapFile(context, { ...map, id: 'order_id' })
  assert.equal((await send(api, file, ['--map', settled])).exitCode, 0)
  assert.deepEqual([...storedIn(api).keys()], ['1001'])
})

test('a column that says what became of rows stops the run, and the suggested lines send the rest', async (context) => {
  const api = await startApi(context)
  const text = `order_id,created_at,Status,Captured\n1,${AT},paid,true\n2,${AT},refunded,true\n3,${AT},paid,false\n`
  const file = tempFile(context, 'orders.csv', text)
  const asked = await send(api, file, ['--map', mapFile(context, TYPE)])
  const where = /"where": (\{.*?\}) {2}or/.exec(asked.stderr)?.[1] ?? '{}'
  assert.deepEqual(JSON.parse(where), { Status: ['paid'], Captured: ['true'] })
  const sent = await send(api, file, ['--map', mapFile(context, { ...TYPE, where: JSON.parse(where) })])
  assert.equal(sent.exitCode, 0)
  assert.match(sent.stderr, /left out .*2 rows: "Status" 1, "Captured" 1/)
  assert.deepEqual([...storedIn(api).keys()], ['1'])
})

test('an order whose lines disagree is refused whole, before any of it is sent, with the likely cause; the sum sends it', async (context) => {
  const api = await startApi(context)
  const text = `order_id,created_at,sku,amount,currency
1001,${AT},A-1,10.00,USD
1001,${AT},A-2,20.00,USD
1001,${AT},A-3,70.00,USD
1002,${AT},A-1,10.00,USD
1002,${AT},A-2,10.00,USD
1003,${AT},A-1,10.00,USD
`
  const file = tempFile(context, 'lines.csv', text)
  const first = await send(api, file, ['--map', mapFile(context, TYPE)])
  assert.equal(first.exitCode, 1)
  assert.match(first.stderr, /disagree in "amount".*"amount": \{ "sum": "amount" \}/)
  assert.deepEqual([...storedIn(api).keys()], ['1003'])
  const summed = await send(api, file, ['--map', mapFile(context, { ...TYPE, amount: { sum: 'amount' } })])
  assert.equal(summed.exitCode, 0, summed.stderr)
  const amounts = api.emulator.events().map(({ event }) => [event['id'], (event['data'] as { amount: number }).amount])
  assert.deepEqual(amounts.sort(), [
    ['1001', 10_000],
    ['1002', 2_000],
    ['1003', 1_000],
  ])
})

test('an order that leaves the amount empty is told before anything is sent', async (context) => {
  const api = await startApi(context)
  const text = `order_id,created_at,total,currency\n1,${AT},,USD\n2,${AT},5.00,USD\n`
  const sent = await send(api, tempFile(context, 'a.csv', text), ['--map', mapFile(context, TYPE)])
  assert.equal(sent.exitCode, 0, sent.stderr)
  assert.match(sent.stderr, /amount .*"total" is empty in 1 order, and the value of a conversion cannot be added later/)
})

test('rows of an order that are not neighbours are refused with the column to sort by, and nothing of it is sent', async (context) => {
  const api = await startApi(context)
  const row = (id: number, sku: string): string => `${id},${AT},${sku},30.00,USD\n`
  const text = `order_id,created_at,sku,total,currency\n${row(1, 'a')}${row(2, 'b')}${row(1, 'c')}`
  const sent = await send(api, tempFile(context, 'a.csv', text), ['--map', mapFile(context, TYPE)])
  assert.equal(sent.exitCode, 1)
  assert.match(sent.stderr, /stand in several places.*Sort the file by "order_id"/)
  assert.deepEqual([...storedIn(api).keys()], ['2'])
})

test('groupBy makes one order of rows of which only the first has the id', async (context) => {
  const api = await startApi(context)
  const text = `Id,Name,Created at,Sku,Total,Currency,Financial\n55,#1,${AT},a,30.00,USD,paid\n,#1,,b,,,\n56,#2,${AT},a,30.00,USD,voided\n,#2,,b,,,\n`
  const map = mapFile(context, { ...TYPE, id: 'Id', groupBy: 'Name', item_id: 'Sku', where: { Financial: 'paid' } })
  const sent = await send(api, tempFile(context, 'a.csv', text), ['--map', map])
  assert.equal(sent.exitCode, 0, sent.stderr)
  const [stored] = api.emulator.events()
  const { id, data } = stored!.event as unknown as { id: string; data: { contents: readonly object[] } }
  assert.deepEqual([id, data.contents.length], ['55', 2])
  assert.equal(storedIn(api).size, 1)
})

test('an order of less than nothing is refused; one of nothing is sent with a warning', async (context) => {
  const api = await startApi(context)
  const text = `${HEADER}\n${orderLine(1, { amount: '-5.00' })}\n${orderLine(2, { amount: '0.00' })}\n`
  const sent = await send(api, tempFile(context, 'a.csv', text))
  assert.equal(sent.exitCode, 1)
  assert.match(sent.stderr, /negative_amount ×1[\s\S]*warning: order_of_nothing ×1/)
  assert.deepEqual([...storedIn(api).keys()], ['order_2'])
})

test('rows that look like refunds take their orders with them, and the line of a map that is named leaves them out', async (context) => {
  const api = await startApi(context)
  const rows = [
    orderLine(1),
    orderLine(1, { amount: '-5.00' }),
    orderLine(2),
    orderLine(3),
    orderLine(2, { amount: '-5.00' }),
  ]
  const path = tempFile(context, 'a.csv', `${HEADER}\n${rows.join('\n')}\n${orderLine(4, { amount: '-1.00' })}\n`)
  const refused = await send(api, path)
  assert.equal(refused.exitCode, 1)
  assert.deepEqual([...storedIn(api).keys()], ['order_3'])
  assert.equal(refused.stderr.split('"where": {"amount":{"negative":false}}').length, 4)
  const map = mapFile(context, { where: { amount: { negative: false } } })
  const sent = await send(api, path, ['--map', map])
  assert.equal(sent.exitCode, 0, sent.stderr)
  assert.deepEqual([...storedIn(api).keys()].sort(), ['order_1', 'order_2', 'order_3'])
})

test('orders whose ids a spreadsheet cut to one are refused and not joined, by a run that goes on where one ended too', async (context) => {
  const api = await startApi(context)
  const [one, other] = [orderLine(1), orderLine(2)].map((line) => line.replace(/^[^,]*/, '4123456789012340000'))
  const path = tempFile(context, 'a.csv', `${HEADER}\n${one}\n${other}\n${orderLine(3)}\n`)
  for (const _ of [1, 2]) {
    const sent = await send(api, path)
    assert.equal(sent.exitCode, 1, sent.stderr)
    assert.match(sent.stderr, /invalid_cell ×1[\s\S]*cut to 15 digits/)
    assert.deepEqual([...storedIn(api).keys()], ['order_3'])
  }
})

test('a row of totals with filled cells is no order, in this run and in one that goes on', async (context) => {
  const api = await startApi(context)
  const total = orderLine(9, { amount: '50.00' }).replace(/^[^,]*/, 'Subtotal 28 Nov')
  const orders = [1, 2].map((each) => orderLine(each, { amount: '25.00' }))
  const path = tempFile(context, 'a.csv', `${[HEADER, ...orders, total].join('\n')}\n`)
  for (const _ of [1, 2]) {
    const sent = await send(api, path)
    assert.equal(sent.exitCode, 0, sent.stderr)
    assert.match(sent.stderr, /1 +left out/)
    assert.deepEqual([...storedIn(api).keys()].sort(), ['order_1', 'order_2'])
  }
})

const RENAMED = `Name,Id,Created at\n#1,55,${AT}\n#2,56,${AT}\n`

test('a run that makes ids by another rule stops and says what would count twice; --fresh counts it again', async (context) => {
  const api = await startApi(context)
  const file = tempFile(context, 'orders.csv', RENAMED)
  const byId = mapFile(context, { ...TYPE, id: 'Id' })
  const byName = mapFile(context, { ...TYPE, id: 'Name' })
  assert.equal((await send(api, file, ['--map', byId])).exitCode, 0)
  const other = await send(api, file, ['--map', byName])
  assert.equal(other.exitCode, 2)
  assert.match(
    other.stderr,
    /2 events were delivered with ids from "\{Id\}".*would make them from "\{Name\}".*count twice/,
  )
  assert.equal(storedIn(api).size, 2)
  assert.equal((await send(api, file, ['--map', byId])).exitCode, 0)
  assert.equal((await send(api, file, ['--map', byName, '--fresh'])).exitCode, 0)
  assert.equal(storedIn(api).size, 4)
})

test('a map that changes nothing of id and type goes on as before', async (context) => {
  const api = await startApi(context)
  const file = tempFile(context, 'orders.csv', RENAMED)
  await send(api, file, ['--map', mapFile(context, { ...TYPE, id: 'Id' })])
  const sent = await send(api, file, ['--map', mapFile(context, { ...TYPE, id: 'Id', email: 'Name' }), '--json'])
  assert.match(sent.stdout, /"delivered":0/)
})

test('a fixed row of a refused file is held against what its own run delivered, under any name', async (context) => {
  const api = await startApi(context)
  const text = `${ordersCsv(3)}${orderLine(9, { id: 'order_9', amount: 'many' })}\n`
  const file = tempFile(context, 'orders.csv', text)
  const refused = join(tempFolder(context), 'refused.csv')
  await send(api, file, ['--refused', refused])
  const fixed = tempFile(
    context,
    'fixed.csv',
    readFileSync(refused, 'utf8').replace('order_9', 'order_2').replace('many', '7.77'),
  )
  const sent = await send(api, fixed)
  assert.equal(sent.exitCode, 1)
  assert.match(sent.stderr, /conflicting_repeat ×1[\s\S]*An earlier run sent an event with this id/)
  assert.equal(existsSync(`${fixed}.waybill`), false)
})

test('the judgement of a file is kept while it is unchanged, and made again when it is not', async (context) => {
  const api = await startApi(context)
  const file = tempFile(context, 'orders.csv', ordersCsv(5))
  await send(api, file)
  assert.match((await send(api, file)).stderr, /unchanged since an earlier run, whose judgement is used/)
  const later = new Date(Date.now() + 5_000)
  utimesSync(file, later, later)
  assert.doesNotMatch((await send(api, file)).stderr, /unchanged since/)
  writeFileSync(file, ordersCsv(6))
  const more = await send(api, file, ['--json'])
  assert.match(more.stdout, /"delivered":1/)
})

function terminal(answer: string): Readable {
  return Object.assign(Readable.from([Buffer.from(answer)]), { isTTY: true })
}

test('on a terminal the first file of a shape waits for a yes; the next one of that shape does not, nor does --yes', async (context) => {
  const api = await startApi(context)
  const env = { WAYBILL_API_KEY: KEY, HOME: tempFolder(context) }
  const on = (answer: string): RunOptions => ({ env, isTTY: true, stdin: terminal(answer) })
  const first = tempFile(context, 'a.csv', ordersCsv(2))
  const refused = await send(api, first, [], on('no\n'))
  assert.deepEqual([refused.exitCode, storedIn(api).size], [2, 0])
  assert.match(refused.stderr, /Is this right\?.*\[y\/N\]/)
  assert.equal((await send(api, first, [], on('y\n'))).exitCode, 0)
  const next = await send(api, tempFile(context, 'b.csv', ordersCsv(3)), [], on(''))
  assert.equal(next.exitCode, 0)
  assert.doesNotMatch(next.stderr, /Is this right/)
  const other = tempFile(context, 'c.csv', `id,type,timestamp\nx,lead_created,${AT}\n`)
  assert.equal((await send(api, other, ['--yes'], on(''))).exitCode, 0)
  const piped = tempFile(context, 'd.csv', `id,type,timestamp,email\ny,lead_created,${AT},a@example.com\n`)
  assert.equal((await send(api, piped, [], { env })).exitCode, 0)
})

test('files that come again under other names are hinted at one state for the pixel', async (context) => {
  const api = await startApi(context)
  const folder = tempFolder(context)
  for (const [name, hinted] of [
    ['mon.csv', false],
    ['tue.csv', true],
  ] as const) {
    writeFileSync(join(folder, name), ordersCsv(2))
    assert.equal(/keep one state for the pixel: --state/.test((await send(api, join(folder, name))).stderr), hinted)
  }
})
