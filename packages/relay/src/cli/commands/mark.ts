import type { Command } from 'commander'
import { readTime } from '../argument.ts'
import { EXIT, type Io, print, say } from '../io.ts'
import { plain } from '../plain.ts'
import { askRelay, type RelayOptions, withRelay } from '../relay-api.ts'

interface MarkOptions extends RelayOptions {
  readonly at?: string
  readonly pixel?: string
}

export function registerMark(program: Command, io: Io, exit: (code: number) => void): void {
  const command = program
    .command('mark')
    .argument('<text>', 'what changed, as in "backend 2.14"')
    .option('--at <time>', 'when it was; default: now', readTime)
    .option('--pixel <id>', 'the pixel that it concerns; default: all')
  withRelay(command).action(async (text: string, options: MarkOptions) => exit(await mark(text, options, io)))
}

async function mark(text: string, options: MarkOptions, io: Io): Promise<number> {
  const { at, pixel } = options
  const body = { text, ...(at !== undefined && { atMs: at }), ...(pixel !== undefined && { pixel }) }
  const answer = await askRelay('/api/marks', options, io, { method: 'POST', body })
  if (options.json === true) print(io, JSON.stringify(answer))
  else say(io, `Noted: ${plain(text)}`)
  return EXIT.ok
}
