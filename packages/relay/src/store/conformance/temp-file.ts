import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A disk in memory where there is one: what is tested is what was committed, and a process that dies leaves it as it is. */
const FOLDER = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

/** For tests: a path for a database, in a folder of its own that `remove` deletes. */
export function tempFile(): { readonly path: string; readonly remove: () => void } {
  const folder = mkdtempSync(join(FOLDER, 'waybill-store-'))
  return { path: join(folder, 'relay.db'), remove: () => rmSync(folder, { recursive: true, force: true }) }
}
