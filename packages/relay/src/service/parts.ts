import { Engine, type Runtime, systemRuntime } from '../engine/index.ts'
import {
  createTick,
  PacedReplays,
  ReadingThread,
  Sandbox,
  Streams,
  Ticks,
  Verdicts,
  VerdictThread,
} from '../http/index.ts'
import {
  createMetrics,
  logAlarms,
  type Metrics,
  type Outage,
  type PixelSigns,
  SourceBook,
  type SourceStanding,
  traceRequests,
  watchDoubt,
  watchOutages,
  watchSigns,
} from '../observe/index.ts'
import { Live } from './live.ts'
import { createPeople } from './people.ts'
import type { RouteParts } from './routes.ts'
import type { ServiceOptions } from './service.ts'

const READING_ENDED =
  'the thread that reads requests ended; they are read in the main thread until the next start, more slowly'

/** Makes everything that a relay is put together from. */
export async function createParts(options: ServiceOptions, stopping: AbortSignal): Promise<RouteParts> {
  const { config, store, log, runtime = systemRuntime } = options
  const live = new Live(config)
  const engine = createEngine(options)
  const monotonic = (): number => runtime.monotonic()
  const observed = await observe(engine, options)
  const startedMs = engine.clock.now()
  return {
    live,
    store,
    engine,
    takesEvents: options.role !== 'delivery',
    monotonic,
    ...observed,
    startedMs,
    ticks: createTicks({ live, store, engine, monotonic, startedMs, ...observed }, runtime, stopping),
    verdicts: new Verdicts({ monotonic }),
    verdictThread: new VerdictThread(),
    doubtSinceMs: watchDoubt(engine.events, () => engine.clock.now()),
    replays: createReplays(engine, options, stopping),
    streams: createStreams(engine, runtime, stopping),
    reading: new ReadingThread({
      onFailed: (error) => log.warn({ err: error }, READING_ENDED),
      now: () => engine.clock.now(),
    }),
    people: await createPeople(live, store, engine, runtime),
    sandbox: new Sandbox({ pixels: () => live.config.pixels, fetch: options.fetch ?? fetch, monotonic }),
    isStopping: () => stopping.aborted,
  }
}

function createEngine({ config, store, runtime, role = 'all', fetch: send }: ServiceOptions): Engine {
  const { retentionDays, contextDays } = config.settings
  const given = { ...(runtime && { runtime }), ...(send && { fetch: send }) }
  return new Engine({ store, role, pixels: config.pixels, retentionDays, contextDays, ...given })
}

interface Observed {
  readonly metrics: Metrics
  readonly sources: () => readonly SourceStanding[]
  readonly outageOf: (pixel: string) => Outage | undefined
  readonly signsOf: (pixel: string) => PixelSigns
}

/** Connects whoever listens to the engine: numbers, alarms, spans, and the end of everything. */
async function observe(engine: Engine, { store, log, onFailed }: ServiceOptions): Promise<Observed> {
  const { clock, events } = engine
  const now = (): number => clock.now()
  logAlarms(events, log)
  const outageOf = watchOutages(events, now, log)
  traceRequests(events, now)
  events.on('engine:failed', ({ error }) => onFailed(error))
  const metrics = createMetrics({ events, reads: store.reads, now, tellsState: () => engine.hasChores })
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

type TickSources = Pick<RouteParts, 'live' | 'store' | 'engine' | 'monotonic' | 'startedMs' | 'outageOf' | 'sources'>

function createTicks({ live, store, engine, ...parts }: TickSources, runtime: Runtime, signal: AbortSignal): Ticks {
  const make = createTick({
    ...parts,
    store,
    reads: store.reads,
    clock: engine.clock,
    pixels: () => live.config.pixels,
  })
  return new Ticks({ make, signal, now: () => engine.clock.now(), sleep: (ms, until) => runtime.sleep(ms, until) })
}
