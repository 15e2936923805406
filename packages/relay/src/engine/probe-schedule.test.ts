import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from 'waybill/delivery'
import type { HeldPart } from '../store/index.ts'
import { createHoldSchedule, type HoldSchedule } from './probe-schedule.ts'

/** Wall time at 0 of the monotonic clock. */
const WALL_MS = Date.UTC(2026, 2, 19, 4)

const held = (code: string, { atMs = 0, shape = undefined as string | undefined, pixel = 'px' } = {}): HeldPart => ({
  pixel,
  shape,
  code,
  message: '',
  by: 'waybill',
  atMs: WALL_MS + atMs,
})
/** The loop of the prober: what is seen, taken and waited for; gives when the hold was tried, in seconds. */
const triedAt = (schedule: HoldSchedule, hold: HeldPart, { fromMs = 0, toMs = 0 }): number[] => {
  const tried: number[] = []
  for (let atMs = fromMs; atMs <= toMs; atMs += schedule.waitMs([hold], atMs)) {
    schedule.see([hold], atMs)
    if (schedule.take(hold, atMs) !== undefined) tried.push(atMs / SECOND_MS)
  }
  return tried
}
/** A schedule whose start is over. */
const running = (): HoldSchedule => {
  const schedule = createHoldSchedule(0, () => 0.5)
  schedule.see([], 0)
  return schedule
}
const gaps = (times: readonly number[]): number[] => times.slice(1).map((time, at) => time - times[at]!)

const KEY_CODES = ['unauthorized', 'wrong_key_family', 'unknown_pixel', 'forbidden', 'blocked_by_firewall']
const OTHER_CODES = [
  'not_judging',
  'counts_none',
  'everything_too_large',
  'not_the_api',
  'redirected',
  'not_found',
  'request_rejected',
  'unexplained_rejection',
]
/** For so long a hold is tried each minute. */
const OFTEN: readonly (readonly [code: string, forMs: number])[] = [
  ...KEY_CODES.map((code) => [code, 10 * MINUTE_MS] as const),
  ...OTHER_CODES.map((code) => [code, 2 * HOUR_MS] as const),
]

it('a turn for which there was nothing to ask with comes again after 5 s, and then goes on as it would have', () => {
  const schedule = running()
  const hold = held('counts_none')
  assert.deepEqual(triedAt(schedule, hold, { toMs: 3 * HOUR_MS }).slice(0, 3), [5, 20, 80])
  schedule.untold(hold, 'nothing to ask', 3 * HOUR_MS)
  const tried = triedAt(schedule, hold, { fromMs: 3 * HOUR_MS, toMs: 4 * HOUR_MS })
  assert.deepEqual(tried.slice(0, 2), [3 * 3_600 + 5, 3 * 3_600 + 5 + 900])
})

it('a turn that asked bad events only is followed by the next in a minute, ten times, then in 5, where that would be later', () => {
  const schedule = running()
  const hold = held('counts_none')
  const first = triedAt(schedule, hold, { toMs: 3 * HOUR_MS }).at(-1)!
  let last = first
  const after: number[] = []
  for (let turn = 1; turn <= 12; turn++) {
    schedule.untold(hold, 'only refused', last * SECOND_MS)
    const [next] = triedAt(schedule, hold, { fromMs: last * SECOND_MS, toMs: last * SECOND_MS + 5 * MINUTE_MS })
    after.push(next! - last)
    last = next!
  }
  assert.deepEqual(after, [...new Array(10).fill(60), 300, 300])
  const early = running()
  assert.deepEqual(triedAt(early, hold, { toMs: 80 * SECOND_MS }), [5, 20, 80])
  early.untold(hold, 'only refused', 80 * SECOND_MS)
  assert.deepEqual(triedAt(early, hold, { fromMs: 80 * SECOND_MS, toMs: 140 * SECOND_MS }), [140])
})

