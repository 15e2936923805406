import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createEmulator } from '@waybill/emulator'
import { pixelConfig } from '../engine/virtual-engine.helpers.ts'
import { newEvents } from '../store/conformance/harness.ts'
import { memoryStore } from '../store/memory/index.ts'
import { createDurableSender } from './durable-sender.ts'

const NOW_MS = Date.UTC(2026, 2, 19, 4)
/** What is discarded in one step. */
const PAGE = 1_000

const LEFT: readonly number[] = [0, 1, PAGE - 1, PAGE, PAGE + 1, 2 * PAGE, 2 * PAGE + 1]

for (const left of LEFT) {
  /**
   * - an earlier run left so many events undelivered, and another pixel has one that waits
   * - the next run, whose file has none of them, discards all of its pixel at the start and sends nothing
   */
  test(`what an earlier run left is discarded, all ${left} of it, and nothing of it is sent`, async (context) => {
    const store = memoryStore()
    const emulator = createEmulator({ now: () => NOW_MS })
    const ids = Array.from({ length: left }, (_, at) => `left_${at}`)
    await store.accept(newEvents(ids, { pixel: 'px', timestampMs: NOW_MS - 60_000 }), NOW_MS)
    await store.accept(newEvents(['of another'], { pixel: 'px_2', timestampMs: NOW_MS - 60_000 }), NOW_MS)
    let requests = 0
    const sender = await createDurableSender({
      store,
      pixel: pixelConfig(),
      now: () => NOW_MS,
      source: 'test',
      fetch: (input, init) => {
        requests += 1
        return emulator.fetch(input, init)
      },
    })
    context.after(() => sender.close?.())
    const { discarded, queued, sending } = await store.counts()
    assert.deepEqual([discarded, queued, sending], [left, 1, 0])
    assert.equal(requests, 0)
  })
}
