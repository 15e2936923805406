import { closeSync, fchmodSync, fstatSync, lstatSync, openSync, rmSync, writeSync } from 'node:fs'
import { fileErrorFrom } from './errors.ts'

const BUFFERED_CHARACTERS = 64 * 1024

/** A text file that only this user can read, written through a buffer. */
export class PrivateFile {
  readonly path: string
  readonly #descriptor: number
  #waiting = ''

  /**
   * A file that is there is replaced, so that neither its mode nor a reader who has it open gets the new text; links and
   * devices are written through. Throws `FileError`.
   */
  constructor(path: string) {
    this.path = path
    this.#descriptor = attempt(path, () => openPrivate(path))
  }

  write(text: string): void {
    this.#waiting += text
    if (this.#waiting.length >= BUFFERED_CHARACTERS) this.flush()
  }

  flush(): void {
    const bytes = Buffer.from(this.#waiting)
    this.#waiting = ''
    attempt(this.path, () => {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#descriptor, bytes, at)
    })
  }

  close(): void {
    this.flush()
    closeSync(this.#descriptor)
  }
}

function openPrivate(path: string): number {
  if (lstatSync(path, { throwIfNoEntry: false })?.isFile()) rmSync(path)
  const descriptor = openSync(path, 'w', 0o600)
  if (fstatSync(descriptor).isFile()) fchmodSync(descriptor, 0o600)
  return descriptor
}

function attempt<T>(path: string, run: () => T): T {
  try {
    return run()
  } catch (error) {
    throw fileErrorFrom(path, error)
  }
}
