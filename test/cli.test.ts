/** The command as a process of its own, against the emulated API over HTTP. */
import assert from 'node:assert/strict'
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { createReadStream, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { parse } from 'csv-parse/sync'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { childEnvironment } from '../packages/relay/src/child-environment.helpers.ts'
import {
  HEADER,
  HOME,
  KEY,
  minutesAgo,
  type OrderCells,
  ordersCsv,
  type Ran,
  startApi,
  storedIn,
  until,
} from '../packages/relay/src/cli/cli.helpers.ts'
import { tempFile, tempFolder } from '../packages/relay/src/files/files.helpers.ts'

const BIN = fileURLToPath(new URL('../packages/relay/bin/waybill.js', import.meta.url))

interface StartOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

/** The bin as it is installed, running the sources, so that no build can be stale. */
function start(
  argv: readonly string[],
  { cwd, env = { WAYBILL_API_KEY: KEY } }: StartOptions = {},
): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, ['--conditions=waybill-source', BIN, ...argv], {
    cwd,
    env: { ...childEnvironment(), HOME, ...env },
  })
}

async function ended(child: ChildProcessWithoutNullStreams): Promise<Ran> {
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve))
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), closed])
  return { exitCode: code ?? -1, stdout, stderr }
}

function waybill(argv: readonly string[], options?: StartOptions): Promise<Ran> {
  const child = start(argv, options)
  child.stdin.end()
  return ended(child)
}

/** Seven mistakes that the check on this machine finds, with the code that each is refused for. */
const LOCALLY_BAD: readonly (readonly [number, OrderCells, string])[] = [
  [101, { amount: 'about 101' }, 'invalid_amount'],
  [433, { currency: 'DOLLARS' }, 'invalid_currency'],
  [700, { timestamp: minutesAgo(9 * 24 * 60) }, 'event_timestamp_too_old'],
  [1_024, { timestamp: String(Math.floor(Date.now() / 1_000)) }, 'timestamp_in_seconds'],
  [1_500, { timestamp: minutesAgo(5).slice(0, 19) }, 'timestamp_without_offset'],
  [1_999, { id: '' }, 'missing_field'],
  [2_500, { amount: '19.999' }, 'too_many_decimals'],
]
const BAD_FOR_THE_API = [640, 1_800, 1_801] as const

test('2,500 rows, 7 bad for the local check and 3 that only the API knows: 2,490 stored once, 10 refused with reasons, the fixed rest sent', async (context) => {
  const api = await startApi(context, { errors: 'none', poison: '^poison_' })
  const folder = tempFolder(context)
  const [file, refused, report, fixed] = ['orders.csv', 'refused.csv', 'report.json', 'fixed.csv'].map((name) =>
    join(folder, name),
  ) as [string, string, string, string]
  const changed = new Map<number, OrderCells>([
    ...LOCALLY_BAD.map(([number, cells]) => [number, cells] as const),
    ...BAD_FOR_THE_API.map((number) => [number, { id: `poison_${number}` }] as const),
  ])
  writeFileSync(file, ordersCsv(2_500, changed))

  const first = await waybill([
    'send',
    file,
    '--pixel',
    'px',
    '--endpoint',
    api.url,
    '--refused',
    refused,
    '--report',
    report,
  ])
  assert.equal(first.exitCode, 1, first.stderr)
  assert.equal(first.stdout, '')
  assert.equal(storedIn(api).size, 2_490)
  assert.deepEqual([...new Set(storedIn(api).values())], [1])
  const { requests, ...counts } = JSON.parse(readFileSync(report, 'utf8'))
  assert.equal(requests, api.emulator.summary().requests)
  assert.deepEqual(counts, {
    rows: 2_500,
    total: 2_500,
    delivered: 2_490,
    refused: 10,
    failed: 0,
    duplicates: 0,
    byCode: { ...Object.fromEntries(LOCALLY_BAD.map(([, , code]) => [code, 1])), invalid_event: 3 },
  })

  const rows: Record<string, string>[] = parse(readFileSync(refused, 'utf8'), { columns: true })
  assert.deepEqual(Object.keys(rows[0] ?? {}), [...HEADER.split(','), 'line', 'codes', 'reasons', 'waybill_run'])
  if (process.platform !== 'win32') assert.equal(statSync(refused).mode & 0o777, 0o600)
  const expected = [
    ...LOCALLY_BAD.map(([number, , code]) => [String(number + 1), code]),
    ...BAD_FOR_THE_API.map((number) => [String(number + 1), 'invalid_event']),
  ]
  assert.deepEqual(new Map(rows.map(({ line, codes }) => [line, codes])), new Map(expected as [string, string][]))
  assert.ok(rows.every(({ reasons }) => reasons!.length > 10))

  const cells = rows.map((row) => ({
    ...row,
    id: `order_${Number(row['line']) - 1}`,
    timestamp: minutesAgo(9),
    amount: '1.00',
    currency: 'USD',
  }))
  const columns = Object.keys(cells[0] ?? {})
  const lines = cells.map((row: Record<string, string>) =>
    columns.map((column) => `"${row[column]!.replaceAll('"', '""')}"`).join(','),
  )
  writeFileSync(fixed, `${[columns.join(','), ...lines].join('\n')}\n`)
  const second = await waybill(['send', fixed, '--pixel', 'px', '--endpoint', api.url, '--json'])
  assert.equal(second.exitCode, 0, second.stderr)
  assert.equal(JSON.parse(second.stdout).delivered, 10)
  assert.equal(storedIn(api).size, 2_500)
  assert.deepEqual([...new Set(storedIn(api).values())], [1])
})

