import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Relay, startRelay, withJson } from '../service/service.helpers.ts'
import { bring, shopify, order as shopifyOrder, ENV as WEBHOOKS } from './webhooks.helpers.ts'

/** What identify calls said of a person, and how long it holds, against a running relay. */

const KEY = 'write-key-31'
const ENV = { WAYBILL_INTAKE_TOKEN: KEY }
const authorization = `Basic ${Buffer.from(`${KEY}:`).toString('base64')}`

const batched = async (relay: Relay, ...messages: readonly object[]): Promise<void> => {
  const batch = messages.map((message, at) => ({ messageId: `m${at}`, ...message }))
  const { status, json } = await relay.ask('/v1/batch', withJson('POST', { batch }, { authorization }))
  assert.deepEqual([status, json.refused, json.skipped], [200, 0, {}])
}
const identify = (userId: string | undefined, traits: object, anonymousId?: string): object => ({
  type: 'identify',
  userId,
  anonymousId,
  traits,
})
const order = (order_id: string, userId: string, more: object = {}): object => ({
  type: 'track',
  event: 'Order Completed',
  userId,
  properties: { order_id, total: 5, currency: 'EUR' },
  ...more,
})

interface Stored {
  readonly id: string
  readonly opt_out?: boolean
  readonly user?: Readonly<Record<string, unknown>>
}

const stored = (relay: Relay): ReadonlyMap<string, Stored> =>
  new Map(relay.api.emulator.events().map(({ event }) => [event.id, event as unknown as Stored]))

test('a newer identify call adds to what an earlier one said, in one call and in several at a time', async (context) => {
  const relay = await startRelay(context, { env: ENV })
  const delivered = relay.next('event:delivered', 2)
  await batched(relay, identify('u_1', { email: 'user@example.com' }))
  await batched(
    relay,
    identify('u_1', { address: { country: 'DE' } }),
    identify('u_1', { address: { city: 'Berlin' } }),
  )
  const traits = [{ email: 'other@example.com' }, { address: { country: 'AT' } }, { address: { city: 'Wien' } }]
  await Promise.all(traits.map((each) => batched(relay, identify('u_2', each))))
  await batched(relay, order('o_1', 'u_1'), order('o_2', 'u_2'))
  await delivered
  for (const [id, country, city] of [
    ['o_1', 'DE', 'Berlin'],
    ['o_2', 'AT', 'Wien'],
  ] as const) {
    const user = stored(relay).get(id)?.user
    assert.match(String(user?.['email_sha256']), /^[0-9a-f]{64}$/)
    assert.deepEqual([user?.['country'], user?.['city']], [country, city])
  }
})

test('a wish that an identify call tells holds for the orders that follow, until it is taken back', async (context) => {
  const relay = await startRelay(context, { env: ENV })
  const delivered = relay.next('event:delivered', 4)
  await batched(relay, identify('u_1', { opt_out: 'true' }), identify('u_1', { plan: 'pro' }))
  await batched(relay, order('o_1', 'u_1'))
  await batched(relay, identify(undefined, { optOut: true }, 'anon_2'), identify('u_2', { email: 'user@example.com' }))
  await batched(relay, order('o_2', 'u_2', { anonymousId: 'anon_2' }), order('o_3', 'u_3'))
  await batched(relay, identify('u_1', { opt_out: false }))
  await batched(relay, order('o_4', 'u_1'))
  await delivered
  const wishes = ['o_1', 'o_2', 'o_3', 'o_4'].map((id) => stored(relay).get(id)?.opt_out)
  assert.deepEqual(wishes, [true, true, undefined, false])
})

test('the ids that two systems have for one buyer make no two buyers; those of one system do', async (context) => {
  const relay = await startRelay(context, { env: { ...WEBHOOKS, ...ENV } })
  const outcomeOf = async (message: object): Promise<unknown> => {
    const { json } = await relay.ask('/v1/batch', withJson('POST', { batch: [message] }, { authorization }))
    return [json.accepted, json.duplicates, json.conflicts]
  }
  await bring(relay, 'shopify', shopify('orders/paid', shopifyOrder(7)))
  const again = order('7', 'u_1', { messageId: 'm1', properties: { order_id: '7', total: 25.99, currency: 'USD' } })
  assert.deepEqual(await outcomeOf(again), [0, 1, 0])
  const traits = { email: 'else@example.com' }
  assert.deepEqual(await outcomeOf({ ...again, context: { traits } }), [0, 0, 1])
  assert.deepEqual(await outcomeOf({ ...order('8', 'u_1'), messageId: 'm2' }), [1, 0, 0])
  assert.deepEqual(await outcomeOf({ ...order('8', 'u_1'), messageId: 'm3' }), [0, 1, 0])
  assert.deepEqual(await outcomeOf({ ...order('8', 'u_2'), messageId: 'm4' }), [0, 0, 1])
})
