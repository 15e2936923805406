import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Learned, PASS_SERVES_MS } from './learned.ts'

const MAX_SHAPES = 1_000
const MAX_PASSES = 4_000

const learned = (): Learned => new Learned(10_000)

describe('what was learned of a pixel', () => {
  it('knows a shape of which an event passed, and not one of which only the canary did', () => {
    const known = learned()
    known.canaryPassed('b')
    known.eventPassed('a')
    assert.deepEqual(known.knownShapes, ['a'])
    assert.equal(known.isKnown('a'), true)
    assert.equal(known.isKnown('b'), false)
    known.forget('a')
    assert.equal(known.isKnown('a'), false)
    known.eventPassed('a')
    assert.equal(known.isKnown('a'), true)
  })

  for (const count of [MAX_SHAPES - 1, MAX_SHAPES, MAX_SHAPES + 1])
    it(`of ${count} shapes knows the last ${Math.min(count, MAX_SHAPES)}`, () => {
      const known = learned()
      for (let shape = 0; shape < count; shape++) known.eventPassed(`s${shape}`)
      assert.equal(known.knownShapes.length, Math.min(count, MAX_SHAPES))
      assert.equal(known.isKnown('s0'), count <= MAX_SHAPES)
      assert.equal(known.isKnown(`s${count - 1}`), true)
    })

  it('forgets the shape that passed longest ago, not the one that came first', () => {
    const known = learned()
    for (let shape = 0; shape < MAX_SHAPES; shape++) known.eventPassed(`s${shape}`)
    known.eventPassed('s0')
    known.eventPassed('new')
    assert.deepEqual([known.isKnown('s0'), known.isKnown('s1')], [true, false])
  })

  interface Passed {
    readonly shape: boolean
    readonly other: boolean
    readonly event: boolean
    readonly any: boolean
  }
  const PASSES: readonly (readonly [title: string, pass: (known: Learned) => void, expected: Passed])[] = [
    ['nothing', () => {}, { shape: false, other: false, event: false, any: false }],
    ['an event of it', (known) => known.eventPassed('a'), { shape: true, other: false, event: true, any: true }],
    ['its canary', (known) => known.canaryPassed('a'), { shape: true, other: false, event: false, any: true }],
    ['an event of another', (known) => known.eventPassed('b'), { shape: false, other: true, event: true, any: true }],
    [
      'the least canary',
      (known) => known.canaryPassed(undefined),
      { shape: false, other: false, event: false, any: true },
    ],
  ]
  for (const [title, pass, expected] of PASSES)
    it(`passed since a moment: ${title}`, () => {
      const known = learned()
      known.eventPassed('a')
      known.eventPassed('b')
      const moment = known.now()
      pass(known)
      const since = {
        shape: known.shapePassedSince('a', moment),
        other: known.shapePassedSince('b', moment),
        event: known.eventPassedSince(moment),
        any: known.passedSince(moment),
      }
      assert.deepEqual(since, expected)
    })

  it('what passed before a moment did not pass after it', () => {
    const known = learned()
    known.eventPassed('a')
    const moment = known.now()
    assert.equal(known.shapePassedSince('a', moment), false)
    assert.equal(known.shapePassedSince('a', moment - 2), true)
  })

  for (const [agoMs, serves] of [
    [PASS_SERVES_MS - 1, true],
    [PASS_SERVES_MS, true],
    [PASS_SERVES_MS + 1, false],
  ] as const)
    for (const passed of ['eventPassed', 'canaryPassed'] as const)
      it(`what passed ${agoMs} ms ago ${serves ? 'still serves' : 'serves no longer'} its shape: ${passed}`, () => {
        let nowMs = 5_000
        const known = new Learned(10_000, () => nowMs)
        const moment = known.now()
        known[passed]('a')
        nowMs += agoMs
        assert.deepEqual([known.shapePassedSince('a', moment), known.shapePassedAt('a') > 0], [serves, serves])
      })

  it('counts failures until anything passes', () => {
    const known = learned()
    assert.deepEqual([known.failed(), known.failed()], [1, 2])
    known.canaryPassed(undefined)
    assert.equal(known.failed(), 1)
    known.eventPassed('a')
    assert.equal(known.failed(), 1)
  })

  it('counts the events of a shape that are refused in a row until one of it passes', () => {
    const known = learned()
    assert.deepEqual([known.refused('a', 1), known.refused('b', 2), known.refused('a', 3)], [1, 1, 2])
    assert.equal(known.refused('a', 1), 2, 'the same event again')
    known.refusedForGood('a')
    assert.deepEqual(known.streakOf('a'), { length: 2, refused: 1 })
    known.canaryPassed('a')
    known.eventPassed('b')
    assert.deepEqual(known.streakOf('a'), { length: 2, refused: 1 })
    known.eventPassed('a')
    assert.deepEqual(known.streakOf('a'), { length: 0, refused: 0 })
    known.refused('b', 4)
    known.endStreak('b')
    assert.equal(known.streakOf('b').length, 0)
  })

  it('has no streak where only an end was told', () => {
    const known = learned()
    known.refusedForGood('a')
    assert.deepEqual(known.streakOf('a'), { length: 0, refused: 0 })
  })

  it('keeps no more streaks and passes than a batch can need', () => {
    const known = learned()
    for (let shape = 0; shape <= MAX_PASSES; shape++) {
      known.canaryPassed(`s${shape}`)
      known.refused(`s${shape}`, 1)
    }
    assert.deepEqual([known.shapePassedSince('s0', 0), known.shapePassedSince('s1', 0)], [false, true])
    assert.deepEqual([known.streakOf('s0').length, known.streakOf('s1').length], [0, 1])
  })

  it('trusts the names of the API until it is told otherwise', () => {
    assert.equal(learned().trust.names, true)
  })

  for (const [nowMs, isMixed] of [
    [999, true],
    [1_000, false],
    [1_001, false],
  ] as const)
    it(`a shape that is mixed until 1000 is ${isMixed ? '' : 'not '}so at ${nowMs}`, () => {
      const known = learned()
      known.noteMixed('a', 1_000)
      assert.equal(known.isMixed('a', nowMs), isMixed)
      assert.equal(known.isMixed('b', nowMs), false)
    })

  it('learns the limit of a body, and begins anew with another setting', () => {
    const known = learned()
    known.bodyWasTooLarge(8_000)
    assert.equal(known.maxBodyBytes, 4_400)
    for (let body = 0; body < 40; body++) known.bodyPassed(2_000)
    assert.equal(known.maxBodyBytes, 10_000)
    assert.equal(known.body.passedBytes, 2_000)
    known.bodyWasTooLarge(8_000)
    known.setMaxBodyBytes(20_000)
    assert.deepEqual(known.body, { limitBytes: 20_000, passedBytes: 0, passes: 0 })
  })

  it('goes on with what another has learned: names, size, shapes; streaks begin anew', () => {
    const before = learned()
    before.eventPassed('a')
    before.eventPassed('b')
    before.trust.names = false
    before.bodyPassed(3_000)
    before.bodyWasTooLarge(8_000)
    const after = learned()
    after.eventPassed('mine')
    after.refused('c', 1)
    after.recall(before.note())
    after.recallShapes(before.knownShapes)
    assert.deepEqual(after.knownShapes, ['a', 'b'])
    after.recallShapes(Array.from({ length: MAX_SHAPES + 1 }, (_, at) => `${at}`))
    assert.deepEqual([after.knownShapes.length, after.knownShapes[0]], [MAX_SHAPES, '1'], 'the newest')
    assert.equal(after.trust.names, false)
    assert.equal(after.maxBodyBytes, before.maxBodyBytes)
    assert.equal(after.streakOf('c').length, 0)
    const smaller = new Learned(2_000)
    smaller.recall(before.note())
    assert.equal(smaller.maxBodyBytes, 2_000)
  })
})
