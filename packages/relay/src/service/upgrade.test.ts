import assert from 'node:assert/strict'
import { after, type TestContext, test } from 'node:test'
import { tempFolder } from '../files/files.helpers.ts'
import { stopPostgres } from '../postgres-server.helpers.ts'
import type { Store } from '../store/index.ts'
import { openPostgresStore } from '../store/postgres/index.ts'
import { makeStoreDatabase } from '../store/postgres/postgres-store.helpers.ts'
import { newestOf, readMigrations } from '../store/postgres/schema/migration.ts'
import type { RunOptions } from './run.ts'
import { type Api, deferred, environment, order, PIXEL, type Run, run, startApi, withJson } from './service.helpers.ts'

after(stopPostgres)

const KNOWN = newestOf(readMigrations())
/** Beside which no relay of today works, whatever it does. */
const NEXT = [...readMigrations(), { version: KNOWN + 1, name: 'next.sql', worksBeside: KNOWN + 1, sql: 'select' }]

interface Older {
  readonly relay: Run
  readonly api: Api
  /** Opens the store as a newer relay would, which changes the schema. */
  upgrade(): Promise<Store>
}

async function startOlder(context: TestContext, options: Partial<RunOptions> = {}): Promise<Older> {
  const { url, drop } = await makeStoreDatabase()
  const folder = tempFolder(context)
  const api = await startApi(context)
  const env = () => ({ ...environment(api.url, folder), WAYBILL_STORE: url })
  const relay = await run(context, env, folder, options)
  const stores: Store[] = []
  context.after(async () => {
    for (const store of stores) await store.close()
    await drop()
  })
  const upgrade = async (): Promise<Store> => {
    const store = await openPostgresStore({ url, migrations: NEXT, force: true })
    stores.push(store)
    return store
  }
  return { relay, api, upgrade }
}

const linesOf = ({ log }: Run, level: number): string[] =>
  log()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { level: number | string; msg: string })
    .filter((line) => line.level === level || line.level === { 50: 'error' }[level])
    .map(({ msg }) => msg)

/**
 * - a relay has a request in flight when a newer version changes the schema so that it leaves it no room
 * - it says so in one line, lets the request end, writes down what came of it, and gives up what it has
 */
test('an older relay that is left no room stops in order, with one line that says what to run', async (context) => {
  const [left, answer] = [deferred<void>(), deferred<void>()]
  const { relay, api, upgrade } = await startOlder(context, {
    async fetch(input, init) {
      if (String(init?.body).includes('"validate_only":true')) return fetch(input, init)
      left.resolve()
      await answer.promise
      return fetch(input, init)
    },
  })
  const body = { events: [order('a')] }
  const { status } = await fetch(`${relay.service.url}/v1/events?pid=${PIXEL}`, withJson('POST', body))
  assert.equal(status, 200)
  await left.promise
  const newer = await upgrade()
  const told = new Promise<void>((resolve) => relay.service.engine.events.on('engine:failed', () => resolve()))
  await told
  answer.resolve()
  assert.equal(await relay.ended, false)
  const [said, ...more] = linesOf(relay, 50)
  assert.match(
    said ?? '',
    /^The schema .* Run the version of Waybill that changed it .* This relay stops; nothing is lost\.$/,
  )
  assert.deepEqual(more, [])
  assert.equal(relay.log().includes('stack'), false)
  assert.deepEqual([await newer.claims!.owners(), (await newer.show('a'))[0]?.state], [[], 'delivered'])
  assert.deepEqual([api.emulator.summary().stored, api.emulator.summary().duplicates], [1, 0])
})

test('a relay that only takes events sees it as well, and stops', async (context) => {
  const { relay, upgrade } = await startOlder(context, { role: 'intake' })
  const newer = await upgrade()
  assert.equal(await relay.ended, false)
  assert.equal(linesOf(relay, 50).length, 1)
  const rows = await newer.claims!.renew({ name: 'newer', forMs: 60_000 })
  assert.deepEqual(
    rows.map(({ name }) => name),
    ['newer'],
  )
})
