/** A client, the emulator and virtual time, put together; and the account that a send owes, checked against what was stored. */
import { createEmulator, type Emulator, type EmulatorOptions } from '@waybill/emulator'
import type { WireEvent } from '../contract/event.ts'
import { MAX_AGE_MS } from '../contract/limits.ts'
import { CANARY_ID_PREFIX } from '../delivery/canary.ts'
import { type Client, createClient } from './client.ts'
import { createFakeRuntime, type FakeRuntime, START_MS } from './fake-runtime.cases.ts'
import type { Outcome } from './outcome.ts'
import type { ClientOptions } from './settings.ts'

export const PIXEL = 'px_1'
export const KEY = 'sk-conversions-0123456789'

export interface SentRequest {
  readonly url: string
  readonly headers: Headers
  readonly text: string
  readonly validateOnly: boolean
  readonly events: readonly WireEvent[]
  /** Virtual time at which it left. */
  readonly atMs: number
  /** Undefined while there is no answer, and where the connection broke. */
  status?: number
}

export interface Scenario {
  readonly client: Client
  readonly emulator: Emulator
  readonly runtime: FakeRuntime
  /** Every request that left the client. */
  readonly requests: SentRequest[]
}

/** Stands between client and API; for answers that the emulator does not give, and for faults made on purpose. */
export type Between = (send: typeof fetch) => typeof fetch

export interface Setup {
  readonly emulator?: EmulatorOptions
  readonly client?: Partial<ClientOptions>
  readonly between?: Between
  readonly runtime?: FakeRuntime
}

export function setUp({
  emulator: api = {},
  client: options = {},
  between,
  runtime = createFakeRuntime(),
}: Setup = {}): Scenario {
  const emulator = createEmulator({ now: runtime.now, ...api })
  const requests: SentRequest[] = []
  const asked = between === undefined ? emulator.fetch : between(emulator.fetch)
  const client = createClient({
    pixelId: PIXEL,
    apiKey: KEY,
    runtime,
    fetch: recording(asked, requests, runtime),
    ...options,
  })
  return { client, emulator, runtime, requests }
}

function recording(send: typeof fetch, requests: SentRequest[], runtime: FakeRuntime): typeof fetch {
  return async (input, init) => {
    const text = String(init?.body)
    const { events, validate_only: validateOnly } = JSON.parse(text) as { events: WireEvent[]; validate_only: boolean }
    const headers = new Headers(init?.headers)
    const request: SentRequest = { url: String(input), headers, text, validateOnly, events, atMs: runtime.now() }
    requests.push(request)
    const response = await send(input, init)
    request.status = response.status
    return response
  }
}

export function order(index: number, changes: Record<string, unknown> = {}): WireEvent {
  return {
    id: `order_${index}`,
    type: 'order_created',
    timestamp_ms: START_MS - 60_000,
    data: { type: 'contents', amount: 100 + index, currency: 'USD' },
    ...changes,
  } as unknown as WireEvent
}

export const orders = (count: number, changes: Record<string, unknown> = {}): WireEvent[] =>
  Array.from({ length: count }, (_, index) => order(index, changes))

/** A pattern for the emulator's `poison` that matches exactly these orders. */
export const poison = (bad: Iterable<number>): string => `^order_(?:${[...bad].join('|') || 'none'})$`

/** Whether it is an event of the sender's, and no canary. */
export const isOurs = ({ id }: WireEvent): boolean => !id.startsWith(CANARY_ID_PREFIX)

/** How many outcomes there are of each status and first code, as in `{ delivered: 3, 'refused event_rejected': 1 }`. */
export function tally(outcomes: readonly Outcome[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { status, issues } of outcomes) {
    const name = issues[0] === undefined ? status : `${status} ${issues[0].code}`
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}

/**
 * What a send promised and did not keep, in words that begin with the promise's number in the design, section 2. `bad` holds
 * the ids that the API refuses for good; `secrets` what must never travel or be told.
 */
export function brokenPromises(
  { emulator, requests }: Pick<Scenario, 'emulator' | 'requests'>,
  events: readonly WireEvent[],
  outcomes: readonly Outcome[],
  { bad = new Set(), secrets = [] }: { bad?: ReadonlySet<string>; secrets?: readonly string[] } = {},
): string[] {
  const stored = new Map(emulator.events().map(({ event, received }) => [event.id, received]))
  const found: string[] = []
  const claim = (holds: boolean, words: string): void => {
    if (!holds) found.push(words)
  }
  claim(outcomes.length === events.length, `7: ${outcomes.length} outcomes for ${events.length} events`)
  outcomes.forEach((outcome, index) => {
    const { id, status, issues } = outcome
    claim(outcome.index === index && id === events[index]?.id, `7: outcome ${index} is not that of event ${index}`)
    claim(status === 'delivered' || issues.length > 0, `7: ${id} is ${status} without a reason`)
    claim(status !== 'delivered' || stored.has(id), `7: ${id} is called delivered and was not stored`)
    claim(status !== 'refused' || bad.has(id), `6: ${id} is good and was refused`)
    claim(bad.has(id) || status === 'delivered', `2: ${id} is good and was not delivered`)
    claim(!bad.has(id) || status !== 'delivered', `2: ${id} is bad and was called delivered`)
  })
  claim(emulator.summary().stored === stored.size, '3: an id was counted twice')
  for (const id of stored.keys())
    claim(
      events.some((event) => event.id === id),
      `3: ${id} was stored and never sent`,
    )
  const written = new Map(events.map((event) => [event.id, `${event.type} ${event.timestamp_ms}`]))
  for (const request of requests) {
    for (const { id, type, timestamp_ms } of request.events.filter(isOurs)) {
      claim(timestamp_ms + MAX_AGE_MS >= request.atMs, `4: ${id} left after its window`)
      claim(written.get(id) === `${type} ${timestamp_ms}`, `3: ${id} did not keep its id, type and time`)
    }
  }
  const told = JSON.stringify(outcomes) + requests.map(({ text }) => text).join()
  for (const secret of secrets) claim(!told.includes(secret), `5: ${secret} stands in clear`)
  return found
}
