/** A real PostgreSQL, for tests and scripts: one server a process. */
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { EmbeddedPostgres } from './embedded-postgres.helpers.ts'
import { freePort } from './free-port.helpers.ts'

export interface Server {
  readonly admin: pg.Client
  readonly dataFolder: string | undefined
  urlOf(database: string, role?: string): string
}

/** `url`: a superuser's. */
export interface StartedServer {
  readonly url: string
  readonly dataFolder: string
  stop(): Promise<void>
}

let server: Promise<Server> | undefined
let stop: () => Promise<void> = async () => {}

/** A disk in memory, where there is one. */
const IN_MEMORY = '/dev/shm'

export interface ServerOptions {
  /** `false`: what is committed outlives the server's processes and not the machine, which tests need not wait for. Default `true`. */
  readonly syncs?: boolean
}

/** The server of this run: started when it is first asked for, or the one of `WAYBILL_TEST_POSTGRES` (a superuser's URL). */
export function startPostgres({ syncs = true }: ServerOptions = {}): Promise<Server> {
  const given = process.env['WAYBILL_TEST_POSTGRES']
  server ??= given ? connectTo(given, undefined) : startEmbedded({ syncs })
  return server
}

/** Stops it, where it was started here. */
export async function stopPostgres(): Promise<void> {
  await (await server)?.admin.end()
  await stop()
}

async function startEmbedded(options: Required<ServerOptions>): Promise<Server> {
  const started = await startServer(EmbeddedPostgres, options)
  stop = started.stop
  return connectTo(started.url, started.dataFolder)
}

/** Characters of what the server says that are kept. */
const SAID_LENGTH = 2_000

/** Starts a server of its own, of the version that the package brings. */
export async function startServer(
  Postgres: typeof EmbeddedPostgres,
  { syncs = true }: ServerOptions = {},
): Promise<StartedServer> {
  const folder = mkdtempSync(join(syncs || !existsSync(IN_MEMORY) ? tmpdir() : IN_MEMORY, 'waybill-postgres-'))
  // As root, PostgreSQL runs as a user of its own, who must get through.
  chmodSync(folder, 0o711)
  const dataFolder = join(folder, 'data')
  const port = await freePort()
  let said = ''
  // Without a Unix socket, as its name is a port of the whole machine too.
  const flags = [
    'max_connections=60',
    'full_page_writes=off',
    `fsync=${syncs ? 'on' : 'off'}`,
    'unix_socket_directories=',
  ]
  const postgres = new Postgres({
    databaseDir: dataFolder,
    port,
    user: 'postgres',
    password: 'postgres',
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    postgresFlags: flags.flatMap((flag) => ['-c', flag]),
    onLog: (message) => {
      said = `${said}${message}`.slice(-SAID_LENGTH)
    },
    onError: () => {},
  })
  await postgres.initialise()
  await postgres.start().catch((cause: unknown) => {
    throw new Error(`PostgreSQL did not start. It said last:\n${said}`, { cause })
  })
  return {
    url: `postgres://postgres:postgres@127.0.0.1:${port}/postgres`,
    dataFolder,
    stop: async () => {
      await postgres.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
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
