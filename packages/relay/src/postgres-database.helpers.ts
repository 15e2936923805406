/** A real PostgreSQL for tests: one server for all tests of a process, one database for each test. */
import pg from 'pg'
import { startPostgres } from './postgres-server.helpers.ts'

export interface EmptyDatabase {
  readonly name: string
  /** As a superuser. */
  readonly url: string
  /** As another role, whose password is its name. */
  as(role: string): string
  /** A connection that ends with the database; as a superuser where no other URL is given. */
  connect(url?: string): Promise<pg.Client>
  drop(): Promise<void>
}

let databases = 0

export interface EmptyDatabaseOptions {
  /** Default UTF8. */
  readonly encoding?: string
  /** A database that it is a copy of; nobody may be connected to that. Default: none. */
  readonly template?: string
}

/** A database of one's own. Whoever makes one stops the server after all tests, with `stopPostgres`. */
export async function makeEmptyDatabase({
  encoding = 'UTF8',
  template = 'template0',
}: EmptyDatabaseOptions = {}): Promise<EmptyDatabase> {
  const { admin, urlOf } = await startPostgres({ syncs: false })
  const name = `waybill_${process.pid}_${databases++}`
  await admin.query(`create database ${name} template ${template} encoding '${encoding}' locale 'C' strategy file_copy`)
  const clients: pg.Client[] = []
  const connect = async (url: string = urlOf(name)): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString: url })
    client.on('error', () => {})
    await client.connect()
    clients.push(client)
    return client
  }
  const drop = async (): Promise<void> => {
    await Promise.all(clients.map((client) => client.end().catch(() => {})))
    await admin.query(`drop database ${name} with (force)`)
  }
  return { name, url: urlOf(name), as: (role) => urlOf(name, role), connect, drop }
}
