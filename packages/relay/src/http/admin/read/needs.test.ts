import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MAX_AGE_MS } from 'waybill'
import type { PixelOverview } from '../../../store/index.ts'
import { levelOf, type NeedFacts, needsOf } from './needs.ts'

const NOW = Date.UTC(2026, 2, 3)
const DAY_MS = 86_400_000
const NONE = { events: 0, money: {} }
const COUNTS = {
  accepted: 0,
  queued: 0,
  sending: 0,
  held: 0,
  delivered: 0,
  refused: 0,
  expired: 0,
  discarded: 0,
  unaccounted: 0,
}

function pixel(name: string, changes: Partial<PixelOverview> = {}): PixelOverview {
  return {
    pixel: name,
    counts: COUNTS,
    oldestTimestampMs: undefined,
    hold: undefined,
    heldShapes: [],
    suspects: 0,
    suspectsByKind: {} as PixelOverview['suspectsByKind'],
    accepted: NONE,
    delivered: NONE,
    refused: NONE,
    expired: NONE,
    lastAcceptedMs: undefined,
    lastDeliveredMs: undefined,
    lastRefusedMs: undefined,
    ...changes,
  }
}

function facts(changes: Partial<NeedFacts>): NeedFacts {
  return {
    nowMs: NOW,
    startedMs: NOW - DAY_MS,
    pixels: [],
    isConfigured: () => true,
    outageOf: () => undefined,
    sources: [],
    isClockConfirmed: true,
    ...changes,
  }
}

const hold = (code: string, by = 'waybill') => ({ code, message: 'why', atMs: NOW - 1_000, by })
const waits = (events: number, agedMs: number): Partial<PixelOverview> => {
  return { counts: { ...COUNTS, queued: events }, oldestTimestampMs: NOW - agedMs }
}

test('what loses first is first, and all well says nothing', () => {
  const pixels = [
    pixel('fine', { lastDeliveredMs: NOW }),
    pixel('later', { ...waits(5, 0), hold: hold('unauthorized') }),
    pixel('sooner', { ...waits(5, 6 * DAY_MS), hold: hold('unknown_pixel') }),
    pixel('refusing', { refused: { events: 7, money: {} } }),
  ]
  const needs = needsOf(facts({ pixels }))
  assert.deepEqual(
    needs.map(({ pixel: one, kind, lostFromMs }) => [one, kind, lostFromMs]),
    [
      ['sooner', 'held', NOW - 6 * DAY_MS + MAX_AGE_MS],
      ['later', 'key', NOW + MAX_AGE_MS],
      ['refusing', 'refused', null],
    ],
  )
  assert.deepEqual(needsOf(facts({ pixels: [pixel('fine')] })), [])
})

const CASES: readonly (readonly [
  name: string,
  changes: Partial<NeedFacts>,
  kinds: readonly string[],
  level: string,
])[] = [
  ['nothing', {}, [], 'green'],
  ['an operator holds it', { pixels: [pixel('a', { hold: hold('held_by_operator', 'ops') })] }, ['held'], 'red'],
  [
    'a shape is held',
    { pixels: [pixel('a', { heldShapes: [{ shape: 's', events: 2, hold: hold('unexplained_rejection') }] })] },
    ['shape_held'],
    'amber',
  ],
  [
    'a few fail',
    { pixels: [pixel('a', waits(3, 0))], outageOf: () => ({ requests: 4, sinceMs: NOW, status: 503 }) },
    [],
    'green',
  ],
  [
    'many fail',
    { pixels: [pixel('a', waits(3, 0))], outageOf: () => ({ requests: 5, sinceMs: NOW, status: undefined }) },
    ['failing'],
    'red',
  ],
  ['something waits for long', { pixels: [pixel('a', waits(1, 6.5 * DAY_MS))] }, ['expiring'], 'red'],
  [
    'it waits of a pixel that was taken out',
    { pixels: [pixel('a', waits(1, 0))], isConfigured: () => false },
    ['unconfigured'],
    'red',
  ],
  ['suspects', { pixels: [pixel('a', { suspects: 1 })] }, ['suspects'], 'amber'],
  [
    'a doubtful clock, and something waits',
    { pixels: [pixel('a', waits(1, 0))], isClockConfirmed: false },
    ['clock'],
    'amber',
  ],
  ['a doubtful clock, and nothing to tell it by', { pixels: [pixel('a')], isClockConfirmed: false }, [], 'green'],
]

for (const [name, changes, kinds, level] of CASES) {
  test(`what needs somebody: ${name}`, () => {
    const needs = needsOf(facts(changes))
    assert.deepEqual(
      needs.map(({ kind }) => kind),
      kinds,
    )
    assert.equal(levelOf(needs, 0), level)
    assert.ok(needs.every(({ hint }) => hint.length > 5))
  })
}

test('an event that is nowhere is worse than all else', () => assert.equal(levelOf([], 1), 'red'))