describe('a new hold', () => {
  for (const [code, forMs] of OFTEN)
    it(`${code} is tried after 5 s, 15 s later, each minute for ${forMs / MINUTE_MS} minutes, then every 15`, () => {
      const tried = triedAt(running(), held(code), { toMs: forMs + HOUR_MS })
      assert.deepEqual(tried.slice(0, 4), [5, 20, 80, 140])
      const often = tried.filter((time) => time * SECOND_MS < forMs)
      const seldom = tried.slice(often.length)
      assert.deepEqual(new Set(gaps(often).slice(1)), new Set([60]))
      assert.equal(seldom[0]! - often.at(-1)!, 60)
      assert.deepEqual(gaps(seldom), [900, 900, 900])
    })

  it('is told with each turn whether the next is a quarter of an hour away', () => {
    const schedule = running()
    const hold = held('unauthorized')
    const seldom: boolean[] = []
    for (let atMs = 0; atMs <= HOUR_MS; atMs += schedule.waitMs([hold], atMs)) {
      schedule.see([hold], atMs)
      const turn = schedule.take(hold, atMs)
      if (turn !== undefined) seldom.push(turn.isSeldom)
    }
    // 5 s, 20 s, each minute of ten, then four of a quarter of an hour: the twelfth turn is the first with a long wait behind it.
    assert.equal(seldom.lastIndexOf(false), 10)
    assert.deepEqual(seldom.slice(11, 15), [true, true, true, true])
  })

  it('is not tried a moment before its time', () => {
    const schedule = running()
    const hold = held('not_judging')
    schedule.see([hold], 0)
    assert.equal(schedule.waitMs([hold], 0), 5_000)
    assert.equal(schedule.take(hold, 4_999), undefined)
    assert.equal(schedule.take(hold, 5_000)?.number, 0)
    assert.equal(schedule.take(hold, 5_000), undefined)
    assert.equal(schedule.take(hold, 20_000)?.number, 1)
  })

  it('is one of its own for each pixel and shape', () => {
    const schedule = running()
    const all = [held('x'), held('x', { shape: 'a' }), held('x', { shape: 'b' }), held('x', { pixel: 'other' })]
    schedule.see(all, 0)
    assert.deepEqual(
      all.map((hold) => schedule.take(hold, 5_000)?.number),
      [0, 0, 0, 0],
    )
  })
})

describe('at the start', () => {
  for (const [drawn, atMs] of [
    [0, 0],
    [0.5, 1_500],
    [0.999999, 3_000],
  ] as const)
    it(`a hold of before is tried ${atMs} ms after it where ${drawn} was drawn`, () => {
      const schedule = createHoldSchedule(0, () => drawn)
      const hold = held('unauthorized', { atMs: -24 * HOUR_MS })
      schedule.see([hold], 0)
      if (atMs > 0) assert.equal(schedule.take(hold, atMs - 1), undefined)
      assert.equal(schedule.take(hold, atMs)?.number, 0)
    })

  it('3,000 holds are spread over the first three seconds', () => {
    let drawn = 0
    const schedule = createHoldSchedule(0, () => drawn++ / 3_000)
    const all = Array.from({ length: 3_000 }, (_, at) => held('x', { shape: `s${at}`, atMs: -HOUR_MS }))
    schedule.see(all, 0)
    const inSecond = [1_000, 2_000, 3_000].map(
      (atMs) => all.filter((hold) => schedule.take(hold, atMs) !== undefined).length,
    )
    assert.deepEqual(inSecond, [1_001, 1_000, 999])
  })

  for (const [title, atMs] of [
    ['a moment', -SECOND_MS],
    ['eight days', -8 * 24 * HOUR_MS],
    ['less than nothing, by a clock that was wrong,', 8 * 24 * HOUR_MS],
  ] as const)
    it(`what was held for ${title} counts as new: no clock of before tells when it began`, () => {
      const schedule = createHoldSchedule(0, () => 0)
      const tried = triedAt(schedule, held('not_judging', { atMs }), { toMs: 3 * HOUR_MS })
      assert.deepEqual(tried.slice(0, 4), [0, 15, 75, 135])
      assert.equal(gaps(tried).indexOf(900), 2 + 120 - 1)
    })
})

