import type { Command } from 'commander'
import { requireCheckedTls } from 'waybill/client'
import { StoreError } from '../../store/index.ts'
import { limitHeap } from '../heap.ts'
import { complain, EXIT, type Io, UsageError } from '../io.ts'

interface ServeOptions {
  readonly config?: string
  readonly acceptEndpoint?: boolean
}

export function registerServe(program: Command, io: Io, exit: (code: number) => void): void {
  program
    .command('serve')
    .description('take events over HTTP, keep them on disk and deliver them')
    .option('--config <file>', 'configuration (or WAYBILL_CONFIG; default waybill.config.json where there is one)')
    .option('--accept-endpoint', 'deliver to the configured endpoint although this data was delivered to another')
    .action(async (options: ServeOptions) => exit(await serve(options, io)))
}

async function serve({ config, acceptEndpoint = false }: ServeOptions, io: Io): Promise<number> {
  requireCheckedTls(io.env)
  // Where the command is a guest in another program's process, that program's heap is none of its business.
  if (io.stdout === process.stdout) limitHeap('relay')
  // The service's libraries take a while to load, and no other command needs them.
  const { ConfigFaults, loadConfig } = await import('../../config/index.ts')
  const { EndpointChangedError, runRelay } = await import('../../service/index.ts')
  try {
    const load = (): ReturnType<typeof loadConfig> => loadConfig({ env: io.env, path: config })
    const ended = await runRelay({ load, acceptEndpoint, stream: io.stdout, signal: io.signal })
    return ended ? EXIT.ok : EXIT.failed
  } catch (error) {
    if (error instanceof EndpointChangedError) throw new UsageError(error.message)
    if (!(error instanceof ConfigFaults)) throw explained(error)
    for (const line of error.message.split('\n')) complain(io, line)
    return EXIT.usage
  }
}

/** What can stop a start, as one line. */
function explained(error: unknown): unknown {
  if (error instanceof StoreError) return new UsageError([error.message, error.hint].filter(Boolean).join(' '))
  const { code, syscall = '', message } = error as NodeJS.ErrnoException
  if (code === undefined) return error
  return new UsageError(START_FAULTS[`${ASKED_FOR[syscall] ?? ''} ${code}`] ?? message)
}

/** System call → the key of the configuration that led to it. */
const ASKED_FOR: Readonly<Record<string, 'listen' | 'dataDir'>> = {
  ...{ listen: 'listen', bind: 'listen', getaddrinfo: 'listen' },
  ...{ mkdir: 'dataDir', scandir: 'dataDir', open: 'dataDir' },
}

const NO_FOLDER =
  'dataDir: this is a file, or lies below one: name a folder, with WAYBILL_DATA_DIR or in the configuration.'
const NO_RIGHTS = 'dataDir: the folder cannot be made or written to: give this user the rights to it, or name another.'
const NO_ADDRESS =
  'listen: this machine has no such address: name one of its own, as in WAYBILL_LISTEN=127.0.0.1:8787, or 0.0.0.0 for all of them.'

const START_FAULTS: Readonly<Record<string, string>> = {
  'listen EADDRINUSE': 'The port is taken: stop what uses it, or set WAYBILL_LISTEN.',
  'listen EADDRNOTAVAIL': NO_ADDRESS,
  'listen ENOTFOUND': NO_ADDRESS,
  'listen EAI_AGAIN': NO_ADDRESS,
  'listen EACCES': 'listen: this user may not open the port: take one from 1024 on, with WAYBILL_LISTEN.',
  'dataDir EEXIST': NO_FOLDER,
  'dataDir ENOTDIR': NO_FOLDER,
  'dataDir EACCES': NO_RIGHTS,
  'dataDir EPERM': NO_RIGHTS,
  'dataDir EROFS': NO_RIGHTS,
  'dataDir ENOENT': NO_RIGHTS,
}
