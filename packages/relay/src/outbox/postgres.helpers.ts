/** A real PostgreSQL for tests: one server for all tests of a process, one database for each test. */
import { after, type TestContext } from 'node:test'
import type pg from 'pg'
import { makeEmptyDatabase } from '../postgres-database.helpers.ts'
import { stopPostgres } from '../postgres-server.helpers.ts'
import { DEFAULT_ROLES, type OutboxRoles } from './migrations.ts'
import { makeRoles, migrate } from './outbox-sql.helpers.ts'

export interface Database {
  readonly name: string
  /** As a superuser. */
  readonly url: string
  /** As another role, whose password is its name. */
  as(role: string): string
  /** A connection that ends with the test; as a superuser where no other URL is given. */
  connect(url?: string): Promise<pg.Client>
}

export interface DatabaseOptions {
  /** Default UTF8. */
  readonly encoding?: string
  /** Default: an outbox is there, and the roles `shop` and `taker` may use it. */
  readonly isEmpty?: boolean
}

after(stopPostgres)

/** A database of the test's own, gone after it. */
export async function makeDatabase(context: TestContext, options: DatabaseOptions = {}): Promise<Database> {
  const { encoding = 'UTF8' } = options
  const { drop, ...database } = await makeEmptyDatabase({ encoding })
  context.after(drop)
  if (options.isEmpty !== true) await addOutbox(database)
  return database
}

/** Makes the outbox, and who brings and takes. */
export async function addOutbox({ connect }: Database, roles: OutboxRoles = ROLES): Promise<void> {
  const client = await connect()
  await makeRoles(client)
  await migrate(client, roles)
  await client.query(`grant ${roles.relay} to taker`)
}

const ROLES: OutboxRoles = { ...DEFAULT_ROLES, caller: 'shop' }
