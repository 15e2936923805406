import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { childEnvironment } from '../../child-environment.helpers.ts'
import { tempFile, tempFolder } from '../../files/files.helpers.ts'
import {
  type Api,
  HEADER,
  KEY,
  orderLine,
  ordersCsv,
  type Ran,
  type RunOptions,
  run,
  startApi,
  storedIn,
  until,
} from '../cli.helpers.ts'

/** `waybill send` and what it keeps of a run. */

interface Counts {
  readonly delivered: number
  readonly refused: number
  readonly failed: number
  readonly duplicates: number
  readonly deliveredBefore?: number
  readonly requests: number
  readonly byCode: Readonly<Record<string, number>>
}

function send(api: Api, file: string, more: readonly string[] = [], options: RunOptions = {}): Promise<Ran> {
  return run(['send', file, '--pixel', 'px', '--endpoint', api.url, '--json', ...more], options)
}

function countsOf({ stdout }: Ran): Counts {
  return JSON.parse(stdout) as Counts
}

test('a second run sends only what was not delivered: nothing, and then the row that was added', async (context) => {
  const api = await startApi(context)
  const file = tempFile(context, 'orders.csv', ordersCsv(30))
  const first = countsOf(await send(api, file))
  assert.deepEqual([first.delivered, first.duplicates], [30, 0])
  const second = await send(api, file)
  const { delivered, duplicates, deliveredBefore, requests } = countsOf(second)
  assert.deepEqual([second.exitCode, delivered, duplicates, deliveredBefore, requests], [0, 0, 30, 30, 0])
  assert.match(second.stderr, /30 {2}delivered by an earlier run/)
  writeFileSync(file, `${readFileSync(file, 'utf8')}${orderLine(31)}\n`)
  const third = countsOf(await send(api, file))
  assert.deepEqual([third.delivered, third.deliveredBefore], [1, 30])
  assert.deepEqual([...new Set(storedIn(api).values())], [1])
  assert.equal(storedIn(api).size, 31)
})

test('the state is one file beside the input that nobody else can read', async (context) => {
  const api = await startApi(context)
  const file = tempFile(context, 'orders.csv', ordersCsv(3))
  await send(api, file)
  assert.deepEqual(readdirSync(dirname(file)).sort(), ['orders.csv', 'orders.csv.waybill'])
  assert.equal(statSync(`${file}.waybill`).mode & 0o777, 0o600)
  const text = readFileSync(`${file}.waybill`, 'latin1')
  assert.ok(!text.includes('customer1@example.com') && !text.includes(KEY))
})

test('a state that names another file of the run is refused before that file is touched', async (context) => {
  const api = await startApi(context)
  const file = tempFile(context, 'orders.csv', ordersCsv(1))
  chmodSync(file, 0o644)
  const refused = join(dirname(file), 'refused.csv')
  for (const more of [
    ['--state', file],
    ['--state', join(dirname(file), '.', 'orders.csv')],
    ['--refused', refused, '--state', refused],
  ]) {
    const { exitCode, stderr } = await send(api, file, more)
    assert.equal(exitCode, 2)
    assert.match(stderr, /is another file of this very run: name a file of its own with --state/)
  }
  assert.equal(statSync(file).mode & 0o777, 0o644)
  assert.equal(existsSync(refused), false)
  assert.equal(storedIn(api).size, 0)
})

test('a trial leaves a run to another endpoint, and to another pixel, untouched', async (context) => {
  const trial = await startApi(context)
  const real = await startApi(context)
  const file = tempFile(context, 'orders.csv', ordersCsv(5))
  await send(trial, file)
  assert.equal(countsOf(await send(real, file)).delivered, 5)
  assert.equal(countsOf(await send(real, file, ['--pixel', 'other'])).delivered, 5)
  assert.equal(countsOf(await send(trial, file)).deliveredBefore, 5)
})

test('--fresh sends all of it once more, and its run is gone on with by the next', async (context) => {
  const api = await startApi(context)
  const file = tempFile(context, 'orders.csv', ordersCsv(5))
  await send(api, file)
  assert.equal(countsOf(await send(api, file, ['--fresh'])).delivered, 5)
  assert.deepEqual([...storedIn(api).values()], [2, 2, 2, 2, 2])
  assert.equal(countsOf(await send(api, file)).deliveredBefore, 5)
})

test('--state names another place, which several files share', async (context) => {
  const api = await startApi(context)
  const first = tempFile(context, 'a.csv', ordersCsv(5))
  const second = tempFile(context, 'b.csv', ordersCsv(7))
  const state = join(tempFolder(context), 'deep', 'run.state')
  await send(api, first, ['--state', state])
  assert.deepEqual(countsOf(await send(api, second, ['--state', state])).delivered, 2)
  assert.ok(!existsSync(`${first}.waybill`) && statSync(state).mode % 0o1000 === 0o600)
})

