import { chmodSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Store, StoreBrokenError } from '../store/index.ts'
import { DATA_FILE, makeFolder, makePrivate, openSqliteStore } from '../store/sqlite/index.ts'
import { diskOf, keepReserve } from './disk-reserve.ts'

export interface OpenStoreOptions {
  readonly dataDir: string
  readonly keepBodies: boolean
  /** Default `UTC`. */
  readonly timeZone?: string
  readonly onBroken: (error: StoreBrokenError) => void
}

/** Opens the store of a data folder, which is made where it is missing and is its owner's alone. */
export async function openStore({ dataDir, keepBodies, timeZone = 'UTC', onBroken }: OpenStoreOptions): Promise<Store> {
  makeFolder(resolve(dataDir))
  keepPrivate(dataDir)
  const path = join(dataDir, DATA_FILE)
  tryPrivate(path)
  return keepReserve(await openSqliteStore({ path, keepBodies, timeZone, onBroken }), { look: diskOf(dataDir) })
}

/** A folder that was there before may be open to others. One with other people's files in it is left as it is. */
function keepPrivate(dataDir: string): void {
  if (process.platform === 'win32' || !readdirSync(dataDir).every((name) => name.startsWith(DATA_FILE))) return
  try {
    chmodSync(dataDir, 0o700)
  } catch {
    // A mounted volume may not allow it, and then its owner decides.
  }
}

function tryPrivate(path: string): void {
  try {
    makePrivate(path)
  } catch {
    // Opening it says what is wrong.
  }
}
