import assert from 'node:assert/strict'
import { it } from 'node:test'
import { DAYS_BEFORE, FIRST_MS, factsOf, makeWorld, QUIET_DAYS } from './shop-days.helpers.ts'
import { DAY_MS, sameLocalTime } from './steps.ts'
import { verdictOf } from './verdict.ts'

/** 28 days with their weekends, a holiday on which 45% fewer come, and the end of summer time; 300 pixels of 5 to 50,000 events a day. */
it('says nothing false on 28 quiet days of 300 pixels', () => {
  const world = makeWorld({ seed: 1 })
  const said = Array.from({ length: QUIET_DAYS }, (_, day) => {
    const untilMs = FIRST_MS + (DAYS_BEFORE + day + 1) * DAY_MS
    const { causes, enoughDays } = verdictOf(factsOf(world, { fromMs: untilMs - DAY_MS, untilMs }))
    return [day, enoughDays, causes.map(({ kind, pixel, source }) => `${kind} ${pixel} ${source}`)]
  })
  assert.deepEqual(
    said,
    Array.from({ length: QUIET_DAYS }, (_, day) => [day, true, []]),
  )
})

it('says that there are not enough days yet, and nothing of fewer, before three weeks are over', () => {
  const world = makeWorld({ seed: 2, pixels: 20, days: 21 })
  for (const { accepted, refused } of world.streams)
    for (const column of [accepted, refused]) column.fill(0, 20 * 96 + 40)
  const untilMs = FIRST_MS + 21 * DAY_MS
  const { causes, enoughDays } = verdictOf(factsOf(world, { fromMs: untilMs - DAY_MS, untilMs }))
  assert.deepEqual([causes, enoughDays], [[], false])
})

it('finds the same weekday and hour when the clocks change between', () => {
  const noon = Date.UTC(2026, 9, 26, 11)
  assert.equal(sameLocalTime(noon, 1, 'Europe/Berlin'), Date.UTC(2026, 9, 19, 10))
  assert.equal(sameLocalTime(noon, 1, 'UTC'), Date.UTC(2026, 9, 19, 11))
})
