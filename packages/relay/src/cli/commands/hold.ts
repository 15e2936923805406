import type { Command } from 'commander'
import { EXIT, type Io, print, say } from '../io.ts'
import { askRelay, type RelayOptions, withRelay } from '../relay-api.ts'

export function registerHold(program: Command, io: Io, exit: (code: number) => void): void {
  const command = program.command('hold').argument('<pixel>').requiredOption('--reason <text>', 'why, for the account')
  withRelay(command).action(async (pixel: string, options: RelayOptions & { reason: string }) => {
    const path = `/api/pixels/${encodeURIComponent(pixel)}/hold`
    const answer = await askRelay(path, options, io, { method: 'POST', body: { reason: options.reason } })
    if (options.json === true) print(io, JSON.stringify(answer))
    else say(io, `${pixel} is held. waybill resume ${pixel} lets it go on.`)
    exit(EXIT.ok)
  })
}
