import type { Command } from 'commander'
import { EXIT, type Io, print, say } from '../io.ts'
import { askRelay, type RelayOptions, withRelay } from '../relay-api.ts'

export function registerResume(program: Command, io: Io, exit: (code: number) => void): void {
  const command = program.command('resume').description('send again what was held of a pixel').argument('<pixel>')
  withRelay(command).action(async (pixel: string, options: RelayOptions) => {
    const path = `/api/pixels/${encodeURIComponent(pixel)}/resume`
    const answer = await askRelay<{ wasHeld: boolean }>(path, options, io, { method: 'POST' })
    if (options.json === true) print(io, JSON.stringify(answer))
    else say(io, answer.wasHeld ? `${pixel} goes on.` : `${pixel} was not held.`)
    exit(EXIT.ok)
  })
}
