import assert from 'node:assert/strict'
import { test } from 'node:test'
import { untilAborted } from './until-aborted.ts'

async function* numbers(upTo: number): AsyncGenerator<number> {
  for (let number = 1; number <= upTo; number++) yield number
}

async function collected<T>(source: AsyncIterable<T>, onEach: (value: T) => void = () => {}): Promise<T[]> {
  const values: T[] = []
  for await (const value of source) {
    values.push(value)
    onEach(value)
  }
  return values
}

test('everything passes while nobody interrupts', async () => {
  assert.deepEqual(await collected(untilAborted(numbers(3), new AbortController().signal)), [1, 2, 3])
})

test('an interrupt ends it at once, also while the source gives nothing', async () => {
  const controller = new AbortController()
  async function* stalling(): AsyncGenerator<number> {
    yield 1
    queueMicrotask(() => controller.abort())
    await new Promise(() => {})
  }
  assert.deepEqual(await collected(untilAborted(stalling(), controller.signal)), [1])
  assert.deepEqual(await collected(untilAborted(numbers(3), controller.signal)), [])
})

test('a fault of the source passes on', async () => {
  const broken = (async function* (): AsyncGenerator<number> {
    yield 1
    throw new Error('broke off')
  })()
  await assert.rejects(collected(untilAborted(broken, new AbortController().signal)), /broke off/)
})

test('the source is told when its reader has had enough', async () => {
  let ended = false
  async function* source(): AsyncGenerator<number> {
    try {
      yield* numbers(10)
    } finally {
      ended = true
    }
  }
  for await (const number of untilAborted(source(), new AbortController().signal)) if (number === 2) break
  await new Promise((resolve) => setImmediate(resolve))
  assert.ok(ended)
})
