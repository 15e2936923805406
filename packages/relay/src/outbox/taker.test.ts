import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import type pg from 'pg'
import { bound, deferred, order, PIXEL, type Relay, type RelayOptions, startRelay } from '../service/service.helpers.ts'
import { StoreFullError } from '../store/index.ts'
import { type Database, makeDatabase } from './postgres.helpers.ts'

interface Shop {
  readonly database: Database
  readonly shop: pg.Client
  readonly admin: pg.Client
  readonly relay: Relay
}

async function start(context: TestContext, pixels: unknown = '*', options: RelayOptions = {}): Promise<Shop> {
  const database = await makeDatabase(context)
  const shop = await database.connect(database.as('shop'))
  const admin = await database.connect()
  const relay = await startRelay(context, {
    ...options,
    file: { outbox: [{ url: database.as('taker'), name: 'shop', pixels }] },
  })
  return { database, shop, admin, relay }
}

const enqueue = (client: pg.Client, event: object, pixel = PIXEL): Promise<unknown> =>
  client.query('select waybill.enqueue($1, $2)', [pixel, JSON.stringify(event)])

const left = async ({ admin }: Shop): Promise<number> =>
  Number((await admin.query('select count(*) from waybill.outbox')).rows[0].count)

describe('the relay and an outbox', () => {
  it('delivers what commits and nothing of what is rolled back', async (context) => {
    const made = await start(context)
    const delivered = made.relay.next('event:delivered', 2)
    await made.shop.query('begin')
    await enqueue(made.shop, order('kept_1'))
    await made.shop.query('savepoint one')
    await enqueue(made.shop, order('undone_1'))
    await made.shop.query('rollback to one')
    await made.shop.query('commit')
    await made.shop.query('begin')
    await enqueue(made.shop, order('undone_2'))
    await made.shop.query('rollback')
    await enqueue(made.shop, order('kept_2'))
    const ids = (await delivered).map(({ id }) => id)
    assert.deepEqual(ids.sort(), ['kept_1', 'kept_2'])
    assert.equal(await left(made), 0)
    const status = await made.relay.ask('/api/status')
    const source = status.json.sources.find(({ source: name }: { source: string }) => name === 'outbox/shop')
    assert.deepEqual([source.accepted, source.duplicates, source.refused], [2, 0, 0])
  })

  it('counts repeats, conflicts and refusals by source, and keeps an account of each', async (context) => {
    const made = await start(context)
    const called = made.relay.next('source:called', 1)
    const base = order('order_1')
    await made.shop.query('begin')
    await enqueue(made.shop, base)
    await enqueue(made.shop, base)
    await enqueue(made.shop, { ...base, data: { ...base.data, amount: 1 } })
    await enqueue(made.shop, { ...order('order_2'), type: 'no_such_type' })
    await made.shop.query('select waybill.enqueue($1, $2)', [PIXEL, 'Ada Lovelace'])
    await made.shop.query('commit')
    const [{ accepted, duplicates, refused, conflicts }] = (await called) as [Awaited<typeof called>[number]]
    assert.deepEqual({ accepted, duplicates, refused }, { accepted: 1, duplicates: 1, refused: 2 })
    assert.deepEqual(
      conflicts.map(({ code, ref }) => [code, ref]),
      [['conflicting_repeat', 'order_1']],
    )
    const states = (await made.relay.store.show('order_1')).map(({ name, state, code }) => [name, state, code])
    assert.deepEqual(states.slice(1), [['conflict:outbox/shop', 'discarded', 'conflicting_repeat']])
    const refusals = await made.relay.ask(`/api/refused?pixel=${PIXEL}`)
    assert.match(refusals.text, /unreadable_[0-9a-f]{16}_5/)
    assert.doesNotMatch(refusals.text, /Lovelace/)
  })

  it('refuses what a role may not bring, and takes no place of what it may', async (context) => {
    const made = await start(context, [{ pixelId: PIXEL, roles: ['other_shop'] }])
    await made.admin.query(
      'grant usage on schema waybill to other_shop; grant execute on all functions in schema waybill to other_shop',
    )
    const other = await made.database.connect(made.database.as('other_shop'))
    const called = made.relay.next('source:called', 2)
    await enqueue(made.shop, order('order_1'))
    await made.relay.next('source:called', 1)
    const delivered = made.relay.next('event:delivered', 1)
    await enqueue(other, order('order_1'))
    assert.equal((await delivered)[0]!.id, 'order_1')
    assert.deepEqual(
      (await called).map(({ accepted, refused }) => [accepted, refused]),
      [
        [0, 1],
        [1, 0],
      ],
    )
    const states = (await made.relay.store.show('order_1')).map(({ state, issues, source }) => [
      state,
      issues[0]?.code,
      source,
    ])
    assert.deepEqual(states.sort(), [
      ['delivered', undefined, 'outbox/shop'],
      ['refused', 'not_allowed_to_bring', 'outbox/shop'],
    ])
  })

  it('rolls back at once while the store is away, and takes it when it is back', async (context) => {
    let isAway = true
    let tries = 0
    const triedAgain = deferred<void>()
    const made = await start(context, '*', {
      store: (store) => ({
        ...bound(store),
        accept: (...args) => {
          if (++tries === 2) triedAgain.resolve()
          return isAway ? Promise.reject(new StoreFullError('no room')) : store.accept(...args)
        },
      }),
    })
    await enqueue(made.shop, order('order_1'))
    await triedAgain.promise
    const { rows } = await made.admin.query(
      "select from pg_stat_activity where usename = 'taker' and xact_start < now() - interval '1 s'",
    )
    assert.equal(rows.length, 0)
    assert.equal(await left(made), 1)
    const delivered = made.relay.next('event:delivered', 1)
    isAway = false
    assert.equal((await delivered)[0]!.id, 'order_1')
  })
})
