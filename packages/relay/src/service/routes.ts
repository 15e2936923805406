import type { Engine } from '../engine/index.ts'
import {
  type Answer,
  adminRoutes,
  healthRoutes,
  intakeRoute,
  metricsRoute,
  openapiRoute,
  type PacedReplays,
  QueueBound,
  type Route,
  type Visit,
} from '../http/index.ts'
import { inIntakeSpan, type Metrics } from '../observe/index.ts'
import type { Store } from '../store/index.ts'
import type { Live } from './live.ts'

/** The parts that the routes are made of. */
export interface RouteParts {
  readonly live: Live
  readonly store: Store
  readonly engine: Engine
  readonly metrics: Metrics
  readonly replays: PacedReplays
  readonly isStopping: () => boolean
}

/** Every address of the relay. */
export function relayRoutes({ live, store, engine, metrics, replays, isStopping }: RouteParts): readonly Route[] {
  const { clock } = engine
  const intake = intakeRoute({
    async accept(arrival) {
      const results = await engine.accept(arrival)
      metrics.observeIntake(arrival.pixel, results)
      return results
    },
    judge: (arrival) => engine.judge(arrival),
    pixelOf: (pixelId) => live.pixelOf(pixelId),
    bound: new QueueBound({
      counts: () => store.counts(),
      maxQueuedEvents: () => live.config.settings.maxQueuedEvents,
    }),
    maxBodyBytes: live.config.settings.maxBodyBytes,
    isStopping,
  })
  const admin = adminRoutes({
    store,
    clock,
    replays,
    pixels: () => live.config.pixels,
    wake: () => engine.wake(),
    startedMs: clock.now(),
  })
  const health = healthRoutes({ askStore: () => store.counts(), isStopping })
  const routes = [traced(intake, live), ...health, metricsRoute(() => metrics.read()), ...admin]
  return [...routes, openapiRoute(routes)]
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
    async refuse(visit) {
      const refusal = await route.refuse?.(visit)
      return refusal && inSpan(visit, async () => refusal)
    },
    run: (visit) => inSpan(visit, () => route.run(visit)),
  }
}
