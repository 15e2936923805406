import assert from 'node:assert/strict'
import { test } from 'node:test'
import { endAs, NOW, PIXEL, refusedEvent } from '../store/conformance/harness.ts'
import type { Selection, Store } from '../store/index.ts'
import { memoryStore } from '../store/memory/index.ts'
import { type ReplayParts, replayEvents } from './replay.ts'

const BY = { by: 'test', nowMs: NOW + 10_000 }

/** Three events that the API refused a millisecond apart, and as many that intake did. */
async function withRefused(kind: 'by the API' | 'at intake'): Promise<{ store: Store; parts: ReplayParts }> {
  const store = memoryStore()
  for (const [at, id] of ['before', 'at', 'after'].entries()) {
    const nowMs = NOW + at
    if (kind === 'by the API') await endAs(store, 'refused', [id], { nowMs })
    else await store.accept([refusedEvent(id, { shape: '' })], nowMs)
  }
  // Whatever is judged anew is taken now.
  return { store, parts: { store, rejudge: async () => true } }
}

/** Replayed: what ended at that moment or later. */
const SINCE: readonly (readonly [sinceMs: number, replayed: number])[] = [
  [NOW, 3],
  [NOW + 1, 2],
  [NOW + 2, 1],
  [NOW + 3, 0],
]

for (const kind of ['by the API', 'at intake'] as const) {
  for (const [sinceMs, replayed] of SINCE) {
    test(`a replay of what was refused ${kind} since ${sinceMs - NOW} ms takes ${replayed}, and says so before`, async () => {
      const { parts } = await withRefused(kind)
      const selection: Selection = { pixel: PIXEL, state: 'refused', sinceMs }
      const told = await replayEvents(parts, selection, { ...BY, dryRun: true })
      assert.deepEqual(told, { replayed, stillRefused: 0 })
      assert.deepEqual(await replayEvents(parts, selection, { ...BY, dryRun: false }), told)
    })
  }
}

/** At most so many, the newest first. */
for (const limit of [1, 2, 3, 4]) {
  test(`a replay of what intake refused takes at most ${limit}`, async () => {
    const { parts } = await withRefused('at intake')
    const call = { ...BY, dryRun: false, limit }
    const { replayed } = await replayEvents(parts, { pixel: PIXEL, state: 'refused' }, call)
    assert.equal(replayed, Math.min(limit, 3))
  })
}
