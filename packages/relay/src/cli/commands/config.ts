import type { Command } from 'commander'
import { ConfigFaults, loadConfig, printable } from '../../config/index.ts'
import { complain, EXIT, type Io, print } from '../io.ts'

export function registerConfig(program: Command, io: Io, exit: (code: number) => void): void {
  program
    .command('config')
    .description('the configuration of the relay')
    .command('print')
    .description('print what is in effect, without the secrets')
    .option('--config <file>', 'configuration (or WAYBILL_CONFIG; default waybill.config.json where there is one)')
    .action((options: { readonly config?: string }) => exit(printConfig(options.config, io)))
}

function printConfig(path: string | undefined, io: Io): number {
  try {
    print(io, printable(loadConfig({ env: io.env, path })))
    return EXIT.ok
  } catch (error) {
    if (!(error instanceof ConfigFaults)) throw error
    for (const line of error.message.split('\n')) complain(io, line)
    return EXIT.usage
  }
}
