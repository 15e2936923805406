import assert from 'node:assert/strict'
import { contextKey, type EventListQuestion, type Store } from '../index.ts'
import {
  endAs,
  leaseAll,
  MINUTE,
  NOW,
  newEvent,
  newEvents,
  PIXEL,
  refusedEvent,
  requestOf,
  rowsOf,
  type StoreCase,
} from './harness.ts'

/** The beginning of the minute that the harness's time lies in. */
const START = Math.floor(NOW / MINUTE) * MINUTE
const EUR = { amount: 250, currency: 'EUR' }

async function list(store: Store, question: Omit<EventListQuestion, 'limit'>, limit: number = 2): Promise<unknown> {
  const pages: (string | undefined)[][] = []
  let cursor: string | undefined
  do {
    const page = await store.reads.ask('events', { ...question, limit, ...(cursor !== undefined && { cursor }) })
    pages.push(page.events.map(({ id }) => id))
    cursor = page.cursor
  } while (cursor !== undefined)
  return pages
}

async function totalOf(store: Store, question: Omit<EventListQuestion, 'limit'>): Promise<unknown> {
  const { total, forgotten } = await store.reads.ask('events', { ...question, limit: 1 })
  return { ...total, forgotten }
}

export const READS: readonly StoreCase[] = [
  {
    name: 'a list gives full pages, the newest first, and no cursor to an empty one',
    async run(store) {
      await store.accept(newEvents(['a', 'b', 'c', 'd']), NOW)
      assert.deepEqual(await list(store, {}), [
        ['d', 'c'],
        ['b', 'a'],
      ])
      assert.deepEqual(await list(store, { pixels: ['px_2'] }), [[]])
      assert.deepEqual(await list(store, { pixels: [] }), [[]])
    },
  },
  {
    name: 'a list of an end goes by the time of the end, and its total says events and money',
    async run(store) {
      await store.accept(newEvents(['a', 'b', 'c'], EUR), NOW)
      const { token, events } = await leaseAll(store)
      const rowOf = (id: string): number => events.find((event) => event.id === id)!.row
      for (const [at, id] of ['b', 'c', 'a'].entries())
        await store.settle({ token, settlements: [{ to: 'delivered', rows: [rowOf(id)] }], nowMs: NOW + at * MINUTE })
      assert.deepEqual(await list(store, { state: 'delivered' }), [['a', 'c'], ['b']])
      const total = { events: 3, money: { EUR: 750 }, isExact: true, forgotten: 0 }
      assert.deepEqual(await totalOf(store, { state: 'delivered' }), total)
      const one = { state: 'delivered', fromMs: START + MINUTE, untilMs: START + 2 * MINUTE } as const
      assert.deepEqual(await list(store, one), [['c']])
      assert.deepEqual(await totalOf(store, one), { ...total, events: 1, money: { EUR: 250 } })
    },
  },
  {
    name: 'an account that goes on under another shape and ends at once is listed by that shape, however many came since',
    async run(store) {
      await store.accept([newEvent('a', { shape: 'y' })], NOW)
      await endAs(store, 'refused', ['a'])
      const others = Array.from({ length: 2_100 }, (_, at) => refusedEvent(`b${at}`, { shape: 'y' }))
      await store.accept(others, NOW + MINUTE)
      await store.accept([refusedEvent('a', { shape: 'x', content: 'another' })], NOW + 2 * MINUTE)
      const filters = [{ shape: 'x' }, { shape: 'x', state: 'refused' }, { shape: 'x', pixels: [PIXEL] }] as const
      for (const days of [0, 1, 3, 40]) {
        if (days > 0) while (await store.keepNumbers(NOW + days * 24 * 60 * MINUTE));
        for (const filter of filters)
          assert.deepEqual(await list(store, filter), [['a']], `${JSON.stringify(filter)} after ${days} days`)
      }
    },
  },
  {
    name: 'each filter of a list holds, and so do all together',
    async run(store) {
      await store.accept([newEvent('a', { name: 'lead', shape: 's', source: 'crm' }), newEvent('b')], NOW)
      await store.accept([newEvent('ab', { contexts: [contextKey('order', '4711')] })], NOW + MINUTE)
      await store.accept([refusedEvent('bad', { pixel: 'px_2' })], NOW + MINUTE)
      const cases: readonly (readonly [Omit<EventListQuestion, 'limit'>, string[]])[] = [
        [{ name: 'lead' }, ['a']],
        [{ source: 'crm' }, ['a']],
        [{ shape: 's' }, ['a']],
        [{ source: 'crm', name: 'order_created' }, []],
        [{ code: 'missing_field' }, ['bad']],
        [{ state: 'refused', code: 'missing_field', pixels: ['px_2'] }, ['bad']],
        [{ state: 'refused', code: 'another' }, []],
        [{ idPrefix: 'a' }, ['a', 'ab']],
        [{ orderKey: contextKey('order', '4711') }, ['ab']],
        [{ untilMs: START + MINUTE }, ['b', 'a']],
        [{ fromMs: START + MINUTE, pixels: [PIXEL] }, ['ab']],
      ]
      for (const [question, ids] of cases)
        assert.deepEqual(await list(store, question, 10), [ids], JSON.stringify(question))
    },
  },
  {
    name: 'what has not ended is told by pixel, with how much of it expires before each time, what is leased included',
    async run(store) {
      const at = (id: string, timestampMs: number, pixel = PIXEL): ReturnType<typeof newEvent> =>
        newEvent(id, { timestampMs, pixel, shape: id })
      const minutes = [MINUTE, 3 * MINUTE, 5 * MINUTE] as const
      await store.accept([at('a', minutes[0]), at('b', minutes[1]), at('c', minutes[2]), refusedEvent('bad')], NOW)
      await store.accept([at('d', minutes[1] + 7, 'px_2')], NOW)
      await leaseAll(store)
      const question = { fromMs: minutes[0], beforeMs: [minutes[2], minutes[2] + 1], limit: 100 }
      const { pixels } = await store.reads.ask('backlog', question)
      const told = pixels.toSorted((x, y) => x.pixel.localeCompare(y.pixel))
      const plain = told.map(({ pixel, counts, oldestTimestampMs = 0, within }) => {
        const { queued, sending, refused } = counts
        return { pixel, queued, sending, refused, oldest: Math.floor(oldestTimestampMs / MINUTE), within }
      })
      assert.deepEqual(plain, [
        { pixel: PIXEL, queued: 0, sending: 3, refused: 1, oldest: 1, within: [2, 3] },
        { pixel: 'px_2', queued: 1, sending: 0, refused: 0, oldest: 3, within: [1, 1] },
      ])
      const capped = await store.reads.ask('backlog', { ...question, pixels: [PIXEL], limit: 1 })
      assert.deepEqual(
        capped.pixels.map(({ within }) => within),
        [[1, 1]],
      )
    },
  },
  {
    name: 'a replay takes events out of the total of their end, and never out of what happened',
    async run(store) {
      await endAs(store, 'refused', ['a', 'b'], { code: 'bad' })
      await store.replay({ state: 'refused' }, { by: 'ann', nowMs: NOW + MINUTE, limit: 1 })
      assert.deepEqual(await totalOf(store, { state: 'refused' }), {
        events: 1,
        money: {},
        isExact: true,
        forgotten: 0,
      })
      const flow = await store.reads.ask('groups', { count: { flow: 'refused' }, by: ['code'] })
      assert.deepEqual(
        flow.groups.map(({ key, events }) => ({ ...key, events })),
        [{ code: 'bad', events: 2 }],
      )
      const left = await store.reads.ask('groups', { count: { flow: 'left_refused' }, by: [] })
      assert.equal(left.total.events, 1)
      assert.deepEqual(await store.check(), [])
    },
  },
  {
    name: 'what is forgotten stays in the numbers, and the list says so',
    async run(store) {
      await endAs(store, 'refused', ['a', 'b'])
      await store.prune({ endedBeforeMs: NOW + 1, limit: 10 })
      assert.deepEqual(await list(store, { state: 'refused' }), [[]])
      assert.deepEqual(await totalOf(store, { state: 'refused' }), {
        events: 2,
        money: {},
        isExact: true,
        forgotten: 2,
      })
      assert.deepEqual(await store.check(), [])
    },
  },
  {
    name: 'a chart has each thing in its minute, by source, with the week before',
    async run(store) {
      const week = 7 * 24 * 60 * MINUTE
      await store.accept(newEvents(['a'], { source: 'crm' }), NOW - week)
      await store.accept(newEvents(['b', 'c'], { source: 'crm' }), NOW)
      await store.accept(newEvents(['d'], { source: 'shop' }), NOW + MINUTE)
      const { lines, timesMs } = await store.reads.ask('series', {
        fromMs: START,
        untilMs: START + 2 * MINUTE,
        step: 'minute',
        kinds: ['accepted'],
        by: 'source',
        weeksBefore: 1,
      })
      assert.deepEqual(timesMs, [START, START + MINUTE])
      assert.deepEqual(
        lines.map(({ key, events, before }) => ({ key, events, before })),
        [
          { key: 'crm', events: [2, 0], before: [[1, 0]] },
          { key: 'shop', events: [0, 1], before: [[0, 0]] },
        ],
      )
    },
  },
  {
    name: 'half of what was accepted and delivered stayed below what the histogram says',
    async run(store) {
      await store.accept(
        [newEvent('a', { timestampMs: NOW - 1_000 }), newEvent('b', { timestampMs: NOW - 64_000 })],
        NOW,
      )
      const lease = await leaseAll(store)
      await store.settle({
        token: lease.token,
        settlements: [{ to: 'delivered', rows: rowsOf(lease) }],
        nowMs: NOW + 500,
      })
      const { accepted, delivered } = await store.reads.ask('latency', { fromMs: START, untilMs: START + 60 * MINUTE })
      assert.deepEqual([accepted.events, delivered.events], [2, 2])
      for (const [p50Ms = 0, tookMs] of [
        [accepted.p50Ms, 1_000],
        [delivered.p50Ms, 1_500],
      ] as const)
        assert.ok(p50Ms > tookMs && p50Ms <= tookMs * 2 ** (1 / 8), `${p50Ms} for ${tookMs}`)
    },
  },
  {
    name: 'what waits is looked at when numbers are kept',
    async run(store) {
      await store.accept(newEvents(['a', 'b']), NOW)
      await store.keepNumbers(NOW)
      const { queued } = await store.reads.ask('waiting', {
        fromMs: START,
        untilMs: START + 2 * MINUTE,
        step: 'minute',
      })
      assert.deepEqual(queued, [2, 0])
    },
  },
  {
    name: 'numbers stay what they are when they are summed up, by quarters and by days',
    async run(store) {
      const day = 24 * 60 * MINUTE
      await endAs(store, 'delivered', ['a', 'b'])
      await endAs(store, 'refused', ['c'], { nowMs: NOW + 20 * MINUTE })
      for (const days of [1, 3, 60]) {
        while (await store.keepNumbers(NOW + days * day));
        const range = { fromMs: NOW - 2 * day, untilMs: NOW + 2 * day }
        const flow = await store.reads.ask('groups', { ...range, count: { flow: 'delivered' }, by: [] })
        const ends = await store.reads.ask('groups', { ...range, count: { ends: 'refused' }, by: ['code'] })
        assert.deepEqual([flow.total.events, ends.total.events], [2, 1], `after ${days} days`)
        assert.deepEqual(await store.check(), [])
      }
    },
  },
  {
    name: 'requests make a tree by the groups that they were taken from',
    async run(store) {
      await store.accept(newEvents(['a', 'b']), NOW)
      const lease = await leaseAll(store)
      const [a = 0, b = 0] = rowsOf(lease)
      const refused = { status: 400, verdict: 'refused' }
      await store.recordRequest(requestOf([a, b], { ...refused, place: { lease: lease.token, step: 1 } }))
      await store.recordRequest(requestOf([a], { place: { lease: lease.token, step: 2, parent: 1 } }))
      await store.recordRequest(requestOf([b], { ...refused, place: { lease: lease.token, step: 3, parent: 1 } }))
      const { requests } = await store.reads.ask('requests', { limit: 10, verdict: 'refused' })
      assert.deepEqual(
        requests.map(({ events }) => events),
        [1, 2],
      )
      const tree = await store.reads.ask('requestTree', { seq: requests[0]!.seq })
      const first = tree.requests[0]!.seq
      assert.deepEqual(
        tree.requests.map(({ parent }) => parent),
        [undefined, first, first],
      )
      const [account] = (await store.reads.ask('event', { id: 'b' })).accounts
      assert.deepEqual(
        account?.requests.map(({ parent }) => parent),
        [undefined, first],
      )
    },
  },
  {
    name: 'a question without sense is an error, and not an answer',
    async run(store) {
      await assert.rejects(store.reads.ask('events', { limit: 0 }), TypeError)
      await assert.rejects(store.reads.ask('events', { limit: 1, cursor: 'x' }), { code: 'invalid_cursor' })
      await assert.rejects(store.reads.ask('events', { limit: 1, fromMs: 2, untilMs: 1 }), TypeError)
      await assert.rejects(store.reads.ask('event', {}), TypeError)
    },
  },
  {
    name: 'an answer is served as JSON, with what only the caller knows beside it',
    async run(store) {
      const { body } = await store.reads.serve('now', {}, { beside: { pace: 3 } })
      const value = JSON.parse(Buffer.from(body).toString()) as { counts: { accepted: number }; beside: unknown }
      assert.deepEqual([value.counts.accepted, value.beside], [0, { pace: 3 }])
    },
  },
]