test('Ctrl-C ends a run in order with exit code 3, and the same command again finishes it', {
  skip: process.platform === 'win32',
}, async (context) => {
  const api = await startApi(context, { latency: 150, poison: '^poison' })
  const folder = tempFolder(context)
  const file = join(folder, 'orders.csv')
  writeFileSync(
    file,
    ordersCsv(
      20_000,
      new Map([
        [5, { id: 'poison_5' }],
        [9, { amount: 'free' }],
      ]),
    ),
  )
  const argv = [
    'send',
    file,
    '--pixel',
    'px',
    '--endpoint',
    api.url,
    '--report',
    join(folder, 'report.json'),
    '--refused',
    join(folder, 'refused.csv'),
  ]

  const child = start(argv)
  const ending = ended(child)
  await until(() => api.emulator.summary().stored > 0)
  child.kill('SIGINT')
  const first = await ending
  assert.equal(first.exitCode, 3, first.stderr)
  assert.match(first.stderr, /stopped {2}The run was interrupted.*Run the same command again/)
  const report = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'))
  assert.equal(report.total, report.delivered + report.refused + report.failed + report.duplicates)
  assert.ok(report.delivered < 19_998)
  assert.match(readFileSync(join(folder, 'refused.csv'), 'utf8'), /,10,invalid_amount,/)

  const second = await waybill(argv)
  assert.equal(second.exitCode, 1, second.stderr)
  assert.equal(storedIn(api).size, 19_998)
})

test('standard input is read as it comes, and data alone is on stdout', async (context) => {
  const api = await startApi(context)
  const file = tempFile(context, 'orders.csv', ordersCsv(100))
  const child = start(['send', '-', '--pixel', 'px', '--endpoint', api.url, '--json'])
  createReadStream(file).pipe(child.stdin)
  const { exitCode, stdout, stderr } = await ended(child)
  assert.equal(exitCode, 0, stderr)
  assert.equal(JSON.parse(stdout).delivered, 100)
})

test('a Parquet file is sent, and its refused rows come back as NDJSON', async (context) => {
  const api = await startApi(context)
  const folder = tempFolder(context)
  const file = join(folder, 'orders.parquet')
  const columns = ['id', 'type', 'timestamp', 'action_source', 'amount', 'currency']
  const rows = [1, 2, 3].map((number) => [
    `p${number}`,
    'order_created',
    minutesAgo(number),
    'physical_store',
    number === 2 ? 'x' : '5.00',
    'USD',
  ])
  const columnData = columns.map((name, at) => ({ name, data: rows.map((row) => row[at]!), type: 'STRING' as const }))
  writeFileSync(file, new Uint8Array(parquetWriteBuffer({ columnData })))
  const refused = join(folder, 'refused.ndjson')
  const { exitCode, stderr } = await waybill([
    'send',
    file,
    '--pixel',
    'px',
    '--endpoint',
    api.url,
    '--refused',
    refused,
  ])
  assert.equal(exitCode, 1, stderr)
  const { id, line, codes } = JSON.parse(readFileSync(refused, 'utf8'))
  assert.deepEqual([id, line, codes], ['p2', 2, ['invalid_amount']])
  assert.deepEqual([...storedIn(api).keys()].sort(), ['p1', 'p3'])
})

test('a reader of stdout that goes away early does no harm', async () => {
  const child = start(['explain'])
  child.stdin.end()
  child.stdout.destroy()
  const stderr = text(child.stderr)
  const code = await new Promise((resolve) => child.once('close', resolve))
  assert.deepEqual([code, await stderr], [0, ''])
})

test('emulate runs until Ctrl-C and serves a send from another process', {
  skip: process.platform === 'win32',
}, async (context) => {
  const emulator = start(['emulate', '--port', '0', '--json'])
  context.after(() => emulator.kill('SIGKILL'))
  const ending = ended(emulator)
  const { url } = await new Promise<{ url: string }>((resolve) =>
    emulator.stdout.once('data', (line) => resolve(JSON.parse(String(line)))),
  )
  const file = tempFile(context, 'orders.csv', ordersCsv(10))
  const sent = await waybill(['send', file], {
    env: { WAYBILL_API_KEY: KEY, WAYBILL_PIXEL_ID: 'px', WAYBILL_ENDPOINT: url },
  })
  assert.equal(sent.exitCode, 0, sent.stderr)
  emulator.kill('SIGINT')
  const { exitCode, stdout } = await ending
  assert.equal(exitCode, 0)
  assert.equal(JSON.parse(stdout.trim().split('\n').at(-1)!).stored, 10)
})
