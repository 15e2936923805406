import type { Command } from 'commander'
import { ConfigFaults, loadConfig } from '../../config/index.ts'
import { EndpointChangedError, runRelay } from '../../service/index.ts'
import { StoreError } from '../../store/index.ts'
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
  try {
    const load = (): ReturnType<typeof loadConfig> => loadConfig({ env: io.env, path: config })
    const ended = await runRelay({ load, acceptEndpoint, stream: io.stdout, signal: io.signal })
    return ended ? EXIT.ok : EXIT.failed
  } catch (error) {
    return explain(error, io)
  }
}

/** Wrong configuration is told line by line; what else can stop the start, in one. */
function explain(error: unknown, io: Io): number {
  if (error instanceof ConfigFaults) {
    for (const line of error.message.split('\n')) complain(io, line)
    return EXIT.usage
  }
  if (error instanceof EndpointChangedError) throw new UsageError(error.message)
  if (error instanceof StoreError) throw new UsageError([error.message, error.hint].filter(Boolean).join(' '))
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'EADDRINUSE') throw new UsageError('The port is taken: stop what uses it, or set WAYBILL_LISTEN.')
  if (code !== undefined) throw new UsageError(message)
  throw error
}
