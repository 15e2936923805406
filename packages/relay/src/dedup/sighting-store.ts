import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { FilesError } from '../files/index.ts'
import { createTempFolder } from '../files/temp-folder.ts'
import { foldId } from './fold-id.ts'
import type { Side, Sighting } from './sighting.ts'
import type { Value } from './value.ts'

/** A sighting under its number. */
export interface StoredSighting extends Sighting {
  readonly row: number
  readonly side: Side
}

/** A row of either kind, for those who show it. */
export interface StoredRow extends StoredSighting {
  /** Why the row was not compared; empty for one that was. */
  readonly reason: string
}

/** How sightings can be gone through; the open ones are those that `setApart` was told. */
export type Walk = 'all by id' | 'open by id' | 'open by fold'

/** A sighting with what groups it in its walk. */
export interface Walked extends StoredSighting {
  readonly fold?: string
}

/** All rows of both sides in a temporary database of mode 0600, which is removed on `close` and when the process exits. */
export interface SightingStore {
  add(row: number, side: Side, sighting: Sighting): void
  addUncompared(row: number, side: Side, line: number, reason: string): void
  /** Remembers which sightings are open, for the walks through these. Asked of every row in turn, once. */
  setApart(isOpen: (row: number) => boolean): void
  /** Sightings in the walk's order; those of one group, and in it those of one key and side, come one after the other. */
  walk(walk: Walk, comparesPixels: boolean): Iterable<Walked>
  read(row: number): StoredRow
  /** All rows in the order of their numbers. */
  rows(): Iterable<StoredRow>
  close(): void
}

/** Memory for pages and for sorting, in KiB. */
const CACHE_KIB = 32_768

const SETUP = `
  PRAGMA journal_mode = OFF;
  PRAGMA synchronous = OFF;
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA temp_store = FILE;
  PRAGMA cache_size = -${CACHE_KIB};
  CREATE TABLE sighting (
    row INTEGER PRIMARY KEY, side INTEGER NOT NULL, line INTEGER NOT NULL, reason TEXT, id TEXT, name TEXT, pixel TEXT,
    time_ms INTEGER, amount TEXT, is_minor INTEGER, currency TEXT);
  CREATE TABLE apart (row INTEGER PRIMARY KEY, fold TEXT NOT NULL);
  BEGIN;
`
const INSERT = 'INSERT INTO sighting VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'
const COLUMNS = 'row, side, line, id, name, pixel, time_ms, amount, is_minor, currency'
const EARLIEST = 'side, time_ms IS NULL, time_ms, row'

const WALKS: Readonly<Record<Walk, (pixel: string) => string>> = {
  'all by id': () => `SELECT ${COLUMNS} FROM sighting WHERE id IS NOT NULL ORDER BY id, name, pixel, ${EARLIEST}`,
  'open by id': (pixel) =>
    `SELECT ${COLUMNS} FROM apart JOIN sighting USING (row) ORDER BY id, ${pixel} name, pixel, ${EARLIEST}`,
  'open by fold': (pixel) =>
    `SELECT ${COLUMNS}, fold FROM apart JOIN sighting USING (row) ORDER BY name, fold, ${pixel} id, pixel, ${EARLIEST}`,
}

/** Throws `FilesError` where the temporary folder cannot be used, also from the methods. */
export function createSightingStore(): SightingStore {
  const folder = attempt(createTempFolder)
  const database = attempt(() => openDatabase(join(folder.path, 'sightings')))
  const insert = database.prepare(INSERT)
  const select = database.prepare('SELECT * FROM sighting WHERE row = ?')
  const run = (...values: SQLInputValue[]): void => void attempt(() => insert.run(...values))
  return {
    add: (row, side, { line, id, name, pixel, timeMs, amount, isMinor, currency }) =>
      run(row, codeOf(side), line, null, id, name, pixel, timeMs, amount, isMinor ? 1 : 0, currency),
    addUncompared: (row, side, line, reason) =>
      run(row, codeOf(side), line, reason, null, null, null, null, null, 0, null),
    setApart(isOpen) {
      const set = database.prepare('INSERT INTO apart VALUES (?, ?)')
      // Not with functions of SQL: all that one statement calls them with stays in memory until it ends.
      for (const { row, id } of iterate(database.prepare('SELECT * FROM sighting ORDER BY row'), sightingOf)) {
        if (id !== '' && isOpen(row)) attempt(() => set.run(row, foldId(id)))
      }
    },
    walk: (walk, comparesPixels) => iterate(database.prepare(WALKS[walk](comparesPixels ? 'pixel,' : '')), walked),
    read: (row) => attempt(() => stored(select.get(row) as unknown as Columns)),
    rows: () => iterate(database.prepare('SELECT * FROM sighting ORDER BY row'), stored),
    close() {
      database.close()
      folder.remove()
    },
  }
}

function openDatabase(path: string): DatabaseSync {
  closeSync(openSync(path, 'wx', 0o600))
  const database = new DatabaseSync(path)
  // One transaction that never ends: nothing of this is to be kept.
  database.exec(SETUP)
  return database
}

interface Columns {
  readonly row: number
  readonly side: number
  readonly line: number
  readonly reason: string | null
  readonly id: string | null
  readonly name: string | null
  readonly pixel: string | null
  readonly time_ms: number | null
  readonly amount: string | null
  readonly is_minor: number
  readonly currency: string | null
  readonly fold?: string
}

function* iterate<T>(statement: StatementSync, read: (columns: Columns) => T): Generator<T> {
  const rows = statement.iterate()
  for (let step = attempt(() => rows.next()); step.done !== true; step = attempt(() => rows.next()))
    yield read(step.value as unknown as Columns)
}

function walked(columns: Columns): Walked {
  const sighting = sightingOf(columns)
  return columns.fold === undefined ? sighting : { ...sighting, fold: columns.fold }
}

function stored(columns: Columns): StoredRow {
  return { ...sightingOf(columns), reason: columns.reason ?? '' }
}

function sightingOf({ row, side, line, id, name, pixel, time_ms: timeMs, ...columns }: Columns): StoredSighting {
  const value: Value = { amount: columns.amount, isMinor: columns.is_minor === 1, currency: columns.currency }
  const key = { id: id ?? '', name: name ?? '', pixel: pixel ?? '' }
  return { row, side: side === 0 ? 'pixel' : 'server', line, ...key, timeMs, ...value }
}

function codeOf(side: Side): number {
  return side === 'pixel' ? 0 : 1
}

/** A full disk, or a temporary folder that is not there. */
function attempt<T>(run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (typeof (error as { code?: unknown }).code !== 'string') throw error
    const said = error instanceof Error ? error.message : String(error)
    const remedy = 'Make room there, or name another place with TMPDIR.'
    throw new FilesError(`The temporary folder cannot be used (${said}). ${remedy}`, { cause: error })
  }
}
