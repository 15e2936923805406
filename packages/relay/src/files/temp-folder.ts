import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder that only this user can enter, removed by `remove` or when the process exits. */
export interface TempFolder {
  readonly path: string
  remove(): void
}

const folders = new Set<string>()

export function createTempFolder(): TempFolder {
  const path = mkdtempSync(join(tmpdir(), 'waybill-'))
  chmodSync(path, 0o700)
  if (folders.size === 0) process.on('exit', removeAll)
  folders.add(path)
  return { path, remove: () => removeFolder(path) }
}

function removeAll(): void {
  for (const path of folders) removeFolder(path)
}

function removeFolder(path: string): void {
  rmSync(path, { recursive: true, force: true })
  folders.delete(path)
  if (folders.size === 0) process.off('exit', removeAll)
}
