import { StoreUnusableError } from '../errors.ts'
import { type Database, readValue, type Value } from './database.ts'

/** How often the disk is synced: with each commit, or as the log is copied into the file, which keeps that whole. */
const SYNCS = { power: ['FULL', 2], process: ['NORMAL', 1] } as const
export type Outlives = keyof typeof SYNCS

/** What the file must be set to, and how it reads back. */
function demanded(outlives: Outlives): readonly (readonly [pragma: string, value: string, reads: Value])[] {
  return [
    ['journal_mode', 'WAL', 'wal'],
    ['synchronous', ...SYNCS[outlives]],
    // On macOS a plain fsync leaves the data in the drive's cache; elsewhere this has no effect.
    ['fullfsync', 'ON', 1],
  ]
}

/** The log is checkpointed by the store itself, which does not swallow what goes wrong. */
const TUNING = 'PRAGMA wal_autocheckpoint = 0; PRAGMA temp_store = MEMORY'

/** Sets what "on disk" rests on, and reads it back. Throws `StoreUnusableError` where it does not hold. */
export function makeDurable(database: Database, outlives: Outlives): void {
  database.exec('PRAGMA busy_timeout = 5000')
  for (const [pragma, value, reads] of demanded(outlives)) {
    database.exec(`PRAGMA ${pragma} = ${value}`)
    const found = readValue(database, `PRAGMA ${pragma}`)
    if (found !== reads) {
      throw new StoreUnusableError(`SQLite keeps ${pragma} at ${String(found)} instead of ${value}.`, {
        hint: 'Put the data folder on a local file system; network and some overlay file systems cannot do this.',
      })
    }
  }
  database.exec(TUNING)
}
