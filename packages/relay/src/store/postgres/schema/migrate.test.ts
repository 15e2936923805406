import assert from 'node:assert/strict'
import { after, type TestContext, test } from 'node:test'
import { stopPostgres } from '../../../postgres-server.helpers.ts'
import { NOW, newEvent } from '../../conformance/harness.ts'
import { type Store, StoreNotMigratedError, StoreSupersededError } from '../../index.ts'
import type { PostgresStoreOptions } from '../index.ts'
import { makeStore, type TestStore } from '../postgres-store.helpers.ts'
import { type Migration, newestOf, readMigration, readMigrations } from './migration.ts'

after(stopPostgres)

const MIGRATIONS = readMigrations()
const KNOWN = newestOf(MIGRATIONS)

/** What a next version knows: one more migration, beside which relays of a version go on. */
function withNext(worksBeside: number, sql: string): { readonly migrations: readonly Migration[] } {
  return { migrations: [...MIGRATIONS, { version: KNOWN + 1, name: 'next.sql', worksBeside, sql }] }
}

const COMPATIBLE = withNext(KNOWN, 'alter table waybill_store.account add column more text')
const BREAKING = withNext(
  KNOWN + 1,
  'alter table waybill_store.account rename column content to digest; alter table waybill_store.action rename column verb to did',
)

const renew = (store: Store, forMs = 60_000): Promise<unknown> => store.claims!.renew({ name: 'shop:7', forMs })

/** The database of a relay that knows what is shipped, and that relay, whose row lives. */
async function withOlder(
  context: TestContext,
  options?: Partial<PostgresStoreOptions>,
): Promise<TestStore & { readonly versions: () => Promise<number[]> }> {
  const made = await makeStore(context, options)
  await renew(made.store)
  const client = await made.database.connect()
  const versions = async (): Promise<number[]> => {
    const { rows } = await client.query('select version from waybill_store.migration order by version')
    return rows.map(({ version }) => version as number)
  }
  return { ...made, versions }
}

function isSuperseded(error: Error & { readonly hint?: string }): boolean {
  assert.ok(error instanceof StoreSupersededError, String(error))
  assert.match(error.message, new RegExp(`version ${KNOWN + 1}, .*this relay knows it up to ${KNOWN}\\.$`))
  assert.match(error.hint ?? '', /^Run the version of Waybill that changed it \(\d+\.\d+\.\d+\), or a newer one\.$/)
  return true
}

test('beside a migration that leaves it room an older relay goes on, and starts', async (context) => {
  const { store, open, versions } = await withOlder(context)
  const newer = await open(COMPATIBLE)
  assert.equal((await versions()).at(-1), KNOWN + 1)
  await renew(store)
  await store.accept([newEvent('from the older')], NOW)
  const again = await open()
  await renew(again)
  assert.deepEqual([(await newer.counts()).accepted, (await again.counts()).accepted], [1, 1])
})

test('a migration that leaves no room is not begun while an older relay lives, which is named', async (context) => {
  const { store, open, versions } = await withOlder(context)
  const before = await versions()
  await assert.rejects(open(BREAKING), (error: Error & { readonly hint?: string }) => {
    assert.ok(error instanceof StoreNotMigratedError)
    assert.match(
      error.message,
      /^Migration next\.sql .*: shop:7 \(Waybill \d+\.\d+\.\d+, schema \d+, renewed \d+\.\d s ago\)\./,
    )
    assert.match(error.hint ?? '', /--force/)
    return true
  })
  assert.deepEqual(await versions(), before)
  await renew(store)
  await store.accept([newEvent('still')], NOW)
})

test('it is begun once the older relays are gone, in order or not, and no older one starts afterwards', async (context) => {
  const { store, open, versions } = await withOlder(context)
  const killed = await open()
  await renew(killed, 0)
  await store.close()
  const newer = await open(BREAKING)
  assert.equal((await versions()).at(-1), KNOWN + 1)
  await renew(newer)
  await assert.rejects(open(), isSuperseded)
  await (await open(BREAKING)).close()
})

test('an older relay that only takes events keeps it from being begun as well', async (context) => {
  const { store, open } = await withOlder(context)
  await store.close()
  const door = await open()
  await door.claims!.renew({ name: 'door', forMs: 60_000, delivers: false })
  await assert.rejects(open(BREAKING), /door \(Waybill/)
})

test('one that is begun by force ends the older relays: by their next renewal, or by what they miss', async (context) => {
  const { store, open } = await withOlder(context)
  await open({ ...BREAKING, force: true })
  await assert.rejects(renew(store), isSuperseded)
  await assert.rejects(store.accept([newEvent('late')], NOW), isSuperseded)
  await assert.rejects(store.reads.ask('actions', { limit: 1 }), isSuperseded)
})

/**
 * - a session has a lock that the migration needs
 * - somebody else needs what the migration waits for, and so stands behind it
 */
test('a migration waits for a lock no longer than its limit, lets others through, and says who has it', async (context) => {
  const { open, database, versions } = await withOlder(context)
  const [holder, other] = [await database.connect(), await database.connect()]
  await holder.query("set application_name = 'report'")
  await holder.query('begin; select from waybill_store.account')
  const limits = { lockMs: 300, patienceMs: 900, statementMs: 60_000 }
  const beganMs = performance.now()
  let isOver = false
  const opening = open({ ...COMPATIBLE, limits }).finally(() => {
    isOver = true
  })
  const isWaiting = "select from pg_locks where relation = 'waybill_store.account'::regclass and not granted"
  const seen = assert.rejects(opening, (error: Error & { readonly hint?: string }) => {
    assert.ok(error instanceof StoreNotMigratedError)
    const pid = (holder as unknown as { processID: number }).processID
    assert.match(
      error.message,
      new RegExp(`^Migration next\\.sql .* pid ${pid} \\(report, its query began \\d{4}-\\d\\d-\\d\\dT.*\\) has\\.`),
    )
    assert.match(error.hint ?? '', new RegExp(`^Start again .*select pg_terminate_backend\\(${pid}\\)\\.$`))
    return true
  })
  while ((await other.query(isWaiting)).rowCount === 0) assert.equal(isOver, false)
  await other.query('select from waybill_store.account')
  assert.equal(isOver, false, 'whoever stands behind it is let through')
  await seen
  assert.ok(performance.now() - beganMs < 10_000)
  assert.equal((await versions()).at(-1), KNOWN)
  await holder.query('commit')
  await open({ ...COMPATIBLE, limits })
  assert.equal((await versions()).at(-1), KNOWN + 1)
})

test('a migration that has its locks may take longer than any other statement', async (context) => {
  const { open, versions } = await withOlder(context)
  await open({ ...withNext(KNOWN, 'select pg_sleep(0.5)'), timeoutMs: 250 })
  assert.equal((await versions()).at(-1), KNOWN + 1)
})

test('each migration says on its first line beside which version it works, and none beside a later one', () => {
  for (const { version, worksBeside } of MIGRATIONS) assert.ok(worksBeside >= 1 && worksBeside <= version)
  assert.throws(() => readMigration('0009_x.sql', 'select 1'), /0009_x\.sql does not say/)
  assert.equal(readMigration('0009_x.sql', '-- works beside: 7\nselect 1').worksBeside, 7)
})
