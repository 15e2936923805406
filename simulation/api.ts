/** The API as the relay meets it in a simulation: the emulator's judgement, and faults by a seeded schedule. */
import { createEmulator, type Emulator } from '@waybill/emulator'
import type { VirtualTime } from '@waybill/relay/testing'

export type Fault =
  | '429'
  | '500'
  | '503'
  | 'reset'
  | 'lost'
  | 'html200'
  | 'short'
  | 'timeout'
  | 'slow'
  | '401'
  | '403'
  | '302'
  | 'flap'

/** From when to when a fault strikes, and how often. */
export interface Phase {
  readonly fromMs: number
  readonly toMs: number
  readonly fault: Fault
  readonly share: number
}

export interface SimulatedApi {
  readonly emulator: Emulator
  readonly fetch: typeof fetch
  /** A process of the relay starts. */
  readonly begin: () => void
  /** Event id → requests that carried it for real. */
  readonly posts: ReadonlyMap<string, number>
  /** Event id → requests that carried it and whose outcome the relay could not know. */
  readonly ambiguous: ReadonlyMap<string, number>
  /** What the relay should never have done. */
  readonly violations: readonly string[]
}

export interface ApiOptions {
  readonly time: VirtualTime
  readonly random: () => number
  readonly phases: readonly Phase[]
  readonly poison: RegExp | undefined
  readonly errors: 'all' | 'first' | 'none' | 'wrong'
}

const WINDOW_MS = 7 * 24 * 60 * 60 * 1_000
const AHEAD_MS = 10 * 60 * 1_000
const RETRY_AFTERS = ['1', '30', 'Thu, 01 Jan 1970 00:00:00 GMT', '-5', '999999', 'soon'] as const
const CERTAIN_NOTHING: ReadonlySet<Fault> = new Set(['429', '401', '403', '302', 'flap'])

interface Body {
  readonly validate_only: boolean
  readonly events: readonly { readonly id: string; readonly timestamp_ms: number }[]
}

export function createSimulatedApi({ time, random, phases, poison, errors }: ApiOptions): SimulatedApi {
  const emulator = createEmulator({ now: () => time.trueMs, errors, ...(poison && { poison }) })
  const posts = new Map<string, number>()
  const ambiguous = new Map<string, number>()
  const texts = new Map<string, string>()
  const violations: string[] = []

  // A process that starts while its clock is wrong cannot know, until the API has answered it.
  let isBlind = false

  const observe = (body: Body): void => {
    for (const event of body.events) {
      const age = time.trueMs - event.timestamp_ms
      const isOutside = age > WINDOW_MS || -age > AHEAD_MS
      if (isOutside && !isBlind) violations.push(`I6: ${event.id} left outside its window (age ${age} ms)`)
      const text = JSON.stringify(event)
      if ((texts.get(event.id) ?? text) !== text) violations.push(`I2: ${event.id} left with other content than before`)
      texts.set(event.id, text)
      if (!body.validate_only) count(posts, event.id)
    }
    if (body.events.length > 1_000) violations.push('a request had more than 1,000 events')
  }
  const drawFault = (): Fault | undefined => {
    const now = time.elapsedMs
    return phases.find((phase) => now >= phase.fromMs && now < phase.toMs && random() < phase.share)?.fault
  }

  const send: typeof fetch = async (url, init) => {
    time.touch()
    const text = String(init?.body)
    const body = JSON.parse(text) as Body
    observe(body)
    const fault = drawFault()
    if (fault !== undefined && !CERTAIN_NOTHING.has(fault) && !body.validate_only) {
      for (const { id } of body.events) count(ambiguous, id)
    }
    const real = async (): Promise<Response> => {
      const response = await emulator.fetch(String(url), {
        method: 'POST',
        headers: init?.headers as Record<string, string>,
        body: text,
      })
      time.touch()
      return response
    }
    const response = await answerWith(fault, real, { body, time, random, signal: init?.signal ?? undefined })
    isBlind = false
    return response
  }
  const begin = (): void => {
    isBlind = time.wallElapsedMs !== time.elapsedMs
  }
  return { emulator, fetch: send, begin, posts, ambiguous, violations }
}

function count(counts: Map<string, number>, id: string): void {
  counts.set(id, (counts.get(id) ?? 0) + 1)
}

interface Scene {
  readonly body: Body
  readonly time: VirtualTime
  readonly random: () => number
  readonly signal: AbortSignal | undefined
}

function answerWith(fault: Fault | undefined, real: () => Promise<Response>, scene: Scene): Promise<Response> {
  const { body, time, random, signal } = scene
  const headers = { date: new Date(time.trueMs).toUTCString() }
  const error = (status: number, message: string, more = {}): Response =>
    Response.json(
      { error: { message, type: 'x', param: null, code: null } },
      { status, headers: { ...headers, ...more } },
    )
  const retryAfter = { 'retry-after': RETRY_AFTERS[Math.floor(random() * RETRY_AFTERS.length)]! }
  const answers: Readonly<Record<Fault, () => Promise<Response>>> = {
    '429': async () => error(429, 'slow down', retryAfter),
    '500': async () => error(500, 'broken'),
    '503': async () => error(503, 'busy', retryAfter),
    '401': async () => error(401, 'Unauthorized'),
    '403': async () => error(403, '403: unknown pid'),
    '302': async () =>
      new Response(null, { status: 302, headers: { ...headers, location: 'https://elsewhere.example/' } }),
    // A validator that changes its mind: it refuses what it would take.
    flap: async () =>
      Response.json(
        { error: { message: 'Invalid event.', type: 'x', param: null, code: 'invalid_event' } },
        { status: 400, headers },
      ),
    reset: () => Promise.reject(new TypeError('fetch failed')),
    lost: async () => {
      await real()
      throw new TypeError('fetch failed')
    },
    html200: async () => {
      await real()
      return new Response('<html>', { status: 200, headers })
    },
    short: async () => {
      const response = await real()
      if (response.status !== 200) return response
      return Response.json({ accepted_events: Math.max(0, body.events.length - 1) }, { headers })
    },
    timeout: () => untilAborted(signal),
    slow: () => new Promise((resolve) => time.at(time.elapsedMs + 20_000, () => void real().then(resolve))),
  }
  return fault === undefined ? real() : answers[fault]()
}

function untilAborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
}
