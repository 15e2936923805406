import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LifecycleEvents } from '../engine/index.ts'
import { order, startRelay } from '../service/service.helpers.ts'
import { type Counts, type PixelBacklog, type Reads, StoreAwayError } from '../store/index.ts'
import { LabelBudget } from './labels.ts'
import { createMetrics } from './metrics.ts'

const NAMES = [
  'waybill_attempts_total',
  'waybill_canaries_total',
  'waybill_count_mismatch_total',
  'waybill_delivery_lag_seconds',
  'waybill_events_accepted_total',
  'waybill_events_delivered_total',
  'waybill_events_discarded_total',
  'waybill_events_expired_total',
  'waybill_events_held',
  'waybill_events_queued',
  'waybill_events_refused_total',
  'waybill_events_sending',
  'waybill_events_unaccounted',
  'waybill_expiring_events',
  'waybill_identity_warnings_total',
  'waybill_oldest_event_age_seconds',
  'waybill_outbox_oldest_seconds',
  'waybill_outbox_waiting',
  'waybill_possible_duplicates_total',
  'waybill_source_messages_total',
  'waybill_suspected_total',
  'waybill_tls_failures_total',
  'waybill_turned_away_total',
]

test('the metrics have their promised names, count what was delivered and refused, and nothing is unaccounted', async (context) => {
  const relay = await startRelay(context)
  const delivered = relay.next('event:delivered')
  await relay.bring([order('good'), { id: 'bad' }])
  await delivered
  const { text, headers } = await relay.ask('/metrics')
  assert.match(headers.get('content-type') ?? '', /^text\/plain/)
  assert.deepEqual([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name).sort(), NAMES)
  for (const line of [
    'waybill_events_accepted_total{pixel="px"} 1',
    'waybill_events_delivered_total{pixel="px"} 1',
    'waybill_events_refused_total{pixel="px",code="missing_field"} 1',
    'waybill_attempts_total{pixel="px",verdict="delivered"} 2',
    'waybill_events_queued{pixel="px"} 0',
    'waybill_events_unaccounted 0',
    'waybill_delivery_lag_seconds_count 1',
  ]) {
    assert.ok(text.includes(`${line}\n`), line)
  }
  assert.doesNotMatch(text, /waybill_delivery_lag_seconds\w*\{[^}]*pixel/)
})

test('what intake refused is counted by code, whoever brought it', async (context) => {
  const relay = await startRelay(context)
  const events = [{ id: 'a' }, { id: 'b' }, { ...order('c'), data: { type: 'contents', amount: 1.5, currency: 'USD' } }]
  await relay.engine.accept({ pixel: 'px', contract: '2026-06', source: 'a webhook', events })
  const { text } = await relay.ask('/metrics')
  for (const line of ['code="missing_field"} 2', 'code="decimal_amount"} 1'])
    assert.ok(text.includes(`waybill_events_refused_total{pixel="px",${line}\n`), line)
})

test('the oldest event has its age while the API is away and the only lease keeps it between the attempts', async (context) => {
  const relay = await startRelay(context, { emulator: { fault: { '503': 1 }, retryAfter: 30 } })
  const retried = relay.next('request:answered')
  await relay.bring([order('waiting')])
  await retried
  const { text } = await relay.ask('/metrics')
  assert.ok(text.includes('waybill_events_sending{pixel="px"} 1\n'))
  const [, age] = /^waybill_oldest_event_age_seconds\{pixel="px"\} (.+)$/m.exec(text) ?? []
  assert.ok(Number(age) >= 60, age)
})

const NO_COUNTS: Counts = {
  accepted: 0,
  unaccounted: 0,
  queued: 1,
  sending: 0,
  held: 0,
  delivered: 0,
  refused: 0,
  expired: 0,
  discarded: 0,
}

function readsOf(statuses: readonly PixelBacklog[]): Pick<Reads, 'ask'> {
  return { ask: async () => ({ pixels: statuses, commit: 0 }) as never }
}

function statusOf(pixel: string, oldestTimestampMs: number, discarded = 0): PixelBacklog {
  return { pixel, counts: { ...NO_COUNTS, discarded }, oldestTimestampMs, within: pixel === 'p0' ? [9, 3] : [] }
}

