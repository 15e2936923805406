import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { judgeEvents } from '../../engine/accept.ts'
import { order } from '../../service/service.helpers.ts'
import { contentDigest } from '../../store/content-digest.ts'
import type { NewEvent } from '../../store/index.ts'
import { fromColumns, toColumns } from './columns.ts'
import type { ReadingJob } from './job.ts'
import { readUsual } from './read-usual.ts'

const NOW_MS = Date.now()
const RULES = { pixel: 'px', contract: '2026-06', source: 'a shop' } as const

function job(body: string | Uint8Array): ReadingJob {
  return { ...RULES, bytes: typeof body === 'string' ? Buffer.from(body) : body }
}

const EVENTS: readonly unknown[] = [
  order('plain'),
  order('ünï-✓-😀'),
  order('ahead', { timestamp_ms: NOW_MS + 3_600_000 }),
  order('bad', { data: { type: 'contents', amount: 1 } }),
  order('warned', { data: { type: 'contents', amount: -5, currency: 'USD' } }),
  { type: 'order_created' },
  { ...order('custom'), type: 'custom', custom_event_name: 'spun_the_wheel', data: { type: 'custom' } },
  {
    id: 'friendly',
    type: 'order_created',
    timestamp: new Date(NOW_MS).toISOString(),
    actionSource: 'web',
    sourceUrl: 'https://shop.example.com/done',
    data: { amount: '25.99', currency: 'USD' },
  },
  'no event',
  null,
]

/** With what is the default in the other form. */
function full(events: readonly NewEvent[]): NewEvent[] {
  return events.map((event) => ({
    state: 'queued',
    dueMs: 0,
    amount: undefined,
    currency: undefined,
    ...event,
    contentHash: new Uint8Array(contentDigest(event)),
  }))
}

function copied(events: readonly NewEvent[]): NewEvent[] {
  // Between a body that was not read and one without events.
  const back = fromColumns(structuredClone(toColumns([undefined, events, []])), [RULES, RULES, RULES])
  assert.deepEqual([back[0], back[2]], [undefined, []])
  return back[1]!.map((event) => ({ ...event, contentHash: new Uint8Array(event.contentHash!) }))
}

test('a usual body gives the events that intake would judge from it', () => {
  const judged = judgeEvents({ ...RULES, events: EVENTS }, NOW_MS)
  assert.ok(judged.some(({ state }) => state === 'refused') && judged.some(({ dueMs = 0 }) => dueMs > 0))
  for (const extra of [{}, { validate_only: false }, { integration_source: ' my-shop.1 ' }])
    assert.deepEqual(
      readUsual(job(JSON.stringify({ events: EVENTS, ...extra })), NOW_MS),
      judged,
      JSON.stringify(extra),
    )
  assert.deepEqual(readUsual(job('{"events":[]}'), NOW_MS), [])
})

test('events come back from another thread as they were, with their digests', () => {
  const judged = judgeEvents({ ...RULES, events: EVENTS }, NOW_MS)
  assert.deepEqual(copied(judged), full(judged))
  assert.deepEqual(copied([]), [])
})

test('what any text does to an event, it does the same after the way to another thread and back', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' })), { maxLength: 20 }),
      (texts) => {
        const events = texts.map(([id, name]) => ({
          ...order(id),
          type: 'custom',
          custom_event_name: name,
          data: { type: 'custom' },
        }))
        const judged = judgeEvents({ ...RULES, events }, NOW_MS)
        assert.deepEqual(copied(judged), full(judged))
      },
    ),
  )
})

const UNUSUAL: readonly (readonly [name: string, body: string | Uint8Array])[] = [
  ['no JSON', '{"events":['],
  ['no UTF-8', Uint8Array.of(0x22, 0xff, 0x22)],
  ['a list', '[]'],
  ['no events', '{}'],
  ['events that are no list', '{"events":{}}'],
  ['1,001 events', JSON.stringify({ events: Array(1_001).fill(order('a')) })],
  ['an unknown field', '{"events":[],"more":1}'],
  ['a request to validate', '{"events":[],"validate_only":true}'],
  ['validate_only that is no boolean', '{"events":[],"validate_only":0}'],
  ['a source with a space in it', '{"events":[],"integration_source":"my shop"}'],
  ['a source that is no text', '{"events":[],"integration_source":null}'],
  ['a key twice', '{"events":[],"events":[]}'],
]

for (const [name, body] of UNUSUAL)
  test(`read by whoever has the words for it: ${name}`, () => assert.equal(readUsual(job(body), NOW_MS), undefined))
