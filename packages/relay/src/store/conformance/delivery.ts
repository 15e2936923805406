import assert from 'node:assert/strict'
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

export const DELIVERY: readonly StoreCase[] = [
  {
    name: 'a lease gives what expires soonest first, to the minute, whatever its shape and whenever it came',
    async run(store) {
      const times = [5, 3, 9, 1, 7, 3]
      const events = times.map((time, index) =>
        newEvent(`e${index}`, { timestampMs: time * MINUTE, shape: `s${index % 2}` }),
      )
      await store.accept(events, NOW)
      assert.deepEqual(idsOf(await store.lease({ ...query, limit: 4 })), ['e3', 'e1', 'e5', 'e0'])
      assert.deepEqual(idsOf(await store.lease(query)), ['e4', 'e2'])
      assert.equal(await store.lease(query), undefined)
    },
  },
  {
    name: 'events of one minute are leased as they arrived, after earlier minutes, and each lease is in the order of time',
    async run(store) {
      const events = [
        newEvent('next minute', { timestampMs: 2 * MINUTE, shape: 's0' }),
        ...[50, 40, 30, 20, 10].map((ms, index) =>
          newEvent(`e${index}`, { timestampMs: MINUTE + ms, shape: `s${index % 2}` }),
        ),
        newEvent('minute before', { timestampMs: MINUTE - 1, shape: 's1' }),
      ]
      await store.accept(events, NOW)
      assert.deepEqual(idsOf(await store.lease({ ...query, limit: 3 })), ['minute before', 'e1', 'e0'])
      assert.deepEqual(idsOf(await store.lease({ ...query, limit: 3 })), ['e4', 'e3', 'e2'])
      assert.deepEqual(idsOf(await store.lease(query)), ['next minute'])
    },
  },
  {
    name: 'the time that limits a lease is exact within a minute, and what it leaves out is leased later',
    async run(store) {
      const times = [MINUTE + 30, MINUTE + 20, MINUTE + 10, MINUTE + 25, MINUTE - 1, 2 * MINUTE]
      await store.accept(
        times.map((timestampMs, index) => newEvent(`e${index}`, { timestampMs })),
        NOW,
      )
      const before = async (timestampBeforeMs: number, limit = 10): Promise<string[]> =>
        idsOf(await store.lease({ ...query, limit, timestampBeforeMs }))
      assert.deepEqual(await before(MINUTE - 1), [])
      assert.deepEqual(await before(MINUTE), ['e4'])
      assert.deepEqual(await before(MINUTE + 10), [])
      assert.deepEqual(await before(MINUTE + 21, 1), ['e1'])
      assert.deepEqual(await before(MINUTE + 21), ['e2'])
      assert.deepEqual(await before(MINUTE + 21), [])
      assert.deepEqual(await before(2 * MINUTE), ['e3', 'e0'])
      assert.deepEqual(idsOf(await store.lease(query)), ['e5'])
    },
  },
  {
    name: 'a leased event carries its wire text as it came, and what a sender needs',
    async run(store) {
      const wire = '{"id":"a","text":"ü \\u0000 𝄞"}'
      const [accepted] = await store.accept(
        [newEvent('a', { wire, timestampMs: 5, shape: 'x', name: 'custom:y' })],
        NOW,
      )
      const { events } = await leaseAll(store)
      const about = {
        name: 'custom:y',
        id: 'a',
        wire,
        bytes: Buffer.byteLength(wire),
        shape: 'x',
        timestampMs: 5,
        acceptedMs: NOW,
        attempts: 0,
        mayBeStored: false,
      }
      assert.deepEqual(events, [{ row: accepted?.row, ...about }])
    },
  },
  {
    name: 'a lease ends with the event that fills its bytes, and what was left out is leased next, in its order',
    async run(store) {
      const wireOf = (bytes: number): string => `"${'ü'.repeat((bytes - 2) / 2)}"`
      const sizes = [100, 100, 100, 900, 100, 2_000, 100]
      await store.accept(
        sizes.map((bytes, index) => newEvent(`e${index}`, { wire: wireOf(bytes), shape: `s${index % 2}` })),
        NOW,
      )
      const taken = async (maxBytes: number): Promise<string[]> =>
        idsOf(await store.lease({ ...query, limit: 10, maxBytes }))
      assert.deepEqual(await taken(250), ['e0', 'e1', 'e2'])
      assert.deepEqual(await taken(900), ['e3'])
      assert.deepEqual(await taken(1), ['e4'])
      assert.deepEqual(await taken(2_001), ['e5', 'e6'])
      assert.deepEqual(await taken(10_000), [])
      await assert.rejects(taken(0), TypeError)
    },
  },
  {
    name: 'an event that ended without a lease is in none, whatever came back to the queue meanwhile',
    async run(store) {
      const times = { c: NOW - MINUTE, a: NOW, b: NOW }
      await store.accept(
        Object.entries(times).map(([id, timestampMs]) => newEvent(id, { timestampMs })),
        NOW,
      )
      const leased = [await leaseAll(store, { limit: 1 }), await leaseAll(store, { limit: 1 })]
      assert.deepEqual(leased.map(idsOf), [['c'], ['a']])
      const [account] = await store.show('b')
      await store.discard({ rows: [account?.row ?? 0] }, { by: 'me', nowMs: NOW, reason: 'a test' })
      await store.release(leased[1]!.token)
      assert.deepEqual(idsOf(await store.lease(query)), ['a'])

      await store.accept([newEvent('d', { timestampMs: NOW - MINUTE })], NOW)
      const expired = await store.expire({
        timestampBeforeMs: NOW - 1,
        nowMs: NOW,
        limit: 10,
        code: 'old',
        message: 'old',
      })
      assert.deepEqual(
        expired.map(({ id }) => id),
        ['d'],
      )
      await store.release(leased[0]!.token)
      assert.deepEqual(idsOf(await store.lease(query)), ['c'])
    },
  },
  {
    name: 'many events of one instant are leased each once',
    async run(store) {
      const ids = Array.from({ length: 100 }, (_, index) => `e${index}`)
      await store.accept(newEvents(ids), NOW)
      const seen: string[] = []
      for (
        let lease = await store.lease({ ...query, limit: 7 });
        lease;
        lease = await store.lease({ ...query, limit: 7 })
      ) {
        seen.push(...idsOf(lease))
      }
      assert.deepEqual(seen, ids)
    },
  },
  {
    name: 'an older event that comes late, or comes back, is leased before younger ones',
    async run(store) {
      await store.accept(
        ['b', 'c', 'd'].map((id, index) => newEvent(id, { timestampMs: (100 + index) * MINUTE })),
        NOW,
      )
      const first = await leaseAll(store, { limit: 2 })
      await store.accept([newEvent('a', { timestampMs: 50 * MINUTE })], NOW)
      await store.release(first.token, [first.events[1]?.row ?? 0])
      assert.deepEqual(idsOf(await store.lease(query)), ['a', 'c', 'd'])
    },
  },
  {
    name: 'a lease gives only what is due, and what is not due costs it nothing',
    async run(store) {
      await store.accept(
        [newEvent('later', { timestampMs: 1, dueMs: NOW + MINUTE }), newEvent('now', { timestampMs: 2 })],
        NOW,
      )
      assert.deepEqual(await store.ready(NOW), { pixels: [PIXEL], apart: [], nextDueMs: NOW + MINUTE })
      assert.deepEqual(idsOf(await store.lease(query)), ['now'])
      assert.equal(await store.lease({ ...query, nowMs: NOW + MINUTE - 1 }), undefined)
      assert.deepEqual((await store.ready(NOW + MINUTE - 1)).pixels, [])
      assert.deepEqual((await store.ready(NOW + MINUTE)).pixels, [PIXEL])
      assert.deepEqual(idsOf(await store.lease({ ...query, nowMs: NOW + MINUTE })), ['later'])
      assert.deepEqual(await store.ready(NOW + MINUTE), { pixels: [], apart: [], nextDueMs: undefined })
    },
  },
  {
    name: 'a lease can be limited to what happened before a time, to shapes, and to a few of each shape',
    async run(store) {
      const shapes = ['x', 'y', 'x', 'z', 'x', 'y']
      await store.accept(
        shapes.map((shape, index) => newEvent(`${shape}${index}`, { shape, timestampMs: 10 + index })),
        NOW,
      )
      const take = async (part: object): Promise<string[]> => {
        const lease = await store.lease({ ...query, ...part })
        if (lease !== undefined) await store.release(lease.token)
        return idsOf(lease)
      }
      assert.deepEqual(await take({ timestampBeforeMs: 12 }), ['x0', 'y1'])
      assert.deepEqual(await take({ timestampBeforeMs: 10 }), [])
      assert.deepEqual(await take({ shapes: ['y', 'z', 'unheard of'] }), ['y1', 'z3', 'y5'])
      assert.deepEqual(await take({ exceptShapes: ['x', 'unheard of'] }), ['y1', 'z3', 'y5'])
      assert.deepEqual(await take({ perShape: 1 }), ['x0', 'y1', 'z3'])
      assert.deepEqual(await take({ perShape: 2, shapes: ['x'] }), ['x0', 'x2'])
      assert.deepEqual(await take({}), ['x0', 'y1', 'x2', 'z3', 'x4', 'y5'])
    },
  },
  {
    name: 'of a shape that has more than its share, some can be the newest and those from the middle on',
    async run(store) {
      const ids = Array.from({ length: 20 }, (_, at) => `x${at}`)
      await store.accept(
        [...ids.map((id, at) => newEvent(id, { shape: 'x', timestampMs: at * MINUTE })), newEvent('y', { shape: 'y' })],
        NOW,
      )
      const take = async (part: object): Promise<string[]> => {
        const lease = await store.lease({ ...query, limit: 100, ...part })
        if (lease !== undefined) await store.release(lease.token)
        return idsOf(lease)
      }
      assert.deepEqual(await take({ perShape: 4, spread: 0 }), ['x0', 'x1', 'x2', 'x3', 'y'])
      const spread = ['x0', 'x1', 'x2', 'x3', 'x10', 'x11', 'x18', 'x19', 'y']
      assert.deepEqual(await take({ perShape: 8, spread: 4 }), spread)
      assert.deepEqual(await take({ perShape: 8, spread: 4, limit: 8 }), spread.slice(0, -1))
      assert.deepEqual(await take({ perShape: 20, spread: 4 }), [...ids, 'y'], 'no more than its share')
      assert.deepEqual(
        await take({ perShape: 19, spread: 4, shapes: ['x'] }),
        ids.filter((id) => id !== 'x17'),
      )
      const held = await store.lease({ ...query, limit: 100, perShape: 8, spread: 4 })
      assert.equal(held?.events.length, 9)
      assert.deepEqual(
        idsOf(await store.lease({ ...query, limit: 100 })),
        ids.filter((id) => !spread.includes(id)),
        'nothing is hidden',
      )
    },
  },
  {
    name: 'one pixel never gets what belongs to another',
    async run(store) {
      await store.accept([newEvent('a'), newEvent('b', { pixel: 'px_2' })], NOW)
      assert.deepEqual(idsOf(await store.lease({ ...query, pixel: 'px_2' })), ['b'])
      assert.deepEqual((await store.ready(NOW)).pixels, [PIXEL])
      assert.equal(await store.lease({ ...query, pixel: 'px_3' }), undefined)
    },
  },
  {
    name: 'settling ends what the token holds, keeps the request, and drops the body of what was delivered',
    async run(store) {
      await store.accept(newEvents(['a', 'b', 'c', 'd']), NOW)
      const lease = await leaseAll(store)
      const [a = 0, b = 0, c = 0, d = 0] = rowsOf(lease)
      const changed = await store.settle({
        token: lease.token,
        settlements: [
          { to: 'delivered', rows: [a], code: 'count_mismatch', message: 'fewer were counted' },
          { to: 'refused', rows: [b], code: 'bad_amount', message: 'no amount' },
          { to: 'expired', rows: [c], code: 'event_timestamp_too_old', message: 'too old' },
        ],
        request: requestOf([a, b, c, d], { requestId: 'req_1' }),
        nowMs: NOW + 5,
      })
      assert.equal(changed, 3)
      const accounts = await Promise.all([a, b, c, d].map((row) => store.showRow(row)))
      assert.deepEqual(
        accounts.map((account) => account?.state),
        ['delivered', 'refused', 'expired', 'sending'],
      )
      assert.deepEqual(
        accounts.map((account) => account?.code),
        ['count_mismatch', 'bad_amount', 'event_timestamp_too_old', undefined],
      )
      assert.deepEqual(
        accounts.map((account) => account?.endedMs),
        [NOW + 5, NOW + 5, NOW + 5, undefined],
      )
      assert.deepEqual(
        accounts.map((account) => account?.wire !== undefined),
        [false, true, true, true],
      )
      assert.deepEqual(
        accounts.map((account) => account?.attempts),
        [1, 1, 1, 1],
      )
      for (const account of accounts) assert.equal(account?.requests[0]?.requestId, 'req_1')
    },
  },
  {
    name: 'a token settles its own events once, and nobody else’s',
    async run(store) {
      await store.accept(newEvents(['a', 'b']), NOW)
      const first = await leaseAll(store, { limit: 1 })
      const second = await leaseAll(store, { limit: 1 })
      const both = [...rowsOf(first), ...rowsOf(second)]
      const settle = (token: number, rows: number[]): Promise<number> =>
        store.settle({ token, settlements: [{ to: 'delivered', rows }], nowMs: NOW })
      assert.ok(second.token > first.token)
      const atOnce = await Promise.all([settle(first.token, both), settle(first.token, both)])
      // Which of two connections is served first is for neither to say.
      assert.deepEqual(atOnce.sort(), [0, 1])
      assert.equal(await settle(first.token, both), 0)
      assert.equal(await settle(second.token + 1, both), 0)
      assert.equal((await store.counts()).sending, 1)
      assert.equal(await settle(second.token, [...both, ...both, 999]), 1)
    },
  },
  {
    name: 'what goes back to the queue waits until it is due, with its attempts and the last reason',
    async run(store) {
      await store.accept(newEvents(['a', 'b']), NOW)
      const { token, events } = await leaseAll(store)
      const rows = events.map(({ row }) => row)
      const retry = { to: 'queued', rows, dueMs: NOW + 10, code: 'http_503', message: 'unavailable' } as const
      const request = requestOf(rows, { status: 503, verdict: 'retry', ambiguous: true })
      assert.equal(await store.settle({ token, settlements: [retry], request, nowMs: NOW }), 2)
      assert.equal(await store.lease(query), undefined)
      const account = await store.showRow(rows[0] ?? 0)
      assert.equal(account?.state, 'queued')
      assert.equal(account.code, 'http_503')
      assert.equal(account.dueMs, NOW + 10)
      const again = await leaseAll(store, { nowMs: NOW + 10 })
      assert.deepEqual(
        again.events.map(({ attempts }) => attempts),
        [1, 1],
      )
      await store.settle({ token: again.token, settlements: [{ to: 'delivered', rows }], nowMs: NOW + 11 })
      assert.equal((await store.showRow(rows[0] ?? 0))?.code, undefined)
    },
  },
  {
    name: 'what goes back at once, unsent, can be leased at once',
    async run(store) {
      await store.accept(newEvents(['a', 'b']), NOW)
      const { token, events } = await leaseAll(store)
      const [a = 0, b = 0] = events.map(({ row }) => row)
      assert.equal(await store.settle({ token, settlements: [{ to: 'queued', rows: [a], dueMs: 0 }], nowMs: NOW }), 1)
      assert.deepEqual(idsOf(await store.lease(query)), ['a'])
      assert.equal(await store.release(token, [a, b]), 1)
      assert.deepEqual(idsOf(await store.lease(query)), ['b'])
    },
  },
  {
    name: 'each request is kept with exactly the events it carried',
    async run(store) {
      const ids = Array.from({ length: 300 }, (_, index) => `e${index}`)
      await store.accept(newEvents(ids), NOW)
      const lease = await leaseAll(store)
      const rows = rowsOf(lease)
      const odd = rows.filter((_, index) => index % 2 === 1)
      await store.recordRequest(requestOf(rows, { atMs: 1, verdict: 'all' }))
      await store.recordRequest(requestOf([...odd].reverse(), { atMs: 2, verdict: 'odd', validateOnly: true }))
      await store.recordRequest(requestOf([rows[150] ?? 0], { atMs: 3, verdict: 'one', status: undefined }))
      const verdicts = async (index: number): Promise<string[]> =>
        (await store.showRow(rows[index] ?? 0))?.requests.map(({ verdict, events }) => `${verdict} ${events}`) ?? []
      assert.deepEqual(await verdicts(0), ['all 300'])
      assert.deepEqual(await verdicts(149), ['all 300', 'odd 150'])
      assert.deepEqual(await verdicts(150), ['all 300', 'one 1'])
      assert.deepEqual(await verdicts(299), ['all 300', 'odd 150'])
      const account = await store.showRow(rows[149] ?? 0)
      assert.equal(account?.attempts, 1, 'a request that only validates is no attempt')
      assert.deepEqual(account.requests[1], {
        atMs: 2,
        durationMs: 12,
        status: 200,
        verdict: 'odd',
        validateOnly: true,
        ambiguous: false,
        events: 150,
      })
    },
  },
  {
    name: 'after closing and opening again nothing is leased, old tokens are dead, and new ones are higher',
    async run(store, harness) {
      await store.accept(newEvents(['a', 'b']), NOW)
      const before = await leaseAll(store)
      await store.close()
      const again = await harness.open()
      const { queued, sending } = await again.counts()
      assert.deepEqual({ queued, sending }, { queued: 2, sending: 0 })
      const settlements = [{ to: 'delivered', rows: rowsOf(before) } as const]
      assert.equal(await again.settle({ token: before.token, settlements, nowMs: NOW }), 0)
      const after = await leaseAll(again)
      assert.ok(after.token > before.token)
      assert.equal(await again.settle({ token: before.token, settlements, nowMs: NOW }), 0)
      assert.deepEqual(idsOf(after), ['a', 'b'])
      await again.close()
    },
  },
]
