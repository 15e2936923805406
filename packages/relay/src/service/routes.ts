import { urlOf } from '../config/index.ts'
import type { Engine } from '../engine/index.ts'
import {
  type Answer,
  adminRoutes,
  admitKey,
  contextRoutes,
  healthRoutes,
  intakeRoute,
  linkRoutes,
  loginRoutes,
  meRoute,
  metricsRoute,
  openapiRoute,
  type PacedReplays,
  type People,
  pageRoutes,
  QueueBound,
  type ReadingThread,
  type Route,
  type Sandbox,
  type Streams,
  sandboxRoutes,
  type Ticks,
  trackingRoutes,
  type Verdicts,
  type VerdictThread,
  type Visit,
  webhookRoutes,
  whenThere,
} from '../http/index.ts'
import { inIntakeSpan, type Metrics, type Outage, type PixelSigns, type SourceStanding } from '../observe/index.ts'
import { plainSource, SourceIntake, sourceContract } from '../sources/index.ts'
import type { Store } from '../store/index.ts'
import type { Live } from './live.ts'

/** The parts that the routes are made of. */
export interface RouteParts {
  readonly live: Live
  readonly store: Store
  readonly engine: Engine
  /** A relay that only delivers has no doors for events. */
  readonly takesEvents: boolean
  readonly reading: ReadingThread
  readonly metrics: Metrics
  readonly outageOf: (pixel: string) => Outage | undefined
  readonly sources: () => readonly SourceStanding[]
  readonly signsOf: (pixel: string) => PixelSigns
  readonly replays: PacedReplays
  readonly streams: Streams
  readonly ticks: Ticks
  readonly verdicts: Verdicts
  readonly verdictThread: VerdictThread
  readonly doubtSinceMs: () => number | undefined
  readonly people: People
  readonly sandbox: Sandbox
  readonly isStopping: () => boolean
  readonly startedMs: number
  readonly monotonic: () => number
}

/** Every address of the relay. */
export function relayRoutes(parts: RouteParts): readonly Route[] {
  const { live, store, metrics, isStopping } = parts
  const bound = new QueueBound({
    counts: () => store.counts(),
    maxQueuedEvents: () => live.config.settings.maxQueuedEvents,
  })
  const routes = [
    ...(parts.takesEvents
      ? [traced(eventRoute(parts, bound), live), ...contextsOf(parts), ...sourceRoutes(parts, bound)]
      : []),
    ...healthRoutes({ askStore: () => store.counts(), isStopping }),
    metricsRoute(() => metrics.read()),
    ...administration(parts),
    ...peopleRoutes(parts),
    ...sandboxRoutes({
      sandbox: parts.sandbox,
      pixelOf: (pixel) => live.pixelOf(pixel),
      accept: (arrival) => parts.engine.accept(arrival),
    }),
    ...(live.config.settings.page ? pageRoutes() : []),
  ]
  return [...routes, openapiRoute(routes)]
}

function eventRoute({ live, engine, reading, isStopping }: RouteParts, bound: QueueBound): Route {
  return intakeRoute({
    accept: (arrival) => engine.accept(arrival),
    // By the same rules as what is read in this thread.
    readBeside: (body) => reading.read(engine.bounded(body)),
    keep: (judged) => engine.keep(judged),
    judge: (arrival) => engine.judge(arrival),
    pixelOf: (pixelId) => live.pixelOf(pixelId),
    bound,
    maxBodyBytes: live.config.settings.maxBodyBytes,
    isStopping,
  })
}

function contextsOf({ live, store, engine }: RouteParts): readonly Route[] {
  return contextRoutes({
    store,
    knows: (pixelId) => live.pixelOf(pixelId) !== undefined,
    now: () => engine.clock.now(),
  })
}

