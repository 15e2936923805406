import { createHash } from 'node:crypto'
import { createReadStream, existsSync, statSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { Encoding } from './encoding.ts'
import { FileError, fileErrorFrom } from './errors.ts'
import { type OpenFile, type OpenFileOptions, openFile } from './open-file.ts'
import { createTempFolder } from './temp-folder.ts'

/** A file that can be read as often as it takes: standard input and pipes are put aside first. */
export interface Input {
  /** As the user knows it. */
  readonly path: string
  open(): Promise<OpenFile>
  /** How another thread opens it; all of it can be copied. */
  opening(): Opening
  /** Size, time and digest of what is read; `undefined` for what was put aside. */
  stamp(): Promise<Stamp | undefined>
  /** Throws `FileError` where the file is not the one that was read before. */
  requireUnchanged(): void
  /** Removes what was put aside. */
  close(): void
}

export interface Opening {
  readonly place: string
  readonly options: Pick<OpenFileOptions, 'encoding' | 'encodingFound' | 'sheet' | 'name'>
}

/** What tells whether a file is still the same. */
export interface Stamp {
  readonly size: number
  readonly modifiedMs: number
  readonly digest: string
}

export interface InputOptions extends Pick<OpenFileOptions, 'encoding' | 'sheet'> {
  readonly stdin: Readable
  readonly signal: AbortSignal
}

/** `undefined` after an interrupt: standard input may give nothing for as long as it likes. Throws `FileError`. */
export async function openInput(path: string, options: InputOptions): Promise<Input | undefined> {
  if (path !== '-' && !isStream(path)) return fileInput(path, path, options)
  const name = path === '-' ? 'standard input' : path
  const folder = createTempFolder()
  try {
    const aside = join(folder.path, 'input')
    const isWhole = await putAside(path === '-' ? options.stdin : createReadStream(path), aside, options.signal)
    if (isWhole)
      return { ...fileInput(path, aside, { ...options, name }), stamp: async () => undefined, close: folder.remove }
    folder.remove()
    return undefined
  } catch (error) {
    folder.remove()
    throw fileErrorFrom(name, error)
  }
}

function fileInput(path: string, place: string, { encoding, sheet, name }: Opening['options']): Input {
  const options = { encoding, sheet, name }
  let seen: string | undefined
  let encodingFound: Encoding | undefined
  return {
    path,
    async open() {
      const now = timesOf(place)
      seen ??= now
      const file = await openFile(place, now === seen ? { ...options, encodingFound } : options)
      if (now === seen) encodingFound = file.encoding
      return file
    },
    opening: () => ({ place, options: { ...options, encodingFound } }),
    stamp() {
      // A run that goes on by what an earlier one found reads nothing before this.
      seen ??= timesOf(place)
      return stampOf(place)
    },
    requireUnchanged() {
      if (seen === timesOf(place)) return
      throw new FileError(`${path}: the file changed while it was read. Nothing was sent; run the command again.`)
    },
    close() {},
  }
}

/** A pipe or a device gives its content once only. */
function isStream(path: string): boolean {
  return existsSync(path) && !statSync(path).isFile() && !statSync(path).isDirectory()
}

async function putAside(stream: Readable, place: string, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false
  const giveUp = (): unknown => stream.destroy()
  signal.addEventListener('abort', giveUp)
  try {
    await writeFile(place, stream, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
  return !signal.aborted
}

function timesOf(place: string): string {
  const stats = statSync(place, { throwIfNoEntry: false })
  return stats === undefined ? '' : `${stats.size} ${stats.mtimeMs} ${stats.ino}`
}

async function stampOf(place: string): Promise<Stamp | undefined> {
  const { size, mtimeMs } = statSync(place)
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(place)) hash.update(chunk as Buffer)
  return { size, modifiedMs: mtimeMs, digest: hash.digest('hex') }
}
