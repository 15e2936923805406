import { type FileHandle, open } from 'node:fs/promises'
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { ByteQueue } from './byte-queue.ts'
import { FileError, fileErrorFrom } from './errors.ts'

/** Larger chunks are no faster, and make V8 enlarge its young generation by a hundred megabytes. */
const CHUNK_BYTES = 32 * 1024

/** The bytes of a file or of standard input, decompressed. */
export interface Source {
  readonly name: string
  readonly gzipped: boolean
  readonly bytes: ByteQueue
  /** Bytes on disk, before decompression. Absent where nobody knows: standard input, pipes. */
  readonly bytesTotal?: number
  /** Set for a regular file, for readers that jump about in it. */
  readonly handle?: FileHandle
  bytesRead(): number
  close(): Promise<void>
}

interface Opened {
  readonly name: string
  readonly stream: Readable
  readonly handle?: FileHandle
  readonly bytesTotal?: number
}

/** Opens a path, or standard input for `-`. Throws `FileError` when there is nothing to read. */
export async function openSource(path: string, stdin: Readable): Promise<Source> {
  const opened = path === '-' ? { name: 'standard input', stream: stdin } : await openPath(path)
  try {
    return await decompressed(opened)
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
    if (!stats.isFile()) return { name: path, stream: handle.createReadStream({ highWaterMark: CHUNK_BYTES }) }
    const stream = handle.createReadStream({ highWaterMark: CHUNK_BYTES, autoClose: false, start: 0 })
    return { name: path, stream, handle, bytesTotal: stats.size }
  } catch (error) {
    await handle?.close()
    throw fileErrorFrom(path, error)
  }
}

async function decompressed(opened: Opened): Promise<Source> {
  let count = 0
  const counted = new ByteQueue(counting(opened, (bytes) => (count += bytes)))
  const head = await counted.peek((bytes) => bytes.length >= 2)
  if (head.length === 0) throw new FileError(`${opened.name}: the file is empty.`)
  const gzipped = head[0] === 0x1f && head[1] === 0x8b
  return {
    name: opened.name,
    gzipped,
    bytes: gzipped ? new ByteQueue(gunzipped(opened.name, counted)) : counted,
    ...(opened.bytesTotal === undefined ? {} : { bytesTotal: opened.bytesTotal }),
    ...(opened.handle === undefined ? {} : { handle: opened.handle }),
    bytesRead: () => count,
    close: () => closeAll(opened),
  }
}

async function* counting(opened: Opened, count: (bytes: number) => void): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of opened.stream) {
      const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk)
      count(bytes.length)
      yield bytes
    }
  } catch (error) {
    throw fileErrorFrom(opened.name, error)
  }
}

async function* gunzipped(name: string, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES })
  // Errors surface where the decompressed side is read; the callback only keeps them from being thrown twice.
  pipeline(Readable.from(chunks, { objectMode: false }), gunzip, () => {})
  try {
    for await (const chunk of gunzip) yield chunk as Buffer
  } catch (error) {
    throw fileErrorFrom(name, error)
  }
}

async function closeAll(opened: Opened): Promise<void> {
  opened.stream.destroy()
  await opened.handle?.close()
}
