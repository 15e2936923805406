import assert from 'node:assert/strict'
import type { Store, Task, TaskWork } from '../index.ts'
import { endAs, leaseAll, MINUTE, NOW, newEvent, rowsOf, type StoreCase } from './harness.ts'

const BY = { by: 'ann', nowMs: NOW + MINUTE }

function start(store: Store, work: TaskWork, code?: string): Promise<Task> {
  const selection = { state: 'refused', ...(code !== undefined && { code }) } as const
  return store.startTask({ work, selection, ratePerSecond: 10, ...BY })
}

/** One step for so many. */
async function step(store: Store, { id }: Task, limit: number): Promise<Task | undefined> {
  const { events, lastRow } = await store.taskEvents(id, limit)
  return store.stepTask({ task: id, rows: events.map(({ row }) => row), passed: 0, lastRow, ...BY })
}

const counted = ({ done, passed, events }: Task): unknown => ({ done, passed, events })

export const TASKS: readonly StoreCase[] = [
  {
    name: 'a task goes on after a restart where it stopped, and does nothing twice',
    async run(store, harness) {
      await endAs(store, 'refused', ['a', 'b', 'c'])
      const task = await start(store, { kind: 'replay' })
      assert.deepEqual(counted((await step(store, task, 2))!), { done: 2, passed: 0, events: 3 })
      await store.close()
      const again = await harness.open()
      const [running] = await again.runningTasks()
      assert.deepEqual(counted(running!), { done: 2, passed: 0, events: 3 })
      assert.deepEqual(counted((await step(again, running!, 10))!), { done: 3, passed: 0, events: 3 })
      assert.equal((await again.taskEvents(task.id, 10)).isThrough, true)
      assert.equal(await again.endTask(task.id, { state: 'done', ...BY }), true)
      assert.deepEqual(await again.runningTasks(), [])
      assert.equal((await again.counts()).queued, 3)
      await again.close()
      await harness.open()
    },
  },
  {
    name: 'a task means what had ended when it began',
    async run(store) {
      await endAs(store, 'refused', ['a'])
      const task = await start(store, { kind: 'discard', reason: 'a test order' })
      await endAs(store, 'refused', ['b'], { nowMs: NOW + 2 * MINUTE })
      const { events, isThrough } = await store.taskEvents(task.id, 10)
      assert.deepEqual([events.map(({ id }) => id), isThrough], [['a'], true])
    },
  },
  {
    name: 'a task that was cancelled does nothing more',
    async run(store) {
      await endAs(store, 'refused', ['a', 'b'])
      const task = await start(store, { kind: 'replay' })
      await step(store, task, 1)
      assert.equal(await store.endTask(task.id, { state: 'cancelled', ...BY }), true)
      assert.equal(await store.endTask(task.id, { state: 'cancelled', ...BY }), false)
      const rows = [1, 2]
      assert.equal(await store.stepTask({ task: task.id, rows, passed: 0, lastRow: 2, ...BY }), undefined)
      assert.equal((await store.counts()).refused, 1)
    },
  },
  {
    name: 'a fix is taken back while it waits, and what is on its way goes on',
    async run(store) {
      await endAs(store, 'refused', ['a', 'b'], { code: 'bad' })
      const fix = await start(store, { kind: 'fix', changes: [{ path: 'data.currency', value: 'EUR' }] })
      const { events, lastRow } = await store.taskEvents(fix.id, 10)
      const fixed = newEvent('x', { content: 'fixed', amount: 5, currency: 'EUR' })
      const { wire, shape, timestampMs, issues, amount, currency } = fixed
      const edits = events.map(({ row }) => ({ row, wire, shape, timestampMs, issues, amount, currency }))
      await store.stepTask({ task: fix.id, edits, passed: 0, lastRow, ...BY })
      await store.endTask(fix.id, { state: 'done', ...BY })
      const before = events[0]!.wire
      const lease = await leaseAll(store, { limit: 1, nowMs: NOW + MINUTE })
      const back = await start(store, { kind: 'take_back', task: fix.id })
      assert.equal(back.events, 2)
      assert.deepEqual(counted((await step(store, back, 10))!), { done: 1, passed: 1, events: 2 })
      const waiting = events.find(({ row }) => !rowsOf(lease).includes(row))!
      const account = await store.showRow(waiting.row)
      assert.deepEqual([account?.state, account?.code], ['refused', 'bad'])
      assert.equal(JSON.parse(account?.wire ?? '{}').content, JSON.parse(before ?? '{}').content)
      assert.deepEqual(await store.check(), [])
    },
  },
  {
    name: 'once it is delivered, nothing of a fix can be taken back',
    async run(store) {
      await endAs(store, 'refused', ['a'])
      const fix = await start(store, { kind: 'fix', changes: [] })
      const { events, lastRow } = await store.taskEvents(fix.id, 10)
      const { wire, shape, timestampMs, issues } = newEvent('a', { content: 'fixed' })
      const edits = events.map(({ row }) => ({ row, wire, shape, timestampMs, issues }))
      await store.stepTask({ task: fix.id, edits, passed: 0, lastRow, ...BY })
      const lease = await leaseAll(store, { nowMs: NOW + MINUTE })
      await store.settle({ token: lease.token, settlements: [{ to: 'delivered', rows: rowsOf(lease) }], nowMs: NOW })
      assert.equal((await start(store, { kind: 'take_back', task: fix.id })).events, 0)
    },
  },
  {
    name: 'marks tell what changed since the state that was noted last',
    async run(store) {
      assert.deepEqual(await store.noteState({ version: '1', key: 'x' }, NOW), [])
      const marks = await store.noteState({ version: '2', key: 'y', pixel: 'z' }, NOW + 1)
      assert.deepEqual(
        marks.map(({ text }) => text),
        ['key changed', 'pixel added', 'Waybill 2'],
      )
      const own = await store.addMark({ atMs: NOW + 2, by: 'ann', text: 'backend 2.14' })
      const { marks: read } = await store.reads.ask('marks', { fromMs: NOW + 2, untilMs: NOW + 3 })
      assert.deepEqual(read, [own])
      assert.deepEqual([await store.dropMark(own.seq), await store.dropMark(own.seq)], [true, false])
    },
  },
  {
    name: 'a session is found by its digest until it is over, and outlives a restart',
    async run(store, harness) {
      const session = { digest: 'd', kind: 'session', who: 'ann', role: 'reader', pixels: ['px_1'] } as const
      const times = { createdMs: NOW, endsMs: NOW + MINUTE }
      await store.putSession({ ...session, ...times })
      await store.close()
      const again = await harness.open()
      assert.deepEqual(await again.getSession('d', NOW), { ...session, ...times })
      assert.equal(await again.getSession('d', NOW + MINUTE), undefined)
      assert.equal((await again.listSessions('link', NOW)).length, 0)
      assert.equal(await again.dropSessionsOf('ann'), 1)
      assert.equal(await again.getSession('d', NOW), undefined)
      await again.close()
      await harness.open()
    },
  },
]
