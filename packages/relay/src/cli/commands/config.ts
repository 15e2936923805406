import type { Command } from 'commander'
import { complain, EXIT, type Io, print } from '../io.ts'

export function registerConfig(program: Command, io: Io, exit: (code: number) => void): void {
  program
    .command('config')
    .command('print')
    .description('print what is in effect, without the secrets')
    .option('--config <file>', 'configuration (or WAYBILL_CONFIG; default waybill.config.json where there is one)')
    .action(async (options: { readonly config?: string }) => exit(await printConfig(options.config, io)))
}

async function printConfig(path: string | undefined, io: Io): Promise<number> {
  const { loadConfig, printable } = await import('../../config/index.ts')
  const config = loadConfig({ env: io.env, path, needsSecrets: false })
  print(io, printable(config))
  for (const warning of config.warnings) complain(io, warning)
  return EXIT.ok
}
