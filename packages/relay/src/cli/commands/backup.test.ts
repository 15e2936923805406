import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { childEnvironment } from '../../child-environment.helpers.ts'
import { tempFolder } from '../../files/files.helpers.ts'
import { environment, order, PIXEL, startApi, withJson } from '../../service/service.helpers.ts'
import { NOW, newEvents } from '../../store/conformance/harness.ts'
import { openSqliteStore } from '../../store/sqlite/index.ts'
import { type Ran, run } from '../cli.helpers.ts'

const BIN = fileURLToPath(new URL('../../../bin/waybill.js', import.meta.url))

interface RelayProcess {
  readonly process: ChildProcess
  post(path: string, body: object): Promise<Response>
  counts(): Promise<Counts>
  stop(): Promise<void>
}

/** `waybill serve` as a process of its own. */
async function serve(context: TestContext, endpoint: string, folder: string): Promise<RelayProcess> {
  const child = spawn(process.execPath, ['--conditions=waybill-source', BIN, 'serve'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...childEnvironment(), ...(environment(endpoint, folder) as Record<string, string>) },
  })
  context.after(() => child.kill('SIGKILL'))
  const url = await addressOf(child)
  return {
    process: child,
    post: (path, body) => fetch(url + path, withJson('POST', body)),
    counts: async () => ((await (await fetch(`${url}/api/status`)).json()) as { counts: Counts }).counts,
    async stop() {
      child.kill('SIGTERM')
      const [code] = await once(child, 'exit')
      assert.equal(code, 0)
    },
  }
}

async function addressOf(child: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: child.stdout! })) {
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0]
    if (url === undefined) continue
    child.stdout!.resume()
    return url
  }
  throw new Error('the relay ended before it listened')
}

const EVENTS_PER_POST = 50

/** Posts events one request after the other until it is told to stop; `acknowledged` grows meanwhile. */
function load(relay: RelayProcess): { readonly acknowledged: Set<string>; stop(): Promise<void> } {
  const acknowledged = new Set<string>()
  let isStopped = false
  const work = (async () => {
    for (let post = 0; !isStopped; post++) {
      const ids = Array.from({ length: EVENTS_PER_POST }, (_, at) => `event_${post}_${at}`)
      const { status } = await relay.post(`/v1/events?pid=${PIXEL}`, { events: ids.map((id) => order(id)) })
      if (status === 200) for (const id of ids) acknowledged.add(id)
    }
  })()
  return {
    acknowledged,
    async stop() {
      isStopped = true
      await work
    },
  }
}

type Counts = Readonly<Record<string, number>>

/** Asks the relay how it stands until that is so. */
async function until(relay: RelayProcess, condition: (counts: Counts) => boolean): Promise<void> {
  while (!condition(await relay.counts()));
}

/**
 * - a relay whose pixel is held takes events without pause, and is copied meanwhile
 * - then it delivers all of them, and stops
 * - the copy is put into another folder and a relay started there, which knows nothing of these deliveries
 */
test('a copy made under load has every event that was acknowledged before, and a relay restored from it delivers what waited', async (context) => {
  const api = await startApi(context)
  const folder = tempFolder(context)
  const first = await serve(context, api.url, folder)
  await first.post(`/api/pixels/${PIXEL}/hold`, { reason: 'a test' })
  const { acknowledged, stop } = load(first)
  await until(first, () => acknowledged.size >= 20 * EVENTS_PER_POST)

  const before = [...acknowledged]
  const copy = join(folder, 'copy.db')
  const ran = await run(['backup', copy, '--json'], { env: environment(api.url, folder) })
  assert.equal(ran.exitCode, 0, ran.stderr)
  const told = JSON.parse(ran.stdout) as { accepted: number; waiting: number }
  assert.ok(told.accepted >= before.length && told.waiting === told.accepted, ran.stdout)
  const after = acknowledged.size
  await until(first, () => acknowledged.size > after)
  await stop()
  await first.post(`/api/pixels/${PIXEL}/resume`, {})
  await until(first, ({ delivered }) => delivered === acknowledged.size)
  await first.stop()

  const elsewhere = tempFolder(context)
  mkdirSync(join(elsewhere, 'data'), { mode: 0o700 })
  copyFileSync(copy, join(elsewhere, 'data', 'waybill.db'))
  const second = await serve(context, api.url, elsewhere)
  assert.equal((await second.counts())['held'], told.accepted, 'the hold was copied too')
  await second.post(`/api/pixels/${PIXEL}/resume`, {})
  await until(second, ({ delivered }) => delivered === told.accepted)
  await second.stop()

  const received = new Map(
    api.emulator.events().map(({ event, received: times }) => [(event as { id: string }).id, times]),
  )
  assert.deepEqual(
    before.filter((id) => received.get(id) !== 2),
    [],
    'what was in the copy is sent again, and the API counts it once',
  )
  const { stored, duplicates } = api.emulator.summary()
  assert.deepEqual([stored, duplicates], [acknowledged.size, told.accepted])
  const store = await openSqliteStore({ path: join(elsewhere, 'data', 'waybill.db') })
  for (const id of before) assert.equal((await store.show(id))[0]?.state, 'delivered', id)
  assert.equal((await store.counts()).unaccounted, 0)
  await store.close()
})

