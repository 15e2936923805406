import type { FileHandle } from 'node:fs/promises'
import { pipeline, Readable, type Transform } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { ByteQueue } from './byte-queue.ts'
import { FileError, fileErrorFrom } from './errors.ts'
import { containerOf, refuseForeign, SIGNATURE_BYTES } from './magic.ts'
import { type Spool, spool } from './spool.ts'
import { readZip } from './zip.ts'

const CHUNK_BYTES = 32 * 1024
/** A table in a zip archive in a gzip file: more than that is no export. */
const MAX_WRAPPERS = 4

/** Bytes that may be packed, with the file that holds them where that can be read at any place. */
export interface Wrapped {
  /** For messages. */
  readonly name: string
  /** The name by which the format is told: without `.gz`, or that of the entry of an archive. */
  readonly tableName: string
  readonly bytes: ByteQueue
  readonly handle: FileHandle | undefined
}

/** What was packed. */
export interface Contents {
  readonly kind: 'text' | 'parquet' | 'workbook'
  readonly tableName: string
  readonly bytes: ByteQueue
  /** For formats that are read at any place: the file itself, or what was unpacked into a temporary one. */
  readonly handle: FileHandle | undefined
  /** What a person should know of it. */
  readonly notes: readonly string[]
  /** Of a file of so many bytes, where they are not read in order. */
  readonly bytesRead?: ((bytesTotal: number) => number) | undefined
  close(): Promise<void>
}

/** Takes bytes out of gzip, zstd and zip, as often as it takes. Throws `FileError` for what cannot be read here. */
export async function unwrap(wrapped: Wrapped): Promise<Contents> {
  const spools: Spool[] = []
  try {
    return await unwrapAll(wrapped, spools)
  } catch (error) {
    await closeAll(spools)
    throw error
  }
}

async function unwrapAll(wrapped: Wrapped, spools: Spool[]): Promise<Contents> {
  let current = wrapped
  let progress: Contents['bytesRead']
  const notes: string[] = []
  const contents = (kind: Contents['kind']): Contents => ({
    kind,
    ...current,
    notes,
    bytesRead: progress,
    close: () => closeAll(spools),
  })
  for (let depth = 0; depth < MAX_WRAPPERS; depth++) {
    const head = await current.bytes.peek((bytes) => bytes.length >= SIGNATURE_BYTES)
    const container = containerOf(head)
    if (container === 'zip') {
      current = await onDisk(current, spools)
      const zip = await readZip(current.name, current.handle!.fd)
      if (zip.isWorkbook) return contents('workbook')
      notes.push(`"${zip.entry}" of the zip archive`)
      let unpacked = 0
      progress = (bytesTotal) => Math.round(Math.min(1, unpacked / Math.max(1, zip.bytes)) * bytesTotal)
      const bytes = new ByteQueue(counting(current.name, await zip.open(), (count) => (unpacked += count)))
      current = { name: current.name, tableName: zip.entry, bytes, handle: undefined }
    } else if (container === 'gzip' || container === 'zstd') current = decompressed(current, container)
    else if (container === 'parquet') {
      current = await onDisk(current, spools)
      return contents('parquet')
    } else {
      refuseForeign(current.name, head)
      return contents('text')
    }
  }
  throw new FileError(
    `${wrapped.name}: it is packed more than ${MAX_WRAPPERS} times. Unpack it and send what comes out.`,
  )
}

/** Bytes that come from somewhere else than the file itself are put aside, for readers that jump about. */
async function onDisk(wrapped: Wrapped, spools: Spool[]): Promise<Wrapped> {
  if (wrapped.handle !== undefined) return wrapped
  const aside = await spool(wrapped.bytes)
  spools.push(aside)
  return { ...wrapped, handle: aside.handle }
}

const DECOMPRESSORS: Readonly<Record<'gzip' | 'zstd', () => Transform>> = {
  gzip: () => createGunzip({ chunkSize: CHUNK_BYTES }),
  zstd: () => createZstdDecompress({ chunkSize: CHUNK_BYTES }),
}

function decompressed({ name, tableName, bytes }: Wrapped, container: 'gzip' | 'zstd'): Wrapped {
  const unpacked = new ByteQueue(unpack(name, bytes, container))
  return { name, tableName: tableName.replace(/\.(?:gz|gzip|zst|zstd)$/i, ''), bytes: unpacked, handle: undefined }
}

async function* unpack(
  name: string,
  chunks: AsyncIterable<Buffer>,
  container: 'gzip' | 'zstd',
): AsyncGenerator<Buffer> {
  const transform = DECOMPRESSORS[container]()
  // Errors surface where the decompressed side is read; the callback only keeps them from being thrown twice.
  pipeline(Readable.from(chunks, { objectMode: false }), transform, () => {})
  try {
    for await (const chunk of transform) yield chunk as Buffer
  } catch (error) {
    throw isZstdFault(error) ? damagedZstd(name, error) : fileErrorFrom(name, error)
  }
}

function isZstdFault(error: unknown): boolean {
  return String((error as { code?: unknown }).code ?? '').startsWith('ZSTD_')
}

function damagedZstd(name: string, cause: unknown): FileError {
  return new FileError(`${name}: its zstd compression is damaged or cut off. Copy or export it again.`, { cause })
}

async function* counting(name: string, stream: Readable, count: (bytes: number) => void): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of stream) {
      count((chunk as Buffer).length)
      yield chunk as Buffer
    }
  } catch (cause) {
    throw new FileError(`${name}: the zip archive is damaged. Pack it again, or send the table itself.`, { cause })
  }
}

async function closeAll(spools: readonly Spool[]): Promise<void> {
  for (const each of spools) await each.close()
}