test('the same file under a state that was named is run again as under its own', async (context) => {
  const api = await startApi(context)
  const file = tempFile(context, 'orders.csv', ordersCsv(3))
  const state = join(tempFolder(context), 'px.waybill')
  await send(api, file, ['--state', state])
  const again = await send(api, file, ['--state', state])
  assert.equal(again.exitCode, 0, again.stderr)
  assert.deepEqual([...storedIn(api).values()], [1, 1, 1])
})

test('standard input keeps its state in the folder of the user, and a second run goes by it', async (context) => {
  const api = await startApi(context)
  const home = tempFolder(context)
  const env = { WAYBILL_API_KEY: KEY, HOME: home }
  const stdin = ordersCsv(4)
  assert.equal(countsOf(await send(api, '-', [], { stdin, env })).delivered, 4)
  assert.ok(existsSync(join(home, '.local', 'state', 'waybill', 'standard-input.waybill')))
  assert.equal(countsOf(await send(api, '-', [], { stdin, env })).deliveredBefore, 4)
  const elsewhere = { ...env, XDG_STATE_HOME: join(home, 'xdg') }
  assert.equal(countsOf(await send(api, '-', [], { stdin, env: elsewhere })).delivered, 4)
})

test('a folder that cannot be written has its state in the folder of the user', async (context) => {
  const api = await startApi(context)
  const home = tempFolder(context)
  const env = { WAYBILL_API_KEY: KEY, HOME: home }
  const file = tempFile(context, 'orders.csv', ordersCsv(2))
  const root = process.getuid?.() === 0
  chmodSync(dirname(file), 0o500)
  await send(api, file, [], { env }).finally(() => chmodSync(dirname(file), 0o700))
  // Nothing is closed to root.
  const place = root ? dirname(file) : join(home, '.local', 'state', 'waybill')
  assert.equal(readdirSync(place).filter((name) => name.endsWith('.waybill')).length, 1)
})

test('what is only validated, or refused before it is sent, leaves no state', async (context) => {
  const api = await startApi(context)
  const file = tempFile(context, 'orders.csv', ordersCsv(3))
  await send(api, file, ['--validate-only'])
  const bad = tempFile(context, 'bad.csv', ordersCsv(1, new Map([[1, { currency: 'NOPE' }]])))
  await send(api, bad)
  assert.deepEqual([readdirSync(dirname(file)), readdirSync(dirname(bad))], [['orders.csv'], ['bad.csv']])
})

test('what the API refused is tried again by the next run, as it stands and fixed', async (context) => {
  const api = await startApi(context, { poison: '^poison', errors: 'none' })
  const file = tempFile(context, 'orders.csv', ordersCsv(10, new Map([[4, { id: 'poison_4' }]])))
  const first = await send(api, file)
  assert.deepEqual([first.exitCode, countsOf(first).delivered, countsOf(first).refused], [1, 9, 1])
  const again = await send(api, file)
  assert.deepEqual([again.exitCode, countsOf(again).refused, countsOf(again).deliveredBefore], [1, 1, 9])
  assert.equal(countsOf(again).byCode['invalid_event'], 1)
  writeFileSync(file, readFileSync(file, 'utf8').replace('poison_4', 'order_4'))
  const fixed = await send(api, file)
  assert.deepEqual([fixed.exitCode, countsOf(fixed).delivered], [0, 1])
})

test('a row whose content differs from what was delivered under its id is refused with that reason', async (context) => {
  const api = await startApi(context)
  const file = tempFile(context, 'orders.csv', ordersCsv(3))
  await send(api, file)
  writeFileSync(file, readFileSync(file, 'utf8').replace('2.99', '7.99'))
  const sent = await send(api, file)
  assert.deepEqual([sent.exitCode, countsOf(sent).byCode], [1, { conflicting_repeat: 1 }])
  assert.match(sent.stderr, /An earlier run sent an event with this id and type but other content/)
})

test('what a run left undelivered is sent by the next one as the file has it then', async (context) => {
  const down = await startApi(context, { apiKey: 'another-key' })
  const file = tempFile(context, 'orders.csv', ordersCsv(6))
  const first = await send(down, file)
  assert.deepEqual([first.exitCode, countsOf(first).byCode], [3, { unauthorized: 6 }])
  // One row is fixed, one is taken out; with the right key the others go as they are.
  const lines = readFileSync(file, 'utf8').replace('2.99', '7.99').split('\n')
  writeFileSync(file, lines.filter((line) => !line.startsWith('order_5,')).join('\n'))
  const env = { WAYBILL_API_KEY: 'another-key' }
  const second = await send(down, file, [], { env })
  assert.deepEqual([second.exitCode, countsOf(second).delivered, countsOf(second).duplicates], [0, 5, 0])
  const amounts = down.emulator.events().map(({ event }) => [(event as { id: string }).id, amountOf(event)])
  assert.deepEqual(new Map(amounts as [string, number][]).get('order_2'), 799)
  assert.ok(!storedIn(down).has('order_5'))
})

