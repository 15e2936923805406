import assert from 'node:assert/strict'
import type { Store, Suspicion } from '../index.ts'
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

const query = { pixel: PIXEL, limit: 10, nowMs: NOW, leaseMs: MINUTE }
const hold = { code: 'unauthorized', message: 'The key is not accepted.', atMs: NOW, by: 'relay' }
const by = { by: 'ann', nowMs: NOW + 1 }

const suspicion: Suspicion = {
  kind: 'refused',
  times: 1,
  firstMs: NOW,
  code: 'invalid_event',
  message: 'The API refused it once.',
}

/** Leases events by id and sets them apart. */
async function suspect(
  store: Store,
  ids: readonly string[],
  { dueMs = NOW, why = suspicion, pixel = PIXEL }: { dueMs?: number; why?: Suspicion; pixel?: string } = {},
): Promise<number[]> {
  const { token, events } = await leaseAll(store, { pixel })
  const rows = events.filter(({ id }) => ids.includes(id)).map(({ row }) => row)
  await store.settle({ token, settlements: [{ to: 'queued', rows, dueMs, suspicion: why }], nowMs: NOW })
  await store.release(token)
  return rows
}

export const SUSPICIONS: readonly StoreCase[] = [
  {
    name: 'what waits for a time that no right clock can have set is brought forward, apart or not; what waits for its own time is not',
    async run(store) {
      const ahead = newEvent('ahead', { timestampMs: NOW + 30 * MINUTE, dueMs: NOW + 21 * MINUTE })
      const late = newEvent('late', { dueMs: NOW + 21 * MINUTE })
      const soon = newEvent('soon', { dueMs: NOW + 20 * MINUTE })
      await store.accept([...newEvents(['a', 'b']), ahead, late, soon], NOW)
      await suspect(store, ['a'], { dueMs: NOW + 20 * MINUTE + 1 })
      await suspect(store, ['b'], { dueMs: NOW + 20 * MINUTE })
      const call = { afterMs: NOW + 20 * MINUTE, dueMs: NOW + 1 }
      for (const apart of [true, false]) {
        assert.equal(await store.bringForward({ ...call, apart }), 1)
        assert.equal(await store.bringForward({ ...call, apart }), 0)
      }
      const { apart, nextDueMs } = await store.ready(NOW)
      assert.deepEqual({ apart, nextDueMs }, { apart: [], nextDueMs: NOW + 1 })
      const at = { nowMs: NOW + 1 }
      assert.deepEqual((await store.ready(at.nowMs)).apart, [PIXEL])
      assert.deepEqual(idsOf(await leaseAll(store, { ...at, apart: true })), ['a'])
      assert.deepEqual(idsOf(await leaseAll(store, at)), ['late'])
      assert.equal((await store.show('a'))[0]?.dueMs, NOW + 1)
    },
  },
  {
    name: 'an event with a suspicion is in no ordinary lease, and its neighbours go on',
    async run(store) {
      await store.accept(newEvents(['a', 'b', 'c']), NOW)
      const [row = 0] = await suspect(store, ['b'])
      assert.deepEqual(await store.ready(NOW), { pixels: [PIXEL], apart: [PIXEL], nextDueMs: undefined })
      assert.deepEqual(idsOf(await store.lease(query)), ['a', 'c'])
      assert.deepEqual(await store.ready(NOW), { pixels: [PIXEL], apart: [PIXEL], nextDueMs: undefined })
      const account = await store.showRow(row)
      const { state, code, message } = account ?? {}
      assert.deepEqual({ state, code, message }, { state: 'queued', code: suspicion.code, message: suspicion.message })
      assert.deepEqual(account?.suspicion, suspicion)
      const apart = await leaseAll(store, { apart: true })
      assert.deepEqual(idsOf(apart), ['b'])
      assert.deepEqual(apart.events[0]?.suspicion, suspicion)
      assert.deepEqual(await store.ready(NOW), { pixels: [], apart: [], nextDueMs: undefined })
      assert.equal((await store.showRow(row))?.state, 'sending')
    },
  },
  {
    name: 'events apart are leased once they are due, those due first at first, then the older ones',
    async run(store) {
      const times = { d: 4, c: 3, b: 2, a: 1, e: 9 }
      await store.accept(
        Object.entries(times).map(([id, at]) => newEvent(id, { timestampMs: at, shape: `s${at % 2}` })),
        NOW,
      )
      await suspect(store, ['a'], { dueMs: NOW + 2 })
      await suspect(store, ['b', 'c', 'd'], { dueMs: NOW + 1 })
      assert.deepEqual(await store.ready(NOW), { pixels: [PIXEL], apart: [], nextDueMs: NOW + 1 })
      const take = async (nowMs: number, more: object = {}): Promise<string[]> => {
        const lease = await store.lease({ ...query, nowMs, apart: true, ...more })
        if (lease !== undefined) await store.release(lease.token)
        return idsOf(lease)
      }
      assert.deepEqual(await take(NOW), [])
      assert.deepEqual(await take(NOW + 1), ['b', 'c', 'd'])
      assert.deepEqual(await take(NOW + 1, { limit: 2 }), ['b', 'c'])
      assert.deepEqual(await take(NOW + 2, { limit: 3 }), ['b', 'c', 'd'], 'a was due last')
      assert.deepEqual(await take(NOW + 2), ['a', 'b', 'c', 'd'])
      assert.deepEqual(await take(NOW + 2, { shapes: ['s0'] }), ['b', 'd'])
      assert.deepEqual(await take(NOW + 2, { exceptShapes: ['s0'] }), ['a', 'c'])
      assert.deepEqual(await take(NOW + 2, { perShape: 1 }), ['b', 'c'])
      assert.deepEqual(await take(NOW + 2, { timestampBeforeMs: 3 }), ['a', 'b'])
      assert.deepEqual(await take(NOW + 2, { maxBytes: 1 }), ['b'])
      const first = await leaseAll(store, { apart: true, limit: 1, nowMs: NOW + 1 })
      assert.deepEqual(idsOf(first), ['b'])
      assert.deepEqual(await take(NOW + 1), ['c', 'd'])
      assert.deepEqual((await store.ready(NOW + 1)).apart, [PIXEL])
    },
  },
  {
    name: 'a suspicion stays through a release and a lease that ran out, and is over when it is not given again',
    async run(store, { clock }) {
      await store.accept(newEvents(['a', 'b', 'c', 'd']), NOW)
      await suspect(store, ['a', 'b', 'c', 'd'])
      const released = await leaseAll(store, { apart: true })
      assert.equal(await store.release(released.token), 4)
      await leaseAll(store, { apart: true })
      clock.nowMs += MINUTE
      assert.equal(await store.reclaim(), 4)
      const { token, events } = await leaseAll(store, { apart: true })
      const [a = 0, b = 0, c = 0, d = 0] = events.map(({ row }) => row)
      const twice: Suspicion = { ...suspicion, kind: 'fails', times: 2, message: 'The API failed on it twice.' }
      const settlements = [
        { to: 'queued', rows: [a], dueMs: 0 },
        { to: 'queued', rows: [b], dueMs: NOW + 5 },
        { to: 'queued', rows: [c], dueMs: NOW + 9, suspicion: twice, code: 'http_500', message: 'said so' },
        { to: 'delivered', rows: [d] },
      ] as const
      await store.settle({ token, settlements, request: requestOf([a, b, c, d]), nowMs: NOW })
      const accounts = await Promise.all([a, b, c, d].map((row) => store.showRow(row)))
      assert.deepEqual(
        accounts.map((account) => account?.suspicion),
        [undefined, undefined, twice, undefined],
      )
      assert.deepEqual(
        accounts.map((account) => [account?.code, account?.attempts]),
        [
          [undefined, 1],
          [undefined, 1],
          ['http_500', 1],
          [undefined, 1],
        ],
      )
      assert.deepEqual(idsOf(await store.lease(query)), ['a'])
      assert.deepEqual(idsOf(await store.lease({ ...query, nowMs: NOW + 9 })), ['b'])
      assert.deepEqual(idsOf(await store.lease({ ...query, nowMs: NOW + 9, apart: true })), ['c'])
    },
  },
  {
    name: 'suspicions outlive a restart, and are counted by kind for each pixel',
    async run(store, harness) {
      await store.accept([...newEvents(['a', 'b', 'c', 'd']), newEvent('e', { pixel: 'px_2' })], NOW)
      await suspect(store, ['a', 'b'])
      const [row = 0] = await suspect(store, ['c'], { why: { ...suspicion, kind: 'too_large' } })
      await store.close()
      const again = await harness.open()
      const pixels = (await again.pixels()).toSorted((one, other) => one.pixel.localeCompare(other.pixel))
      assert.deepEqual(
        pixels.map(({ suspects, suspectsByKind }) => ({ suspects, ...suspectsByKind })),
        [
          { suspects: 3, refused: 2, fails: 0, too_large: 1, too_old: 0 },
          { suspects: 0, refused: 0, fails: 0, too_large: 0, too_old: 0 },
        ],
      )
      assert.equal((await again.counts()).unaccounted, 0)
      assert.equal((await again.counts()).queued, 5)
      assert.equal((await again.showRow(row))?.suspicion?.kind, 'too_large')
      assert.deepEqual(idsOf(await again.lease({ ...query, apart: true })), ['a', 'b', 'c'])
      const { items } = await again.search({ suspect: true, limit: 2 })
      assert.deepEqual(
        items.map(({ id, state }) => [id, state]),
        [
          ['c', 'sending'],
          ['b', 'sending'],
        ],
      )
      await again.close()
    },
  },
  {
    name: 'a search for suspects gives them page by page, by pixel, code and id',
    async run(store) {
      const ids = Array.from({ length: 7 }, (_, index) => `e${index}`)
      await store.accept([...newEvents(ids), newEvent('other', { pixel: 'px_2' })], NOW)
      await suspect(store, ids.slice(1))
      await suspect(store, ['other'], { pixel: 'px_2', why: { ...suspicion, code: 'too_much' } })
      const found: string[] = []
      let cursor: string | undefined
      do {
        const page = await store.search({ suspect: true, pixel: PIXEL, limit: 2, ...(cursor && { cursor }) })
        found.push(...page.items.map(({ id = '' }) => id))
        cursor = page.cursor
      } while (cursor !== undefined)
      assert.deepEqual(found, ['e6', 'e5', 'e4', 'e3', 'e2', 'e1'])
      const idsFound = async (more: object): Promise<(string | undefined)[]> =>
        (await store.search({ suspect: true, limit: 10, ...more })).items.map(({ id }) => id)
      assert.deepEqual(await idsFound({ code: 'too_much' }), ['other'])
      assert.deepEqual(await idsFound({ idPrefix: 'e3' }), ['e3'])
      assert.deepEqual(await idsFound({ idPrefix: 'e0' }), [])
      assert.deepEqual(await idsFound({ state: 'delivered' }), [])
    },
  },
  {
    name: 'a hold covers suspects too, and a probe takes them',
    async run(store) {
      await store.accept([newEvent('a', { shape: 'x' }), newEvent('b', { shape: 'y' })], NOW)
      await suspect(store, ['a', 'b'])
      await store.holdShape(PIXEL, 'x', hold)
      assert.equal((await store.show('a'))[0]?.state, 'held')
      assert.deepEqual(idsOf(await store.lease({ ...query, apart: true })), ['b'])
      assert.deepEqual((await store.ready(NOW)).apart, [])
      const probe = await leaseAll(store, { apart: true, probe: {}, shapes: ['x'] })
      assert.deepEqual(idsOf(probe), ['a'])
      await store.release(probe.token)
      await store.resumeShape(PIXEL, 'x', by)
      assert.deepEqual((await store.ready(NOW)).apart, [PIXEL])
    },
  },
  {
    name: 'a suspect whose window closes expires with the reason of its suspicion',
    async run(store) {
      await store.accept([newEvent('a', { timestampMs: 1 }), newEvent('b', { timestampMs: 2 })], NOW)
      const [row = 0] = await suspect(store, ['a'])
      const range = { fromMs: 0, beforeMs: 10, limit: 10 }
      assert.deepEqual(await store.expiring(range), [{ pixel: PIXEL, events: 2, oldestTimestampMs: 1 }])
      assert.equal((await store.pixels())[0]?.oldestTimestampMs, 1)
      const held = await leaseAll(store, { apart: true })
      const call = { timestampBeforeMs: 3, nowMs: NOW + 1, limit: 10, code: 'too_old', message: 'The window closed.' }
      assert.deepEqual(
        (await store.expire(call)).map(({ id, code, message }) => [id, code, message]),
        [['b', 'too_old', 'The window closed.']],
        'what is leased is its holder’s',
      )
      await store.release(held.token)
      assert.deepEqual(
        (await store.expire(call)).map(({ id, code, message }) => [id, code, message]),
        [['a', suspicion.code, suspicion.message]],
      )
      const { state, code, suspicion: left } = (await store.showRow(row)) ?? {}
      assert.deepEqual([state, code, left], ['expired', suspicion.code, undefined])
      assert.equal(await store.replay({ rows: [row] }, by), 1)
      assert.equal((await store.showRow(row))?.suspicion, undefined)
      assert.deepEqual(idsOf(await leaseAll(store)), ['a'])
    },
  },
  {
    name: 'a person confirms suspects, and they are refused with the suspicion’s reason',
    async run(store) {
      await store.accept(newEvents(['a', 'b', 'c']), NOW)
      const [a = 0, b = 0] = await suspect(store, ['a', 'b'])
      const [c = 0] = (await store.show('c')).map(({ row }) => row)
      const call = { ...by, as: 'refused', reason: 'the shop sold nothing' } as const
      assert.equal(await store.endSuspicion({ rows: [a, c] }, call), 1, 'c is no suspect')
      assert.equal(await store.endSuspicion({ rows: [a, c] }, call), 0)
      const account = await store.showRow(a)
      const { state, code, message, endedMs, history } = account ?? {}
      assert.deepEqual([state, code, message, endedMs], ['refused', suspicion.code, suspicion.message, NOW + 1])
      assert.deepEqual(history, [
        { atMs: NOW + 1, what: 'confirmed', code: undefined, message: 'the shop sold nothing', by: 'ann' },
      ])
      const [action] = (await store.listActions({ limit: 2 })).items.slice(-1)
      assert.deepEqual(
        [action?.verb, action?.by, action?.about],
        ['event:confirm', 'ann', { rows: [a, c], events: 1, reason: 'the shop sold nothing' }],
      )
      assert.equal((await store.showRow(b))?.state, 'queued')
      assert.equal((await store.counts()).refused, 1)
    },
  },
  {
    name: 'a person releases suspects that are alike, leased ones excepted, and they are due at once',
    async run(store) {
      await store.accept(newEvents(['a', 'b', 'c', 'd']), NOW)
      await suspect(store, ['a', 'b'], { dueMs: NOW + MINUTE })
      await suspect(store, ['c'], { why: { ...suspicion, code: 'other', firstMs: NOW + 5 } })
      const selection = { suspect: true, pixel: PIXEL } as const
      assert.equal(await store.countSelected(selection, 10), 3)
      assert.equal(await store.countSelected({ ...selection, code: 'other' }, 10), 1)
      assert.equal(await store.countSelected({ ...selection, sinceMs: NOW + 5 }, 10), 1)
      assert.equal(await store.countSelected({ ...selection, sinceMs: NOW + 6 }, 10), 0)
      assert.equal(await store.countSelected({ suspect: true, shape: 'x' }, 10), 0)
      assert.equal(await store.countSelected({ state: 'queued', code: 'other' }, 10), 1)
      const leased = await leaseAll(store, { apart: true })
      assert.deepEqual(idsOf(leased), ['c'])
      assert.equal(await store.endSuspicion(selection, { ...by, as: 'queued', limit: 1 }), 1)
      assert.equal(await store.endSuspicion(selection, { ...by, as: 'queued' }), 1)
      assert.deepEqual(idsOf(await store.lease(query)), ['a', 'b', 'd'])
      const [account] = await store.show('a')
      assert.deepEqual([account?.suspicion, account?.code], [undefined, undefined])
      assert.deepEqual(
        account?.history.map(({ what, by: who }) => [what, who]),
        [['released', 'ann']],
      )
      const [action] = (await store.listActions({ limit: 1 })).items
      assert.equal(action?.verb, 'event:release')
    },
  },
  {
    name: 'a suspect that comes again is a duplicate or in conflict, and one that is discarded is no suspect any more',
    async run(store) {
      await store.accept(newEvents(['a', 'b']), NOW)
      const [a = 0, b = 0] = await suspect(store, ['a', 'b'])
      const again = await store.accept([newEvent('a'), newEvent('a', { content: 'other' })], NOW)
      assert.deepEqual(
        again.map(({ status }) => status),
        ['duplicate', 'conflict'],
      )
      assert.equal(await store.discard({ state: 'queued' }, { ...by, reason: 'why', limit: 1 }), 1)
      const left = (await store.search({ suspect: true, limit: 10 })).items.map(({ row }) => row)
      assert.equal(left.length, 1)
      assert.equal(await store.discard({ rows: [a, b] }, { ...by, reason: 'why' }), 1)
      assert.equal((await store.pixels())[0]?.suspects, 0)
      assert.equal(await store.lease({ ...query, apart: true }), undefined)
      assert.deepEqual(await store.ready(NOW), { pixels: [], apart: [], nextDueMs: undefined })
      assert.deepEqual(await store.check(), [])
    },
  },
  {
    name: 'a lease of events apart is ordered by time, and its token settles none but its own',
    async run(store) {
      await store.accept([newEvent('late', { timestampMs: 9 }), newEvent('early', { timestampMs: 3 })], NOW)
      await suspect(store, ['late'], { dueMs: NOW - 9 })
      await suspect(store, ['early'])
      const one = await leaseAll(store, { apart: true, limit: 1 })
      assert.deepEqual(idsOf(one), ['late'])
      await store.release(one.token)
      const both = await leaseAll(store, { apart: true })
      assert.deepEqual(idsOf(both), ['early', 'late'])
      const delivered = { to: 'delivered', rows: rowsOf(both) } as const
      assert.equal(await store.settle({ token: one.token, settlements: [delivered], nowMs: NOW }), 0)
      assert.equal(await store.settle({ token: both.token, settlements: [delivered], nowMs: NOW }), 2)
    },
  },
]
