import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { createSelfSigned } from '../../../../../test/certificates.ts'
import { tempFile, tempFolder } from '../../files/files.helpers.ts'
import {
  HEADER,
  KEY,
  minutesAgo,
  type OrderCells,
  orderLine,
  ordersCsv,
  run,
  startApi,
  storedIn,
} from '../cli.helpers.ts'

const REPORT_KEYS = ['rows', 'total', 'delivered', 'refused', 'failed', 'duplicates', 'requests', 'byCode']

function reportOf(stdout: string): Record<string, number> & { byCode: Record<string, number> } {
  return JSON.parse(stdout) as Record<string, number> & { byCode: Record<string, number> }
}

test('a good file is delivered whole, with exit code 0, data on stdout and talk on stderr', async (context) => {
  const api = await startApi(context)
  const file = tempFile(context, 'orders.csv', ordersCsv(25))
  const plain = await run(['send', file, '--pixel', 'px', '--endpoint', api.url])
  assert.deepEqual([plain.exitCode, plain.stdout], [0, ''])
  assert.match(plain.stderr, /25 rows, 25 events, [23] requests\n {7}25 {2}delivered/)
  const other = tempFile(context, 'copy.csv', readFileSync(file, 'utf8'))
  const json = await run(['send', other, '--pixel', 'px', '--endpoint', api.url, '--json'])
  assert.deepEqual(Object.keys(reportOf(json.stdout)), REPORT_KEYS)
  assert.equal(storedIn(api).size, 25)
})

test('rows that only the API knows to be bad are found, and the fixed refused file sends the rest', async (context) => {
  const api = await startApi(context, { errors: 'none', poison: '^poison' })
  const changed = new Map<number, OrderCells>([
    [3, { amount: 'three' }],
    [7, { id: 'poison_7' }],
  ])
  const file = tempFile(context, 'orders.csv', ordersCsv(20, changed))
  const refused = join(tempFolder(context), 'refused.csv')
  const first = await run(['send', file, '--pixel', 'px', '--endpoint', api.url, '--refused', refused])
  assert.equal(first.exitCode, 1)
  assert.equal(statSync(refused).mode & 0o777, 0o600)
  const text = readFileSync(refused, 'utf8')
  assert.equal(text.split('\n')[0], `${HEADER},line,codes,reasons,waybill_run`)
  assert.match(text, /,4,invalid_amount,/)
  assert.match(text, /,8,invalid_event,Invalid event\.,.*orders\.csv\.waybill\n/)

  const fixed = tempFile(context, 'fixed.csv', text.replace('three', '3.00').replace('poison_7', 'order_7'))
  const second = await run(['send', fixed, '--pixel', 'px', '--endpoint', api.url, '--json'])
  assert.deepEqual([second.exitCode, reportOf(second.stdout)['delivered']], [0, 2])
  assert.match(second.stderr, /ignored .*"line", "codes", "reasons"/)
  assert.deepEqual([...new Set(storedIn(api).values())], [1])
  assert.equal(storedIn(api).size, 20)
})

