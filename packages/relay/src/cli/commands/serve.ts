import { type Command, Option } from 'commander'
import { requireCheckedTls } from 'waybill/client'
import type { Role } from '../../engine/index.ts'
import { readPort } from '../argument.ts'
import { limitHeap } from '../heap.ts'
import { EXIT, type Io } from '../io.ts'

interface ServeOptions {
  readonly config?: string
  readonly port?: number
  readonly acceptEndpoint?: boolean
  readonly role?: Role
  readonly force?: boolean
}

const ROLES: readonly Role[] = ['all', 'intake', 'delivery']

export function registerServe(program: Command, io: Io, exit: (code: number) => void): void {
  program
    .command('serve')
    .option('--config <file>', 'configuration (or WAYBILL_CONFIG; default waybill.config.json where there is one)')
    .option('--port <number>', 'port to listen on, in the place of that of listen; 0 takes any that is free', readPort)
    .option('--accept-endpoint', 'deliver to the configured endpoint although this data was delivered to another')
    .addOption(
      new Option(
        '--role <role>',
        'with several relays on one database: only take events, or only deliver them',
      ).choices(ROLES),
    )
    .option(
      '--force',
      'with several relays on one database: change its form although relays run that do not work on the new one; they stop',
    )
    .action(async (options: ServeOptions) => exit(await serve(options, io)))
}

async function serve(options: ServeOptions, io: Io): Promise<number> {
  const { config, port, acceptEndpoint = false, role = 'all', force = false } = options
  requireCheckedTls(io.env)
  // Where the command is a guest in another program's process, that program's heap is none of its business.
  if (io.stdout === process.stdout) limitHeap('relay')
  // The service's libraries take a while to load, and no other command needs them.
  const { loadConfig } = await import('../../config/index.ts')
  const { runRelay } = await import('../../service/index.ts')
  const load = (): ReturnType<typeof loadConfig> => loadConfig({ env: io.env, path: config, port })
  const ended = await runRelay({ load, acceptEndpoint, role, force, stream: io.stdout, signal: io.signal })
  return ended ? EXIT.ok : EXIT.failed
}
