import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { StoreOwnedError } from '../errors.ts'
import { connect, type Database } from './database.ts'
import { faultOf } from './fault.ts'

/**
 * One owner for each file. The lock is SQLite's own, on a small database beside the file that stays in an open exclusive
 * transaction: the operating system drops it when the process dies, however it dies, and it also works within one process.
 * It is not on the file itself, so that a backup tool or the sqlite3 shell can still read while the owner runs.
 * The text beside it is only a name for the message. Nothing may open the lock file but SQLite: closing any handle on it
 * would drop the lock (POSIX).
 */
export function takeOwnership(path: string): () => void {
  const lock = connect(`${path}.lock`)
  try {
    lock.exec('PRAGMA busy_timeout = 0')
    lock.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    if (faultOf(error) !== 'busy') throw error
    throw new StoreOwnedError(`${path} is in use by ${readOwner(path)}.`, {
      hint: 'Stop that process first, or give this one another data folder.',
      cause: error,
    })
  }
  nameOwner(path)
  return () => {
    rmSync(`${path}.owner`, { force: true })
    lock.close()
  }
}

/** Keeps the file itself locked for as long as it is open. The log needs no shared memory then, and no other file stays. */
export function lockFile(database: Database, path: string): void {
  try {
    database.exec('PRAGMA busy_timeout = 0; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT')
  } catch (error) {
    if (faultOf(error) !== 'busy') throw error
    throw new StoreOwnedError(`${path} is in use by another process.`, {
      hint: 'Wait until it has ended.',
      cause: error,
    })
  }
}

function nameOwner(path: string): void {
  try {
    writeFileSync(`${path}.owner`, `process ${process.pid} on ${hostname()}\n`, { mode: 0o600 })
  } catch {
    // The lock holds without a name; on a full disk that is all there is.
  }
}

function readOwner(path: string): string {
  try {
    return readFileSync(`${path}.owner`, 'utf8').trim().slice(0, 200) || 'another process'
  } catch {
    return 'another process'
  }
}
