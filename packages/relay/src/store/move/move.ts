import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { Counts } from '../counts.ts'
import { StoreUnusableError } from '../errors.ts'
import { maskUrl } from '../postgres/connection/database-url.ts'
import { MOVING_KEY } from '../postgres/moving.ts'
import { openPostgresStore } from '../postgres/open-postgres-store.ts'
import { connectToRead, type Database, type Row, readValue } from '../sqlite/database.ts'
import { MOVE_KEY, MOVED_KEY } from '../sqlite/moved.ts'
import { openSqliteStore } from '../sqlite/open-sqlite-store.ts'
import type { Store } from '../store.ts'
import { batchSql, type Copy } from './copy.ts'
import { TABLES } from './tables.ts'
import { assertUnused, MoveTarget } from './target.ts'

export interface MoveOptions {
  /** The SQLite file. */
  readonly path: string
  /** `postgres://role:password@host/database`. */
  readonly url: string
  readonly nowMs: number
  /** Told as tables go over: rows so far, and how many there are. */
  readonly onProgress?: (table: string, done: number, of: number) => void
  /** Stops between two batches; the same move goes on from there. */
  readonly signal?: AbortSignal
}

/** What was moved: rows of each table that has any, and the counts of events, which are the same on both sides. */
export interface Moved {
  readonly rows: Readonly<Record<string, number>>
  readonly counts: Counts
}

/** Rows with their texts that go over in one transaction. */
const BATCH_ROWS = 2_000

/**
 * Moves the data of a file into a database, where it keeps its row numbers. The file is owned meanwhile, so that no relay serves it; the database
 * serves nobody until all is there and compared. Stopped, or cut off, it goes on where it was. In the end the file is marked, and opens no
 * more. Throws `StoreUnusableError` where the two sides differ, `StoreOwnedError` while a relay has the file.
 */
export async function moveStore(options: MoveOptions): Promise<Moved> {
  const { path, url, nowMs } = options
  const store = await openSqliteStore({ path, evenIfMoved: true, packs: false })
  const file = connectToRead(path)
  try {
    const target = await MoveTarget.open(url, await begun(store, nowMs), highestOf(file)).catch(
      async (error: unknown) => {
        await assertStill(store, path)
        throw error
      },
    )
    try {
      const rows = await copyAll(file, target, options)
      const counts = await compare(store, target)
      // While both are shut: first this one, so that at no moment two serve the same events.
      await store.setMeta(MOVED_KEY, maskUrl(url))
      await target.finish()
      return { rows, counts }
    } finally {
      await target.close()
    }
  } finally {
    file.close()
    await store.close()
  }
}

/** What is wrong with the database is of no matter where the file is there already. */
async function assertStill(store: Store, path: string): Promise<void> {
  const where = await store.getMeta(MOVED_KEY)
  if (where) throw new StoreUnusableError(`${path} was moved to ${where} already.`, { hint: 'Serve that store.' })
}

/**
 * Opens a file again that was moved, and shuts the database. Throws `StoreUnusableError` where it has taken events since or a relay runs on it, and
 * `StoreAwayError` where it cannot be asked, unless `force` says that it is given up: two stores that serve the same events send each of them twice.
 */
export async function undoMove({ path, url, force = false }: UndoOptions): Promise<void> {
  const store = await openSqliteStore({ path, evenIfMoved: true })
  try {
    if (!(await store.getMeta(MOVED_KEY)))
      throw new StoreUnusableError(`${path} was not moved.`, { hint: 'There is nothing to undo.' })
    await shut(store, { path, url, force })
    await store.setMeta(MOVED_KEY, '')
  } finally {
    await store.close()
  }
}

export interface UndoOptions {
  readonly path: string
  readonly url: string
  readonly force?: boolean
}

