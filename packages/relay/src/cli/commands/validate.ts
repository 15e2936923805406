import type { Command } from 'commander'
import { Tally } from '../../upload/tally.ts'
import { type FileOptions, withFiles } from '../file-options.ts'
import type { Io } from '../io.ts'
import { createProgress } from '../progress.ts'
import { runFiles } from '../run.ts'

export function registerValidate(program: Command, io: Io, exit: (code: number) => void): void {
  const command = program.command('validate')
  withFiles(command).action(async (files: string[], options: FileOptions) => exit(await validate(files, options, io)))
}

function validate(files: readonly string[], options: FileOptions, io: Io): Promise<number> {
  const tally = new Tally()
  return runFiles(files, options, io, { tally, progress: createProgress(io, tally, options.json === true) })
}