test('the label pixel has at most 1,000 values, then other, which stands for the sum and for the oldest', async () => {
  const statuses = Array.from({ length: 1_003 }, (_, at) => statusOf(`p${at}`, at))
  const metrics = createMetrics({ events: new LifecycleEvents(), reads: readsOf(statuses), now: () => 5_000 })
  const { text } = await metrics.read()
  assert.equal(text.match(/^waybill_events_queued\{/gm)?.length, 1_001)
  assert.ok(text.includes('waybill_events_queued{pixel="other"} 3\n'))
  assert.ok(text.includes('waybill_oldest_event_age_seconds{pixel="p0"} 5\n'))
  assert.ok(text.includes('waybill_oldest_event_age_seconds{pixel="other"} 4\n'))
  assert.ok(text.includes('waybill_expiring_events{pixel="p0",within="1h"} 3\n'))
})

test('codes that others make up are bounded in number and in form', async () => {
  const events = new LifecycleEvents()
  const metrics = createMetrics({ events, reads: readsOf([]), now: () => 0 })
  const refuse = (code: string): void =>
    events.emit('event:refused', { pixel: 'px', row: 1, id: 'x', name: 'n', code, message: '' })
  for (let at = 0; at < 300; at++) refuse(`code_${at}`)
  refuse('ada@example.com "quoted"')
  const { text } = await metrics.read()
  assert.equal(text.match(/^waybill_events_refused_total\{/gm)?.length, 201)
  assert.ok(text.includes('waybill_events_refused_total{pixel="px",code="other"} 101\n'))
})

test('possible duplicates, mismatches and discards are counted', async () => {
  const events = new LifecycleEvents()
  const statuses = [statusOf('px', 0, 7)]
  const metrics = createMetrics({ events, reads: readsOf(statuses), now: () => 0 })
  await metrics.read()
  const request = {
    pixel: 'px',
    verdict: 'retry',
    status: undefined,
    fault: undefined,
    durationMs: 1,
    ambiguous: true,
  } as const
  events.emit('request:answered', { ...request, events: 40, validateOnly: false })
  events.emit('request:answered', { ...request, events: 9, validateOnly: true })
  events.emit('event:delivered', { pixel: 'px', row: 1, id: 'x', name: 'n', lagMs: 5, mark: 'count_mismatch' })
  const show = async (discarded: number): Promise<string> => {
    statuses[0] = statusOf('px', 0, discarded)
    return (await metrics.read()).text
  }
  assert.ok((await show(9)).includes('waybill_events_discarded_total{pixel="px"} 2\n'))
  const text = await show(4)
  assert.ok(text.includes('waybill_events_discarded_total{pixel="px"} 2\n'))
  assert.ok(text.includes('waybill_possible_duplicates_total{pixel="px"} 40\n'))
  assert.ok(text.includes('waybill_count_mismatch_total{pixel="px"} 1\n'))
})

/** Otherwise a board that sums up shows everything as often as there are relays. */
test('a relay that does not tell what waits counts what it did itself, and no discards', async () => {
  const events = new LifecycleEvents()
  const statuses = [statusOf('px', 3, 7)]
  let tells = false
  const metrics = createMetrics({ events, reads: readsOf(statuses), now: () => 0, tellsState: () => tells })
  await metrics.read()
  statuses[0] = statusOf('px', 3, 9)
  events.emit('event:delivered', { pixel: 'px', row: 1, id: 'x', name: 'n', lagMs: 5, mark: undefined })
  const { text } = await metrics.read()
  assert.doesNotMatch(text, /waybill_(?:events_(?:queued|sending|held|unaccounted)|oldest_event|expiring)/)
  assert.ok(text.includes('waybill_events_delivered_total{pixel="px"} 1\n'))
  assert.ok(text.includes('waybill_events_accepted_total{pixel="px"} 0\n'))
  tells = true
  statuses[0] = statusOf('px', 3, 10)
  const told = (await metrics.read()).text
  assert.match(told, /waybill_events_queued\{pixel="px"\}/)
  assert.ok(told.includes('waybill_events_discarded_total{pixel="px"} 1\n'), 'from when it tells')
})

test('while the store is away, what was counted is told, and what waits is left out', async () => {
  let isAway = false
  const reads = readsOf([statusOf('px', 3)])
  const ask: Reads['ask'] = (...asked) =>
    isAway ? Promise.reject(new StoreAwayError('The store is away.')) : reads.ask(...asked)
  const metrics = createMetrics({ events: new LifecycleEvents(), reads: { ask }, now: () => 0 })
  assert.match((await metrics.read()).text, /waybill_events_queued/)
  isAway = true
  metrics.turnedAway(503)
  const { text } = await metrics.read()
  assert.doesNotMatch(text, /waybill_events_queued/)
  assert.ok(text.includes('waybill_turned_away_total{status="503"} 1\n'))
})

test('requests that are turned away because the queue is full are counted, and those of the operator are not', async (context) => {
  const relay = await startRelay(context, { file: { maxQueuedEvents: 1 }, emulator: { apiKey: 'another' } })
  const held = relay.next('pixel:held', 1)
  await relay.bring([order('first')])
  await held
  const statuses = [await relay.bring([order('second')]), await relay.bring([order('third')])].map(
    ({ status }) => status,
  )
  assert.deepEqual(statuses, [429, 429])
  const { text } = await relay.ask('/metrics')
  for (const line of ['{status="429"} 2', '{status="503"} 0'])
    assert.ok(text.includes(`waybill_turned_away_total${line}\n`), line)
})

test('what is counted of a pixel stands at 0 before it happens, since Prometheus sees no increase in a series that begins', async () => {
  const events = new LifecycleEvents()
  const metrics = createMetrics({ events, reads: readsOf([statusOf('px', 0)]), now: () => 0 })
  const ofPixel = async (): Promise<string[]> =>
    [...(await metrics.read()).text.matchAll(/^(waybill_\w+_total)\{pixel="px"\} 0$/gm)].map(([, name]) => name!).sort()
  const first = await ofPixel()
  assert.deepEqual(first, [
    'waybill_count_mismatch_total',
    'waybill_events_accepted_total',
    'waybill_events_delivered_total',
    'waybill_events_discarded_total',
    'waybill_events_expired_total',
    'waybill_possible_duplicates_total',
  ])
  events.emit('event:expired', { pixel: 'px', row: 1, id: 'x', name: 'n', code: 'event_timestamp_too_old' })
  assert.deepEqual(
    await ofPixel(),
    first.filter((name) => name !== 'waybill_events_expired_total'),
  )
})

test('a label keeps its first values', () => {
  const budget = new LabelBudget(2)
  assert.deepEqual(
    ['a', 'b', 'c', 'a'].map((value) => budget.label(value)),
    ['a', 'b', 'other', 'a'],
  )
})