/** Where other systems call: webhooks, then tracking calls. */
function sourceRoutes({ live, store, engine, isStopping }: RouteParts, bound: QueueBound): readonly Route[] {
  const now = (): number => engine.clock.now()
  const sourceIntake = new SourceIntake({
    store,
    accept: (arrival) => engine.accept(arrival),
    now,
    onBrought: ({ pixel, source, kind = source }, { skipped, ...brought }) =>
      engine.events.emit('source:called', {
        ...brought,
        pixel,
        source: kind,
        skipped: skipped.map(({ code, message, ref }) => ({ code, message, ref })),
      }),
  })
  const webhooks = webhookRoutes({
    sourceIntake,
    bound,
    now,
    isStopping,
    find: (source, pixel) => live.sourcesOf(source, pixel),
  })
  const tracking = trackingRoutes({
    sourceIntake,
    bound,
    now,
    isStopping,
    maxBodyBytes: live.config.settings.maxBodyBytes,
    pixels: () => live.config.pixels,
    admitKey: (key) => admitKey(key, live.tokens),
    origins: () => live.origins,
    sourceOf: (kind, pixel, token) => {
      const found = live.sourcesOf(kind, pixel)
      const plain = plainSource(kind, sourceContract(live.pixelOf(pixel)?.contract))
      const unnamed = found.find(({ name }) => name === undefined)
      return found.find(({ name }) => name === token) ?? unnamed ?? { map: plain, waitForBuyerMs: 0 }
    },
  })
  return [...webhooks, ...tracking]
}

function administration(parts: RouteParts): readonly Route[] {
  const { live, store, engine, replays, streams, outageOf, signsOf, sources, startedMs, monotonic, ticks } = parts
  const { verdicts, verdictThread, doubtSinceMs } = parts
  return adminRoutes({
    store,
    clock: engine.clock,
    replays,
    streams,
    readsOf: (pixel) => engine.readsOf(pixel),
    operator: engine.operator,
    outageOf,
    sources,
    signsOf,
    pixels: () => live.config.pixels,
    startedMs,
    monotonic,
    reads: store.reads,
    ticks,
    verdicts,
    verdictThread,
    doubtSinceMs,
    tasks: engine.tasks,
    paceOf: (pixel) => engine.paceOf(pixel),
    timeZone: () => live.config.settings.timeZone,
    retentionDays: () => live.config.settings.retentionDays,
    endpointOf: (pixel) => live.pixelOf(pixel)?.endpoint,
  })
}

/** Log-in, log-out, who asks, and links. */
function peopleRoutes({ live, store, engine, people, sandbox, startedMs }: RouteParts): readonly Route[] {
  const common = { people: () => people, hasTokens: () => live.hasAdminTokens }
  const knows = async (pixel: string): Promise<boolean> =>
    live.pixelOf(pixel) !== undefined || (await store.pixels()).some((one) => one.pixel === pixel)
  const { keepBodies, retentionDays } = live.config.settings
  return [
    ...loginRoutes(common),
    meRoute(async () => {
      const hasSandbox = (await sandbox.pixels()).length > 0
      return { startedMs, timeZone: live.config.settings.timeZone, sandbox: hasSandbox, keepBodies, retentionDays }
    }),
    ...linkRoutes({
      ...common,
      knows,
      address: () => urlOf(live.config.adminListen ?? live.config.listen),
      record: (action) => store.recordAction({ ...action, atMs: engine.clock.now() }),
    }),
  ]
}

/** A span around each request that brings events, whether it is refused early or read. */
function traced(route: Route, live: Live): Route {
  const inSpan = (visit: Visit, work: () => Promise<Answer>): Promise<Answer> => {
    const { pid } = visit.query as { readonly pid?: unknown }
    const pixel = typeof pid === 'string' && live.pixelOf(pid) !== undefined ? pid : undefined
    return inIntakeSpan({ headers: visit.headers, route: route.path, pixel }, work)
  }
  return {
    ...route,
    refuse: (visit) => whenThere(route.refuse?.(visit), (refusal) => refusal && inSpan(visit, async () => refusal)),
    run: (visit) => inSpan(visit, () => route.run(visit)),
  }
}
