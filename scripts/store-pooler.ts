/**
 * `npm run store:pooler`: the tests of the store on PostgreSQL through PgBouncer in transaction mode, which has to be installed (Debian: `apt-get
 * install pgbouncer`). Exits 1 where a test fails.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import pg from 'pg'
import { EmbeddedPostgres } from '../packages/relay/src/embedded-postgres.helpers.ts'
import { freePort } from '../packages/relay/src/free-port.helpers.ts'
import { startServer } from '../packages/relay/src/postgres-server.helpers.ts'
import { passesAt } from './postgres-versions.ts'

/** What one store asks, also of several at a time and while its connections break; not how its statements are planned. */
const TESTS = [
  'postgres-store.test.ts',
  'faults.test.ts',
  'two-names.test.ts',
  'drop-days.test.ts',
  'schema/migrate.test.ts',
  'reads/postgres-reads.test.ts',
].map((name) => `packages/relay/src/store/postgres/${name}`)

interface Pooler {
  /** `host:port`. */
  readonly address: string
  /** How many went through it. */
  transactions(): Promise<number>
  stop(): Promise<void>
}

const server = await startServer(EmbeddedPostgres, { syncs: false })
try {
  const pooler = await startPooler(new URL(server.url))
  try {
    const hasPassed = await passesAt(server.url, TESTS, { WAYBILL_TEST_POOLER: pooler.address })
    const transactions = await pooler.transactions()
    process.stdout.write(`${hasPassed ? 'passed' : 'failed'}, ${transactions} transactions through PgBouncer\n`)
    if (!hasPassed || transactions === 0) process.exitCode = 1
  } finally {
    await pooler.stop()
  }
} finally {
  await server.stop()
}

/** Each transaction gets another connection to the server, so that what is kept in a session is lost. */
async function startPooler({ hostname, port, username, password }: URL): Promise<Pooler> {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-pooler-'))
  chmodSync(folder, 0o711)
  const own = await freePort()
  const settings = join(folder, 'pgbouncer.ini')
  writeFileSync(
    settings,
    `[databases]
* = host=${hostname} port=${port} user=${username} password=${password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${own}
unix_socket_dir =
auth_type = any
pool_mode = transaction
max_client_conn = 500
default_pool_size = 10
server_round_robin = 1
server_idle_timeout = 60
`,
  )
  // It runs as a user of its own where root starts it.
  const asUser = process.getuid?.() === 0 ? ['-u', 'postgres'] : []
  const running = spawn('/usr/sbin/pgbouncer', [...asUser, settings], { stdio: ['ignore', 'ignore', 'pipe'] })
  await listening(running)
  return {
    address: `127.0.0.1:${own}`,
    async transactions() {
      const client = new pg.Client({ host: '127.0.0.1', port: own, user: 'admin', database: 'pgbouncer' })
      await client.connect()
      const { rows } = await client.query<{ total_xact_count: string }>('show stats')
      await client.end()
      return rows.reduce((sum, row) => sum + Number(row.total_xact_count), 0)
    },
    async stop() {
      const ended = once(running, 'exit')
      running.kill('SIGTERM')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function listening(running: ChildProcess): Promise<void> {
  for await (const line of createInterface({ input: running.stderr! }))
    if (line.includes('process up')) {
      running.stderr!.resume()
      return
    }
  throw new Error(
    'PgBouncer did not start: see that it is installed, and that its user may read a folder of the system\u2019s temporary one.',
  )
}
