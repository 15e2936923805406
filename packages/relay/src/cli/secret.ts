import { readFileSync, statSync } from 'node:fs'
import { type Io, UsageError } from './io.ts'

/** The API key from a file that only its owner can read, or from the environment; never from a flag, where `ps` shows it. */
export function readApiKey(io: Io, file: string | undefined): string {
  if (file !== undefined) return readKeyFile(file)
  const fromEnvironment = io.env['WAYBILL_API_KEY']?.trim()
  const named = io.env['WAYBILL_API_KEY_FILE']
  if (fromEnvironment && named)
    throw new UsageError('The API key is given twice, by WAYBILL_API_KEY and by WAYBILL_API_KEY_FILE: keep one.')
  if (fromEnvironment) return fromEnvironment
  // As the relay reads it: where secrets are mounted, everybody in the container may read them.
  if (named) return filled(named, tryRead(named))
  throw new UsageError('No API key: set WAYBILL_API_KEY, or name a file with --api-key-file or WAYBILL_API_KEY_FILE.')
}

/** The admin token of the environment, or of the file that it names, as the relay itself reads it. */
export function readAdminToken({ env }: Pick<Io, 'env'>): string | undefined {
  const path = env['WAYBILL_ADMIN_TOKEN_FILE']
  const token = env['WAYBILL_ADMIN_TOKEN']?.trim() || (path ? readTokenFile(path) : undefined)
  if (token === undefined || /^[!-~]+$/.test(token)) return token
  throw new UsageError('The admin token has white space or characters that none has: put it there alone.')
}

function readTokenFile(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    throw new UsageError(`The file ${path} of WAYBILL_ADMIN_TOKEN_FILE cannot be read: check the path and its rights.`)
  }
}

function readKeyFile(path: string): string {
  const key = tryRead(path)
  if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0) {
    throw new UsageError(`The key file ${path} can be read by others: run chmod 600 ${path}`)
  }
  return filled(path, key)
}

function filled(path: string, key: string): string {
  if (key === '') throw new UsageError(`The key file ${path} is empty: put the Conversions API key in it.`)
  return key
}

function tryRead(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    throw new UsageError(`The key file ${path} cannot be read: check the path and that it is a file of yours.`)
  }
}
