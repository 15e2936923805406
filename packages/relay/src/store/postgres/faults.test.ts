import assert from 'node:assert/strict'
import { after, type TestContext, test } from 'node:test'
import type pg from 'pg'
import { stopPostgres } from '../../postgres-server.helpers.ts'
import { idsOf, leaseAll, NOW, newEvent, newEvents, requestOf, rowsOf } from '../conformance/harness.ts'
import { claimingStore } from '../conformance.ts'
import { type Store, StoreAwayError } from '../index.ts'
import { openPostgresStore } from './index.ts'
import { makeStoreDatabase } from './postgres-store.helpers.ts'
import { startTcpProxy, type TcpProxy } from './tcp-proxy.helpers.ts'

after(stopPostgres)

const TIMEOUT_MS = 500

interface Faulty {
  readonly store: Store
  readonly proxy: TcpProxy
  /** Straight to the server. */
  readonly client: pg.Client
}

async function open(context: TestContext): Promise<Faulty> {
  const { url, drop, connect } = await makeStoreDatabase()
  const proxy = await startTcpProxy(url)
  const store = claimingStore(await openPostgresStore({ url: proxy.urlOf(url), timeoutMs: TIMEOUT_MS }))
  context.after(async () => {
    proxy.heal()
    await store.close()
    await proxy.close()
    await drop()
  })
  return { store, proxy, client: await connect() }
}

/** As a caller does it: the same events again, under the rows of the try whose answer was lost. */
async function acceptAtLast(store: Store, ids: readonly string[]): Promise<string[]> {
  let rows: readonly number[] | undefined
  for (;;)
    try {
      return (await store.accept(newEvents(ids), NOW, rows)).map(({ status }) => status)
    } catch (error) {
      if (!(error instanceof StoreAwayError)) throw error
      rows = error.rows ?? rows
    }
}

test('a black hole ends a call with the store away, and once it is healed the store goes on', async (context) => {
  const { store, proxy } = await open(context)
  await store.accept([newEvent('before')], NOW)
  proxy.swallow()
  await assert.rejects(store.accept([newEvent('in it')], NOW), StoreAwayError)
  await assert.rejects(store.counts(), StoreAwayError)
  proxy.heal()
  const statuses = await acceptAtLast(store, ['in it', 'after'])
  assert.equal(statuses[1], 'accepted')
  assert.deepEqual((await store.counts()).accepted, 3)
})

test('a server that cannot be reached is away for a moment, and what is asked later is done', async (context) => {
  const { store, proxy } = await open(context)
  proxy.refuse()
  const error = await store.accept([newEvent('a')], NOW).catch((away: unknown) => away)
  assert.ok(error instanceof StoreAwayError)
  assert.equal(error.rows, undefined, 'nothing can have been written')
  proxy.heal()
  assert.deepEqual(await acceptAtLast(store, ['a']), ['accepted'])
})

test('connections that are cut or terminated at any moment lose nothing and double nothing', async (context) => {
  const { store, proxy, client } = await open(context)
  const kill =
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()'
  for (let turn = 0; turn < 20; turn++) {
    const accepting = acceptAtLast(store, [`${turn} a`, `${turn} b`])
    if (turn % 2 === 0) proxy.cut()
    else await client.query(kill)
    assert.deepEqual(await accepting, ['accepted', 'accepted'])
  }
  const { accepted, queued, unaccounted } = await store.counts()
  assert.deepEqual({ accepted, queued, unaccounted }, { accepted: 40, queued: 40, unaccounted: 0 })
  assert.deepEqual(await store.check(), [])
})

test('a settlement whose answer is lost is done once', async (context) => {
  const { store, proxy } = await open(context)
  await store.accept(newEvents(['a', 'b', 'c']), NOW)
  const lease = await leaseAll(store)
  const [a = 0, b = 0, c = 0] = rowsOf(lease)
  const lost = proxy.loseAnswer('update waybill_store.lease')
  const first = { token: lease.token, settlements: [{ to: 'delivered', rows: [a, b] } as const], nowMs: NOW }
  assert.equal(await store.settle({ ...first, request: requestOf([a, b]) }), 2)
  await lost
  const lostCommit = proxy.loseAnswer('commit')
  const refused = { to: 'refused', rows: [c], code: 'bad', message: 'bad' } as const
  assert.equal(
    await store.settle({ token: lease.token, settlements: [refused], request: requestOf([c]), nowMs: NOW }),
    1,
  )
  await lostCommit
  const accounts = await Promise.all([a, b, c].map((row) => store.showRow(row)))
  assert.deepEqual(
    accounts.map((account) => [account?.state, account?.requests.length]),
    [
      ['delivered', 1],
      ['delivered', 1],
      ['refused', 1],
    ],
  )
  assert.deepEqual(await store.check(), [])
})

test('a lease whose answer is lost comes back', async (context) => {
  const { store, proxy } = await open(context)
  await store.accept(newEvents(['a']), NOW)
  await leaseAll(store, { limit: 1 }).then(({ token }) => store.release(token))
  const lost = proxy.loseAnswer('insert into waybill_store.lease')
  await assert.rejects(leaseAll(store, { leaseMs: 1 }), StoreAwayError)
  await lost
  assert.equal((await store.counts()).sending, 1)
  while ((await store.reclaim()) === 0);
  assert.deepEqual(idsOf(await leaseAll(store)), ['a'])
})
