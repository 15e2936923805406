import assert from 'node:assert/strict'
import { idsOf, leaseAll, MINUTE, NOW, newEvent, PIXEL, type StoreCase } from './harness.ts'

const reason = { code: 'event_timestamp_too_old', message: 'The window closed.' }
const hold = { code: 'unauthorized', message: 'The key is not accepted.', atMs: NOW, by: 'relay' }

export const AGEING: readonly StoreCase[] = [
  {
    name: 'what waits, is not due or is held expires at its time; what is under way is left to its holder',
    async run(store) {
      const old = { timestampMs: 99 }
      await store.accept(
        [
          newEvent('sending', { timestampMs: 1 }),
          newEvent('waiting', old),
          newEvent('undue', { ...old, dueMs: NOW + MINUTE }),
          newEvent('young', { timestampMs: 100 }),
          newEvent('held', { ...old, pixel: 'px_2' }),
          newEvent('shape', { ...old, shape: 'x' }),
        ],
        NOW,
      )
      await store.holdPixel('px_2', hold)
      await store.holdShape(PIXEL, 'x', hold)
      const lease = await leaseAll(store, { limit: 1 })
      assert.deepEqual(idsOf(lease), ['sending'])
      const expired = await store.expire({ timestampBeforeMs: 100, nowMs: NOW + 1, limit: 10, ...reason })
      assert.deepEqual(expired.map(({ id }) => id).sort(), ['held', 'shape', 'undue', 'waiting'])
      const [account] = await store.show('held')
      const { state, code, message, endedMs, wire } = account ?? {}
      assert.deepEqual({ state, code, message, endedMs }, { state: 'expired', ...reason, endedMs: NOW + 1 })
      assert.equal(wire, newEvent('held').wire)
      await store.release(lease.token)
      assert.deepEqual(idsOf(await leaseAll(store)), ['sending', 'young'])
    },
  },
  {
    name: 'events expire in bounded batches until none is left',
    async run(store) {
      const ids = Array.from({ length: 25 }, (_, index) => `e${index}`)
      await store.accept(
        ids.map((id, index) => newEvent(id, { shape: `s${index % 3}`, timestampMs: index })),
        NOW,
      )
      const sizes: number[] = []
      const seen: string[] = []
      for (;;) {
        const batch = await store.expire({ timestampBeforeMs: 20, nowMs: NOW, limit: 8, ...reason })
        if (batch.length === 0) break
        sizes.push(batch.length)
        seen.push(...batch.map(({ id }) => id))
      }
      assert.deepEqual(sizes, [8, 8, 4])
      assert.deepEqual(seen.sort(), ids.slice(0, 20).sort())
      assert.equal((await store.counts()).queued, 5)
    },
  },
  {
    name: 'an expired event tells whose it was',
    async run(store) {
      const [accepted] = await store.accept([newEvent('a', { name: 'custom:x', timestampMs: 5 })], NOW)
      const expired = await store.expire({ timestampBeforeMs: 6, nowMs: NOW, limit: 1, ...reason })
      const about = { row: accepted?.row, pixel: PIXEL, name: 'custom:x', id: 'a', timestampMs: 5 }
      assert.deepEqual(expired, [{ ...about, ...reason }])
    },
  },
  {
    name: 'what will expire is counted per pixel before it does',
    async run(store) {
      const at = (id: string, timestampMs: number, pixel = PIXEL): ReturnType<typeof newEvent> =>
        newEvent(id, { timestampMs, pixel, shape: id })
      await store.accept([at('a', 10), at('b', 11), at('c', 20), at('d', 15, 'px_2'), at('e', 9)], NOW)
      const expiring = await store.expiring({ fromMs: 10, beforeMs: 20, limit: 100 })
      assert.deepEqual(
        expiring.toSorted((x, y) => x.pixel.localeCompare(y.pixel)),
        [
          { pixel: PIXEL, events: 2, oldestTimestampMs: 10 },
          { pixel: 'px_2', events: 1, oldestTimestampMs: 15 },
        ],
      )
      const minutes = [newEvent('f', { timestampMs: 2 * MINUTE + 5 }), newEvent('g', { timestampMs: 3 * MINUTE + 5 })]
      await store.accept(minutes, NOW)
      const over = async (fromMs: number, beforeMs: number): Promise<number[]> =>
        (await store.expiring({ fromMs, beforeMs, limit: 100 })).flatMap((part) => [
          part.events,
          part.oldestTimestampMs,
        ])
      assert.deepEqual(await over(MINUTE, 4 * MINUTE), [2, 2 * MINUTE + 5])
      assert.deepEqual(await over(2 * MINUTE + 5, 3 * MINUTE + 5), [1, 2 * MINUTE + 5])
      assert.deepEqual(await over(2 * MINUTE + 6, 3 * MINUTE + 6), [1, 3 * MINUTE + 5])
      assert.deepEqual(await over(2 * MINUTE + 6, 3 * MINUTE + 5), [])
      const capped = await store.expiring({ fromMs: 0, beforeMs: 100, limit: 2 })
      assert.equal(capped.find(({ pixel }) => pixel === PIXEL)?.events, 2)
    },
  },
]
