import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Store, StoreAwayError } from '../store/index.ts'
import { MINUTE_MS, startVirtual, type Virtual, virtualOrders } from './virtual-engine.helpers.ts'

const EVENTS = 20

/** Every call fails while it is away, also those that change nothing. */
function awayWhile(store: Store, isAway: () => boolean): Store {
  return new Proxy(store, {
    get(target, name) {
      const member = Reflect.get(target, name) as (...args: unknown[]) => unknown
      if (name === 'close' || typeof member !== 'function') return member
      return (...args: unknown[]) =>
        isAway() ? Promise.reject(new StoreAwayError('Nobody answers.')) : Reflect.apply(member, target, args)
    },
  })
}

/**
 * - the store goes away while a request is out, for longer than any lease
 * - the engine goes on by itself; the answer that came meanwhile is not forgotten
 */
for (const { name, isLeaseGone, stored, duplicates } of [
  { name: 'the lease is still there: settled as it came', isLeaseGone: false, stored: EVENTS, duplicates: 0 },
  { name: 'the lease is gone: uncertain, so sent again', isLeaseGone: true, stored: EVENTS, duplicates: EVENTS },
])
  test(`a store that cannot be reached for ten minutes ends nothing; ${name}`, async (context) => {
    let isAway = false
    const virtual: Virtual = await startVirtual(context, {
      store: (store) => awayWhile(store, () => isAway),
      answer(_sent, judge) {
        isAway = virtual.time.elapsedMs < 10 * MINUTE_MS
        return judge()
      },
    })
    await virtual.bring(virtualOrders(EVENTS))
    await virtual.run(9 * MINUTE_MS)
    assert.equal(isAway, true)
    await assert.rejects(virtual.bring(virtualOrders(1, 'meanwhile')), StoreAwayError)
    if (isLeaseGone) assert.equal(await virtual.store.reclaim(), EVENTS)
    await virtual.run(MINUTE_MS)
    isAway = false
    await virtual.run(2 * MINUTE_MS)
    assert.equal((await virtual.store.counts()).delivered, EVENTS)
    const summary = virtual.emulator.summary()
    assert.deepEqual([summary.stored, summary.duplicates], [stored, duplicates])
    const [account] = await virtual.store.show(virtualOrders(1)[0]!.id)
    assert.deepEqual(
      account!.requests.filter(({ validateOnly }) => !validateOnly).map(({ status }) => status),
      isLeaseGone ? [200, 200] : [200],
    )
    assert.deepEqual(virtual.failures, [])
  })

test('an engine that is stopped while the store is away stops without a failure', async (context) => {
  let isAway = false
  const virtual: Virtual = await startVirtual(context, {
    store: (store) => awayWhile(store, () => isAway),
    answer(_sent, judge) {
      isAway = true
      return judge()
    },
  })
  await virtual.bring(virtualOrders(EVENTS))
  await virtual.run(MINUTE_MS)
  const stopped = virtual.engine.stop(0)
  await virtual.run(MINUTE_MS)
  await stopped
  assert.deepEqual(virtual.failures, [])
})

/**
 * - what one try kept nobody heard of: the repeat under its rows is told as accepted
 * - without rows nothing is known to be kept, and whoever brought the events is told at once
 */
test('an acceptance whose answer was lost is repeated under its rows, and told as what it was', async (context) => {
  const calls: (readonly number[] | undefined)[] = []
  const virtual: Virtual = await startVirtual(context, {
    store: (store) => ({
      ...store,
      async accept(events, nowMs, rows) {
        calls.push(rows)
        if (calls.length === 1) throw new StoreAwayError('Nobody answered.', { rows: [7, 8] })
        if (calls.length === 2) throw new StoreAwayError('Still nobody.')
        return store.accept(events, nowMs)
      },
    }),
  })
  const brought = virtual.engine.accept({ pixel: 'px', contract: '2026-06', events: virtualOrders(2), source: 'test' })
  await virtual.run(MINUTE_MS)
  const results = await brought
  assert.deepEqual(
    results.map(({ status }) => status),
    ['accepted', 'accepted'],
  )
  assert.deepEqual(calls, [undefined, [7, 8], [7, 8]])
})

test('an acceptance that stays unknown is told to come again', async (context) => {
  let calls = 0
  const virtual: Virtual = await startVirtual(context, {
    store: (store) => ({
      ...store,
      accept() {
        calls += 1
        return Promise.reject(new StoreAwayError('Nobody answered.', { rows: [7, 8] }))
      },
    }),
  })
  const brought = virtual.engine.accept({ pixel: 'px', contract: '2026-06', events: virtualOrders(2), source: 'test' })
  const told = assert.rejects(brought, StoreAwayError)
  await virtual.run(MINUTE_MS)
  await told
  assert.equal(calls, 4)
})
