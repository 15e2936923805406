import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { createEmulator, type Emulator, type EmulatorOptions } from '@waybill/emulator'
import type { WireEvent } from 'waybill'
import { CANARY_ID_PREFIX, MINUTE_MS } from 'waybill/delivery'
import { tempFolder } from '../files/files.helpers.ts'
import type { Store } from '../store/index.ts'
import { openSqliteStore } from '../store/sqlite/index.ts'
import { Engine, type PixelConfig } from './index.ts'
import { VirtualTime } from './virtual-time.ts'

export { HOUR_MS, MINUTE_MS, SECOND_MS } from 'waybill/delivery'

export const START_MS: number = Date.UTC(2026, 2, 19, 4)

/** One request of the engine to the API. */
export interface Sent {
  /** Virtual time since the start. */
  readonly atMs: number
  readonly pixel: string
  readonly authorization: string
  readonly validateOnly: boolean
  readonly events: readonly WireEvent[]
  readonly text: string
  /** Aborted when the engine gives the request up. */
  readonly signal: AbortSignal
}

/** What answers: a fault of the test's making, or the emulator by calling `judge`. */
export type Answering = (sent: Sent, judge: () => Promise<Response>) => Response | Promise<Response>

export interface VirtualOptions {
  readonly pixels?: readonly Partial<PixelConfig>[]
  readonly answer?: Answering
  readonly emulator?: EmulatorOptions
  readonly random?: () => number
  /** How far the machine's clock is off from the start on, milliseconds. Default 0. */
  readonly wallOffMs?: number
  /** Stands between the engine and its store. */
  readonly store?: (store: Store, time: VirtualTime) => Store
  /** Opens the store another way. */
  readonly open?: (folder: string, monotonicMs: () => number) => Promise<Store>
}

/** The engine on real SQLite and a clock that the test moves; the emulator answers unless the test does. */
export interface Virtual {
  readonly time: VirtualTime
  readonly engine: Engine
  readonly store: Store
  readonly emulator: Emulator
  /** Every request that left with events that were brought, in order. */
  readonly sent: readonly Sent[]
  /** Those that carried nothing but a canary. */
  readonly canaries: readonly Sent[]
  readonly failures: readonly unknown[]
  bring(events: readonly unknown[], pixel?: string): Promise<void>
  /** Lives for so long of virtual time. */
  run(forMs: number): Promise<void>
}

export function pixelConfig(changes: Partial<PixelConfig> = {}): PixelConfig {
  return {
    pixelId: 'px',
    apiKey: 'key',
    contract: '2026-06',
    preflight: 'never',
    endpoint: 'https://api.example',
    timeoutMs: 30_000,
    maxBodyBytes: 4_000_000,
    concurrency: 4,
    maxRequestsPerSecond: 10,
    ...changes,
  }
}

export async function startVirtual(context: TestContext, options: VirtualOptions = {}): Promise<Virtual> {
  const { pixels = [{}], answer = (_sent, judge) => judge(), random = () => 0.5 } = options
  const time = new VirtualTime(START_MS)
  time.shiftWall(options.wallOffMs ?? 0)
  const emulator = createEmulator({ now: () => time.trueMs, ...options.emulator })
  const sent: Sent[] = []
  const canaries: Sent[] = []
  const failures: unknown[] = []
  const store = await openData(tempFolder(context), options, () => time.elapsedMs)
  const seen = options.store?.(store, time) ?? store
  const engine = new Engine({
    store: touching(seen, time),
    pixels: pixels.map(pixelConfig),
    runtime: time.runtime(random, () => false),
    fetch: fetchInto({ time, emulator, sent, canaries, answer }),
  })
  engine.events.on('engine:failed', ({ error }) => void failures.push(error))
  engine.start()
  context.after(() => end(engine, store, time))
  return {
    time,
    engine,
    store,
    emulator,
    sent,
    canaries,
    failures,
    async bring(events, pixel = 'px') {
      await engine.accept({ pixel, contract: '2026-06', events, source: 'test' })
      time.touch()
    },
    async run(forMs) {
      const untilMs = time.elapsedMs + forMs
      while (await time.step(untilMs));
    },
  }
}

