import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import type { IntakeResult, Runtime } from '../engine/index.ts'
import { LifecycleEvents, systemRuntime } from '../engine/index.ts'
import { deferred, order, PIXEL } from '../service/service.helpers.ts'
import { connectOutbox, MOST_OPEN_MS } from './database.ts'
import { type Database, makeDatabase } from './postgres.helpers.ts'
import { OutboxTaker, type TakerOptions } from './taker.ts'

/** Time that is waited for goes a hundred times as fast. */
const hurried: Runtime = { ...systemRuntime, sleep: (ms, signal) => systemRuntime.sleep(ms / 100, signal) }

async function enqueueOne(database: Database): Promise<void> {
  const shop = await database.connect(database.as('shop'))
  await shop.query('select waybill.enqueue($1, $2)', [PIXEL, JSON.stringify(order('order_1'))])
}

function take(context: TestContext, database: Database, keep: TakerOptions['keep']): void {
  const taker = new OutboxTaker({
    outbox: { name: 'shop', url: database.as('taker'), pixels: '*' },
    store: { accept: () => Promise.resolve([]) },
    events: new LifecycleEvents(),
    runtime: hurried,
    keep,
    now: Date.now,
    fallbackPixel: () => PIXEL,
    rulesOf: () => ({ contract: '2026-06' }),
    isFull: () => false,
  })
  context.after(() => taker.stop())
}

describe('the transaction in which an outbox is taken', () => {
  it('is rolled back in time when the store does not answer, and the next try takes the same', async (context) => {
    const database = await makeDatabase(context)
    const admin = await database.connect()
    await enqueueOne(database)
    const kept = deferred<readonly (string | undefined)[]>()
    let tries = 0
    take(context, database, ({ events }) => {
      tries += 1
      // The first try is never answered: only the bound of time can end it.
      if (tries === 1) return new Promise<IntakeResult[]>(() => {})
      kept.resolve(events.map(({ id }) => id))
      return Promise.resolve([{ id: 'order_1', status: 'accepted', issues: [] }] as unknown as IntakeResult[])
    })
    assert.deepEqual(await kept.promise, ['order_1'])
    const isEmpty = async (): Promise<boolean> =>
      (await admin.query('select count(*)::integer as count from waybill.outbox')).rows[0].count === 0
    while (!(await isEmpty())) await new Promise((resolve) => setImmediate(resolve))
    assert.equal(tries, 2)
  })

  it('is ended by the database itself where the relay stands still', async (context) => {
    const database = await makeDatabase(context)
    const admin = await database.connect()
    await enqueueOne(database)
    const taking = await connectOutbox(database.as('taker'))
    context.after(() => taking.drop())
    const claim = await taking.claim(0n, 10)
    assert.equal(claim?.rows.length, 1)
    const gone = `select count(*)::integer as open from pg_stat_activity where usename = 'taker' and xact_start is not null`
    const startedMs = performance.now()
    while ((await admin.query(gone)).rows[0].open > 0) await new Promise((resolve) => setImmediate(resolve))
    assert.ok(performance.now() - startedMs < 3 * MOST_OPEN_MS)
    assert.equal((await admin.query('select count(*)::integer as count from waybill.outbox')).rows[0].count, 1)
    await assert.rejects(claim!.commit())
  })
})
