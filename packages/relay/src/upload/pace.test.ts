import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createPace } from './pace.ts'

test('the second batch waits for the time that the first one was worth', async () => {
  const pace = createPace(100, new AbortController().signal)
  const startedMs = performance.now()
  await pace(5)
  assert.ok(performance.now() - startedMs < 40, 'the first batch waited')
  await pace(5)
  // A timer may fire up to a millisecond early.
  assert.ok(performance.now() - startedMs >= 48, 'the second batch did not wait')
})

test('an interrupt ends the waiting, also one that came before it', async () => {
  const controller = new AbortController()
  const pace = createPace(0.001, controller.signal)
  await pace(1)
  const waiting = pace(1)
  controller.abort()
  await waiting
  await pace(1)
})

test('without a limit nothing waits', async () => {
  const pace = createPace(Number.POSITIVE_INFINITY, new AbortController().signal)
  for (let batch = 0; batch < 1_000; batch++) await pace(4_000)
})
