import { type Database, type Row, readValue } from './database.ts'
import { faultOf } from './fault.ts'

/** Up to this size the copy that is made meanwhile lies in memory; a larger one in the system's folder for such files. */
const MAX_IN_MEMORY_BYTES = 128 * 1024 * 1024

/**
 * Overwrites what is free in a file in which an earlier schema kept texts that may lie nowhere: every page is written anew, and the
 * log is emptied. Done once; where there is no room for it, or somebody else reads the log, it stays due for the next start.
 */
export function wipeWhenDue(database: Database): void {
  if (readValue(database, "SELECT value FROM meta WHERE key = 'store.wipe'") !== 'due') return
  try {
    if (bytesOf(database) > MAX_IN_MEMORY_BYTES) database.exec('PRAGMA temp_store = FILE')
    database.exec('VACUUM')
    const { busy } = database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() as Row
    if (busy === 0) database.exec("DELETE FROM meta WHERE key = 'store.wipe'")
  } catch (error) {
    if (faultOf(error) !== 'full' && faultOf(error) !== 'busy') throw error
  } finally {
    database.exec('PRAGMA temp_store = MEMORY')
  }
}

function bytesOf(database: Database): number {
  return Number(readValue(database, 'PRAGMA page_count')) * Number(readValue(database, 'PRAGMA page_size'))
}
