import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** For tests: a path for a database, in a folder of its own that `remove` deletes. */
export function tempFile(): { readonly path: string; readonly remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-store-'))
  return { path: join(folder, 'relay.db'), remove: () => rmSync(folder, { recursive: true, force: true }) }
}