test('a server that cannot be trusted ends the run at the first request, with what to do, and nothing leaves', async (context) => {
  let requests = 0
  const server = createHttpsServer({ ...createSelfSigned({ hosts: ['localhost'] }) }, (_request, response) => {
    requests += 1
    response.end('{"accepted_events":1}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  context.after(() => server.close())
  const endpoint = `https://localhost:${(server.address() as AddressInfo).port}`
  const file = tempFile(context, 'orders.csv', ordersCsv(5))
  const { exitCode, stdout, stderr } = await run(['send', file, '--pixel', 'px', '--endpoint', endpoint, '--json'])
  assert.deepEqual([exitCode, reportOf(stdout)['failed'], reportOf(stdout)['requests'], requests], [3, 5, 1, 0])
  assert.match(stderr, /cannot be trusted \(DEPTH_ZERO_SELF_SIGNED_CERT\)\. waybill doctor/)
})

test('the refused file can be the input unchanged, but not the output of the same run', async (context) => {
  const api = await startApi(context)
  const file = tempFile(context, 'refused.csv', ordersCsv(3, new Map([[2, { currency: 'NOPE' }]])))
  const again = join(tempFolder(context), 'again.csv')
  await run(['send', file, '--pixel', 'px', '--endpoint', api.url, '--refused', again])
  const third = join(tempFolder(context), 'third.csv')
  const same = await run(['send', again, '--pixel', 'px', '--endpoint', api.url, '--refused', third])
  assert.equal(same.exitCode, 1)
  assert.equal(readFileSync(third, 'utf8').replace(',2,invalid', ',3,invalid'), readFileSync(again, 'utf8'))
  const clash = await run(['send', again, '--pixel', 'px', '--endpoint', api.url, '--refused', again])
  assert.equal(clash.exitCode, 2)
})

test('a map names columns, constants, a template, the decimal sign and the zone; the rest is guessed or ignored aloud', async (context) => {
  const api = await startApi(context)
  const local = new Date(Date.now() - 3_600_000).toISOString().slice(0, 19).replace('T', ' ')
  const csv = `\ufeffBestellung;Datum;E-Mail;Betrag;Währung;Notiz\nB1;${local};a@example.com;12,50;EUR;"zwei\r\nZeilen; ""x"""\n`
  const mapping = {
    id: 'order_{Bestellung}',
    type: { value: 'order_created' },
    timestamp: 'Datum',
    action_source: { value: 'physical_store' },
    decimal: ',',
  }
  const file = tempFile(context, 'export.csv', csv)
  const map = tempFile(context, 'map.json', JSON.stringify(mapping))
  const sent = await run(['send', file, '--map', map, '--time-zone', 'UTC', '--pixel', 'px', '--endpoint', api.url])
  assert.equal(sent.exitCode, 0, sent.stderr)
  assert.match(sent.stderr, /guessed .*column "Betrag" is amount/)
  assert.match(sent.stderr, /ignored .*"Notiz"/)
  const [stored] = api.emulator.events()
  const event = stored?.event as unknown as { id: string; data: { amount: number }; timestamp_ms: number }
  assert.deepEqual([event.id, event.data.amount], ['order_B1', 1250])
  assert.equal(event.timestamp_ms, Date.parse(`${local.replace(' ', 'T')}Z`))
})

test('a file in which no column gives the time stops with the lines that settle it, and refuses no row', async (context) => {
  const api = await startApi(context)
  const file = tempFile(context, 'orders.csv', 'id,email,amount,currency\n1,a@example.com,1.00,USD\n')
  const sent = await run(['send', file, '--pixel', 'px', '--endpoint', api.url, '--json'])
  assert.equal(sent.exitCode, 2)
  assert.match(sent.stderr, /asks .*No column gives type.*\n.*"type": \{"value":"order_created"\}/)
  assert.match(sent.stderr, /asks .*No column gives timestamp/)
  assert.match(sent.stderr, /Nothing was sent: 2 things are open/)
})

const FORMS: readonly (readonly [string, (events: readonly object[]) => string | Uint8Array])[] = [
  ['events.ndjson', (events) => events.map((event) => JSON.stringify(event)).join('\n')],
  ['events.json', (events) => JSON.stringify(events)],
  ['wrapped.json', (events) => JSON.stringify({ events })],
  ['events.ndjson.gz', (events) => gzipSync(events.map((event) => JSON.stringify(event)).join('\n'))],
]

for (const [name, write] of FORMS) {
  test(`${name}: whole events are sent as they stand, and the refused ones come back as NDJSON`, async (context) => {
    const api = await startApi(context)
    const events = [1, 2, 3].map((number) => ({
      id: `e${number}`,
      type: 'lead_created',
      timestamp_ms: Date.now() - number * 60_000,
      action_source: number === 2 ? 'pigeon' : 'other',
      data: { type: 'customer_action' },
    }))
    const file = tempFile(context, name, write(events))
    const refused = join(tempFolder(context), 'refused.ndjson')
    const sent = await run(['send', file, '--pixel', 'px', '--endpoint', api.url, '--refused', refused])
    assert.equal(sent.exitCode, 1, sent.stderr)
    const row = JSON.parse(readFileSync(refused, 'utf8'))
    assert.deepEqual([row.id, row.line, row.codes], ['e2', 2, ['invalid_action_source']])
    assert.deepEqual([...storedIn(api)].sort(), [
      ['e1', 1],
      ['e3', 1],
    ])
  })
}

test('rows said twice are counted once, far apart and in another file too; an event of which two rows say different things is refused whole', async (context) => {
  const api = await startApi(context)
  const csv = `${ordersCsv(50)}${orderLine(4, { timestamp: 'T' })}\n`
  const fourth = csv.split('\n')[4]!
  const first = tempFile(
    context,
    'a.csv',
    csv.replace(orderLine(4, { timestamp: 'T' }), `${fourth}\n${fourth.replace('4.99', '5.99')}`),
  )
  const second = tempFile(context, 'b.csv', `${HEADER}\n${fourth}\n`)
  const sent = await run(['send', first, second, '--pixel', 'px', '--endpoint', api.url, '--json'])
  const { delivered, duplicates, refused, rows, total } = reportOf(sent.stdout)
  assert.deepEqual([sent.exitCode, rows, total, delivered, duplicates, refused], [1, 53, 52, 49, 0, 3])
  assert.match(sent.stderr, /conflicting_repeat ×2 {2}\(.*a\.csv:5, .*b\.csv:2\)/)
})

test('standard input is a file too', async (context) => {
  const api = await startApi(context)
  const sent = await run(['send', '-', '--pixel', 'px', '--endpoint', api.url], { stdin: ordersCsv(5) })
  assert.equal(sent.exitCode, 0)
  assert.equal(storedIn(api).size, 5)
})

test('--validate-only stores nothing and says that the events are valid', async (context) => {
  const api = await startApi(context)
  const file = tempFile(context, 'orders.csv', ordersCsv(5))
  const sent = await run(['send', file, '--pixel', 'px', '--endpoint', api.url, '--validate-only', '--json'])
  assert.deepEqual(reportOf(sent.stdout)['validated'], 5)
  assert.equal(api.emulator.summary().stored, 0)
})

test('--preflight always has every event validated before it is sent', async (context) => {
  const api = await startApi(context)
  const file = tempFile(context, 'orders.csv', ordersCsv(1_500))
  await run(['send', file, '--pixel', 'px', '--endpoint', api.url, '--preflight', 'always'])
  const { requests, validate_requests, stored } = api.emulator.summary()
  assert.deepEqual([requests, validate_requests, stored], [4, 2, 1_500])
})

test('--rate spreads the events over time', async (context) => {
  const api = await startApi(context)
  const file = tempFile(context, 'orders.csv', ordersCsv(30))
  const startedMs = performance.now()
  await run(['send', file, '--pixel', 'px', '--endpoint', api.url, '--rate', '100'])
  await run(['send', file, '--pixel', 'px', '--endpoint', api.url, '--rate', '20'])
  assert.ok(performance.now() - startedMs >= 990, 'thirty events at twenty a second were sent within one')
  assert.equal(storedIn(api).size, 30)
})

test('a key that the API does not take stops the run after the first slice, with one explanation and exit code 3', async (context) => {
  const api = await startApi(context, { apiKey: 'another-key' })
  const file = tempFile(context, 'orders.csv', ordersCsv(20_000))
  const sent = await run(['send', file, '--pixel', 'px', '--endpoint', api.url, '--json'])
  assert.equal(sent.exitCode, 3)
  const { requests, rows, failed, byCode } = reportOf(sent.stdout)
  assert.ok(requests! <= 4 && rows! < 20_000, sent.stdout)
  assert.deepEqual(byCode, { unauthorized: failed })
  assert.match(sent.stderr, /stopped {2}The API does not accept the key/)
  assert.ok(!sent.stderr.includes(KEY))
})

test('an API that is down is tried again, then given up with exit code 3', async (context) => {
  const file = tempFile(context, 'orders.csv', ordersCsv(3))
  const runtime = { now: Date.now, random: () => 0, sleep: (ms: number, signal?: AbortSignal) => wait(ms, signal) }
  const url = await closedPort()
  const sent = await run(['send', file, '--pixel', 'px', '--endpoint', url, '--json'], { runtime })
  const { failed, byCode, requests } = reportOf(sent.stdout)
  assert.deepEqual([sent.exitCode, failed, byCode], [3, 3, { gave_up: 3 }])
  // The attempts, and canaries that tell whether it is the events.
  assert.ok(requests! >= 8 && requests! <= 12, `${requests} requests`)
  assert.match(sent.stderr, /waiting {2}.*ECONNREFUSED.*trying again/)
  assert.match(sent.stderr, /stopped {2}The endpoint could not be reached/)
})

test('an answer that no server may give is told without a word of what the platform says of it', async (context) => {
  const server = createServer((_request, response) => response.writeHead(999).end()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  context.after(() => server.close())
  const file = tempFile(context, 'orders.csv', ordersCsv(3))
  const runtime = { now: Date.now, random: () => 0, sleep: (ms: number, signal?: AbortSignal) => wait(ms, signal) }
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const sent = await run(['send', file, '--pixel', 'px', '--endpoint', endpoint], { runtime })
  assert.equal(sent.exitCode, 3)
  assert.match(sent.stderr, /waiting {2}.*\(the connection broke\); trying again/)
})

async function wait(ms: number, signal?: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { ref: false, ...(signal && { signal }) }).catch(() => {})
}

/** An address on which nothing listens any more. */
async function closedPort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return `http://127.0.0.1:${port}`
}

test('faults of the connection lose nothing and count nothing twice in the report', async (context) => {
  const api = await startApi(context, { fault: { lost: 0.2, html200: 0.2, short: 0.2 }, seed: 7 })
  const file = tempFile(context, 'orders.csv', ordersCsv(3_000))
  const runtime = { now: Date.now, random: () => 0, sleep: (ms: number, signal?: AbortSignal) => wait(ms, signal) }
  const sent = await run(['send', file, '--pixel', 'px', '--endpoint', api.url, '--json'], { runtime })
  const { delivered, failed } = reportOf(sent.stdout)
  assert.deepEqual([sent.exitCode, delivered, failed], [0, 3_000, 0])
  assert.equal(api.emulator.summary().stored, 3_000)
})

for (const rows of [0, 2, 20_000]) {
  test(`an interrupt ends the reading of a pipe that stalls after ${rows} rows, with exit code 3 and a report`, async (context) => {
    const api = await startApi(context)
    const report = join(tempFolder(context), 'report.json')
    const controller = new AbortController()
    const stdin = new PassThrough()
    const argv = ['send', '-', '--pixel', 'px', '--endpoint', api.url, '--report', report]
    const sending = run(argv, { stdin, signal: controller.signal })
    for (let at = 0; at < rows; at++)
      if (!stdin.write(`${at === 0 ? `${HEADER}\n` : ''}${orderLine(at)}\n`)) await once(stdin, 'drain')
    controller.abort()
    const sent = await sending
    assert.equal(sent.exitCode, 3, sent.stderr)
    assert.match(sent.stderr, /stopped {2}The run was interrupted/)
    const { total, delivered, failed } = reportOf(readFileSync(report, 'utf8'))
    assert.equal(total, delivered! + failed!)
  })
}

test('a file that breaks off has delivered what stood before the break, and exit code 3 says that it did not end', async (context) => {
  const api = await startApi(context)
  const whole = gzipSync(ordersCsv(3_000))
  const file = tempFile(context, 'orders.csv.gz', whole.subarray(0, whole.length - 2_000))
  const after = tempFile(context, 'after.csv', ordersCsv(1))
  const sent = await run(['send', file, after, '--pixel', 'px', '--endpoint', api.url, '--json'])
  const { rows, delivered } = reportOf(sent.stdout)
  assert.equal(sent.exitCode, 3)
  assert.ok(rows! > 1_000 && rows === delivered && storedIn(api).size === rows)
  assert.match(sent.stderr, /Not read: .*after\.csv\nwaybill: .*ends in the middle of its gzip compression/)
})

const NOTHING_SENT: readonly (readonly [string, readonly string[], RegExp])[] = [
  ['a second file that does not exist', ['ORDERS', 'nope.csv'], /nope\.csv: there is no such file/],
  ['standard input named twice', ['-', '-'], /name it once/],
  ['a map that does not fit', ['ORDERS', '--map', 'MAP'], /names a column "Nr".*Its columns: id/],
  ['a report in no folder', ['ORDERS', '--report', '/no/such/folder/r.json'], /cannot be written/],
  ['a report over the input', ['ORDERS', '--report', 'ORDERS'], /would overwrite/],
  ['a report over the refused file', ['ORDERS', '--refused', 'x.csv', '--report', 'x.csv'], /would overwrite/],
  ['refused rows over the map', ['ORDERS', '--map', 'MAP', '--refused', 'MAP'], /a file being read/],
  ['an unknown zone', ['ORDERS', '--time-zone', 'Mars/Olympus'], /Unknown time zone/],
  ['an empty file', ['EMPTY'], /the file is empty/],
  ['text that is not UTF-8', ['LATIN'], /line 2 .*not UTF-8/],
]

for (const [what, argv, said] of NOTHING_SENT) {
  test(`${what} is found before anything is sent and told in one line`, async (context) => {
    const api = await startApi(context)
    const places: Record<string, string> = {
      ORDERS: tempFile(context, 'orders.csv', ordersCsv(2)),
      MAP: tempFile(context, 'map.json', '{"id":"Nr"}'),
      EMPTY: tempFile(context, 'empty.csv', ''),
      LATIN: tempFile(
        context,
        'latin.csv',
        Buffer.from(`${HEADER}\n${orderLine(1, { email: '\u008f@x.de' })}`, 'latin1'),
      ),
    }
    const args = argv.map((arg) => places[arg] ?? arg)
    const { exitCode, stderr } = await run(['send', ...args, '--pixel', 'px', '--endpoint', api.url])
    assert.equal(exitCode, 2)
    assert.match(stderr, said)
    assert.equal(stderr.trim().split('\n').length, 1, stderr)
    assert.equal(api.emulator.summary().requests, 0)
  })
}

test('an old refused file is not mistaken for one of this run', async (context) => {
  const api = await startApi(context)
  const old = tempFile(context, 'refused.csv', 'of yesterday')
  const file = tempFile(context, 'orders.csv', ordersCsv(2))
  const sent = await run(['send', file, '--pixel', 'px', '--endpoint', api.url, '--refused', old])
  assert.match(sent.stderr, /No row was refused; .*refused\.csv is there from before/)
})

test('the key comes from a file that its owner alone can read', {
  skip: process.platform === 'win32',
}, async (context) => {
  const api = await startApi(context, { apiKey: 'from-the-file' })
  const file = tempFile(context, 'orders.csv', ordersCsv(2))
  const key = join(tempFolder(context), 'key')
  writeFileSync(key, 'from-the-file\n', { mode: 0o600 })
  const argv = ['send', file, '--pixel', 'px', '--endpoint', api.url, '--api-key-file', key]
  assert.equal((await run(argv, { env: {} })).exitCode, 0)
  const overwritten = await run([...argv, '--report', key], { env: {} })
  assert.deepEqual([overwritten.exitCode, readFileSync(key, 'utf8')], [2, 'from-the-file\n'])
})

test('the key comes from the file that the environment names, which others may read, as where secrets are mounted', async (context) => {
  const api = await startApi(context, { apiKey: 'from-the-file' })
  const file = tempFile(context, 'orders.csv', ordersCsv(2))
  const key = tempFile(context, 'key', 'from-the-file\n')
  const argv = ['send', file, '--pixel', 'px', '--endpoint', api.url]
  const env = { WAYBILL_API_KEY_FILE: key }
  assert.equal((await run(argv, { env })).exitCode, 0)
  const overwritten = await run([...argv, '--report', key], { env })
  assert.deepEqual([overwritten.exitCode, readFileSync(key, 'utf8')], [2, 'from-the-file\n'])
})

test('a refused file is made only when there is something in it', async (context) => {
  const api = await startApi(context)
  const refused = join(tempFolder(context), 'refused.csv')
  const file = tempFile(context, 'orders.csv', `${HEADER}\n${orderLine(1, { timestamp: minutesAgo(5) })}\n`)
  await run(['send', file, '--pixel', 'px', '--endpoint', api.url, '--refused', refused])
  assert.equal(existsSync(refused), false)
})