function amountOf(event: unknown): number {
  return (event as { data: { amount: number } }).data.amount
}

test('an interrupt loses nothing: the next run sends the rest, and each event is stored once', async (context) => {
  const api = await startApi(context)
  const file = tempFile(context, 'orders.csv', ordersCsv(20_000))
  const controller = new AbortController()
  const sending = send(api, file, [], { signal: controller.signal })
  await until(() => storedIn(api).size > 0)
  controller.abort()
  const first = await sending
  assert.equal(first.exitCode, 3)
  assert.ok(countsOf(first).delivered < 20_000)
  const second = await send(api, file)
  assert.equal(second.exitCode, 0)
  assert.equal(countsOf(second).deliveredBefore! + countsOf(second).delivered, 20_000)
  assert.equal(storedIn(api).size, 20_000)
  assert.deepEqual([...new Set(storedIn(api).values())], [1])
})

const BIN = fileURLToPath(new URL('../../../bin/waybill.js', import.meta.url))

test('a run that was killed is gone on with: what the API answered is not sent again', async (context) => {
  const api = await startApi(context)
  const file = tempFile(context, 'orders.csv', ordersCsv(20_000))
  const argv = ['--conditions=waybill-source', BIN, 'send', file, '--pixel', 'px', '--endpoint', api.url]
  const env = { ...childEnvironment(), WAYBILL_API_KEY: KEY }
  const child = spawn(process.execPath, argv, { env, stdio: 'ignore' })
  await until(() => storedIn(api).size >= 4_000)
  child.kill('SIGKILL')
  await once(child, 'exit')
  const second = await send(api, file)
  assert.equal(second.exitCode, 0)
  assert.equal(storedIn(api).size, 20_000)
  const twice = [...storedIn(api).values()].filter((times) => times > 1).length
  // Only the answers that were on their way when it died are unknown: at most four requests.
  assert.ok(countsOf(second).deliveredBefore! > 0 && twice <= 4_000, `${twice} events were sent twice`)
})

test('two runs at once on one file: the second says who has it and sends nothing', async (context) => {
  const api = await startApi(context, { fault: { slow: 1 }, slowMs: 300 })
  const file = tempFile(context, 'orders.csv', ordersCsv(3))
  const first = send(api, file)
  await until(() => existsSync(`${file}.waybill`) && api.emulator.summary().requests > 0)
  const second = await send(api, file)
  assert.equal(second.exitCode, 2)
  assert.match(second.stderr, /orders\.csv\.waybill is in use by another process\. Wait until that run has ended\./)
  assert.equal((await first).exitCode, 0)
  assert.deepEqual([...new Set(storedIn(api).values())], [1])
})

for (const [what, make, said] of [
  [
    'no database',
    (path: string) => writeFileSync(path, 'not a database, but long enough to be looked at\n'.repeat(40)),
    /damaged/,
  ],
  ['a folder', (path: string) => mkdirSync(path), /cannot be opened|unable to open/],
] as const) {
  test(`a state that is ${what} is told in one line with the remedy, and nothing is sent`, async (context) => {
    const api = await startApi(context)
    const file = tempFile(context, 'orders.csv', ordersCsv(3))
    make(`${file}.waybill`)
    const sent = await send(api, file)
    assert.equal(sent.exitCode, 2)
    assert.match(sent.stderr, said)
    assert.match(sent.stderr, /Name another with --state <file>/)
    assert.doesNotMatch(sent.stderr, /run the same command again/)
    assert.equal(storedIn(api).size, 0)
  })
}

test('a shape of which the API refuses everything has failed, and the next run tries it again', async (context: TestContext) => {
  const api = await startApi(context, { poison: '^(?!waybill_canary_)', errors: 'none' })
  const file = tempFile(context, 'orders.csv', ordersCsv(100))
  const first = await send(api, file)
  assert.equal(first.exitCode, 3)
  const { failed, refused, byCode } = countsOf(first)
  assert.deepEqual([failed, refused, byCode['unexplained_rejection']], [100, 0, 100])
  const before = api.emulator.summary().requests
  await send(api, file)
  assert.ok(api.emulator.summary().requests > before)
  assert.equal(HEADER.split(',')[0], 'id')
})
