import type { RelayConfig } from '../config/index.ts'
import { type Engine, type EngineOptions, systemRuntime } from '../engine/index.ts'
import type { RefusedCall } from '../http/index.ts'
import type { Log } from '../observe/index.ts'
import { SOURCE_NAMES } from '../sources/index.ts'
import { type Store, StoreError } from '../store/index.ts'
import { guardEndpoints } from './endpoint-guard.ts'
import { type Listeners, openListeners } from './listeners.ts'
import type { Live } from './live.ts'
import { notedState } from './noted-state.ts'
import { startOutboxes } from './outboxes.ts'
import { createParts } from './parts.ts'
import { doorsOf } from './people.ts'
import { reportFailures } from './report.ts'
import { type RouteParts, relayRoutes } from './routes.ts'

export interface ServiceOptions extends Pick<EngineOptions, 'runtime' | 'fetch' | 'role'> {
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
const ALONE = 'A relay with a SQLite file is alone on its data: it takes events and delivers them.'
const ALONE_HINT = 'Leave --role out, or set store to the URL of a PostgreSQL database.'
const NO_OUTBOXES: typeof startOutboxes = async () => async () => {}

/** Puts store, engine and HTTP together and starts them. */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { config, store, role = 'all', runtime = systemRuntime } = options
  if (store.claims === undefined && role !== 'all') throw new StoreError(ALONE, { hint: ALONE_HINT })
  await guardEndpoints(store, config.pixels, { accept: options.acceptEndpoint === true, now: () => runtime.now() })
  const stopping = new AbortController()
  const parts = await createParts(options, stopping.signal)
  const { live, engine, people, reading } = parts
  const listeners = await openDoors(parts, options)
  engine.start()
  const takes = role === 'delivery' ? NO_OUTBOXES : startOutboxes
  const stopOutboxes = await takes({ live, store, engine, runtime, metrics: parts.metrics })
  await store.noteState(notedState(config), engine.clock.now())
  return {
    url: listeners.url,
    adminUrl: listeners.adminUrl,
    engine,
    async reload(next) {
      await guardEndpoints(store, next.pixels, { accept: false, now: () => runtime.now() })
      live.replace(next)
      await people.sessions.endStale()
      await store.noteState(notedState(next), engine.clock.now())
      await engine.configure(next.pixels)
    },
    async stop() {
      stopping.abort()
      const { graceMs } = live.config.settings
      const cut = setTimeout(() => listeners.closeAllConnections(), graceMs)
      // A connection that its client keeps open is idle only after its last answer; otherwise it lasts as long as the grace.
      const hangUp = setInterval(() => listeners.closeIdleConnections(), HANG_UP_EVERY_MS)
      await Promise.all([listeners.close(), stopOutboxes().then(() => engine.stop(graceMs))])
      clearInterval(hangUp)
      clearTimeout(cut)
      await Promise.all([reading.close(), parts.verdictThread.close()])
      await store.close()
    },
  }
}

function openDoors(parts: RouteParts, { config, log, onFailed }: ServiceOptions): Promise<Listeners> {
  const { live, engine, people, metrics, monotonic } = parts
  const doors = doorsOf(live, people)
  return openListeners(config, {
    routes: relayRoutes(parts),
    tokens: () => doors,
    maxBodyBytes: config.settings.maxBodyBytes,
    maxInFlightBytes: () => live.config.settings.maxInFlightBytes,
    clockConfirmed: () => engine.clock.isConfirmed(),
    monotonic,
    onFailure: reportFailures(log, onFailed, monotonic),
    onTurnedAway: (status) => metrics.turnedAway(status),
    onRefused: (refused) => tellRefused(refused, live, engine),
  })
}

/** What a stranger wrote into an address is no name of ours. */
function tellRefused({ source, pixel, ...about }: RefusedCall, live: Live, { events }: Engine): void {
  const isOurs = pixel !== undefined && live.pixelOf(pixel) !== undefined
  const isKnown = (SOURCE_NAMES as readonly string[]).includes(source)
  events.emit('source:refused', { ...about, source: isKnown ? source : 'other', pixel: isOurs ? pixel : undefined })
}
