import { Counter, type CounterConfiguration, Gauge, Histogram, Registry } from 'prom-client'
import type { LifecycleEvents } from '../engine/index.ts'
import { type Reads, StoreAwayError } from '../store/index.ts'
import { type Backlog, createBacklog } from './backlog.ts'
import { GatheredCounter } from './gathered-counter.ts'
import { LabelBudget, OTHER } from './labels.ts'

/** The numbers of one relay, for Prometheus. What is counted from the store is counted from the first `read` on. */
export interface Metrics {
  read(): Promise<{ readonly contentType: string; readonly text: string }>
  /** Counts a request that was asked to come again. */
  turnedAway(status: number): void
  /** Shows what waits in a shop's database. */
  outbox(seen: { readonly outbox: string; readonly waiting: number; readonly oldestMs: number }): void
}

export interface MetricsOptions {
  readonly events: LifecycleEvents
  readonly reads: Pick<Reads, 'ask'>
  readonly now: () => number
  /** Whether this relay tells what waits: of several on one data set, one does. Default: it does. */
  readonly tellsState?: () => boolean
}

const MAX_PIXELS = 1_000
const MAX_CODES = 200
const MAX_SOURCES = 200
const LAG_SECONDS = [0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3_600, 6 * 3_600, 86_400, 3 * 86_400, 7 * 86_400]

export function createMetrics({ events, reads, now, tellsState = () => true }: MetricsOptions): Metrics {
  const registry = new Registry()
  const state = new Registry()
  const pixels = new LabelBudget(MAX_PIXELS)
  const codes = new LabelBudget(MAX_CODES, (code) => /^[\w.:-]{1,64}$/.test(code))
  const counters = createCounters(registry)
  const { accepted, delivered, expired, discarded, possibleDuplicates, countMismatch } = counters
  const fromZero = [accepted, delivered, expired, possibleDuplicates, countMismatch]
  const backlog = createBacklog({ registry: state, reads, now, pixels, discarded, fromZero, tellsState })
  listen(events, counters, pixels, codes)
  listenToSources(events, counters.messages, pixels, codes)
  return {
    async read() {
      const isTold = (await isRefreshed(backlog)) && tellsState()
      const told = isTold ? Registry.merge([registry, state]) : registry
      return { contentType: registry.contentType, text: await told.metrics() }
    },
    turnedAway: createTurnedAway(registry),
    outbox: createOutboxGauges(registry),
  }
}

/** What this relay has counted itself is told also while nobody knows what waits. */
async function isRefreshed(backlog: Backlog): Promise<boolean> {
  try {
    await backlog.refresh()
    return true
  } catch (error) {
    if (error instanceof StoreAwayError) return false
    throw error
  }
}

interface Counters {
  readonly accepted: GatheredCounter
  readonly delivered: GatheredCounter
  readonly refused: Counter
  readonly identity: Counter
  readonly expired: Counter
  readonly discarded: Counter
  readonly attempts: Counter
  readonly tlsFailures: Counter
  readonly possibleDuplicates: Counter
  readonly countMismatch: Counter
  readonly messages: Counter
  readonly suspected: Counter
  readonly canaries: Counter
  readonly lag: Histogram
}

function createCounters(registry: Registry): Counters {
  const about = (name: string, help: string, ...labels: string[]): CounterConfiguration<string> => ({
    name: `waybill_${name}_total`,
    help,
    labelNames: ['pixel', ...labels],
    registers: [registry],
  })
  const counter = (name: string, help: string, ...labels: string[]): Counter =>
    new Counter(about(name, help, ...labels))
  return {
    accepted: new GatheredCounter(about('events_accepted', 'Events taken and kept to be delivered.')),
    delivered: new GatheredCounter(about('events_delivered', 'Events that the API took.')),
    refused: counter('events_refused', 'Events refused, at intake or by the API.', 'code'),
    identity: counter(
      'identity_warnings',
      'Values of user, and click references, that were left out, cleaned or translated in events that were taken.',
      'code',
    ),
    expired: counter('events_expired', 'Events whose window closed before they were delivered.'),
    discarded: counter('events_discarded', 'Events ended by an operator.'),
    attempts: counter('attempts', 'Requests to the API by the judgement of their answer.', 'verdict'),
    tlsFailures: counter(
      'tls_failures',
      'Requests that did not leave, because what answers for the API cannot be trusted.',
    ),
    possibleDuplicates: counter(
      'possible_duplicates',
      'Events in requests of which nobody knows whether they were stored.',
    ),
    countMismatch: counter('count_mismatch', 'Events delivered although the API twice counted fewer than were sent.'),
    messages: counter(
      'source_messages',
      'What became of the messages of webhooks and tracking calls, and why of those that came to nothing.',
      'source',
      'outcome',
      'reason',
    ),
    suspected: counter(
      'suspected',
      'Times that an event was refused, or failed on, and waits by itself: not final.',
      'kind',
    ),
    canaries: counter(
      'canaries',
      'Events of our own, sent with validate_only to see whether the API is judging.',
      'passed',
    ),
    lag: new Histogram({
      name: 'waybill_delivery_lag_seconds',
      help: 'From acceptance to delivery.',
      buckets: LAG_SECONDS,
      registers: [registry],
    }),
  }
}

