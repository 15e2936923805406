import { existsSync, statSync } from 'node:fs'
import { backup, DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { MOVED_KEY } from '../store/sqlite/moved.ts'
import { ACCEPTED } from '../store/state.ts'

export { DATA_FILE } from '../store/sqlite/index.ts'

/** What the books of a data file say: the accounts that were opened, and where they are. */
export interface Books {
  readonly accepted: number
  /** Accounts in any state, those that were pruned included: the same number, or some are lost. */
  readonly accounted: number
  /** Rows that there must be: accounts less the pruned ones. */
  readonly kept: number
  readonly rows: number
  /** Not ended: what a relay on this file would deliver. */
  readonly waiting: number
}

/** A data file as it can be read beside the relay that owns it. */
export interface DataFile {
  readonly bytes: number
  /** The newest migration that was applied; 0 where there is none yet. */
  schemaVersion(): number
  /** Where its data was moved, and from where it is served; only for a schema that is there. */
  movedTo(): string | undefined
  /** What a look through all of the file found, one line each; empty when nothing is wrong. */
  damage(pragma: 'quick_check' | 'integrity_check'): readonly string[]
  /** Only for a schema that this program knows. */
  books(): Books
  close(): void
}

/** A relay that starts or ends has the file to itself for a moment. */
const READING = { readOnly: true, timeout: 5_000 } as const

/**
 * Opens a data file to read, without owning it: a relay can be at work on it. Throws what SQLite throws.
 * While nobody writes there is no log, and then the file is opened as one that does not change, because a plain connection would
 * leave an empty log and its index behind.
 */
export function openDataFile(path: string): DataFile {
  const database = new DatabaseSync(locationOf(path), READING)
  const numbers = (sql: string): Readonly<Record<string, number>> =>
    database.prepare(sql).get() as Readonly<Record<string, number>>
  return {
    bytes: statSync(path).size,
    schemaVersion() {
      const { tables } = numbers("SELECT count(*) AS tables FROM sqlite_schema WHERE name = 'migration'")
      return tables === 0 ? 0 : numbers('SELECT coalesce(max(version), 0) AS version FROM migration')['version']!
    },
    movedTo() {
      const found = database.prepare('SELECT value FROM meta WHERE key = ?').get(MOVED_KEY)
      return typeof found?.['value'] === 'string' && found['value'] !== '' ? found['value'] : undefined
    },
    damage(pragma) {
      const lines = database.prepare(`PRAGMA ${pragma}`).all() as Readonly<Record<string, string>>[]
      return lines.flatMap((line) => Object.values(line)).filter((line) => line !== 'ok')
    },
    books: () => ({ ...numbers(BOOKS), ...numbers('SELECT count(*) AS rows FROM event') }) as unknown as Books,
    close: () => database.close(),
  }
}

/** Kinds below `ACCEPTED` are the states, those above it the pruned accounts, which their states still count. */
const BOOKS = `
  SELECT coalesce(sum(events) FILTER (WHERE kind = ${ACCEPTED}), 0) AS accepted,
    coalesce(sum(events) FILTER (WHERE kind < ${ACCEPTED}), 0) AS accounted,
    coalesce(sum(CASE WHEN kind < ${ACCEPTED} THEN events WHEN kind > ${ACCEPTED} THEN -events ELSE 0 END), 0) AS kept,
    coalesce(sum(events) FILTER (WHERE kind < 2), 0) AS waiting
  FROM tally`

/** More pages than a file can have. */
const ALL_PAGES = 2 ** 31 - 1

/**
 * Writes a consistent copy of a data file into a new, empty or missing file. A relay may be at work: the copy is of one moment, all in
 * one step, because with smaller steps each of the relay's commits would start it over. The relay's log grows meanwhile.
 */
export async function copyDataFile(path: string, copy: string): Promise<void> {
  // A plain connection, also where there is no log: a relay may start in the middle.
  const database = new DatabaseSync(path, READING)
  try {
    await backup(database, copy, { rate: ALL_PAGES })
  } finally {
    database.close()
  }
}

function locationOf(path: string): URL {
  const location = pathToFileURL(path)
  if (!existsSync(`${path}-wal`)) location.searchParams.set('immutable', '1')
  return location
}
