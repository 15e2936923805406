/** A real PostgreSQL for tests: one server for all tests of a process, one database for each test. */
import { after, type TestContext } from 'node:test'
import pg from 'pg'
import { DEFAULT_ROLES, type OutboxRoles } from './migrations.ts'
import { makeRoles, migrate, startPostgres, stopPostgres } from './postgres-server.helpers.ts'

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

let databases = 0

after(stopPostgres)

/** A database of the test's own, gone after it. */
export async function makeDatabase(context: TestContext, options: DatabaseOptions = {}): Promise<Database> {
  const { admin, urlOf } = await startPostgres()
  const name = `waybill_${process.pid}_${databases++}`
  const encoding = options.encoding ?? 'UTF8'
  await admin.query(`create database ${name} template template0 encoding '${encoding}' locale 'C'`)
  const clients: pg.Client[] = []
  context.after(async () => {
    await Promise.all(clients.map((client) => client.end().catch(() => {})))
    await admin.query(`drop database ${name} with (force)`)
  })
  const connect = async (url: string = urlOf(name)): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString: url })
    client.on('error', () => {})
    await client.connect()
    clients.push(client)
    return client
  }
  const database: Database = { name, url: urlOf(name), as: (role) => urlOf(name, role), connect }
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
