/** Stores on PostgreSQL for tests: one server a process, one database a test. */
import type { TestContext } from 'node:test'
import { type EmptyDatabase, makeEmptyDatabase } from '../../postgres-database.helpers.ts'
import type { Store } from '../index.ts'
import { openPostgresStore, type PostgresStoreOptions } from './index.ts'

let migrated: Promise<EmptyDatabase> | undefined

/**
 * A database with the schema of today: a copy of one that was migrated, which is quicker than to migrate each. Its URL leads through the
 * pooler of `WAYBILL_TEST_POOLER` (`host:port`), where there is one; what the test itself asks does not.
 */
export async function makeStoreDatabase(): Promise<EmptyDatabase> {
  migrated ??= makeMigrated()
  const database = await makeEmptyDatabase({ template: (await migrated).name })
  const pooler = process.env['WAYBILL_TEST_POOLER']
  if (!pooler) return database
  const url = new URL(database.url)
  url.host = pooler
  await occupy(database, url.href)
  return { ...database, url: url.href }
}

const CONNECTIONS = 3

/** The pooler has several connections to the database from here on, of which the next transaction gets another one each time. */
async function occupy({ connect }: EmptyDatabase, url: string): Promise<void> {
  const clients = await Promise.all(Array.from({ length: CONNECTIONS }, () => connect(url)))
  await Promise.all(clients.map((client) => client.query('begin')))
  await Promise.all(clients.map((client) => client.query('commit')))
}

async function makeMigrated(): Promise<EmptyDatabase> {
  const database = await makeEmptyDatabase()
  const store = await openPostgresStore({ url: database.url })
  await store.close()
  return database
}

export interface TestStore {
  readonly store: Store
  readonly database: EmptyDatabase
  /** Another store on the same data. */
  open(options?: Partial<PostgresStoreOptions>): Promise<Store>
}

/** A store on a database of its own; both are gone after the test. */
export async function makeStore(context: TestContext, options: Partial<PostgresStoreOptions> = {}): Promise<TestStore> {
  const database = await makeStoreDatabase()
  const stores: Store[] = []
  context.after(async () => {
    for (const store of stores) await store.close().catch(() => {})
    await database.drop()
  })
  const open = async (more: Partial<PostgresStoreOptions> = {}): Promise<Store> => {
    const store = await openPostgresStore({ url: database.url, ...options, ...more })
    stores.push(store)
    return store
  }
  return { store: await open(), database, open }
}
