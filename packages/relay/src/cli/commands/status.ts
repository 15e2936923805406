import type { Command } from 'commander'
import { EXIT, type Io, print, printText, style } from '../io.ts'
import { plain, shellWord } from '../plain.ts'
import { askRelay, type RelayOptions, withRelay } from '../relay-api.ts'

type Counts = Readonly<Record<string, number>>

interface Why {
  readonly code: string
  readonly message: string
  readonly by: string
}

interface Expiring {
  readonly within24h: number
  readonly within1h: number
}

interface Failing {
  readonly requests: number
  readonly sinceMs: number
  readonly status?: number
}

interface Pixel {
  readonly pixel: string
  readonly state: string
  readonly counts?: Counts
  readonly hold?: Why
  readonly hint?: string
  readonly contract?: string
  readonly contractsRead?: readonly string[]
  readonly failing?: Failing
  readonly relay?: string
  readonly miscounted?: number
  readonly canary?: {
    readonly passed: boolean
    readonly shape?: string
    readonly code?: string
    readonly message?: string
  }
  readonly heldShapes: readonly { readonly shape: string; readonly events: number; readonly hold?: Why }[]
  readonly expiring: Expiring
  readonly suspects?: number
  readonly suspectsByKind?: Readonly<Record<string, number>>
}

interface Status {
  readonly counts: Counts
  readonly expiring: Expiring
  readonly pixels: readonly Pixel[]
  readonly clock: { readonly trusted: boolean; readonly skewMs: number }
  readonly sources?: readonly SourceStanding[]
}

interface SourceStanding {
  readonly source: string
  readonly pixel?: string
  readonly accepted: number
  readonly duplicates: number
  readonly refused: number
  readonly reasons: readonly {
    readonly outcome: string
    readonly code: string
    readonly count: number
    readonly message: string
  }[]
  readonly alarm?: string
}

const STATES = ['queued', 'sending', 'held', 'delivered', 'refused', 'expired', 'discarded', 'unaccounted'] as const

export function registerStatus(program: Command, io: Io, exit: (code: number) => void): void {
  withRelay(program.command('status')).action(async (options: RelayOptions) => {
    const status = await askRelay<Status>('/api/status', options, io)
    if (options.json === true) print(io, JSON.stringify(status))
    else for (const line of lines(status, await remediesOf(status), io)) printText(io, line)
    exit(EXIT.ok)
  })
}

type Remedies = Readonly<Record<string, string>>

/** Code of a hold → what to do. The table of codes is loaded only where something is held. */
async function remediesOf({ pixels }: Status): Promise<Remedies> {
  const holds = pixels.flatMap(({ hold, heldShapes }) => [hold, ...heldShapes.map((shape) => shape.hold)])
  const codes = holds.flatMap((hold) => (hold === undefined ? [] : [hold.code]))
  if (codes.length === 0) return {}
  const { ISSUES } = await import('waybill/contract')
  const fixes = new Map(Object.entries(ISSUES).map(([code, { fix }]) => [code, fix]))
  return Object.fromEntries(codes.flatMap((code) => (fixes.has(code) ? [[code, fixes.get(code)!]] : [])))
}

function* lines(status: Status, remedies: Remedies, io: Io): Generator<string> {
  const { counts, expiring, pixels, clock, sources = [] } = status
  for (const state of STATES) yield `${(counts[state] ?? 0).toLocaleString('en-US').padStart(12)}  ${state}`
  yield* expiryLines(expiring, '', io)
  if (!clock.trusted)
    yield `The clock is not confirmed yet (${Math.round(clock.skewMs / 1_000)} s from the API's): nothing expires and nothing is refused for its time until it is.`
  for (const pixel of pixels) yield* pixelLines(pixel, remedies, io)
  for (const source of sources) yield* sourceLines(source, io)
}

function* pixelLines(found: Pixel, remedies: Remedies, io: Io): Generator<string> {
  const { pixel, state, counts: own, hold, hint, failing, heldShapes, expiring, relay } = found
  const waiting = own === undefined ? 0 : (own['queued'] ?? 0) + (own['sending'] ?? 0) + (own['held'] ?? 0)
  const colour = state === 'delivering' ? 'green' : 'yellow'
  yield `${plain(pixel)}  ${style(io, colour, state, io.stdout)}  ${waiting.toLocaleString('en-US')} waiting`
  if (relay !== undefined) yield `    delivered by relay ${plain(relay)}`
  if (hold !== undefined) {
    yield `    ${whyHeld(hold)}`
    yield* remedyLines(hold, remedies, `waybill resume ${plain(shellWord(pixel))}`, '    ')
  }
  if (hint !== undefined) yield `    ${plain(hint)}`
  if (failing !== undefined) yield `    ${style(io, 'yellow', failingText(failing), io.stdout)}`
  yield* signLines(found)
  yield* expiryLines(expiring, '    ', io)
  yield* suspectLines(found)
  if (found.contract === 'auto') yield `    ${contractText(found.contractsRead)}`
  for (const { shape, events, hold: why } of heldShapes) {
    yield `    held: ${events.toLocaleString('en-US')} like ${plain(shape)}${why === undefined ? '' : `, ${whyHeld(why)}`}`
    const resume = `waybill resume ${plain(shellWord(pixel))} --shape ${plain(shellWord(shape))}`
    yield* remedyLines(why, remedies, resume, '      ')
  }
}

