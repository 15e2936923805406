import { type Counter, Gauge, type Registry } from 'prom-client'
import { MAX_AGE_MS } from 'waybill'
import { DAY_MS, HOUR_MS } from 'waybill/delivery'
import type { PixelBacklog, Reads } from '../store/index.ts'
import type { LabelBudget } from './labels.ts'

/** What waits, read from the store when somebody asks. */
export interface Backlog {
  refresh(): Promise<void>
}

export interface BacklogOptions {
  readonly registry: Registry
  /** Asked beside the thread that delivers. */
  readonly reads: Pick<Reads, 'ask'>
  readonly now: () => number
  readonly pixels: LabelBudget
  /** Discards are an operator's, and leave no trace but in the store's counts. */
  readonly discarded: Counter
  /** Counters of a pixel alone, which stand at 0 before anything is counted. */
  readonly fromZero: readonly Counter[]
  /** Whether this relay tells of the state: discards are counted by one. */
  readonly tellsState: () => boolean
}

const WITHIN = [
  ['24h', DAY_MS],
  ['1h', HOUR_MS],
] as const
/** Looking at what will expire has to stay cheap. */
const MAX_EXPIRING = 100_000

export function createBacklog(options: BacklogOptions): Backlog {
  const gauges = createGauges(options.registry)
  const discards = new Map<string, number>()
  let isFirst = true
  return {
    async refresh() {
      const statuses = await read(options)
      gauges.unaccounted.set(statuses.reduce((sum, { counts }) => sum + counts.unaccounted, 0))
      for (const gauge of [gauges.queued, gauges.sending, gauges.held, gauges.oldest, gauges.expiring]) gauge.reset()
      for (const status of statuses) {
        show(status, gauges, options)
        startAtZero(status, options)
        const before = discards.get(status.pixel) ?? (isFirst ? status.counts.discarded : 0)
        discards.set(status.pixel, status.counts.discarded)
        // A replay takes events out of the store's count again; a counter only grows.
        options.discarded.inc(
          { pixel: options.pixels.label(status.pixel) },
          options.tellsState() ? Math.max(0, status.counts.discarded - before) : 0,
        )
      }
      isFirst = false
      showAges(statuses, gauges.oldest, options)
      showExpiring(statuses, gauges.expiring, options)
    },
  }
}

type Gauges = Readonly<Record<'queued' | 'sending' | 'held' | 'unaccounted' | 'oldest' | 'expiring', Gauge>>

function createGauges(registry: Registry): Gauges {
  const gauge = (name: string, help: string, ...labelNames: string[]): Gauge =>
    new Gauge({ name: `waybill_${name}`, help, labelNames, registers: [registry] })
  return {
    queued: gauge('events_queued', 'Events that wait to be sent.', 'pixel'),
    sending: gauge('events_sending', 'Events on their way.', 'pixel'),
    held: gauge('events_held', 'Events that wait for somebody to act.', 'pixel'),
    unaccounted: gauge('events_unaccounted', 'Events taken less those in any state; always 0.'),
    oldest: gauge('oldest_event_age_seconds', 'Age of the oldest event that has not ended, by its own time.', 'pixel'),
    expiring: gauge(
      'expiring_events',
      'Events that expire within the time unless they are delivered.',
      'pixel',
      'within',
    ),
  }
}

function show({ pixel, counts }: PixelBacklog, gauges: Gauges, { pixels }: BacklogOptions): void {
  const label = { pixel: pixels.label(pixel) }
  gauges.queued.inc(label, counts.queued)
  gauges.sending.inc(label, counts.sending)
  gauges.held.inc(label, counts.held)
}

/** Prometheus sees no increase in a series that begins at 500: the first 500 events that expire would alarm nobody. */
function startAtZero({ pixel }: PixelBacklog, { pixels, fromZero }: BacklogOptions): void {
  for (const counter of fromZero) counter.inc({ pixel: pixels.label(pixel) }, 0)
}

/**
 * Under `other` stand many pixels, of which the oldest event counts. What is on its way is looked at too: while the API is away
 * a lease keeps its events between the attempts, and all of a small pixel's may be in it.
 */
function showAges(statuses: readonly PixelBacklog[], gauge: Gauge, { pixels, now }: BacklogOptions): void {
  const ages = new Map<string, number>()
  for (const { pixel, oldestTimestampMs = now() } of statuses) {
    const label = pixels.label(pixel)
    ages.set(label, Math.max(0, (now() - oldestTimestampMs) / 1_000, ages.get(label) ?? 0))
  }
  for (const [pixel, ageSeconds] of ages) gauge.set({ pixel }, ageSeconds)
}

function showExpiring(statuses: readonly PixelBacklog[], gauge: Gauge, { pixels }: BacklogOptions): void {
  for (const [at, [within]] of WITHIN.entries())
    for (const { pixel, within: events } of statuses)
      if ((events[at] ?? 0) > 0) gauge.inc({ pixel: pixels.label(pixel), within }, events[at])
}

async function read({ reads, now }: BacklogOptions): Promise<readonly PixelBacklog[]> {
  const fromMs = now() - MAX_AGE_MS
  const beforeMs = WITHIN.map(([, withinMs]) => fromMs + withinMs)
  return (await reads.ask('backlog', { fromMs, beforeMs, limit: MAX_EXPIRING })).pixels
}
