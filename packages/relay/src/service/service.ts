import type { RelayConfig } from '../config/index.ts'
import { Engine, type EngineOptions, type Runtime, systemRuntime } from '../engine/index.ts'
import { PacedReplays, type People, ReadingThread, type RefusedCall, Streams, type Tokens } from '../http/index.ts'
import {
  createMetrics,
  type Log,
  logAlarms,
  type Metrics,
  type Outage,
  type PixelSigns,
  SourceBook,
  type SourceStanding,
  traceRequests,
  watchOutages,
  watchSigns,
} from '../observe/index.ts'
import { SOURCE_NAMES } from '../sources/index.ts'
import type { Store } from '../store/index.ts'
import { guardEndpoints } from './endpoint-guard.ts'
import { openListeners } from './listeners.ts'
import { Live } from './live.ts'
import { createPeople } from './people.ts'
import { reportFailures } from './report.ts'
import { relayRoutes } from './routes.ts'

export interface ServiceOptions extends Pick<EngineOptions, 'runtime' | 'fetch'> {
  readonly config: RelayConfig
  /** Opened by the caller, closed by {@link Service.stop}. */
  readonly store: Store
  readonly log: Log
  /** Takes the endpoint that is configured although the data was delivered to another. */
  readonly acceptEndpoint?: boolean
  /** Called when the relay cannot go on; it has to be stopped then. */
  readonly onFailed: (error: unknown) => void
}

/** A running relay: intake, delivery, admin API. */
export interface Service {
  /** Where it listens, without a slash at its end. */
  readonly url: string
  /** Where the page and `/api` are, which is the same unless `adminListen` says otherwise. */
  readonly adminUrl: string
  readonly engine: Engine
  /** Takes a new configuration; address and data folder stay what they are. */
  reload(config: RelayConfig): Promise<void>
  /** Closes intake, lets requests in flight end for the grace period, and closes the store. */
  stop(): Promise<void>
}

const HANG_UP_EVERY_MS = 100
const READING_ENDED =
  'the thread that reads requests ended; they are read in the main thread until the next start, more slowly'

/** Puts store, engine and HTTP together and starts them. */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { config, store, log, onFailed, runtime = systemRuntime } = options
  await guardEndpoints(store, config.pixels, { accept: options.acceptEndpoint === true, now: () => runtime.now() })
  const live = new Live(config)
  const engine = createEngine(options)
  const observed = await observe(engine, options)
  const stopping = new AbortController()
  const replays = createReplays(engine, options, stopping.signal)
  const streams = createStreams(engine, runtime, stopping.signal)
  const isStopping = (): boolean => stopping.signal.aborted
  const reading = new ReadingThread({
    onFailed: (error) => log.warn({ err: error }, READING_ENDED),
    now: () => engine.clock.now(),
  })
  const people = await createPeople(live, store, engine, runtime)
  const doors = doorsOf(live, people)
  const startedMs = engine.clock.now()
  const monotonic = (): number => runtime.monotonic()
  const parts = {
    live,
    store,
    engine,
    reading,
    replays,
    streams,
    people,
    isStopping,
    startedMs,
    monotonic,
    ...observed,
  }
  const listeners = await openListeners(config, {
    routes: relayRoutes(parts),
    tokens: () => doors,
    maxBodyBytes: config.settings.maxBodyBytes,
    maxInFlightBytes: () => live.config.settings.maxInFlightBytes,
    clockConfirmed: () => engine.clock.isConfirmed(),
    monotonic,
    onFailure: reportFailures(log, onFailed, monotonic),
    onTurnedAway: (status) => observed.metrics.turnedAway(status),
    onRefused: (refused) => tellRefused(refused, live, engine),
  })
  engine.start()
  return {
    url: listeners.url,
    adminUrl: listeners.adminUrl,
    engine,
    async reload(next) {
      await guardEndpoints(store, next.pixels, { accept: false, now: () => runtime.now() })
      live.replace(next)
      await people.sessions.endStale()
      await engine.configure(next.pixels)
    },
    async stop() {
      stopping.abort()
      const { graceMs } = live.config.settings
      const cut = setTimeout(() => listeners.closeAllConnections(), graceMs)
      // A connection that its client keeps open is idle only after its last answer; otherwise it lasts as long as the grace.
      const hangUp = setInterval(() => listeners.closeIdleConnections(), HANG_UP_EVERY_MS)
      await Promise.all([listeners.close(), engine.stop(graceMs)])
      clearInterval(hangUp)
      clearTimeout(cut)
      await reading.close()
      await store.close()
    },
  }
}

/** One object for all requests, which finds what a reload has put in place. */
function doorsOf(live: Live, people: People): Tokens {
  return {
    people,
    get intake() {
      return live.tokens.intake
    },
    get admin() {
      return live.tokens.admin
    },
  }
}

function createEngine({ config, store, runtime, fetch: send }: ServiceOptions): Engine {
  const { retentionDays, contextDays } = config.settings
  const given = { ...(runtime && { runtime }), ...(send && { fetch: send }) }
  return new Engine({ store, pixels: config.pixels, retentionDays, contextDays, ...given })
}

/** What a stranger wrote into an address is no name of ours. */
function tellRefused({ source, pixel, ...about }: RefusedCall, live: Live, { events }: Engine): void {
  const isOurs = pixel !== undefined && live.pixelOf(pixel) !== undefined
  const isKnown = (SOURCE_NAMES as readonly string[]).includes(source)
  events.emit('source:refused', { ...about, source: isKnown ? source : 'other', pixel: isOurs ? pixel : undefined })
}

interface Observed {
  readonly metrics: Metrics
  readonly sources: () => readonly SourceStanding[]
  readonly outageOf: (pixel: string) => Outage | undefined
  readonly signsOf: (pixel: string) => PixelSigns
}

/** Connects whoever listens to the engine: numbers, alarms, spans, and the end of everything. */
async function observe({ clock, events }: Engine, { store, log, onFailed }: ServiceOptions): Promise<Observed> {
  const now = (): number => clock.now()
  logAlarms(events, log)
  const outageOf = watchOutages(events, now, log)
  traceRequests(events, now)
  events.on('engine:failed', ({ error }) => onFailed(error))
  const metrics = createMetrics({ events, store, now })
  const book = new SourceBook({ events, log, now })
  await metrics.read()
  return { metrics, outageOf, signsOf: watchSigns(events, now), sources: () => book.standings() }
}

function createReplays(
  engine: Engine,
  { log, runtime = systemRuntime }: ServiceOptions,
  signal: AbortSignal,
): PacedReplays {
  return new PacedReplays({
    signal,
    operator: engine.operator,
    sleep: (ms, until) => runtime.sleep(ms, until),
    onFailure: (error) => log.error({ err: error }, 'a paced replay ended early'),
  })
}

function createStreams({ clock, events }: Engine, runtime: Runtime, signal: AbortSignal): Streams {
  return new Streams({ events, signal, now: () => clock.now(), sleep: (ms, until) => runtime.sleep(ms, until) })
}
