import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { createTempFolder } from './temp-folder.ts'

/** Bytes put aside in a temporary file of mode 0600, for readers that jump about in it. */
export interface Spool {
  readonly handle: FileHandle
  close(): Promise<void>
}

/** Writes all chunks down. Throws the chunks' or the system's error, and then leaves nothing behind. */
export async function spool(chunks: AsyncIterable<Buffer>): Promise<Spool> {
  const folder = createTempFolder()
  const path = join(folder.path, 'spool')
  let handle: FileHandle | undefined
  try {
    handle = await open(path, 'wx+', 0o600)
    for await (const chunk of chunks) await handle.write(chunk)
    return { handle, close: () => discard(handle, folder) }
  } catch (error) {
    await discard(handle, folder)
    throw error
  }
}

async function discard(handle: FileHandle | undefined, folder: { remove(): void }): Promise<void> {
  await handle?.close()
  folder.remove()
}