/** Of no pixel: a request is turned away before anybody looks into it. */
function createTurnedAway(registry: Registry): Metrics['turnedAway'] {
  const help = 'Requests that brought events and were answered 429 or 503.'
  const counter = new Counter({
    name: 'waybill_turned_away_total',
    help,
    labelNames: ['status'],
    registers: [registry],
  })
  for (const status of [429, 503]) counter.inc({ status }, 0)
  return (status) => counter.inc({ status })
}

function createOutboxGauges(registry: Registry): Metrics['outbox'] {
  const gauge = (name: string, help: string): Gauge =>
    new Gauge({ name: `waybill_outbox_${name}`, help, labelNames: ['outbox'], registers: [registry] })
  const waiting = gauge('waiting', "Conversions that wait in a shop's database.")
  const oldest = gauge('oldest_seconds', 'How long the oldest of them waits.')
  return (seen) => {
    waiting.set({ outbox: seen.outbox }, seen.waiting)
    oldest.set({ outbox: seen.outbox }, seen.oldestMs / 1_000)
  }
}

function listenToSources(events: LifecycleEvents, messages: Counter, pixels: LabelBudget, codes: LabelBudget): void {
  const sources = new LabelBudget(MAX_SOURCES, (source) => /^[\w./-]{1,100}$/.test(source))
  const count = (
    about: { source: string; pixel: string | undefined },
    outcome: string,
    reason: string,
    by = 1,
  ): void => {
    const { source, pixel } = about
    const labels = { source: sources.label(source), pixel: pixel === undefined ? OTHER : pixels.label(pixel) }
    if (by > 0) messages.inc({ ...labels, outcome, reason: reason === '' ? '' : codes.label(reason) }, by)
  }
  events.on('source:called', (call) => {
    count(call, 'accepted', '', call.accepted)
    count(call, 'duplicate', '', call.duplicates)
    count(call, 'refused', '', call.refused)
    count(call, 'remembered', '', call.remembered)
    for (const { code } of call.skipped) count(call, 'skipped', code)
    for (const { code } of call.conflicts) count(call, 'conflict', code)
  })
  events.on('source:refused', (call) => count(call, 'turned_away', call.reason))
}

function listen(events: LifecycleEvents, counters: Counters, pixels: LabelBudget, codes: LabelBudget): void {
  events.on('event:accepted', ({ pixel, count, codes: refused, identity }) => {
    const label = pixels.label(pixel)
    counters.accepted.gather(label, count)
    for (const [code, times] of Object.entries(refused))
      counters.refused.inc({ pixel: label, code: codes.label(code) }, times)
    for (const [code, times] of Object.entries(identity))
      counters.identity.inc({ pixel: label, code: codes.label(code) }, times)
  })
  events.on('event:delivered', ({ pixel, lagMs, mark }) => {
    counters.delivered.gather(pixels.label(pixel), 1)
    counters.lag.observe(Math.max(0, lagMs) / 1_000)
    if (mark === 'count_mismatch') counters.countMismatch.inc({ pixel: pixels.label(pixel) })
  })
  events.on('event:refused', ({ pixel, code }) =>
    counters.refused.inc({ pixel: pixels.label(pixel), code: codes.label(code) }),
  )
  events.on('event:suspected', ({ pixel, kind }) => counters.suspected.inc({ pixel: pixels.label(pixel), kind }))
  events.on('canary:answered', ({ pixel, passed }) =>
    counters.canaries.inc({ pixel: pixels.label(pixel), passed: String(passed) }),
  )
  events.on('event:expired', ({ pixel }) => counters.expired.inc({ pixel: pixels.label(pixel) }))
  events.on('request:answered', ({ pixel, verdict, fault, events: sent, ambiguous, validateOnly }) => {
    counters.attempts.inc({ pixel: pixels.label(pixel), verdict })
    if (fault === 'tls') counters.tlsFailures.inc({ pixel: pixels.label(pixel) })
    if (ambiguous && !validateOnly) counters.possibleDuplicates.inc({ pixel: pixels.label(pixel) }, sent)
  })
}
