import type { Command } from 'commander'
import { EXIT, type Io, print, style } from '../io.ts'
import { askRelay, type RelayOptions, withRelay } from '../relay-api.ts'

type Counts = Readonly<Record<string, number>>

interface Status {
  readonly counts: Counts
  readonly pixels: readonly {
    readonly pixel: string
    readonly state: string
    readonly counts?: Counts
    readonly hold?: { readonly code: string; readonly message: string }
  }[]
  readonly clock: { readonly trusted: boolean; readonly skewMs: number }
}

const STATES = ['queued', 'sending', 'held', 'delivered', 'refused', 'expired', 'discarded', 'unaccounted'] as const

export function registerStatus(program: Command, io: Io, exit: (code: number) => void): void {
  withRelay(program.command('status').description('show how a running relay stands')).action(
    async (options: RelayOptions) => {
      const status = await askRelay<Status>('/api/status', options, io)
      if (options.json === true) print(io, JSON.stringify(status))
      else for (const line of lines(status, io)) print(io, line)
      exit(EXIT.ok)
    },
  )
}

function* lines({ counts, pixels, clock }: Status, io: Io): Generator<string> {
  for (const state of STATES) yield `${(counts[state] ?? 0).toLocaleString('en-US').padStart(12)}  ${state}`
  if (!clock.trusted)
    yield `The clock is in doubt (${Math.round(clock.skewMs / 1_000)} s from the API's): nothing expires until it is right.`
  for (const { pixel, state, counts: own, hold } of pixels) {
    const waiting = own === undefined ? 0 : (own['queued'] ?? 0) + (own['sending'] ?? 0) + (own['held'] ?? 0)
    yield `${pixel}  ${style(io, state === 'delivering' ? 'green' : 'yellow', state)}  ${waiting.toLocaleString('en-US')} waiting`
    if (hold !== undefined) yield `    ${hold.code}: ${hold.message}`
  }
}
