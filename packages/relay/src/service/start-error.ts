import { ConfigError, isWaybillError } from 'waybill'

/** What the system did not allow at the start, said by the key of the configuration that asked for it. */
export class StartError extends ConfigError {
  override readonly name: string = 'StartError'

  constructor([message, hint]: Said, cause: unknown) {
    super('cannot_start', message, { ...(hint !== undefined && { hint }), cause })
  }
}

type Said = readonly [message: string, hint?: string]

/** A `StartError` for an error of the system; whatever else it is stays as it is. */
export function startErrorFrom(error: unknown): unknown {
  if (isWaybillError(error)) return error
  const { code, syscall = '', message, port } = error as NodeJS.ErrnoException & { readonly port?: number }
  if (code === undefined) return error
  const [said, hint] = START_FAULTS[`${ASKED_FOR[syscall] ?? ''} ${code}`] ?? [message]
  const named = said.replace('PORT', String(port))
  return new StartError(hint === undefined ? [named] : [named, hint], error)
}

/** System call → the key of the configuration that led to it. */
const ASKED_FOR: Readonly<Record<string, 'listen' | 'dataDir'>> = {
  ...{ listen: 'listen', bind: 'listen', getaddrinfo: 'listen' },
  ...{ mkdir: 'dataDir', scandir: 'dataDir', open: 'dataDir' },
}

const NO_FOLDER: Said = [
  'dataDir: this is a file, or lies below one.',
  'Name a folder, with WAYBILL_DATA_DIR or in the configuration.',
]
const NO_RIGHTS: Said = [
  'dataDir: the folder cannot be made or written to.',
  'Give this user the rights to it, or name another.',
]
const NO_ADDRESS: Said = [
  'listen: this machine has no such address.',
  'Name one of its own, as in WAYBILL_LISTEN=127.0.0.1:8787, or 0.0.0.0 for all of them.',
]

const START_FAULTS: Readonly<Record<string, Said>> = {
  'listen EADDRINUSE': [
    'listen: port PORT is taken.',
    'Stop what uses it, or take another: --port, or WAYBILL_LISTEN.',
  ],
  'listen EADDRNOTAVAIL': NO_ADDRESS,
  'listen ENOTFOUND': NO_ADDRESS,
  'listen EAI_AGAIN': NO_ADDRESS,
  'listen EACCES': ['listen: this user may not open port PORT.', 'Take one from 1024 on: --port, or WAYBILL_LISTEN.'],
  'dataDir EEXIST': NO_FOLDER,
  'dataDir ENOTDIR': NO_FOLDER,
  'dataDir EACCES': NO_RIGHTS,
  'dataDir EPERM': NO_RIGHTS,
  'dataDir EROFS': NO_RIGHTS,
  'dataDir ENOENT': NO_RIGHTS,
}