/** The database serves no more, and another move into it is refused: what is in it is nobody's from here on. */
async function shut(file: Store, { url, force = false }: UndoOptions): Promise<void> {
  const database = await openPostgresStore({ url, evenWhileMoving: true }).catch((error: unknown) => {
    if (force) return undefined
    throw error
  })
  if (database === undefined) return
  try {
    if (!force) {
      await assertUnused(url)
      assertSame(url, await file.counts(), await database.counts())
    }
    await database.setMeta(MOVING_KEY, JSON.stringify({ id: 'taken back', day: 0 }))
  } finally {
    await database.close()
  }
}

function assertSame(url: string, here: Counts, there: Counts): void {
  if (isDeepStrictEqual(plain(here), plain(there))) return
  throw new StoreUnusableError(
    `${maskUrl(url)} has gone on since: it has ${there.accepted} events, ${there.delivered} of them delivered, and the file ${here.accepted} and ${here.delivered}.`,
    {
      hint: 'Serve the database. --force opens the file nevertheless; what the database knows alone is then lost to it.',
    },
  )
}

/**
 * What the move is known by, the same for each try until a relay serves the file in between. The roll-up is made before the first: it goes over
 * as it is, row by row, and changes no more until all is there, however late the next try comes.
 */
async function begun(store: Store, nowMs: number): Promise<string> {
  const known = await store.getMeta(MOVE_KEY)
  if (known !== undefined) return known
  while (await store.keepNumbers(nowMs));
  const id = randomUUID()
  await store.setMeta(MOVE_KEY, id)
  return id
}

function highestOf(file: Database): { row: number; seq: number } {
  const number = (sql: string): number => Number(readValue(file, sql) ?? 0)
  return {
    row: Math.max(
      number('SELECT max(row) FROM event'),
      number("SELECT value FROM meta WHERE key = 'store.pruned-row'"),
    ),
    seq: number('SELECT max(seq) FROM request'),
  }
}

async function copyAll(file: Database, target: MoveTarget, options: MoveOptions): Promise<Record<string, number>> {
  const rows: Record<string, number> = {}
  for (const copy of TABLES) {
    const count = await copyOne(file, target, copy, options)
    if (count > 0) rows[copy.table] = count
  }
  return rows
}

async function copyOne(
  file: Database,
  target: MoveTarget,
  copy: Copy,
  { onProgress = () => {}, signal }: MoveOptions,
): Promise<number> {
  const standing = target.standingOf(copy)
  // It was compared then; the mark at the end of a move comes later than that.
  if (standing?.isDone === true) return standing.rows
  const of = Number(readValue(file, `SELECT count(*) FROM "${copy.table}"`))
  let done = standing?.rows ?? 0
  let after = standing?.after ?? []
  for (;;) {
    signal?.throwIfAborted()
    const batch = file.prepare(batchSql(copy, after.length === 0)).all(...after, BATCH_ROWS) as Row[]
    if (batch.length === 0) break
    await target.put(copy, batch)
    after = copy.key.map((name) => batch.at(-1)![name]!)
    done += batch.length
    onProgress(copy.table, done, of)
  }
  if (done !== of) {
    throw new StoreUnusableError(`Of ${of} rows of "${copy.table}" ${done} were moved.`, {
      hint: 'See that nothing else writes to the file, drop the database, and move again.',
    })
  }
  await target.finishTable(copy)
  return done
}

/** Nothing is believed because it was copied: the database looks through itself, and both sides count. */
async function compare(store: Store, target: MoveTarget): Promise<Counts> {
  const here = await store.counts()
  const { faults, counts } = await target.verify()
  const differences = Object.entries(plain(here))
    .filter(([state, events]) => plain(counts)[state] !== events)
    .map(([state, events]) => `${state}: ${events} in the file, ${plain(counts)[state]} in the database`)
  if (faults.length === 0 && differences.length === 0) return counts
  throw new StoreUnusableError(`What was moved differs: ${[...faults, ...differences].join('; ')}.`, {
    hint: 'The file still serves. Drop the database, run waybill doctor --integrity on the file, and move again.',
  })
}

function plain(counts: Counts): Readonly<Record<string, unknown>> {
  return { ...counts }
}