/** What to do of a hold, and the command that ends it. */
function* remedyLines(hold: Why | undefined, remedies: Remedies, resume: string, indent: string): Generator<string> {
  const remedy = remedies[hold?.code ?? '']
  if (remedy !== undefined) yield `${indent}${remedy} What waits then goes on by itself; at once with:`
  yield `${indent}${resume}`
}

function* suspectLines({
  suspects = 0,
  suspectsByKind = {},
}: Pick<Pixel, 'suspects' | 'suspectsByKind'>): Generator<string> {
  if (suspects === 0) return
  const kinds = Object.entries(suspectsByKind).filter(([, events]) => events > 0)
  const each = kinds.map(([kind, events]) => `${events.toLocaleString('en-US')} ${kind}`).join(', ')
  yield `    ${suspects.toLocaleString('en-US')} suspected (${each}): waybill events ls --suspect`
}

const OUTCOMES: Readonly<Record<string, string>> = {
  skipped: 'skipped',
  conflict: 'in conflict',
  turned_away: 'turned away',
}

/** What a source brought since the relay started, and what came to nothing. */
function* sourceLines({ source, pixel, alarm, reasons, ...counts }: SourceStanding, io: Io): Generator<string> {
  const brought = (['accepted', 'duplicates', 'refused'] as const)
    .filter((kind) => counts[kind] > 0)
    .map((kind) => `${counts[kind].toLocaleString('en-US')} ${kind}`)
  yield `${plain(source)}  ${plain(pixel ?? 'no pixel of ours')}  ${brought.join(', ') || 'nothing taken'}`
  if (alarm !== undefined) yield `    ${style(io, 'red', plain(alarm), io.stdout)}`
  for (const { outcome, code, count, message } of reasons)
    yield `    ${count.toLocaleString('en-US')} ${OUTCOMES[outcome] ?? plain(outcome)}: ${plain(code)}. ${plain(message)}`
}

/** Which form of `user` is sent, and who said so. */
function contractText(reads: readonly string[] | undefined): string {
  if (reads === undefined) return 'contract auto: the account was not asked yet'
  if (reads.length === 0)
    return 'contract auto: the account does not tell which user keys it reads; those of 2026-06 are sent'
  return `contract auto: the account reads ${reads.map(plain).join(' and ')}`
}

function* signLines({ miscounted = 0, canary }: Pick<Pixel, 'miscounted' | 'canary'>): Generator<string> {
  if (canary?.passed === false) {
    const said = plain(`${canary.code ?? 'no answer'}: ${canary.message ?? ''}`)
    yield `    the last event of ours, sent to see whether the API is judging, did not pass (${said})`
  }
  if (miscounted > 0)
    yield `    ${miscounted.toLocaleString('en-US')} delivered although the API counted fewer than were sent`
}

function failingText({ requests, sinceMs, status }: Failing): string {
  const how = status === undefined ? 'no answer came' : `status ${status}`
  const many =
    requests === 1 ? 'the last request failed' : `the last ${requests.toLocaleString('en-US')} requests failed`
  const since = new Date(sinceMs).toISOString().replace(/\.\d+/, '')
  return `${many}, since ${since} (${how}): events are kept and tried again; waybill doctor looks for the cause`
}

function whyHeld({ code, message, by }: Why): string {
  return plain(`${code}: ${message} (by ${by})`)
}

function* expiryLines({ within24h, within1h }: Expiring, indent: string, io: Io): Generator<string> {
  if (within24h === 0) return
  const soon = within1h === 0 ? '' : `, ${within1h.toLocaleString('en-US')} of them within 1 h`
  const text = `${within24h.toLocaleString('en-US')} expire within 24 h unless they are delivered${soon}`
  yield `${indent}${style(io, within1h === 0 ? 'yellow' : 'red', text, io.stdout)}`
}
