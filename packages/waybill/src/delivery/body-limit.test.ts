import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  type BodyLimit,
  bodyPassed,
  bodyWasTooLarge,
  canBeTooLarge,
  SURELY_SMALL_BYTES,
  startBodyLimit,
} from './body-limit.ts'

const SETTING = 1_000_000

const passing = (limit: BodyLimit, times: number, bytes: number = limit.limitBytes): BodyLimit => {
  let next = limit
  for (let time = 0; time < times; time++) next = bodyPassed(next, bytes, SETTING)
  return next
}
const fallen = (): BodyLimit => bodyWasTooLarge(startBodyLimit(SETTING), 400_000)

describe('the limit of a body', () => {
  it('is what the pixel is set to until something is too large', () => {
    assert.equal(startBodyLimit(SETTING).limitBytes, SETTING)
    assert.equal(passing(startBodyLimit(SETTING), 100).limitBytes, SETTING)
  })

  it('falls to a little more than half of what was too large', () => {
    assert.deepEqual(fallen(), { limitBytes: 220_000, passedBytes: 0, passes: 0 })
  })

  for (const [passes, limitBytes] of [
    [19, 220_000],
    [20, 440_000],
    [21, 440_000],
    [39, 440_000],
    [40, 880_000],
    [60, SETTING],
  ] as const)
    it(`is ${limitBytes} after ${passes} bodies that passed`, () => {
      assert.equal(passing(fallen(), passes, 100_000).limitBytes, limitBytes)
    })

  for (const before of [19, 20])
    it(`counts from nothing when one is too large after ${before} passes`, () => {
      const again = bodyWasTooLarge(passing(fallen(), before, 100_000), 200_000)
      assert.equal(again.passes, 0)
      assert.equal(passing(again, 19, 50_000).limitBytes, again.limitBytes)
    })

  it('does not fall below what passed, where something larger was too large', () => {
    const limit = bodyWasTooLarge(bodyPassed(startBodyLimit(SETTING), 350_000, SETTING), 400_000)
    assert.equal(limit.limitBytes, 350_000)
  })

  it('falls below what passed where that itself is too large now', () => {
    const limit = bodyWasTooLarge(bodyPassed(startBodyLimit(SETTING), 400_000, SETTING), 400_000)
    assert.equal(limit.limitBytes, 220_000)
  })

  for (const [bytes, limitBytes] of [
    [1_817, 1_000],
    [1_819, 1_000],
    [1_820, 1_001],
    [1, 1_000],
  ] as const)
    it(`is ${limitBytes} after one of ${bytes} was too large: 1,000 is the least`, () => {
      assert.equal(bodyWasTooLarge(startBodyLimit(SETTING), bytes).limitBytes, limitBytes)
    })

  it('lies between what passed and what was too large, and never above the setting, whatever comes', () => {
    const answers = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 2_000, max: SETTING })), { maxLength: 120 })
    fc.assert(
      fc.property(answers, (list) => {
        let limit = startBodyLimit(SETTING)
        for (const [passed, bytes] of list) {
          const before = limit
          limit = passed ? bodyPassed(limit, bytes, SETTING) : bodyWasTooLarge(limit, bytes)
          assert.ok(limit.limitBytes <= SETTING)
          if (passed) assert.ok(limit.limitBytes >= before.limitBytes)
          else assert.ok(limit.limitBytes < bytes && limit.limitBytes <= before.limitBytes)
          if (!passed && before.passedBytes < bytes)
            assert.ok(limit.limitBytes >= Math.min(before.passedBytes, before.limitBytes))
        }
      }),
    )
  })

  it('finds any real limit, goes on trying, and sends no body above it for long', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2_000, max: SETTING }), (realBytes) => {
        let limit = startBodyLimit(SETTING)
        let tooLarge = 0
        for (let body = 0; body < 400; body++) {
          const isTooLarge = limit.limitBytes > realBytes
          if (isTooLarge) tooLarge += 1
          limit = isTooLarge ? bodyWasTooLarge(limit, limit.limitBytes) : bodyPassed(limit, limit.limitBytes, SETTING)
        }
        assert.ok(limit.passedBytes > realBytes * 0.5, `${limit.passedBytes} of ${realBytes}`)
        assert.ok(tooLarge <= 12 + 2 * (400 / 20), `${tooLarge} bodies were too large`)
      }),
    )
  })
})

describe('one event that is too large', () => {
  for (const [bytes, passedBytes, can] of [
    [SURELY_SMALL_BYTES - 1, 0, false],
    [SURELY_SMALL_BYTES, 0, false],
    [SURELY_SMALL_BYTES + 1, 0, true],
    [100_000, 99_999, true],
    [100_000, 100_000, false],
    [100_000, 100_001, false],
  ] as const)
    it(`of ${bytes} bytes where ${passedBytes} passed ${can ? 'can be at fault' : 'is not'}`, () => {
      assert.equal(canBeTooLarge({ limitBytes: SETTING, passedBytes, passes: 0 }, bytes), can)
    })
})
