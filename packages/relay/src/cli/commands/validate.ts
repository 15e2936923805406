import type { Command } from 'commander'
import { Tally } from '../../upload/tally.ts'
import { EXIT, type Io, say, style } from '../io.ts'
import { type FileOptions, runFiles, withFileOptions } from './send.ts'

export function registerValidate(program: Command, io: Io, exit: (code: number) => void): void {
  const command = program
    .command('validate')
    .description('check the events of files on this machine; sends nothing')
    .argument('<file...>', 'CSV, TSV, NDJSON, JSON or Parquet, also gzipped; - is standard input')
  withFileOptions(command).action(async (files: string[], options: FileOptions) =>
    exit(await validate(files, options, io)),
  )
}

async function validate(files: readonly string[], options: FileOptions, io: Io): Promise<number> {
  const tally = new Tally()
  const stopped = await runFiles(files, options, io, tally, {})
  if (stopped !== undefined) {
    say(io, `\n${style(io, 'yellow', 'stopped')}  ${stopped.message}`)
    return EXIT.failed
  }
  return tally.report.refused > 0 ? EXIT.refused : EXIT.ok
}
