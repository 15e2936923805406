import { type FileHandle, open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { ByteQueue } from './byte-queue.ts'
import { FileError, fileErrorFrom } from './errors.ts'
import { type Contents, unwrap } from './unwrap.ts'

/** What is handed on at a time: rows of more would outlive the young objects. */
const CHUNK_BYTES = 16 * 1024
/** What is asked of the disk at a time: each time wakes a thread. */
const READ_BYTES = 16 * CHUNK_BYTES

/** The bytes of a file or of standard input, taken out of what they were packed in. */
export interface Source extends Contents {
  readonly name: string
  /** Bytes on disk, before decompression. Absent where nobody knows: standard input, pipes. */
  readonly bytesTotal?: number
  /** Whether the same path can be opened once more for the same bytes. */
  readonly isRegular: boolean
  bytesRead(): number
  close(): Promise<void>
}

interface Opened {
  readonly name: string
  readonly stream: Readable
  readonly handle?: FileHandle
  readonly bytesTotal?: number
}

/** Opens a path, or standard input for `-`. Throws `FileError` when there is nothing to read, or what is there cannot be. */
export async function openSource(path: string, stdin: Readable, name?: string): Promise<Source> {
  const found = path === '-' ? { name: 'standard input', stream: stdin } : await openPath(path)
  const opened = name === undefined ? found : { ...found, name }
  try {
    return await unwrapped(opened)
  } catch (error) {
    await closeAll(opened)
    throw fileErrorFrom(opened.name, error)
  }
}

async function openPath(path: string): Promise<Opened> {
  let handle: FileHandle | undefined
  try {
    handle = await open(path, 'r')
    const stats = await handle.stat()
    if (stats.isDirectory()) throw Object.assign(new Error('is a folder'), { code: 'EISDIR' })
    // A pipe or a device has no positions and no size, so it is read without them.
    if (!stats.isFile()) return { name: path, stream: handle.createReadStream({ highWaterMark: READ_BYTES }) }
    const stream = handle.createReadStream({ highWaterMark: READ_BYTES, autoClose: false, start: 0 })
    return { name: path, stream, handle, bytesTotal: stats.size }
  } catch (error) {
    await handle?.close()
    throw fileErrorFrom(path, error)
  }
}

async function unwrapped(opened: Opened): Promise<Source> {
  const { name, handle, bytesTotal } = opened
  let count = 0
  const counted = new ByteQueue(counting(opened, (bytes) => (count += bytes)))
  const head = await counted.peek((bytes) => bytes.length >= 1)
  if (head.length === 0) throw new FileError(`${name}: the file is empty.`)
  const contents = await unwrap({ name, tableName: name, bytes: counted, handle })
  return {
    ...contents,
    name,
    isRegular: handle !== undefined,
    ...(bytesTotal === undefined ? {} : { bytesTotal }),
    bytesRead: () => contents.bytesRead?.(bytesTotal ?? 0) ?? count,
    close: async () => {
      await contents.close()
      await closeAll(opened)
    },
  }
}

async function* counting(opened: Opened, count: (bytes: number) => void): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of opened.stream) {
      const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk)
      for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
        const part = bytes.subarray(at, at + CHUNK_BYTES)
        count(part.length)
        yield part
      }
    }
  } catch (error) {
    throw fileErrorFrom(opened.name, error)
  }
}

async function closeAll(opened: Opened): Promise<void> {
  opened.stream.destroy()
  await opened.handle?.close()
}
