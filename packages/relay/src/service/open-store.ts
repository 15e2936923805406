import { chmodSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Store, StoreBrokenError } from '../store/index.ts'
import { DATA_FILE, makeFolder, makePrivate, openSqliteStore } from '../store/sqlite/index.ts'
import { diskOf, keepReserve } from './disk-reserve.ts'

export interface OpenStoreOptions {
  readonly dataDir: string
  /** Of a PostgreSQL database; default: a file in the folder. */
  readonly storeUrl?: string | undefined
  readonly keepBodies: boolean
  /** Default `UTC`. */
  readonly timeZone?: string
  readonly onBroken: (error: StoreBrokenError) => void
  /** Of a database: changes its schema also while relays run that do not work beside it. Default: it is refused. */
  readonly force?: boolean
}

/** Opens the store of a database, or of a data folder, which is made where it is missing and is its owner's alone. */
export async function openStore(options: OpenStoreOptions): Promise<Store> {
  const { storeUrl, dataDir, keepBodies, timeZone = 'UTC', onBroken, force = false } = options
  if (storeUrl !== undefined) {
    // Whoever keeps events in a file need not load a driver.
    const { openPostgresStore } = await import('../store/postgres/index.ts')
    return openPostgresStore({ url: storeUrl, keepBodies, timeZone, force })
  }
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