function openData(folder: string, { open }: VirtualOptions, monotonicMs: () => number): Promise<Store> {
  // In this thread: what is done in another takes real time, of which a virtual clock knows nothing.
  return open?.(folder, monotonicMs) ?? openSqliteStore({ path: join(folder, 'waybill.db'), monotonicMs })
}

async function end(engine: Engine, store: Store, time: VirtualTime): Promise<void> {
  let isRunning = true
  void engine.stop(0).then(() => {
    isRunning = false
  })
  while (isRunning) await time.step(time.elapsedMs + MINUTE_MS)
  await store.close()
}

export interface Wire {
  readonly time: VirtualTime
  readonly emulator: Emulator
  readonly sent: Sent[]
  readonly canaries: Sent[]
  readonly answer: Answering
}

/** An event of the engine's own, which asks and is never stored. */
const isCanary = ({ id }: WireEvent): boolean => id.startsWith(CANARY_ID_PREFIX)

/** Takes the place of the network. An answer can take virtual time; one that never comes ends with the request's signal. */
export function fetchInto({ time, emulator, sent, canaries, answer }: Wire): typeof fetch {
  return async (input, init) => {
    time.touch()
    const text = String(init?.body)
    const { validate_only: validateOnly, events } = JSON.parse(text) as { validate_only: boolean; events: WireEvent[] }
    const headers = new Headers(init?.headers)
    const authorization = headers.get('authorization') ?? ''
    const pixel = new URL(String(input)).searchParams.get('pid') ?? ''
    const signal = init?.signal ?? new AbortController().signal
    const request: Sent = { atMs: time.elapsedMs, pixel, authorization, validateOnly, events, text, signal }
    if (events.every(isCanary)) canaries.push(request)
    else sent.push(request)
    const judge = (): Promise<Response> => emulator.fetch(String(input), { method: 'POST', headers, body: text })
    const response = await answer(request, judge)
    time.touch()
    return response
  }
}

/** Resolves after so much virtual time; rejects as soon as the engine gives the request up. */
export function after(ms: number, { time }: Pick<Virtual, 'time'>, { signal }: Sent): Promise<void> {
  return new Promise((resolve, reject) => {
    time.at(time.elapsedMs + ms, () => {
      time.touch()
      resolve()
    })
    signal.addEventListener('abort', () => reject(signal.reason))
  })
}

/** Keeps the clock from moving on while the store works. */
export function touching(store: Store, time: VirtualTime): Store {
  return new Proxy(store, {
    get(target, name) {
      const member = Reflect.get(target, name) as unknown
      if (typeof member !== 'function') return member
      return (...args: unknown[]): unknown => {
        time.touch()
        const result: unknown = Reflect.apply(member, target, args)
        return result instanceof Promise ? result.finally(() => time.touch()) : result
      }
    },
  })
}

/** A good order of the virtual day, a minute old. */
export function virtualOrder(id: string, changes: object = {}): WireEvent {
  return {
    id,
    type: 'order_created',
    timestamp_ms: START_MS - MINUTE_MS,
    data: { type: 'contents', amount: 2_599, currency: 'USD' },
    ...changes,
  }
}

export function virtualOrders(count: number, prefix: string = 'order', changes: object = {}): WireEvent[] {
  return Array.from({ length: count }, (_, at) => virtualOrder(`${prefix}_${at + 1}`, changes))
}

/** An error of the API. */
export function errorResponse(status: number, message: string, headers: Record<string, string> = {}): Response {
  return Response.json({ error: { message, type: 'x', param: null, code: null } }, { status, headers })
}

/** The API's own refusal that names nobody. */
export const refusesAll = (): Response => errorResponse(400, 'Invalid event.')

/** An account that takes nothing, and says so by its count alone. */
export const countsNone = ({ validateOnly, events }: Sent): Response =>
  Response.json({ accepted_events: validateOnly ? events.length : 0 })
