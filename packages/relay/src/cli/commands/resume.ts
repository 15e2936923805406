import type { Command } from 'commander'
import { EXIT, type Io, print, say } from '../io.ts'
import { plain } from '../plain.ts'
import { askRelay, type RelayOptions, withRelay } from '../relay-api.ts'

interface ResumeOptions extends RelayOptions {
  readonly shape?: string
}

export function registerResume(program: Command, io: Io, exit: (code: number) => void): void {
  const command = program
    .command('resume')
    .argument('<pixel>')
    .option('--shape <key>', 'only events of this shape, as waybill status shows it')
  withRelay(command).action(async (pixel: string, options: ResumeOptions) => exit(await resume(pixel, options, io)))
}

async function resume(pixel: string, options: ResumeOptions, io: Io): Promise<number> {
  const { shape } = options
  const path = `/api/pixels/${encodeURIComponent(pixel)}${shape === undefined ? '' : '/shapes'}/resume`
  const body = shape === undefined ? {} : { shape }
  const answer = await askRelay<{ wasHeld: boolean }>(path, options, io, { method: 'POST', body })
  const what = plain(shape === undefined ? pixel : `${shape} of ${pixel}`)
  if (options.json === true) print(io, JSON.stringify(answer))
  else say(io, answer.wasHeld ? `${what} goes on.` : `${what} was not held: waybill status shows what is.`)
  return EXIT.ok
}
