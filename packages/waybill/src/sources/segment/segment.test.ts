import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import RudderAnalytics from '@rudderstack/rudder-sdk-node'
import { Analytics } from '@segment/analytics-node'
import { isSha256Hex } from '../../identity/digest.ts'
import { refusalOf, sha256, testSkipCases, testWireCases, wireEvents } from '../harness.cases.ts'
import { remembered, withRemembered, withUser } from '../join.ts'
import type { Remembered } from '../source.ts'
import { createSegmentSource } from './index.ts'
import { COMPLETED, COMPLETED_WIRE, named, RECEIVED_MS, SKIPPED, tracked, WIRE } from './segment.cases.ts'
import { SPELLED, UNWANTED } from './spelling.cases.ts'

testWireCases(createSegmentSource, WIRE)
testSkipCases(createSegmentSource, SKIPPED)
testWireCases(createSegmentSource, SPELLED)
testSkipCases(createSegmentSource, UNWANTED)

const source = createSegmentSource()
const identify = (traits: object): object => ({
  type: 'identify',
  userId: 'user_1',
  anonymousId: 'anon_1',
  messageId: 'm',
  traits,
})

test('a batch has an outcome for each message, and its own context and sentAt for all', () => {
  const { sentAt, ...message } = COMPLETED as Record<string, unknown>
  const batch = [
    message,
    identify({ email: 'user@example.com' }),
    'x',
    { ...message, event: 'Cart Viewed' },
    { type: 'identify' },
  ]
  const { events, skipped, remember } = source({
    payload: { batch, sentAt, writeKey: 'k' },
    topic: 'batch',
    receivedAtMs: RECEIVED_MS,
  })
  assert.deepEqual(
    events.map(({ index, event }) => [index, event.id]),
    [[0, '1001']],
  )
  assert.deepEqual(
    skipped.map(({ index, code, path }) => [index, code, path]),
    [
      [2, 'malformed', 'batch[2]'],
      [3, 'no_conversion', undefined],
      [4, 'malformed', 'batch[4].userId'],
    ],
  )
  assert.deepEqual(
    remember.map(({ index }) => index),
    [1],
  )
})

test('a batch that is no list is told as that', () => {
  for (const batch of [{}, null, 'x']) {
    const { events, skipped } = source({ payload: { batch }, topic: 'batch', receivedAtMs: RECEIVED_MS })
    assert.deepEqual([events.length, skipped.map(({ code, path }) => [code, path])], [0, [['malformed', 'batch']]])
  }
})

test('the context of a batch is that of its messages, and theirs comes first', () => {
  const message = { type: 'track', event: 'Lead', messageId: 'm', userId: 'u', context: { ip: '203.0.113.1' } }
  const context = { ip: '203.0.113.9', userAgent: 'UA' }
  const [found] = source({ payload: { batch: [message], context }, receivedAtMs: RECEIVED_MS }).events
  assert.deepEqual(found!.event.user, { externalId: 'u', ipAddress: '203.0.113.1', userAgent: 'UA' })
})

test('what identify says is kept as digests, under digests', () => {
  const traits = {
    email: 'User@Example.com',
    phone: '+14155552671',
    firstName: 'Ada',
    name: 'Ada L',
    address: { country: 'US' },
  }
  const [kept] = source({ payload: identify(traits) }).remember
  assert.deepEqual(kept?.user, {
    email: sha256('user@example.com'),
    externalId: sha256('user_1'),
    country: 'US',
  })
  assert.equal(kept?.people.length, 2)
  assert.ok(kept?.people.every(isSha256Hex))
  assert.doesNotMatch(JSON.stringify(kept), /@|user_1|anon_1|4155|Ada/)
  const [newer] = createSegmentSource({ contract: '2026-11' })({ payload: identify(traits) }).remember
  assert.deepEqual(Object.keys(newer!.user), ['email', 'phone', 'firstName', 'country', 'externalId'])
})

