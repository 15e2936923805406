import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { runPlan } from './plan.cases.ts'
import { createSystemicWatch, PROBES_THAT_DECIDE, STREAK_THAT_ALARMS, spread } from './systemic.ts'
import type { Reason } from './verdict.ts'

const reason = (code: string, path: string = 'id'): Reason => ({ code, message: 'no', path })
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, step) => from + step)
const everyone = (count: number): Set<number> => new Set(range(0, count))

describe('createSystemicWatch', () => {
  it('alarms at the eighth refusal alike in code and path, not at the seventh', () => {
    const watch = createSystemicWatch<number>()
    for (const item of range(0, STREAK_THAT_ALARMS - 1)) watch.refused('s', { item, reason: reason('a') })
    assert.equal(watch.isAlarming('s'), false)
    watch.refused('s', { item: 99, reason: reason('a') })
    assert.equal(watch.isAlarming('s'), true)
    assert.equal(watch.isAlarming('another shape'), false)
  })
  for (const other of [reason('b'), reason('a', 'data.amount')]) {
    it(`starts anew at a refusal for ${other.code} at ${other.path}, and gives the earlier ones free to be refused`, () => {
      const watch = createSystemicWatch<number>()
      watch.refused('s', { item: 1, reason: reason('a') })
      const cleared = watch.refused('s', { item: 2, reason: other })
      assert.deepEqual(
        cleared.map(({ item }) => item),
        [1],
      )
      assert.equal(watch.isSuspect(1), false)
      assert.equal(watch.isSuspect(2), true)
    })
  }
  it('gives the suspects free when something of their shape passes', () => {
    const watch = createSystemicWatch<number>()
    for (const item of range(0, 9)) watch.refused('s', { item, reason: reason('a') })
    assert.deepEqual(
      watch.passed('s').map(({ item }) => item),
      range(0, 9),
    )
    assert.equal(watch.isAlarming('s'), false)
  })
  it('refuses nobody of a shape that is held, until something of it passes', () => {
    const watch = createSystemicWatch<number>()
    watch.refused('s', { item: 1, reason: reason('a') })
    assert.deepEqual(
      watch.hold('s').map(({ item }) => item),
      [1],
    )
    assert.equal(watch.isHeld('s'), true)
    watch.passed('s')
    assert.equal(watch.isHeld('s'), false)
  })
})

describe('spread', () => {
  it('chooses members evenly, without the ends', () => {
    assert.deepEqual(spread(range(0, 100), 4), [20, 40, 60, 80])
    assert.deepEqual(spread(range(0, 4), 4), [0, 1, 2, 3])
  })
})

describe('a shape of which everything is refused for one reason', () => {
  const same = (): string => 'same'
  for (const naming of ['all', 'first', 'none', 'wrong'] as const) {
    it(`is stopped after fewer than 40 requests and none is called refused (names: ${naming})`, () => {
      const { requests, settled } = runPlan({ count: 1_000, bad: everyone(1_000), naming, codeOf: same })
      assert.ok(requests < 40, `${requests} requests`)
      assert.equal(settled.size, 1_000)
      assert.deepEqual(new Set([...settled.values()].map(({ kind }) => kind)), new Set(['unexplained']))
    })
  }

  it('takes no other shape with it', () => {
    const shapeOf = (item: number): string => (item % 2 === 0 ? 'broken' : 'sound')
    const bad = new Set(range(0, 200).filter((item) => item % 2 === 0))
    const { settled } = runPlan({ count: 200, bad, shapeOf, codeOf: same })
    for (const item of range(0, 200)) assert.equal(settled.get(item)?.kind, bad.has(item) ? 'unexplained' : 'delivered')
  })

  const tail = STREAK_THAT_ALARMS + PROBES_THAT_DECIDE
  for (const [count, kind] of [
    [tail - 1, 'refused'],
    [tail, 'unexplained'],
    [tail + 1, 'unexplained'],
  ] as const) {
    it(`of ${count} events is ${kind}: eight and four more must have failed`, () => {
      const { settled } = runPlan({ count, bad: everyone(count), codeOf: same })
      assert.deepEqual(new Set([...settled.values()].map((settlement) => settlement.kind)), new Set([kind]))
    })
  }
})

describe('eight refusals alike in a row', () => {
  it('are refused when one of four more passes', () => {
    const bad = new Set(range(0, 8))
    const { settled } = runPlan({ count: 100, bad, codeOf: () => 'same' })
    for (const item of range(0, 100)) assert.equal(settled.get(item)?.kind, bad.has(item) ? 'refused' : 'delivered')
  })
  it('for reasons that differ alarm nobody', () => {
    const { settled } = runPlan({ count: 60, bad: everyone(60) })
    assert.deepEqual(new Set([...settled.values()].map(({ kind }) => kind)), new Set(['refused']))
  })
})
