/**
 * The files of a store while it runs. A file whose name was taken away, by a clean-up script or a restore, still takes every write and is
 * gone when the process ends: what it took must not be acknowledged. What it holds is brought back under its name as far as possible.
 */
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { StoreBrokenError } from '../errors.ts'
import { type Database, makePrivate } from './database.ts'

const LOG_SUFFIXES = ['-wal'] as const
const DRAFT_SUFFIX = '.rescue'

/** Remembers which files a store works on. Called when all of them are there. */
export function ownFiles(path: string): OwnFiles {
  const files = [path, ...LOG_SUFFIXES.map((suffix) => path + suffix)]
  return new OwnFiles(files.flatMap((file) => own(file) ?? []))
}

interface Own {
  readonly file: string
  readonly device: bigint
  readonly inode: bigint
}

export class OwnFiles {
  readonly #files: readonly Own[]

  constructor(files: readonly Own[]) {
    this.#files = files
  }

  /** The first whose name leads to nothing, or to another file, by now. */
  lost(): string | undefined {
    return this.#files.find((one) => !isThere(one))?.file
  }

  /** Removes what is still there of the log. */
  removeLog(): void {
    for (const one of this.#files) if (/-wal$/.test(one.file) && isThere(one)) rmSync(one.file)
  }
}

function isThere({ file, device, inode }: Own): boolean {
  const found = own(file)
  return found?.inode === inode && found.device === device
}

function own(file: string): Own | undefined {
  const found = statSync(file, { bigint: true, throwIfNoEntry: false })
  return found && { file, device: found.dev, inode: found.ino }
}

/** Brings back what a lost file holds, and says what happened and what to do. */
export function lostError(database: Database, files: OwnFiles, path: string, lost: string): StoreBrokenError {
  const message = `${lost} was removed or replaced while the relay ran; the store was stopped.`
  try {
    return new StoreBrokenError(message, {
      hint: lost === path ? rescueAll(database, files, path) : rescueLog(database, path),
    })
  } catch (cause) {
    const hint = `What was in it and not in ${path} is lost (${(cause as Error).message}): restore the last backup if that is missing too.`
    return new StoreBrokenError(message, { hint, cause })
  }
}

function rescueLog(database: Database, path: string): string {
  database.prepare('PRAGMA wal_checkpoint(FULL)').get()
  return `Start again: all that was acknowledged was copied into ${basename(path)}. Nothing but the relay may touch its files.`
}

/** What stands under the name by now is not overwritten: somebody put it there. */
function rescueAll(database: Database, files: OwnFiles, path: string): string {
  const draft = path + DRAFT_SUFFIX
  copyWhole(database, draft)
  // The log of the file that is gone must not be read as that of another one.
  files.removeLog()
  if (existsSync(path)) {
    return `${path} is another file now. All that was acknowledged lies in ${draft}: put that in its place to go on with it. Stop the relay before a restore.`
  }
  renameSync(draft, path)
  syncFile(dirname(path))
  return `Start again: all that was acknowledged was written to ${basename(path)} anew. Stop the relay before its data is removed.`
}

function copyWhole(database: Database, draft: string): void {
  rmSync(draft, { force: true })
  makePrivate(draft)
  database.prepare('VACUUM INTO ?').run(draft)
  syncFile(draft)
}

function syncFile(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