interface Place {
  readonly folder: string
  readonly data: string
  readonly source: string
  readonly copy: string
}

function place(context: TestContext): Place {
  const folder = tempFolder(context)
  const data = join(folder, 'data')
  mkdirSync(data)
  return { folder, data, source: join(data, 'waybill.db'), copy: join(folder, 'copy.db') }
}

const backUp = ({ data, copy }: Place, ...argv: string[]): Promise<Ran> =>
  run(['backup', copy, '--data-dir', data, ...argv], { env: {} })

async function fill({ source }: Place, ids: readonly string[]): Promise<void> {
  const store = await openSqliteStore({ path: source })
  await store.accept(newEvents(ids), NOW)
  await store.close()
}

test('a copy of a relay that is stopped needs no keys, is for its owner alone and says what is in it', async (context) => {
  const at = place(context)
  await fill(at, ['a', 'b', 'c'])
  const { exitCode, stderr, stdout } = await backUp(at)
  assert.deepEqual([exitCode, stdout], [0, ''])
  assert.match(stderr, /^verified .*copy\.db: 3 events, 3 to be delivered, schema version \d+, [\d,]+ bytes\n$/)
  assert.deepEqual(readdirSync(at.folder).sort(), ['copy.db', 'data'])
  if (process.platform !== 'win32') assert.equal(statSync(at.copy).mode & 0o777, 0o600)
  const store = await openSqliteStore({ path: at.copy })
  assert.deepEqual([(await store.counts()).queued, await store.check()], [3, []])
  await store.close()
})

test('what a killed relay left in its log is copied too', async (context) => {
  const at = place(context)
  const other = place(context)
  const store = await openSqliteStore({ path: other.source })
  await store.accept(newEvents(['a', 'b']), NOW)
  // As a kill leaves it: the file and its log, without the last checkpoint.
  for (const suffix of ['', '-wal']) copyFileSync(other.source + suffix, at.source + suffix)
  await store.close()
  assert.ok(statSync(`${at.source}-wal`).size > 0)
  assert.match((await backUp(at)).stderr, /: 2 events, /)
})

test('a file that is there is never overwritten', async (context) => {
  const at = place(context)
  await fill(at, ['a'])
  writeFileSync(at.copy, 'precious')
  const { exitCode, stderr } = await backUp(at)
  assert.equal(exitCode, 2)
  assert.match(stderr, /exists already, and a backup overwrites nothing/)
  assert.equal(readFileSync(at.copy, 'utf8'), 'precious')
})

const NO_GOOD: readonly (readonly [title: string, spoil: (at: Place) => void, said: RegExp])[] = [
  [
    'an event is lost',
    ({ source }) => change(source, 'DELETE FROM event WHERE row = 1'),
    /2 accounts are counted, and 1/,
  ],
  [
    'the books are wrong',
    ({ source }) => change(source, 'UPDATE tally SET events = events + 1 WHERE kind = 6'),
    /1 accepted events are in no state/,
  ],
  [
    'a newer version wrote it',
    ({ source }) => change(source, "INSERT INTO migration VALUES (999, '0999_future.sql')"),
    /schema version 999/,
  ],
  [
    'its pages are damaged',
    ({ source }) => {
      const bytes = readFileSync(source)
      writeFileSync(source, bytes.fill(0x5a, Math.floor(bytes.length / 2)))
    },
    /damaged|malformed/,
  ],
  ['it is no database', ({ source }) => writeFileSync(source, 'no database at all'.repeat(500)), /not a database/],
]

function change(path: string, sql: string): void {
  const database = new DatabaseSync(path)
  database.exec(sql)
  database.close()
}

for (const [title, spoil, said] of NO_GOOD) {
  test(`where ${title}, no copy is called good and none is left behind`, async (context) => {
    const at = place(context)
    await fill(at, ['a', 'b'])
    spoil(at)
    const { exitCode, stderr } = await backUp(at)
    assert.equal(exitCode, 3, stderr)
    assert.match(stderr, /There is no good copy of .*waybill\.db: /)
    assert.match(stderr, said)
    assert.deepEqual(readdirSync(at.folder), ['data'])
  })
}

test('wrong use is one line that says what to do', async (context) => {
  const at = place(context)
  const said = async (argv: string[], env: Record<string, string> = {}): Promise<string> => {
    const { exitCode, stderr } = await run(['backup', ...argv], { env })
    assert.deepEqual([exitCode, stderr.trim().split('\n').length], [2, 1], stderr)
    return stderr
  }
  assert.match(await said([at.copy, '--data-dir', at.data]), /There is no .*waybill\.db: name the folder/)
  assert.match(await said([at.copy]), /--data-dir: the configuration cannot be read \(pixels: no pixel/)
  assert.match(await said([]), /missing required argument 'path'/)
  await fill(at, ['a'])
  const nowhere = join(at.folder, 'no', 'copy.db')
  assert.match(await said([nowhere], { WAYBILL_DATA_DIR: at.data }), /There is no folder .*no: make it first/)
})
