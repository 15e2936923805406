import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { StoreError, StoreFullError, StoreUnusableError } from '../errors.ts'
import type { Store } from '../store.ts'
import { type Core, loadCore } from './core.ts'
import { connect, type Database, readValue } from './database.ts'
import { makeDurable } from './durability.ts'
import { faultOf } from './fault.ts'
import { GroupCommit } from './group-commit.ts'
import { migrate } from './migrate.ts'
import { assertNotMoved, forgetMove } from './moved.ts'
import type { SqliteStoreOptions } from './options.ts'
import { lostError, ownFiles } from './own-files.ts'
import { lockFile, takeOwnership } from './owner.ts'
import { LocalReads } from './reads/local-reads.ts'
import type { Live } from './reads/moment.ts'
import { SqliteReads } from './reads/sqlite-reads.ts'
import { keepBodiesInMemory } from './sql/body.ts'
import { type Beside, sqliteStore } from './sqlite-store.ts'
import { wipeWhenDue } from './wipe.ts'

const MAX_GROUP_ROWS = 16_384
const MAX_GROUP_BYTES = 16 * 1024 * 1024
/**
 * 32 MB. With random ids the same pages of the key's index are written again and again, and copied once for each time the log is
 * full: half of it cost a fifth more time. The disk's reserve (`service/disk-reserve.ts`) holds this twice.
 */
const CHECKPOINT_PAGES = 8_000
/** 64 MB were no faster, whatever the ids. */
const CACHE_KIB = 32 * 1024
const CHECK_BELOW_BYTES = 32 * 1024 * 1024

/**
 * Opens the store on a SQLite file, which it then owns until `close()` or the end of the process.
 * Throws `StoreOwnedError` when another has it, `StoreFullError` when its folder has no room or cannot be written, and
 * `StoreUnusableError` when it is damaged, of a newer version, or cannot be made durable.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const path = resolve(options.path)
  let giveUp: (() => void) | undefined
  let database: Database | undefined
  try {
    if (options.lock !== 'file') giveUp = takeOwnership(path)
    database = (options.connect ?? connect)(path)
    if (options.lock === 'file') lockFile(database, path)
    makeDurable(database, options.outlives ?? 'power')
    database.exec(`PRAGMA cache_size = -${options.cacheKib ?? CACHE_KIB}`)
    checkPages(database, path, options.checkBelowBytes ?? CHECK_BELOW_BYTES)
    migrate(database)
    if (options.evenIfMoved !== true) {
      assertNotMoved(database, path)
      forgetMove(database)
    }
    if (options.lock !== 'file') wipeWhenDue(database)
    const { keepBodies = false, bodies = 'file', monotonicMs = () => performance.now(), timeZone = 'UTC' } = options
    if (bodies === 'memory') keepBodiesInMemory(database)
    const core = loadCore(database, { keepBodies, bodies, monotonicMs, timeZone, packs: options.packs ?? true })
    return serve(core, { ...options, path }, giveUp ?? (() => {}))
  } catch (error) {
    database?.close()
    giveUp?.()
    throw asOpeningError(error, path)
  }
}

function serve(core: Core, options: SqliteStoreOptions, giveUp: () => void): Store {
  const { database, queue, pixelRows } = core
  const { path } = options
  const files = ownFiles(path)
  const look = options.lookAtFiles ?? (() => files.lost())
  const group = new GroupCommit(
    database,
    {
      beforeCommit() {
        queue.beforeCommit()
        pixelRows.write(core.nextRow - 1)
      },
      committed() {
        queue.committed()
        pixelRows.committed()
      },
      lost() {
        const file = look()
        return file === undefined ? undefined : lostError(database, files, path, file)
      },
      rolledBack: () => queue.rolledBack(),
      onBroken: (error) => options.onBroken?.(error),
    },
    {
      schedule: options.schedule ?? ((flush) => void setImmediate(flush)),
      maxRows: options.maxGroupRows ?? MAX_GROUP_ROWS,
      maxBytes: options.maxGroupBytes ?? MAX_GROUP_BYTES,
      checkpointPages: options.checkpointPages ?? CHECKPOINT_PAGES,
      checkpointEveryMs: options.checkpointEveryMs ?? Number.POSITIVE_INFINITY,
      monotonicMs: options.monotonicMs ?? (() => performance.now()),
    },
  )
  return sqliteStore(core, group, { reads: readsOf(core, group, options), closeFile: closer(group, database, giveUp) })
}

/** How long people wait for an answer, and for a thread that does not come back. */
const ANSWER_MS = 250
const REPLACE_MS = 2_000

/** In a thread, but where the file is locked for whoever is no owner of it. */
function readsOf(core: Core, group: GroupCommit, options: SqliteStoreOptions): Beside['reads'] {
  const { path, timeZone = 'UTC', lock, readsIn = lock === 'file' ? 'here' : 'thread', readLimits = {} } = options
  const { answerMs: limitMs = ANSWER_MS, replaceMs = REPLACE_MS } = readLimits
  const live = (withRows: boolean): Live => core.leases.live(withRows)
  const stopped = () => group.stopped()
  if (readsIn === 'here') return new LocalReads({ database: core.database, timeZone, limitMs, live, stopped })
  return new SqliteReads({ path, timeZone, limitMs, replaceMs, live, stopped })
}

/** Commits what waits, empties the log into the file, and gives the file up; the second time it does nothing. */
function closer(group: GroupCommit, database: Database, giveUp: () => void): () => void {
  let isOpen = true
  return () => {
    if (!isOpen) return
    isOpen = false
    group.close()
    try {
      group.checkpoint('TRUNCATE')
      database.close()
    } finally {
      giveUp()
    }
  }
}

/** A large file would take too long to look through at every start; damage there shows when its pages are read. */
function checkPages(database: Database, path: string, belowBytes: number): void {
  if (!existsSync(path) || statSync(path).size > belowBytes) return
  const found = readValue(database, 'PRAGMA quick_check')
  if (found !== 'ok')
    throw new StoreUnusableError(`${path} is damaged: ${String(found).replaceAll('\n', '; ')}.`, RESTORE)
}

const RESTORE = {
  hint: 'Restore the last backup; keep the damaged file for a repair with the sqlite3 shell (.recover).',
}

const ROOM = { hint: 'The folder must exist, be writable and have room.' }

function asOpeningError(error: unknown, path: string): unknown {
  if (error instanceof StoreError) return error
  const text = error instanceof Error ? error.message : String(error)
  const fault = faultOf(error)
  if (fault === 'broken') return new StoreUnusableError(`${path} is damaged: ${text}.`, { ...RESTORE, cause: error })
  if (fault === 'full') return new StoreFullError(`${path} cannot be opened: ${text}.`, { ...ROOM, cause: error })
  return error
}