describe('a hold that comes back', () => {
  /** Tried until then, lifted by the last try, and seen as lifted once. */
  const lifted = (forMs: number): { schedule: HoldSchedule; lastMs: number } => {
    const schedule = running()
    const lastMs = triedAt(schedule, held('not_judging'), { toMs: forMs }).at(-1)! * SECOND_MS
    schedule.see([], lastMs)
    return { schedule, lastMs }
  }

  it('goes on where it was: it waits for its next turn, and is not tried after 5 s again', () => {
    const { schedule, lastMs } = lifted(10 * MINUTE_MS)
    const fromMs = lastMs + 10 * SECOND_MS
    const tried = triedAt(schedule, held('not_judging', { atMs: fromMs }), { fromMs, toMs: fromMs + 5 * MINUTE_MS })
    assert.deepEqual(
      tried.map((time) => time - lastMs / SECOND_MS),
      [60, 120, 180, 240, 300],
    )
  })

  it('is tried as seldom as before where it lasted for two hours', () => {
    const { schedule, lastMs } = lifted(2 * HOUR_MS + MINUTE_MS)
    const fromMs = lastMs + 10 * SECOND_MS
    const tried = triedAt(schedule, held('not_judging', { atMs: fromMs }), { fromMs, toMs: fromMs + HOUR_MS })
    assert.deepEqual(gaps(tried), [900, 900, 900])
  })

  for (const [awayMs, isNew] of [
    [HOUR_MS - 1, false],
    [HOUR_MS, false],
    [HOUR_MS + 1, true],
  ] as const)
    it(`is ${isNew ? 'new' : 'the same'} after ${awayMs} ms`, () => {
      const { schedule, lastMs } = lifted(10 * MINUTE_MS)
      const backMs = lastMs + awayMs
      schedule.see([], backMs)
      const hold = held('not_judging', { atMs: backMs })
      schedule.see([hold], backMs)
      const turn = schedule.take(hold, backMs + 5_000)
      assert.equal(turn?.number === 0, isNew)
    })
})

describe('hastening', () => {
  it('makes those of one code due at once, and they go on from there', () => {
    const schedule = running()
    const [not, key] = [held('not_judging'), held('unauthorized', { pixel: 'other' })]
    schedule.see([not, key], 0)
    assert.deepEqual([schedule.take(not, 5_000)?.number, schedule.take(key, 5_000)?.number], [0, 0])
    schedule.hasten('not_judging', [not, key], 6_000)
    assert.deepEqual([schedule.take(not, 6_000)?.number, schedule.take(key, 6_000)], [1, undefined])
    assert.equal(schedule.take(not, 65_999), undefined)
    assert.equal(schedule.take(not, 66_000)?.number, 2)
  })

  it('passes over what was never seen', () => {
    const schedule = running()
    schedule.hasten('not_judging', [held('not_judging')], 0)
    assert.equal(schedule.take(held('not_judging'), 0), undefined)
  })
})

describe('how long to wait', () => {
  it('is until the first of all, a second at least, and long where nothing is held', () => {
    const schedule = running()
    const hold = held('x')
    schedule.see([hold], 0)
    assert.equal(schedule.waitMs([hold], 2_000), 3_000)
    assert.equal(schedule.waitMs([hold], 4_500), SECOND_MS)
    assert.equal(schedule.waitMs([hold], 9_000), SECOND_MS)
    assert.equal(schedule.waitMs([hold, held('new', { pixel: 'new' })], 0), SECOND_MS)
    assert.ok(schedule.waitMs([], 0) > 365 * 24 * HOUR_MS)
  })
})
