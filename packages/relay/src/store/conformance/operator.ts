import assert from 'node:assert/strict'
import {
  endAs,
  idsOf,
  leaseAll,
  MINUTE,
  NOW,
  newEvent,
  newEvents,
  PIXEL,
  refusedEvent,
  type StoreCase,
} from './harness.ts'

const by = { by: 'ann', nowMs: NOW + 1 }

export const OPERATOR: readonly StoreCase[] = [
  {
    name: 'a replayed event is queued as it was, with its end in its history',
    async run(store) {
      const [row = 0] = await endAs(store, 'refused', ['a'], { code: 'bad' })
      assert.equal(await store.replay({ rows: [row] }, by), 1)
      assert.equal(await store.replay({ rows: [row] }, by), 0, 'it is queued already')
      const account = await store.showRow(row)
      assert.equal(account?.state, 'queued')
      assert.equal(account.attempts, 0)
      assert.deepEqual(
        account.history.map(({ what, by: who }) => [what, who]),
        [
          ['refused', undefined],
          ['replayed', 'ann'],
        ],
      )
      assert.deepEqual(idsOf(await leaseAll(store)), ['a'])
    },
  },
  {
    name: 'a replay takes all that are alike, at most so many, and leaves what cannot be sent',
    async run(store) {
      await endAs(store, 'refused', ['a', 'b', 'c'], { code: 'bad' })
      await endAs(store, 'refused', ['d'], { code: 'bad', nowMs: NOW + MINUTE })
      await endAs(store, 'refused', ['e'], { code: 'worse' })
      await endAs(store, 'delivered', ['f'])
      await store.accept([refusedEvent(undefined)], NOW)
      assert.equal(await store.countSelected({ state: 'refused', code: 'bad' }, 100), 4)
      assert.equal(await store.countSelected({ state: 'refused', code: 'bad' }, 2), 2)
      assert.equal(await store.replay({ state: 'refused', code: 'bad', sinceMs: NOW + 1 }, by), 1)
      assert.equal(await store.replay({ state: 'refused', code: 'bad' }, { ...by, limit: 2 }), 2)
      assert.equal(await store.replay({ state: 'refused', code: 'bad' }, { ...by, limit: 2 }), 1)
      assert.equal(await store.replay({ state: 'refused', pixel: 'px_9' }, by), 0)
      assert.equal(await store.replay({ state: 'refused', shape: 'no such shape' }, by), 0)
      assert.equal(await store.replay({ state: 'refused' }, by), 1)
      const { refused, queued, delivered } = await store.counts()
      assert.deepEqual({ refused, queued, delivered }, { refused: 1, queued: 5, delivered: 1 })
    },
  },
  {
    name: 'what ended before anybody leased it goes out as it was fixed, or as it was when it is only replayed',
    async run(store) {
      const [fixed, replayed] = await store.accept(newEvents(['a', 'b']), NOW)
      const rows = [fixed!.row, replayed!.row]
      assert.equal(await store.discard({ rows }, { ...by, reason: 'a test order' }), 2)
      const { wire, shape, contentHash, timestampMs, issues } = newEvent('a', { content: 'fixed' })
      assert.equal(await store.edit(fixed!.row, { wire, shape, contentHash, timestampMs, issues }, by), true)
      assert.equal(await store.replay({ rows: [replayed!.row] }, by), 1)
      const { events } = await leaseAll(store, { nowMs: NOW + 1 })
      assert.deepEqual(
        events.map((event) => event.wire),
        [wire, newEvent('b').wire],
      )
    },
  },
  {
    name: 'an edited event goes out with its new content under its old id',
    async run(store) {
      const [row = 0] = await endAs(store, 'refused', ['a'])
      const { wire, shape, contentHash, timestampMs, issues } = newEvent('a', {
        content: 'fixed',
        shape: 'y',
        timestampMs: NOW,
      })
      assert.equal(await store.edit(row, { wire, shape, contentHash, timestampMs, issues }, by), true)
      assert.equal(await store.edit(row, { wire, shape, contentHash, timestampMs, issues }, by), false)
      assert.equal(await store.edit(999, { wire, shape, contentHash, timestampMs, issues }, by), false)
      const { events } = await leaseAll(store, { nowMs: NOW + 1 })
      assert.deepEqual(
        events.map((event) => [event.id, event.wire, event.shape]),
        [['a', wire, 'y']],
      )
      const [again] = await store.accept([newEvent('a', { content: 'fixed' })], NOW)
      assert.equal(again?.status, 'duplicate')
      assert.deepEqual(
        (await store.showRow(row))?.history.map(({ what }) => what),
        ['refused', 'edited'],
      )
    },
  },
  {
    name: 'an edited event can wait until it is due',
    async run(store) {
      const [row = 0] = await endAs(store, 'refused', ['a'])
      const { wire, shape, contentHash, timestampMs, issues } = newEvent('a', { content: 'fixed' })
      await store.edit(row, { wire, shape, contentHash, timestampMs, issues, dueMs: NOW + MINUTE }, by)
      assert.deepEqual((await store.ready(NOW + 1)).nextDueMs, NOW + MINUTE)
      assert.deepEqual(idsOf(await leaseAll(store, { nowMs: NOW + MINUTE })), ['a'])
    },
  },
  {
    name: 'a discarded event has its reason, and its body for a replay',
    async run(store) {
      await endAs(store, 'refused', ['r'])
      await endAs(store, 'delivered', ['d'])
      await store.accept([newEvent('s', { timestampMs: 1 }), ...newEvents(['q1', 'q2'], { shape: 'x' })], NOW)
      await leaseAll(store, { limit: 1 })
      const rows = (await store.search({ limit: 10 })).items.map(({ row }) => row)
      const discarded = await store.discard({ rows }, { ...by, reason: 'a test order' })
      assert.equal(discarded, 3, 'neither what was delivered nor what is under way')
      const [account] = await store.show('r')
      const { state, code, message, endedMs, wire } = account ?? {}
      assert.deepEqual(
        { state, code, message, endedMs },
        {
          state: 'discarded',
          code: 'discarded',
          message: 'a test order',
          endedMs: NOW + 1,
        },
      )
      assert.equal(wire, newEvent('r').wire)
      assert.deepEqual(
        account?.history.map(({ what }) => what),
        ['refused'],
      )
      assert.equal(await store.replay({ state: 'discarded', shape: 'x' }, by), 2)
    },
  },
  {
    name: 'what is queued or held can be discarded by pixel and shape',
    async run(store) {
      await store.accept(
        [newEvent('a', { shape: 'x' }), newEvent('b', { shape: 'y' }), newEvent('c', { pixel: 'px_2' })],
        NOW,
      )
      await store.accept([newEvent('later', { shape: 'x', dueMs: NOW + MINUTE })], NOW)
      await store.holdShape(PIXEL, 'x', { code: 'unexplained_rejection', message: 'why', atMs: NOW, by: 'relay' })
      assert.equal(await store.countSelected({ state: 'queued' }, 10), 2)
      assert.equal(await store.countSelected({ state: 'held', code: 'unexplained_rejection' }, 10), 2)
      assert.equal(await store.countSelected({ state: 'held', code: 'other' }, 10), 0)
      assert.equal(await store.discard({ state: 'held' }, { ...by, reason: 'bad release' }), 2)
      assert.equal(await store.discard({ state: 'queued', pixel: 'px_2' }, { ...by, reason: 'closed shop' }), 1)
      assert.deepEqual(idsOf(await leaseAll(store)), ['b'])
    },
  },
  {
    name: 'every operator’s action is recorded with who, when and how much',
    async run(store) {
      const [row = 0] = await endAs(store, 'refused', ['a'])
      await store.holdPixel(PIXEL, { code: 'manual', message: 'maintenance', atMs: NOW, by: 'bob' })
      await store.resumePixel(PIXEL, by)
      await store.resumePixel(PIXEL, by)
      await store.replay({ rows: [row] }, by)
      await store.discard({ state: 'queued' }, { ...by, reason: 'enough' })
      await store.recordAction({ atMs: NOW, by: 'cy', verb: 'event:export', about: { format: 'csv' } })
      const first = await store.listActions({ limit: 2 })
      const second = await store.listActions({ limit: 9, ...(first.cursor !== undefined && { cursor: first.cursor }) })
      const actions = [...first.items, ...second.items]
      assert.deepEqual(
        actions.map(({ verb, by: who }) => `${verb} ${who}`),
        ['event:export cy', 'event:discard ann', 'event:replay ann', 'pixel:resume ann', 'pixel:hold bob'],
      )
      assert.deepEqual(actions[1]?.about, { state: 'queued', events: 1, reason: 'enough' })
      assert.deepEqual(actions[2]?.about, { rows: [row], events: 1 })
      assert.equal(second.cursor, undefined)
    },
  },
]
