import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RelayRow } from '../../store/index.ts'
import { idleOf, isGone, LASTS_MS, leftOf, nextChangeMs, type OwnPixel, oneToGive, sight, toClaim } from './rules.ts'

const S = 1_000
const M = 60 * S

function row(relay: string, changes: Partial<RelayRow> = {}): RelayRow {
  return {
    relay,
    name: relay,
    isOwn: relay === 'own',
    renewals: 1,
    isOver: false,
    pixels: 0,
    delivers: true,
    ...changes,
  }
}

function own(pixel: string, changes: Partial<OwnPixel> = {}): OwnPixel {
  return { pixel, isBusy: false, activeAtMs: 0, givenUpAtMs: undefined, ...changes }
}

test('with less than 3 s left no request begins, and with less than 1 s none goes on', () => {
  const lefts = [10_000, 3_000, 2_999, 1_000, 999, 0, -5_000].map((left) => leftOf(50_000 + left, 50_000))
  assert.deepEqual(lefts, ['all', 'all', 'what began', 'what began', 'none', 'none', 'none'])
  for (const nowMs of [0, 6_999, 7_000, 8_500, 9_000]) {
    const changeMs = nextChangeMs(10_000, nowMs)!
    assert.equal(leftOf(10_000, changeMs - 1), leftOf(10_000, nowMs))
    assert.notEqual(leftOf(10_000, changeMs), leftOf(10_000, nowMs))
  }
  assert.equal(nextChangeMs(10_000, 9_001), undefined)
})

/** What a watcher makes of looks at one row, each with its renewals; looks are 2 s apart unless told otherwise. */
function isGoneAfter(looks: readonly (readonly [atMs: number, renewals: number, isOver: boolean])[]): boolean {
  let seen = sight(new Map(), [], { askedMs: 0, answeredMs: 0 })
  let gone = false
  for (const [atMs, renewals, isOver] of looks) {
    const rows = [row('own'), row('x', { renewals, isOver })]
    const look = { askedMs: atMs, answeredMs: atMs + 5 }
    seen = sight(seen, rows, look)
    gone = isGone(rows[1]!, seen, look)
  }
  return gone
}

const every2s = (untilMs: number, isOver: boolean): (readonly [number, number, boolean])[] =>
  Array.from({ length: untilMs / (2 * S) + 1 }, (_, at) => [at * 2 * S, 1, isOver] as const)

test('a relay is gone only by both witnesses: its end by the store, and its whole length unrenewed before my eyes', () => {
  assert.equal(isGoneAfter(every2s(12 * S, true)), true)
  assert.equal(isGoneAfter(every2s(12 * S, false)), false, 'the store’s clock says that it lasts')
  assert.equal(isGoneAfter(every2s(10 * S, true)), false, 'the first look’s answer came 5 ms after 0')
  assert.equal(isGoneAfter([[0, 1, true]]), false, 'a clock that stepped ends nobody’s row at once')
  assert.equal(isGoneAfter([...every2s(10 * S, true), [12 * S, 2, true]]), false, 'renewed at the last moment')
  const again = every2s(10 * S, true).map(([atMs]) => [atMs + 12 * S, 2, true] as const)
  assert.equal(isGoneAfter([...every2s(10 * S, true), ...again]), false, 'the length counts anew')
})

test('whoever did not look for long has seen nothing: the store may have been away for all', () => {
  assert.equal(
    isGoneAfter([
      [0, 1, false],
      [30 * S, 1, true],
    ]),
    false,
  )
  assert.equal(
    isGoneAfter([[0, 1, false], ...every2s(12 * S, true).map(([atMs]) => [atMs + 30 * S, 1, true] as const)]),
    true,
  )
})

test('nobody takes over from itself', () => {
  const rows = [row('own', { isOver: true })]
  const seen = sight(new Map(), rows, { askedMs: 0, answeredMs: 0 })
  assert.equal(isGone(rows[0]!, seen, { askedMs: 2 * LASTS_MS, answeredMs: 2 * LASTS_MS }), false)
})

test('a pixel is given up when it has been idle for a minute, and not again within five', () => {
  const pixels = [
    own('idle'),
    own('active', { activeAtMs: 1 }),
    own('busy', { isBusy: true }),
    own('came back', { givenUpAtMs: M - 5 * M + 1 }),
    own('long ago', { givenUpAtMs: M - 5 * M }),
  ]
  assert.deepEqual(idleOf(pixels, M), ['idle', 'long ago'])
})

test('one goes to a relay that has at least two fewer, and never one with something in flight', () => {
  const pixels = [own('busy', { isBusy: true }), own('back', { givenUpAtMs: 0 }), own('free')]
  const give = (others: readonly RelayRow[], of = pixels): string | undefined =>
    oneToGive(of, { rows: [row('own', { pixels: 3 }), ...others], left: new Map(), nowMs: M })
  assert.equal(give([row('x', { pixels: 1 })]), 'free')
  assert.equal(give([row('x', { pixels: 2 })]), undefined)
  assert.equal(give([row('x', { pixels: 3 }), row('y', { pixels: 0 })]), 'free')
  assert.equal(give([row('x', { pixels: 0, isOver: true })]), undefined, 'a relay that is over takes nothing')
  assert.equal(give([row('x', { pixels: 0, delivers: false })]), undefined, 'nor one that only takes events')
  assert.equal(give([]), undefined)
  assert.equal(give([row('x')], pixels.slice(0, 2)), undefined)
  const rows = [row('own', { pixels: 3 }), row('x', { pixels: 0 })]
  const giveNext = (left: readonly (readonly [string, number])[]): string | undefined =>
    oneToGive(pixels, { rows, left: new Map(left), nowMs: M })
  assert.equal(giveNext([['on its way', 1]]), 'free')
  assert.equal(
    giveNext([
      ['on its way', 1],
      ['this too', 1],
    ]),
    undefined,
  )
  assert.equal(
    giveNext([
      ['long ago', 0],
      ['this too', 1],
    ]),
    'free',
  )
})

test('each claims its share of what nobody has, and leaves it at first to relays that have fewer', () => {
  const free = Array.from({ length: 4 }, (_, at) => ({ pixel: `${at}`, sinceMs: 0, leftAtMs: undefined }))
  const at = (own: number, others: readonly RelayRow[], nowMs: number): string[] =>
    toClaim(free, { own, rows: [row('own', { pixels: own }), ...others], nowMs })
  assert.deepEqual(at(0, [], 0), ['0', '1', '2', '3'])
  assert.deepEqual(at(0, [row('x')], 0), ['0', '1'])
  assert.deepEqual(at(0, [row('x', { isOver: true })], 0), ['0', '1', '2', '3'])
  assert.deepEqual(at(0, [row('x', { delivers: false })], 0), ['0', '1', '2', '3'])
  assert.deepEqual(at(2, [row('x')], 0), [])
  assert.deepEqual(at(2, [row('x')], 4 * S), ['0', '1'])
  const left = [{ pixel: 'left', sinceMs: 0, leftAtMs: 0 }]
  assert.deepEqual(toClaim(left, { own: 0, rows: [], nowMs: 4 * S - 1 }), [])
  assert.deepEqual(toClaim(left, { own: 0, rows: [], nowMs: 4 * S }), ['left'])
})
