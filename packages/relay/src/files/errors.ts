import { readdirSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { nearestKey, WaybillError } from 'waybill'

/** The base of what this folder throws: wrong use that the operator can put right. The message is one line that says how. */
export class FilesError extends WaybillError {
  override readonly name: string = 'FilesError'

  constructor(message: string, options?: { readonly cause?: unknown }, code = 'file_unusable') {
    super(code, message, options)
  }
}

/** A file that cannot be read any further: absent, not text, broken in its structure. Rows before the fault were yielded. */
export class FileError extends FilesError {
  override readonly name: string = 'FileError'
}

/** A mapping that is wrong in itself or does not fit the file's columns. */
export class MappingError extends FilesError {
  override readonly name: string = 'MappingError'

  constructor(message: string, options?: { readonly cause?: unknown }) {
    super(message, options, 'mapping_unusable')
  }
}

const SYSTEM_FAULTS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file. Check the spelling and the folder.',
  ENOTDIR: 'there is no such file. Check the spelling and the folder.',
  EACCES: 'this user may not open it. Check the permissions of the file and its folder.',
  EPERM: 'this user may not open it. Check the permissions of the file and its folder.',
  EISDIR: 'it is a folder. Name a file in it.',
  EMFILE: 'too many files are open. Send fewer at once.',
  ENOSPC: 'the disk is full. Make room, or name another place.',
  EROFS: 'the file system is read-only. Name another place.',
  Z_DATA_ERROR: 'its gzip compression is damaged. Copy or export it again.',
  Z_BUF_ERROR: 'it ends in the middle of its gzip compression. Copy or export it again.',
}

/** A `FileError` for an error of the system or of zlib; a `FilesError` passes as it is. */
export function fileErrorFrom(name: string, error: unknown): FilesError {
  if (error instanceof FilesError) return error
  const code = (error as { code?: unknown } | undefined)?.code
  const known = typeof code === 'string' ? SYSTEM_FAULTS[code] : undefined
  const near = code === 'ENOENT' ? nearestFile(name) : undefined
  if (near !== undefined)
    return new FileError(`${name}: there is no such file. Did you mean ${near}?`, { cause: error })
  const text = known ?? `cannot be used: ${error instanceof Error ? error.message : String(error)}`
  return new FileError(`${name}: ${text}`, { cause: error })
}

/** What lies in the same folder under a name of nearly the same letters. */
function nearestFile(path: string): string | undefined {
  try {
    return nearestKey(basename(path), readdirSync(dirname(path)))
  } catch {
    return undefined
  }
}
