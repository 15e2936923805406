import assert from 'node:assert/strict'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { type TestContext, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { createClient } from 'waybill'
import type { DedupReport } from '../../dedup/index.ts'
import { stdinOf, tempFile, tempFolder } from '../../files/files.helpers.ts'
import { order, orders, PIXEL, startRelay } from '../../service/service.helpers.ts'
import { KEY, type Ran, run, startApi, until } from '../cli.helpers.ts'

const HEADER = 'id,type,timestamp'
const TIME = '2026-03-01T10:00:00Z'

function csv(context: TestContext, name: string, ...rows: readonly string[]): string {
  return tempFile(context, name, `${[HEADER, ...rows.map((row) => `${row},${TIME}`)].join('\n')}\n`)
}

function reportOf({ stdout }: Ran): DedupReport {
  return JSON.parse(stdout) as DedupReport
}

test('the page shows what the command prints', async (context) => {
  const page = readFileSync(new URL('../../../../../docs/dedup.md', import.meta.url), 'utf8')
  const [pixel = '', server = ''] = [...page.matchAll(/```csv\n(.*?)```/gs)].map(([, text]) => text!)
  const folder = tempFolder(context)
  writeFileSync(join(folder, 'pixel.csv'), pixel)
  writeFileSync(join(folder, 'server.csv'), server)
  const { exitCode, stdout, stderr } = await run(['dedup', join(folder, 'pixel.csv'), join(folder, 'server.csv')])
  assert.deepEqual([exitCode, stdout], [1, ''])
  assert.equal(/```text\n(.*?)```/s.exec(page)?.[1], stderr.replaceAll(`${folder}/`, ''))
})

/** What a pair of files comes to. */
const ENDS: readonly (readonly [
  what: string,
  pixel: readonly string[],
  server: readonly string[],
  exitCode: number,
])[] = [
  ['all matched', ['1,order_created'], ['1,order_created'], 0],
  ['rows on one side only', ['1,order_created', '2,order_created'], ['2,order_created', '3,order_created'], 0],
  ['rows said again', ['1,order_created', '1,order_created'], ['1,order_created'], 0],
  ['an id written differently', ['order_1,order_created'], ['1,order_created'], 1],
  ['another name', ['1,order_created'], ['1,purchase'], 1],
  ['two names in one channel', ['1,order_created', '1,lead_created'], ['1,order_created'], 1],
]

for (const [what, pixel, server, exitCode] of ENDS) {
  test(`${what}: exit code ${exitCode}`, async (context) => {
    const files = [csv(context, 'pixel.csv', ...pixel), csv(context, 'server.csv', ...server)]
    const ran = await run(['dedup', ...files], { env: {} })
    assert.deepEqual([ran.exitCode, ran.stdout], [exitCode, ''], ran.stderr)
  })
}

test('a pair further apart than --max-apart is told with its hours, and a longer one lets it pass', async (context) => {
  const pixel = csv(context, 'pixel.csv', '1,order_created')
  const server = tempFile(context, 'server.csv', `${HEADER}\n1,order_created,2026-03-02T11:30:00Z\n`)
  const far = await run(['dedup', pixel, server])
  assert.equal(far.exitCode, 1)
  assert.match(far.stderr, /far apart in time ×1\n {4}"1" {2}order_created {2}25\.5 h apart {2}\(lines 2 \/ 2\)/)
  assert.equal((await run(['dedup', pixel, server, '--max-apart', '2d'])).exitCode, 0)
  assert.equal((await run(['dedup', pixel, server, '--max-apart', '1529m'])).exitCode, 1)
  assert.equal((await run(['dedup', pixel, server, '--max-apart', '1530m'])).exitCode, 0)
})

test('--json is data on stdout, --report the same in a file, --details every row; both files are private', async (context) => {
  const folder = tempFolder(context)
  const [report, details] = [join(folder, 'report.json'), join(folder, 'details.ndjson')]
  const pixel = csv(context, 'pixel.csv', 'order_1,order_created', '2,order_created', '2,order_created')
  const server = csv(context, 'server.csv', '1,order_created', '2,order_created', '9,lead_created')
  const ran = await run(['dedup', pixel, server, '--json', '--report', report, '--details', details])
  assert.equal(ran.exitCode, 1)
  const result = reportOf(ran)
  assert.deepEqual(result.pixel.classes, { matched: 1, id_spelling: 1, repeated: 1 })
  assert.deepEqual(result.server.classes, { matched: 1, id_spelling: 1, server_only: 1 })
  assert.deepEqual([result.conversions, result.overlap, result.countedTwice], [3, 1 / 3, 1])
  assert.deepEqual(JSON.parse(readFileSync(report, 'utf8')), result)
  const lines = readFileSync(details, 'utf8').trimEnd().split('\n')
  assert.deepEqual(
    lines.map((line) => (JSON.parse(line) as { class: string }).class),
    ['id_spelling', 'matched', 'repeated', 'server_only'],
  )
  for (const path of [report, details]) assert.equal(statSync(path).mode & 0o777, 0o600)
})

test('an email address in an id is never shown, nor what a terminal would obey, nor any other column', async (context) => {
  const details = join(tempFolder(context), 'details.ndjson')
  const text = `id,type,timestamp,email,phone
ada@example.com,order_created,${TIME},eve@example.com,+14155552671
Ada%40example.com,order_created,${TIME},eve@example.com,+14155552671
x\u001b[31m\u202e7,\u009bquote,${TIME},eve@example.com,+14155552671
`
  const pixel = tempFile(context, 'pixel.csv', text)
  const server = csv(context, 'server.csv', ' ada@example.com,order_created', 'x7,lead_created')
  const ran = await run(['dedup', pixel, server, '--json', '--details', details])
  const all = ran.stdout + ran.stderr + readFileSync(details, 'utf8')
  assert.doesNotMatch(all, /example\.com|eve@|4155552671/)
  assert.match(ran.stderr, /"\[removed\]" \/ " \[removed\]" {2}order_created/)
  assert.match(ran.stderr, /"x\\u\{1b\}\[31m\\u\{202e\}7" custom:\\u\{9b\}quote/)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be printed.
  assert.doesNotMatch(ran.stderr, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
})

test('the columns that were taken are said, those that are missing too, and times that cannot be read', async (context) => {
  const pixel = tempFile(context, 'pixel.csv', 'Order ID,Event,Date,Total,pid\n1,order_created,yesterday,5.00,px\n')
  const server = tempFile(context, 'server.csv', 'nr,type\n1,order_created\n')
  const map = tempFile(context, 'map.json', '{"id":"nr"}')
  const { stderr, exitCode } = await run(['dedup', pixel, server, '--server-map', map])
  assert.equal(exitCode, 0)
  assert.match(
    stderr,
    /pixel\.csv: id from "Order ID", name from "Event", time from "Date", amount from "Total", Pixel ID from "pid"/,
  )
  assert.match(
    stderr,
    /no time {2}.*pixel\.csv: 1 row compared without a time\. The first, line 2, has no time that can be read/,
  )
  assert.match(stderr, /missing {2}.*server\.csv: no column gives time\. Name it with --server-map\./)
  assert.match(stderr, /Pixel IDs were not compared/)
})

test('--map is for both files, and each side can have its own', async (context) => {
  const file = (name: string, id: string): string => tempFile(context, name, `nr,wann\n${id},${TIME}\n`)
  const [pixel, server] = [file('pixel.csv', '1'), file('server.csv', '1')]
  const map = (id: string): string =>
    tempFile(context, 'map.json', JSON.stringify({ id, type: { value: 'order_created' }, timestamp: 'wann' }))
  const both = await run(['dedup', pixel, server, '--map', map('nr'), '--json'])
  assert.deepEqual([both.exitCode, reportOf(both).overlap], [0, 1])
  const own = await run(['dedup', pixel, server, '--map', map('nr'), '--pixel-map', map('order_{nr}'), '--json'])
  assert.deepEqual([own.exitCode, reportOf(own).countedTwice], [1, 1])
})

test('standard input and compressed files are sides too', async (context) => {
  const text = `${HEADER}\n1,order_created,${TIME}\n`
  const server = tempFile(context, 'server.csv.gz', gzipSync(text))
  const ran = await run(['dedup', '-', server, '--json'], { stdin: stdinOf(text) })
  assert.deepEqual([ran.exitCode, reportOf(ran).overlap], [0, 1])
})

const WRONG: readonly (readonly [argv: readonly string[], said: RegExp])[] = [
  [[], /missing required argument 'pixel-export'/],
  [['GOOD'], /Name the server's export after the pixel's, or the relay with --relay <url>/],
  [['GOOD', 'GOOD', '--relay', 'http://127.0.0.1:9'], /both the side of the server/],
  [['-', '-'], /name it once/],
  [['GOOD', 'nope.csv'], /nope\.csv: there is no such file/],
  [['GOOD', 'BAD'], /BAD\.csv: no row has an id and an event name.*--server-map/],
  [['GOOD', 'GOOD', '--max-apart', '24'], /a number and s, m, h or d/],
  [['GOOD', 'GOOD', '--max-apart', '1w'], /a number and s, m, h or d/],
  [['GOOD', '--relay', 'http://127.0.0.1:9', '--state', 'delivered,gone'], /some of queued, /],
  [['GOOD', '--relay', 'http://127.0.0.1:9', '--since', 'monday'], /It must be a time/],
  [['GOOD', '--relay', 'http://127.0.0.1:9'], /No relay answers at http:\/\/127\.0\.0\.1:9/],
  [['GOOD', 'GOOD', '--map', 'nope.json'], /nope\.json: there is no such file/],
  [['GOOD', 'GOOD', '--report', 'GOOD'], /would overwrite a file of this very run/],
  [['GOOD', 'GOOD', '--details', 'GOOD'], /would overwrite .*--details/],
  [['GOOD', 'GOOD', '--details', 'same', '--report', 'same'], /would overwrite/],
  [['GOOD', 'GOOD', '--report', '/no/such/folder/r.json'], /cannot be written/],
  [['GOOD', 'GOOD', '--details', '/no/such/folder/d.ndjson'], /d\.ndjson: there is no such file/],
  [['GOOD', 'GOOD', '--time-zone', 'Mars/Olympus'], /Unknown time zone/],
]

for (const [argv, said] of WRONG) {
  test(`waybill dedup ${argv.join(' ')} is wrong use, with what to do`, async (context) => {
    const places: Record<string, string> = {
      GOOD: csv(context, 'good.csv', '1,order_created'),
      BAD: tempFile(context, 'BAD.csv', 'nr,wann\n1,2\n'),
    }
    const ran = await run(['dedup', ...argv.map((arg) => places[arg] ?? arg)], { env: {} })
    assert.deepEqual([ran.exitCode, ran.stdout], [2, ''], ran.stderr)
    assert.match(ran.stderr.trimEnd().split('\n').at(-1)!, said)
  })
}

test('an interrupt ends a run that waits for standard input, with exit code 3', async (context) => {
  for (const begun of ['', `${HEADER}\n1,order_created,${TIME}\n`]) {
    const controller = new AbortController()
    const stdin = new PassThrough()
    stdin.write(begun)
    const server = csv(context, 'server.csv', '1,order_created')
    const running = run(['dedup', '-', server], { stdin, signal: controller.signal })
    await until(() => stdin.readableFlowing !== null || stdin.listenerCount('readable') > 0)
    controller.abort()
    const ran = await running
    assert.equal(ran.exitCode, 3)
    assert.match(ran.stderr, /stopped {2}The run was interrupted/)
  }
})

test('a terminal is shown how far the reading is', async (context) => {
  const files = [csv(context, 'pixel.csv', '1,order_created'), csv(context, 'server.csv', '1,order_created')]
  const shown = await run(['dedup', ...files], { isTTY: true })
  assert.match(shown.stderr, /\d events .*\/s/)
  const quiet = await run(['dedup', ...files, '--json'], { isTTY: true })
  assert.doesNotMatch(quiet.stderr, /events .*\/s/)
})

test('the relay is the side of the server: what it delivered, page by page, and nothing that was refused', async (context) => {
  const relay = await startRelay(context)
  const now = new Date().toISOString()
  const count = 2_300
  const delivered = relay.next('event:delivered', count)
  for (let from = 0; from < count; from += 1_000) await relay.bring(orders(count).slice(from, from + 1_000))
  await relay.bring([order('bad_1', { data: { type: 'nonsense' } })])
  await delivered
  const ids = ['order_1', '2', 'order_3', 'nobody', 'bad_1']
  const pixel = tempFile(context, 'pixel.csv', `${HEADER}\n${ids.map((id) => `${id},order_created,${now}\n`).join('')}`)
  const argv = ['dedup', pixel, '--relay', relay.url, '--pixel', PIXEL, '--json']
  const ran = await run(argv, { env: {} })
  assert.equal(ran.exitCode, 1, ran.stderr)
  const report = reportOf(ran)
  assert.deepEqual(report.pixel.classes, { matched: 2, id_spelling: 1, pixel_only: 2 })
  assert.deepEqual(report.server.classes, { matched: 2, id_spelling: 1, server_only: count - 3 })
  assert.equal(report.comparesPixelIds, true)
  const refused = reportOf(await run([...argv, '--state', 'refused'], { env: {} }))
  assert.deepEqual([refused.server.rows, refused.server.classes], [1, { matched: 1 }])
  const later = await run([...argv, '--since', '2100-01-01T00:00:00Z'], { env: {} })
  assert.equal(reportOf(later).server.rows, 0)
  const other = await run(['dedup', pixel, '--pixel', 'px_other', '--json'], { env: { WAYBILL_RELAY: relay.url } })
  assert.equal(reportOf(other).server.rows, 0)
})

test('the emulator shows it end to end: what counts once is matched, what counts twice is named', async (context) => {
  const api = await startApi(context)
  const client = createClient({ pixelId: 'px', apiKey: KEY, endpoint: api.url })
  const event = {
    type: 'order_created',
    timestamp_ms: Date.now(),
    data: { type: 'contents', amount: 2599, currency: 'USD' },
  }
  const pixelFires = (id: string, name = 'order_created', extra = ''): Promise<Response> =>
    fetch(
      `${api.url}/v1/sdk/events?pid=px&event=${name}&event_id=${id}&data[type]=contents&data[amount]=2599&data[currency]=USD${extra}`,
    )
  for (const id of ['o1', 'o2', 'order_3', 'o5']) assert.equal((await pixelFires(id)).status, 200)
  assert.equal((await pixelFires('o6', 'checkout_started')).status, 200)
  await client.send(['o1', 'o2', '3', 'o4', 'o6'].map((id) => ({ id, ...event }) as never))
  const { events } = (await (await fetch(`${api.url}/_emulator/events`)).json()) as { events: unknown[] }
  const ledger = tempFile(context, 'ledger.json', JSON.stringify({ events }))
  const report = reportOf(await run(['dedup', ledger, ledger, '--json'], { env: {} }))
  const { other_channel: _, ...ofPixel } = report.pixel.classes
  assert.deepEqual(ofPixel, { matched: 2, id_spelling: 1, name_differs: 1, pixel_only: 1 })
  // Eight keys stored for six conversions: two are counted twice, and the comparison says so.
  assert.deepEqual([events.length, report.conversions, report.countedTwice], [8, 6, 2])
  assert.equal(api.emulator.summary().stored, report.conversions + report.countedTwice)
  const list = csv(context, 'pixel.csv', 'o1,order_created')
  const against = reportOf(await run(['dedup', list, ledger, '--max-apart', '9999d', '--json'], { env: {} }))
  assert.deepEqual([against.pixel.classes, against.server.classes['server_only']], [{ matched: 1 }, 4])
})

test('twenty thousand generated rows a side come out as they were made', async (context) => {
  const kinds = ['both', 'both', 'both', 'prefix', 'case', 'name', 'pixel', 'server', 'again', 'late'] as const
  const count = 20_000
  const [pixel, server] = [[`${HEADER}`], [`${HEADER}`]]
  for (let at = 0; at < count; at++) {
    const number = (at * 7_919) % count
    const kind = kinds[number % kinds.length]!
    const time = new Date(1_772_359_200_000 + number * 1_000).toISOString()
    const later = new Date(1_772_359_200_000 + number * 1_000 + 2 * 86_400_000).toISOString()
    const row = `order_${number},order_created,${time}`
    if (kind !== 'server') pixel.push(row)
    if (kind === 'again') pixel.push(row)
    if (kind === 'prefix') server.push(`${number},order_created,${time}`)
    else if (kind === 'case') server.push(row.replace('order_', 'Order_'))
    else if (kind === 'name') server.push(row.replace('order_created', 'purchase'))
    else if (kind === 'late') server.push(row.replace(time, later))
    else if (kind !== 'pixel') server.push(row)
  }
  const files = [pixel, server].map((lines, at) => tempFile(context, `${at}.csv`, `${lines.join('\n')}\n`))
  const report = reportOf(await run(['dedup', ...files, '--json']))
  const each = count / kinds.length
  const shared = { matched: 4 * each, id_spelling: 2 * each, name_differs: each, far_apart: each }
  assert.deepEqual(report.pixel.classes, { ...shared, repeated: each, pixel_only: each })
  assert.deepEqual(report.server.classes, { ...shared, server_only: each })
  const spelled = report.findings.find((finding) => finding.class === 'id_spelling')
  assert.deepEqual(spelled?.spellings, { prefix: each, case: each })
  for (const finding of report.findings) assert.equal(finding.samples.length, 5, finding.class)
  assert.deepEqual([report.countedTwice, report.countedTwicePerhaps], [3 * each, each])
})

test('an id that a spreadsheet gave a fraction is written differently, and amounts that cannot be read are told', async (context) => {
  const at = '2026-03-01T12:00:00Z'
  const head = 'order_id,type,timestamp,amount,currency\n'
  const pixel = tempFile(
    context,
    'pixel.csv',
    `${head}1002,order_created,${at},25.00,USD\n1003,order_created,${at},5.00,USD\n`,
  )
  const server = tempFile(
    context,
    'server.csv',
    `${head}1002.0,order_created,${at},25.00,USD\n1003,order_created,${at},five,USD\n`,
  )
  const { stderr } = await run(['dedup', pixel, server], { env: {} })
  assert.match(stderr, /fraction 1/)
  assert.match(
    stderr,
    /amount .*server\.csv: 1 amount could not be read and was not compared\. The first, line 3: Column "amount"/,
  )
})
