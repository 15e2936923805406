import { randomUUID } from 'node:crypto'
import { localDays } from '../roll-up/local-day.ts'
import type { Store } from '../store.ts'
import { addressOf } from './connection/address.ts'
import { Database } from './connection/database.ts'
import { Pool } from './connection/pool.ts'
import type { Core } from './core.ts'
import { Repeats } from './intake/repeats.ts'
import { assertWhole } from './moving.ts'
import { Numbers } from './numbers.ts'
import { Partitions } from './partitions.ts'
import { postgresStore } from './postgres-store.ts'
import { Fresh } from './queue/fresh.ts'
import { LeaseBook } from './queue/lease-book.ts'
import { Places } from './queue/places.ts'
import { PostgresReads } from './reads/postgres-reads.ts'
import { type MigrateOptions, migrate } from './schema/migrate.ts'
import { newestOf, readMigrations } from './schema/migration.ts'
import { supersededOf } from './schema/standing.ts'
import { Terms } from './terms.ts'

export interface PostgresStoreOptions extends MigrateOptions {
  /** `postgres://role:password@host/database`. */
  readonly url: string
  /** Default: what was delivered has no body. */
  readonly keepBodies?: boolean
  /** Of the days that people count by. Default `UTC`. */
  readonly timeZone?: string
  /** Connections at most. Default 8. */
  readonly connections?: number
  /** A statement without an answer by then ends its connection. Default 5,000. */
  readonly timeoutMs?: number
  /** A question of a person is answered in so long, or not, or in part; for tests. Default 250. */
  readonly readLimits?: { readonly answerMs?: number }
  /** Connections for what people read, at most. Default 2. */
  readonly readConnections?: number
  /** Milliseconds that only go forward. Default `performance.now`. */
  readonly monotonicMs?: () => number
  /** Opens it also while a file is being moved into it. Default: it is refused. */
  readonly evenWhileMoving?: boolean
  /** What leases and claims last by, Unix milliseconds. Default: the database's clock. */
  readonly clockMs?: () => number
}

const CONNECTIONS = 8
const READ_CONNECTIONS = 2
const TIMEOUT_MS = 5_000
const ANSWER_MS = 250

/** Opens the store of a database, which is made or brought up to date where that is due. Other relays may work on it too. */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<Store> {
  return storeOf(await openCore(options), options)
}

/** The store on a core, with what people read beside it. */
export function storeOf(core: Core, options: PostgresStoreOptions): Store {
  return postgresStore(core, readsOf(core, options))
}

/** What a store is made of. */
export async function openCore(options: PostgresStoreOptions): Promise<Core> {
  const { url, connections = CONNECTIONS, timeoutMs = TIMEOUT_MS, migrations = readMigrations() } = options
  const pool = new Pool({ address: addressOf(url), size: connections, timeoutMs })
  const plain = new Database({ pool, url, timeoutMs })
  const knows = newestOf(migrations)
  const database = new Database({ pool, url, timeoutMs, explainMissing: () => supersededOf(plain, knows) })
  try {
    await migrate(plain, { ...options, migrations })
    if (options.evenWhileMoving !== true) await assertWhole({ query: (sql, values) => database.read(sql, values) })
    const core = coreOf(database, options, knows)
    await core.partitions.make()
    return core
  } catch (error) {
    await pool.close()
    throw error
  }
}

/** On connections of their own: nobody who looks takes one from delivery. */
function readsOf(core: Core, options: PostgresStoreOptions): PostgresReads {
  const { keepBodies, timeZone } = core
  const { url, readConnections = READ_CONNECTIONS, timeoutMs = TIMEOUT_MS, readLimits = {} } = options
  const pool = new Pool({ address: addressOf(url), size: readConnections, timeoutMs })
  const explainMissing = (): Promise<Error | undefined> => supersededOf(core.database, core.knows)
  const database = new Database({ pool, url, timeoutMs, explainMissing })
  const terms = new Terms({ query: (sql, values) => database.read(sql, values) })
  const { answerMs: limitMs = ANSWER_MS } = readLimits
  return new PostgresReads({ database, terms, days: localDays(timeZone), keepBodies, limitMs, listLimitMs: timeoutMs })
}

function coreOf(database: Database, options: PostgresStoreOptions, knows: number): Core {
  const { keepBodies = false, timeZone = 'UTC', monotonicMs = () => performance.now(), clockMs } = options
  return {
    database,
    terms: new Terms({ query: (sql, values) => database.read(sql, values) }),
    partitions: new Partitions(database),
    rows: new Numbers(database, 'row_block', monotonicMs),
    seqs: new Numbers(database, 'request_block', monotonicMs),
    leases: new LeaseBook(),
    fresh: new Fresh(monotonicMs),
    places: new Places(monotonicMs),
    repeats: new Repeats(),
    keepBodies,
    timeZone,
    monotonicMs,
    owner: randomUUID(),
    knows,
    clockMs: clockMs ?? (() => undefined),
  }
}
