/** PostgreSQL with its defaults, in a folder of its own, and what it used. */
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { EmbeddedPostgres } from '../../packages/relay/src/embedded-postgres.helpers.ts'
import { freePort } from '../../packages/relay/src/free-port.helpers.ts'
import { statOf, TICKS_PER_SECOND } from '../relay/processor.ts'

export interface BenchServer {
  readonly admin: pg.Client
  urlOf(database: string): string
  /** Seconds of processor of all its processes so far, ended ones too. */
  cpuSeconds(): number
  /** Bytes of log so far. */
  walBytes(): Promise<number>
  stop(): Promise<void>
}

export async function startServer(): Promise<BenchServer> {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-bench-'))
  // As root, PostgreSQL runs as a user of its own, who must get through.
  chmodSync(folder, 0o711)
  const port = await freePort()
  const postgres = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    port,
    user: 'postgres',
    password: 'bench',
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    onLog: () => {},
    onError: () => {},
  })
  await postgres.initialise()
  await postgres.start()
  const urlOf = (database: string): string => `postgres://postgres:bench@127.0.0.1:${port}/${database}`
  const admin = new pg.Client({ connectionString: urlOf('postgres') })
  await admin.connect()
  const main = Number(readFileSync(join(folder, 'data', 'postmaster.pid'), 'utf8').split('\n')[0])
  return {
    admin,
    urlOf,
    cpuSeconds: () => cpuOf(main),
    walBytes: async () => {
      const { rows } = await admin.query("select pg_current_wal_lsn() - '0/0' as bytes")
      return Number(rows[0].bytes)
    },
    stop: async () => {
      await admin.end()
      await postgres.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function cpuOf(main: number): number {
  let ticks = statOf(main)?.ofEnded ?? 0
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? statOf(Number(name)) : undefined
    if (stat !== undefined && (Number(name) === main || stat.parent === main)) ticks += stat.own
  }
  return ticks / TICKS_PER_SECOND
}