test('remembered traits join a later event of the same person, and what the event says itself stays', () => {
  const [kept] = source({
    payload: identify({ email: 'user@example.com', address: { country: 'US', city: 'Oakland' } }),
  }).remember
  const mapped = source(tracked({ 'context.traits': { address: { city: 'Berlin' } } }))
  const [found] = mapped.events
  assert.deepEqual(found!.people, kept!.people)
  const joined = { ...mapped, events: [{ ...found!, event: withUser(found!.event, kept!.user) }] }
  const expected = structuredClone(COMPLETED_WIRE) as { user: object }
  expected.user = { ...expected.user, email_sha256: sha256('user@example.com'), country: 'US', city: 'Berlin' }
  assert.deepEqual(wireEvents(joined), [expected])
})

test('a person known by the anonymous id alone is found by it', () => {
  const [before] = source({
    payload: { type: 'identify', anonymousId: 'anon_1', traits: { email: 'user@example.com' } },
  }).remember
  const [later] = source(tracked()).events
  assert.ok(later!.people.includes(before!.people[0]!))
})

test('a message that is sent again, when its clock is right, is the same to the last byte', () => {
  const again = {
    ...tracked({ sentAt: new Date(RECEIVED_MS + 29_000).toISOString() }),
    receivedAtMs: RECEIVED_MS + 30_000,
  }
  assert.equal(JSON.stringify(source(again)), JSON.stringify(source(tracked())))
})

test('an action_source that is none is told, also where there is no page', () => {
  const [found] = source(named('Order Completed', { order_id: '1', actionSource: 'Website' }, { context: {} })).events
  assert.deepEqual(found!.notes, [{ code: 'unused_field', path: 'properties.actionSource' }])
})

test('a currency that is there and no text gets the event refused; the default is for a missing one', () => {
  for (const currency of [840, {}, false])
    assert.deepEqual(refusalOf(source(tracked({ 'properties.currency': currency }))), [
      'invalid_currency at data.currency',
    ])
})

test('what identify says of a wish is kept with the person, and newer calls add to what is known', () => {
  const keptOf = (traits: object): Remembered => source({ payload: identify(traits) }).remember[0]!
  const first = remembered(undefined, keptOf({ email: 'user@example.com', opt_out: 'true' }))
  assert.deepEqual(first, { user: { email: sha256('user@example.com'), externalId: sha256('user_1') }, optOut: true })
  const second = remembered(first, keptOf({ address: { city: 'Berlin' } }))
  assert.deepEqual(second, { user: { ...first.user, city: 'Berlin' }, optOut: true })
  assert.equal(remembered(second, keptOf({ optOut: false })).optOut, false)
  assert.equal(remembered(undefined, keptOf({ opt_out: 'maybe' })).optOut, 'maybe')
})

test('a remembered wish holds for the events that follow', () => {
  const wishes = [
    [undefined, true, true],
    [false, true, true],
    [true, false, true],
    [undefined, false, false],
    [undefined, undefined, undefined],
    [undefined, 'maybe', 'maybe'],
  ] as const
  for (const [said, kept, optOut] of wishes) {
    const event = { ...source(tracked()).events[0]!.event, ...(said !== undefined && { optOut: said }) }
    assert.equal(withRemembered(event, { user: {}, optOut: kept as boolean | undefined }).optOut, optOut)
  }
})

test('a time or an amount that cannot be read is refused in words', () => {
  assert.deepEqual(refusalOf(source(tracked({ timestamp: 'yesterday' }))), ['invalid_timestamp at timestamp'])
  assert.deepEqual(refusalOf(source(tracked({ 'properties.total': 'a lot' }))), ['invalid_amount at data.amount'])
})

test('a wish that is no boolean gets the event refused, and is never dropped', () => {
  for (const wish of ['maybe', '', 'yes', 1, 0, {}, []]) {
    const refusal = refusalOf(source(tracked({ 'properties.opt_out': wish })))
    assert.deepEqual(refusal, ['invalid_type at optOut'], JSON.stringify(wish))
  }
})

test('a mapping names a call that is named custom', () => {
  const rule = { type: { value: 'custom' }, custom_event_name: { value: 'quote_requested' } }
  const mapped = createSegmentSource({ mapping: { events: { custom: rule } } })(named('custom', {}))
  assert.equal(mapped.events[0]?.event.customEventName, 'quote_requested')
})

