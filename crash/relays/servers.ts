/** A primary and a synchronous standby, by the programs of an installed PostgreSQL. */
import { execFileSync, spawn } from 'node:child_process'
import { appendFileSync, chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { freePort } from '../../packages/relay/src/free-port.helpers.ts'

export interface ServerPair {
  readonly primaryUrl: string
  readonly standbyUrl: string
  /** The primary is gone at once, as with its machine. */
  killPrimary(): Promise<void>
  /** The standby takes writes from here on. */
  promote(): Promise<void>
  /** The old primary is there again, and takes none: what leads to it is told 25006. */
  startOldAsStandby(): Promise<void>
  stop(): Promise<void>
}

interface Place {
  readonly folder: string
  readonly port: number
}

/** `bin`: the folder of `initdb` and `pg_ctl`. As root they run as the user `postgres`. */
export async function startServerPair(bin: string): Promise<ServerPair> {
  const home = mkdtempSync(join(tmpdir(), 'waybill-failover-'))
  chmodSync(home, 0o777)
  const [primary, standby] = [
    { folder: join(home, 'primary'), port: await freePort() },
    { folder: join(home, 'standby'), port: await freePort() },
  ]
  const run = (program: string, args: readonly string[]): void => {
    execFileSync(join(bin, program), args, { cwd: home, stdio: 'ignore', ...userOf() })
  }
  const start = async ({ folder, port }: Place): Promise<void> => {
    // Its output must not be inherited, or who waits for the program waits for the server.
    run('pg_ctl', ['-D', folder, '-l', `${folder}.log`, '-o', `-p ${port} -k ${home} -h 127.0.0.1`, '-w', 'start'])
    await answering(urlOf(port))
  }
  run('initdb', ['-D', primary.folder, '-U', 'postgres', '--auth=trust', '-E', 'UTF8', '--locale=C'])
  appendFileSync(join(primary.folder, 'postgresql.conf'), '\nmax_connections = 60\n')
  await start(primary)
  const at = ['-h', '127.0.0.1', '-p', String(primary.port), '-U', 'postgres']
  run('pg_basebackup', ['-D', standby.folder, '-R', ...at])
  await start(standby)
  await ask(urlOf(primary.port), "alter system set synchronous_standby_names = '*'")
  await ask(urlOf(primary.port), 'select pg_reload_conf()')
  return {
    primaryUrl: urlOf(primary.port),
    standbyUrl: urlOf(standby.port),
    async killPrimary() {
      run('pg_ctl', ['-D', primary.folder, '-m', 'immediate', '-w', 'stop'])
    },
    async promote() {
      run('pg_ctl', ['-D', standby.folder, '-w', 'promote'])
    },
    async startOldAsStandby() {
      writeFileSync(join(primary.folder, 'standby.signal'), '')
      await start(primary)
    },
    async stop() {
      for (const { folder } of [primary, standby])
        await new Promise((resolve) => {
          spawn(join(bin, 'pg_ctl'), ['-D', folder, '-m', 'immediate', 'stop'], { stdio: 'ignore', ...userOf() }).on(
            'exit',
            resolve,
          )
        })
      rmSync(home, { recursive: true, force: true })
    },
  }
}

const urlOf = (port: number): string => `postgres://postgres@127.0.0.1:${port}/postgres`

/** As root, PostgreSQL runs as a user of its own. */
function userOf(): { uid: number; gid: number } | Record<string, never> {
  if (process.getuid?.() !== 0) return {}
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

async function ask(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(sql)
  await client.end()
}

const TRIES = 100

async function answering(url: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask(url, 'select 1')
    } catch (error) {
      if (tries === TRIES) throw error
      await sleep(100)
    }
  }
}
