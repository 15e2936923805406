import { StoreUnusableError } from '../errors.ts'
import { type Database, readValue, type Value } from './database.ts'

/** What the file must be set to, and how it reads back. */
const DEMANDED: readonly (readonly [pragma: string, value: string, reads: Value])[] = [
  ['journal_mode', 'WAL', 'wal'],
  ['synchronous', 'FULL', 2],
  // On macOS a plain fsync leaves the data in the drive's cache; elsewhere this has no effect.
  ['fullfsync', 'ON', 1],
]

/** The log is checkpointed by the store itself, which does not swallow what goes wrong. */
const TUNING = 'PRAGMA wal_autocheckpoint = 0; PRAGMA temp_store = MEMORY'

/** Sets what "on disk" rests on, and reads it back. Throws `StoreUnusableError` where it does not hold. */
export function makeDurable(database: Database): void {
  database.exec('PRAGMA busy_timeout = 5000')
  for (const [pragma, value, reads] of DEMANDED) {
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