test('what looks like money, an id or items and was not used is told by its name, and nothing else is', () => {
  const told = (properties: object, event = 'Order Completed'): string[] =>
    source(named(event, properties)).events[0]!.notes.map(({ code, path }) => `${code} ${path}`)
  const known = {
    order_id: '1',
    total: 5,
    tax: 1,
    shipping: 2,
    discount: 0.5,
    coupon: 'x',
    checkout_id: 'c',
    subtotal: 4,
  }
  assert.deepEqual(told(known), [])
  assert.deepEqual(told({ order_id: '1', grand_total: '12.50', total_tax: '2.00' }), [
    'unused_field properties.grand_total',
  ])
  assert.deepEqual(told({ purchase_number: 'A-7', total: 1 }), ['unused_field properties.purchase_number'])
  assert.deepEqual(told({ order_id: '1', total: 1, line_items: [{ sku: 'a' }] }), [
    'unused_field properties.line_items',
  ])
  assert.deepEqual(told({ order_id: '1', total: 1, action_source: 'Website' }), [
    'unused_field properties.action_source',
  ])
  for (const order_id of [{ id: 5 }, 2 ** 60, true, 'undefined'])
    assert.deepEqual(told({ order_id, total: 1 }), ['unused_field properties.order_id'], JSON.stringify(order_id))
  for (const products of [{ product_id: 'a' }, '[{"product_id":"a"}]', ['a']])
    assert.deepEqual(told({ order_id: '1', total: 1, products }), ['unused_field properties.products'])
  assert.deepEqual(told({ order_id: '', orderId: null, products: [], total: 1 }), [])
  assert.deepEqual(told({ lead_id: 'l', line_items: [{ sku: 'a' }] }, 'Lead'), [])
})

test('half a cent is rounded on its text, half away from zero, with a warning; or kept to be fixed', () => {
  const [found] = source(tracked({ 'properties.total': 27.505 })).events
  assert.deepEqual(
    [found!.event.data?.amount, found!.notes],
    ['27.51', [{ code: 'amount_rounded', path: 'data.amount' }]],
  )
  const exact = createSegmentSource({ excessDecimals: 'refuse' })
  assert.deepEqual(refusalOf(exact(tracked({ 'properties.total': 27.505 }))), ['too_many_decimals at data.amount'])
})

interface Arrival {
  readonly path: string
  readonly body: unknown
}

/** What an SDK posts to a server of ours. */
async function posted(send: (url: string) => Promise<void>): Promise<Arrival[]> {
  const arrivals: Arrival[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      arrivals.push({ path: request.url ?? '', body: JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown })
      response.end('{"success":true}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    await send(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    return arrivals
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

const ORDER = {
  userId: 'user_1',
  event: 'Order Completed',
  properties: {
    order_id: '1001',
    total: 25.99,
    currency: 'USD',
    products: [{ product_id: 'p', price: 25.99, quantity: 1 }],
  },
  timestamp: new Date(RECEIVED_MS),
}
const SENT = {
  id: '1001',
  type: 'order_created',
  timestamp_ms: RECEIVED_MS,
  user: { external_id_sha256: sha256('user_1') },
  data: { type: 'contents', amount: 2_599, currency: 'USD', contents: [{ id: 'p', quantity: 1, amount: 2_599 }] },
}

test('what Segment’s own SDK posts is understood', async () => {
  const arrivals = await posted(async (host) => {
    const analytics = new Analytics({ writeKey: 'k', host })
    analytics.identify({ userId: 'user_1', traits: { email: 'user@example.com' } })
    analytics.track(ORDER)
    await analytics.closeAndFlush()
  })
  assert.deepEqual(
    arrivals.map(({ path }) => path),
    ['/v1/batch'],
  )
  const mapped = source({ payload: arrivals[0]!.body, topic: 'batch', receivedAtMs: Date.now() })
  assert.equal(mapped.remember.length, 1)
  assert.deepEqual(wireEvents(mapped), [SENT])
})

test('what RudderStack’s own SDK posts is understood', async () => {
  const arrivals = await posted(async (dataPlaneUrl) => {
    const analytics = new RudderAnalytics('k', { dataPlaneUrl, flushAt: 1, gzip: false })
    await new Promise<void>((resolve) =>
      analytics.track({ ...ORDER, originalTimestamp: ORDER.timestamp } as never, () => resolve()),
    )
  })
  const mapped = source({ payload: arrivals[0]!.body, topic: 'batch', receivedAtMs: RECEIVED_MS })
  assert.deepEqual(wireEvents(mapped), [SENT])
})
