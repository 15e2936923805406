import assert from 'node:assert/strict'
import type { Probe } from '../index.ts'
import {
  idsOf,
  leaseAll,
  MINUTE,
  NOW,
  newEvent,
  newEvents,
  PIXEL,
  requestOf,
  rowsOf,
  type StoreCase,
} from './harness.ts'

const query = { pixel: PIXEL, limit: 1, nowMs: NOW, leaseMs: MINUTE }
const hold = { code: 'unauthorized', message: 'The key is not accepted.', atMs: NOW, by: 'relay' }

export const PROBES: readonly StoreCase[] = [
  {
    name: 'a probe takes the oldest, the newest or one between, passing over what is leased, and the queue stays as it was',
    async run(store) {
      const minutes = [10, 11, 12, 14, 15, 20]
      await store.accept(
        minutes.map((minute, index) =>
          newEvent(`m${minute}`, { timestampMs: minute * MINUTE, shape: `s${index % 2}` }),
        ),
        NOW,
      )
      await store.holdPixel(PIXEL, hold)
      const probe = async (order: Probe['order'], more: object = {}): Promise<string[]> =>
        idsOf(await store.lease({ ...query, probe: { ...(order && { order }) }, ...more }))
      assert.deepEqual(await probe('between'), ['m15'], 'the middle between 10 and 20')
      assert.deepEqual(await probe('newest'), ['m20'])
      assert.deepEqual(await probe('between'), ['m12'], 'the middle between 10 and 14')
      assert.deepEqual(await probe('newest', { timestampBeforeMs: 14 * MINUTE }), ['m11'])
      assert.deepEqual(await probe('newest', { shapes: ['s0'] }), ['m10'])
      assert.deepEqual(await probe(undefined), ['m14'])
      assert.deepEqual(await probe('between'), [])
      await store.resumePixel(PIXEL, { by: 'ann', nowMs: NOW })
      assert.equal((await store.counts()).sending, minutes.length)
    },
  },
  {
    name: 'within a minute a probe goes by arrival, and what it leaves is leased in the order of before',
    async run(store) {
      await store.accept(newEvents(['a', 'b', 'c', 'd', 'e'], { timestampMs: 7 * MINUTE }), NOW)
      const between = await store.lease({ ...query, probe: { order: 'between' } })
      assert.deepEqual(idsOf(between), ['c'])
      const newest = await store.lease({ ...query, limit: 2, probe: { order: 'newest' } })
      assert.deepEqual(idsOf(newest), ['d', 'e'])
      await store.release(newest!.token)
      assert.deepEqual(idsOf(await leaseAll(store)), ['a', 'b', 'd', 'e'])
      await store.release(between!.token)
      assert.deepEqual(idsOf(await leaseAll(store)), ['c'])
    },
  },
  {
    name: 'a probe for what was never sent passes over what a request carried, what ended once, and what came before the start',
    async run(store, harness) {
      await store.accept(newEvents(['before the start'], { timestampMs: 1 }), NOW)
      await store.close()
      const again = await harness.open()
      await again.accept(newEvents(['sent'], { timestampMs: 2 }), NOW)
      const sent = await leaseAll(again, { timestampBeforeMs: 3, limit: 2 })
      await again.recordRequest(requestOf(rowsOf(sent), { status: 400 }))
      await again.release(sent.token)
      await again.accept([newEvent('replayed', { timestampMs: 3 }), newEvent('validated', { timestampMs: 4 })], NOW)
      const [replayed] = await again.show('replayed')
      await again.discard({ rows: [replayed!.row] }, { by: 'ann', nowMs: NOW, reason: 'a mistake' })
      await again.replay({ rows: [replayed!.row] }, { by: 'ann', nowMs: NOW })
      const [validated] = await again.show('validated')
      await again.recordRequest(requestOf([validated!.row], { validateOnly: true }))
      const probe = { neverSent: true } as const
      assert.deepEqual(idsOf(await again.lease({ ...query, limit: 10, probe })), ['validated'])
      assert.equal(await again.lease({ ...query, limit: 10, probe: { ...probe, order: 'newest' } }), undefined)
      assert.deepEqual(idsOf(await leaseAll(again)), ['before the start', 'sent', 'replayed'])
      await again.close()
    },
  },
  {
    name: 'an event may be stored after an ambiguous request or a 200, through replays too, and after every start',
    async run(store, harness) {
      const requests = {
        ambiguous: { status: undefined, ambiguous: true },
        counted: { status: 200 },
        refused: { status: 400 },
        busy: { status: 503 },
        validated: { status: 200, validateOnly: true },
      }
      await store.accept(newEvents([...Object.keys(requests), 'replayed', 'unsent']), NOW)
      const { token, events } = await leaseAll(store)
      const rowOf = (id: string): number => events.find((event) => event.id === id)!.row
      for (const [id, about] of Object.entries(requests)) await store.recordRequest(requestOf([rowOf(id)], about))
      const refused = { to: 'refused', rows: [rowOf('replayed')], code: 'bad', message: 'bad' } as const
      const request = requestOf([rowOf('replayed'), rowOf('ambiguous')], { status: 502, ambiguous: true })
      await store.settle({ token, settlements: [refused], request, nowMs: NOW })
      await store.replay({ rows: [rowOf('replayed')] }, { by: 'ann', nowMs: NOW })
      await store.release(token)
      const stored = await leaseAll(store)
      const ids = stored.events.filter(({ mayBeStored }) => mayBeStored).map(({ id }) => id)
      assert.deepEqual(ids, ['ambiguous', 'counted', 'replayed'])
      await store.close()
      const again = await harness.open()
      await again.accept(newEvents(['new']), NOW)
      const after = await leaseAll(again)
      assert.deepEqual(
        after.events.filter(({ mayBeStored }) => !mayBeStored).map(({ id }) => id),
        ['new'],
      )
      await again.close()
    },
  },
]
