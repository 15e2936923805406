import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Counts } from '../store/index.ts'
import { QueueBound } from './queue-bound.ts'

test('the queue is full at its bound, counted anew after a while and added to in between', async () => {
  let nowMs = 0
  let queued = 8
  let asked = 0
  const counts = async (): Promise<Counts> => {
    asked += 1
    return { queued, sending: 1, held: 0 } as Counts
  }
  const bound = new QueueBound({ counts, maxQueuedEvents: () => 10, monotonic: () => nowMs })
  assert.equal(await bound.isFull(), false)
  bound.add(1)
  assert.equal(await bound.isFull(), true)
  assert.equal(asked, 1)
  queued = 5
  nowMs = 101
  assert.equal(await bound.isFull(), false)
  assert.equal(asked, 2)
})

test('who asks while it is counted waits for the same count', async () => {
  let asked = 0
  let tell = (_: Counts): void => {}
  const counts = (): Promise<Counts> => {
    asked += 1
    return new Promise((resolve) => {
      tell = resolve
    })
  }
  const bound = new QueueBound({ counts, maxQueuedEvents: () => 10, monotonic: () => 0 })
  const answers = Promise.all([bound.isFull(), bound.isFull(), bound.isFull()])
  tell({ queued: 10, sending: 0, held: 0 } as Counts)
  assert.deepEqual(await answers, [true, true, true])
  assert.equal(asked, 1)
})
