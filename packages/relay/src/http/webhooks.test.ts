import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { tempFolder } from '../files/files.helpers.ts'
import { PIXEL, startRelay, withJson } from '../service/service.helpers.ts'
import {
  type Bringing,
  bring,
  ENV,
  hmac,
  minutesAgo,
  order,
  SECRETS,
  shopify,
  start,
  stored,
  stripe,
} from './webhooks.helpers.ts'

test('a signed Shopify order is on disk when it is answered, and delivered once although it comes three times', async (context) => {
  const relay = await start(context)
  const delivered = relay.next('event:delivered')
  const call = shopify('orders/paid', order(1))
  const answer = await bring(relay, 'shopify', call)
  assert.deepEqual([answer.status, answer.json.accepted], [200, 1], answer.text)
  await delivered
  assert.equal((await bring(relay, 'shopify', call)).json.duplicates, 1)
  assert.equal((await bring(relay, 'shopify', call)).json.duplicates, 1)
  const [event] = stored(relay)
  assert.deepEqual([event?.type, event?.data.amount, event?.data.currency], ['order_created', 2599, 'USD'])
  assert.equal(stored(relay).length, 1)
  const account = (await relay.ask(`/api/events/${event!.id}`)).json.accounts[0]
  assert.deepEqual([account.state, account.source], ['delivered', 'webhook:shopify'])
})

const NOT_BELIEVED: readonly (readonly [what: string, source: string, call: () => Bringing, code: string])[] = [
  ['no signature', 'shopify', () => ({ body: '{}', headers: {} }), 'missing_signature'],
  ["another shop's secret", 'shopify', () => shopify('orders/paid', order(2), 'wrong'), 'wrong_signature'],
  [
    'a body that was changed on its way',
    'shopify',
    () => ({ ...shopify('orders/paid', order(2)), body: JSON.stringify(order(3)) }),
    'wrong_signature',
  ],
  [
    'a replay of ten minutes ago',
    'stripe',
    () => stripe('checkout.session.completed', {}, { atMs: Date.now() - 600_000 }),
    'stale_signature',
  ],
  [
    "a signature that is none of Stripe's",
    'stripe',
    () => stripe('x', {}, { secret: 'whsec_other' }),
    'wrong_signature',
  ],
]

for (const [what, source, call, code] of NOT_BELIEVED) {
  test(`${what} is not believed, and nothing is kept of it`, async (context) => {
    const relay = await start(context)
    const { status, json } = await bring(relay, source, call())
    assert.deepEqual([status, json.error.code], [401, code])
    assert.equal((await relay.store.counts()).accepted, 0)
  })
}

test('a source or pixel that is not configured is not found, whatever the signature', async (context) => {
  const relay = await start(context)
  const call = shopify('orders/paid', order(1))
  for (const [source, pixel] of [
    ['hubspot', PIXEL],
    ['shopify', 'other'],
    ['constructor', PIXEL],
    ['segment', PIXEL],
  ] as const) {
    assert.equal((await bring(relay, source, call, pixel)).status, 404, source)
  }
})

for (const [code, changes] of [
  ['test_order', { test: true }],
  ['unpaid', { financial_status: 'pending' }],
  ['cancelled', { cancelled_at: minutesAgo(1) }],
  ['refunded', { financial_status: 'refunded' }],
] as const) {
  test(`an order that is ${code} is no conversion; the vendor is content, and the account says why`, async (context) => {
    const relay = await start(context)
    const { status, json } = await bring(relay, 'shopify', shopify('orders/paid', order(4, changes)))
    assert.deepEqual([status, json.accepted, json.skipped[0].code], [200, 0, code])
    const found = (await relay.ask('/api/events?state=discarded')).json.events
    assert.deepEqual([found.length, found[0].code, found[0].source], [1, code, 'webhook:shopify'])
    const { accepted, discarded, unaccounted } = await relay.store.counts()
    assert.deepEqual([accepted, discarded, unaccounted], [1, 1, 0])
  })
}

test('an order that was unpaid at first is delivered when it is paid', async (context) => {
  const relay = await start(context)
  await bring(relay, 'shopify', shopify('orders/paid', order(5, { financial_status: 'pending' })))
  const delivered = relay.next('event:delivered')
  await bring(relay, 'shopify', shopify('orders/paid', order(5)))
  await delivered
  const { accounts } = (await relay.ask('/api/events/5')).json
  assert.deepEqual(accounts.map(({ state }: { state: string }) => state).sort(), ['delivered', 'discarded'])
})

test('what is skipped is not sent by a replay either', async (context) => {
  const relay = await start(context)
  await bring(relay, 'shopify', shopify('orders/paid', order(6, { test: true })))
  const replay = withJson('POST', { selection: { state: 'discarded' } })
  assert.equal((await relay.ask('/api/refused/replay', replay)).json.replayed, 0)
})

const CHECKOUT = ['checkout.session.completed', 'invoice.paid', 'customer.subscription.created'] as const
const ORDERS = CHECKOUT.flatMap((first) =>
  CHECKOUT.filter((one) => one !== first).map((second) => {
    const third = CHECKOUT.find((one) => one !== first && one !== second)!
    return [first, second, third] as const
  }),
)

/** The three calls that Stripe makes of one subscription that was bought in a checkout. */
function checkoutCall(type: (typeof CHECKOUT)[number], isTrial: boolean): Bringing {
  const created = Math.floor(Date.now() / 1_000) - 90
  const session = {
    id: 'cs_1',
    object: 'checkout.session',
    mode: 'subscription',
    payment_status: isTrial ? 'no_payment_required' : 'paid',
    status: 'complete',
    subscription: 'sub_1',
    invoice: 'in_1',
    amount_total: isTrial ? 0 : 1900,
    currency: 'usd',
    created,
    customer_details: { email: 'buyer@example.com' },
  }
  const invoice = {
    id: 'in_1',
    object: 'invoice',
    billing_reason: 'subscription_create',
    status: 'paid',
    subscription: 'sub_1',
    parent: { type: 'subscription_details', subscription_details: { subscription: 'sub_1' } },
    total: isTrial ? 0 : 1900,
    amount_paid: isTrial ? 0 : 1900,
    currency: 'usd',
    created,
    status_transitions: { paid_at: created },
    customer_email: 'buyer@example.com',
    lines: { data: [{ amount: isTrial ? 0 : 1900, period: { start: created, end: created + 86_400 * 14 } }] },
  }
  const subscription = {
    id: 'sub_1',
    object: 'subscription',
    status: isTrial ? 'trialing' : 'active',
    trial_start: isTrial ? created : null,
    trial_end: isTrial ? created + 86_400 * 14 : null,
    start_date: created,
    created,
    currency: 'usd',
    latest_invoice: 'in_1',
    items: {
      data: [
        { quantity: 1, price: { id: 'price_1', unit_amount: 1900, currency: 'usd', recurring: { interval: 'month' } } },
      ],
    },
  }
  const objects = {
    'checkout.session.completed': session,
    'invoice.paid': invoice,
    'customer.subscription.created': subscription,
  }
  return stripe(type, objects[type])
}

for (const isTrial of [false, true]) {
  for (const calls of ORDERS) {
    const name = isTrial ? 'trial_started' : 'subscription_created'
    test(`one checkout is one ${name}: ${calls.join(', then ')}`, async (context) => {
      const relay = await start(context)
      const delivered = relay.next('event:delivered')
      for (const type of calls) {
        const answer = await bring(relay, 'stripe', checkoutCall(type, isTrial))
        assert.equal(answer.status, 200, answer.text)
      }
      await delivered
      assert.deepEqual(
        stored(relay).map(({ id, type }) => [id, type]),
        [['sub_1', name]],
      )
      assert.equal((await relay.store.counts()).refused, 0)
    })
  }
}

test('the three calls of a checkout side by side are one conversion too', async (context) => {
  const relay = await start(context)
  const delivered = relay.next('event:delivered')
  await Promise.all(CHECKOUT.map((type) => bring(relay, 'stripe', checkoutCall(type, true))))
  await delivered
  assert.equal(stored(relay).length, 1)
})

test('a WooCommerce order counts when it is processed; the ping of a new webhook is answered', async (context) => {
  const relay = await start(context)
  assert.equal((await bring(relay, 'woocommerce', { body: 'webhook_id=12', headers: {} })).status, 200)
  const body = (status: string): string =>
    JSON.stringify({
      id: 501,
      number: '501',
      status,
      currency: 'JPY',
      total: '1200',
      date_created_gmt: minutesAgo(5).slice(0, 19),
      date_paid_gmt: minutesAgo(4).slice(0, 19),
      billing: { email: 'buyer@example.com', country: 'JP', postcode: '100-0001' },
      line_items: [{ id: 1, product_id: 9, sku: 'tea', name: 'Tea', quantity: 1, total: '1200', price: 1200 }],
    })
  const call = (status: string): Bringing => ({
    body: body(status),
    headers: {
      'x-wc-webhook-topic': 'order.updated',
      'x-wc-webhook-source': 'https://shop.example.com/',
      'x-wc-webhook-signature': hmac(SECRETS.woocommerce, body(status)),
    },
  })
  assert.equal((await bring(relay, 'woocommerce', call('pending'))).json.accepted, 0)
  const delivered = relay.next('event:delivered')
  assert.equal((await bring(relay, 'woocommerce', call('processing'))).json.accepted, 1)
  await delivered
  assert.equal((await bring(relay, 'woocommerce', call('completed'))).json.duplicates, 1)
  assert.deepEqual(
    stored(relay).map(({ data }) => [data.amount, data.currency]),
    [[1200, 'JPY']],
  )
})

test('a sender of your own: a mapping, and two secrets while one takes the place of the other', async (context) => {
  const folder = tempFolder(context)
  const secretFile = join(folder, 'secrets')
  const mappingFile = join(folder, 'mapping.json')
  writeFileSync(secretFile, 'new-secret\nold-secret\n')
  writeFileSync(
    mappingFile,
    JSON.stringify({
      when: { state: 'won' },
      id: 'deal_{number}',
      type: { value: 'lead_created' },
      timestamp: 'at',
      email: 'contact.email',
      actionSource: { value: 'offline' },
    }),
  )
  const file = { sources: [{ source: 'generic', pixelId: PIXEL, secretFile, mappingFile }] }
  const relay = await start(context, file)
  const delivered = relay.next('event:delivered', 2)
  for (const [number, secret] of [
    [1, 'old-secret'],
    [2, 'new-secret'],
  ] as const) {
    const body = JSON.stringify({ number, state: 'won', at: minutesAgo(3), contact: { email: 'a@example.com' } })
    const digest = createHmac('sha256', secret).update(body).digest('hex')
    const answer = await bring(relay, 'generic', { body, headers: { 'x-signature-256': `sha256=${digest}` } })
    assert.deepEqual([answer.status, answer.json.accepted], [200, 1], answer.text)
  }
  await delivered
  assert.deepEqual(
    stored(relay)
      .map(({ id }) => id)
      .sort(),
    ['deal_1', 'deal_2'],
  )
})

test('three days after the landing the webhook’s event carries the click reference, byte for byte', async (context) => {
  const relay = await start(context)
  const oppref = 'a%2Bb+c~%zz'
  const visit = { oppref, ip_address: '203.0.113.9', user_agent: 'Mozilla/5.0', consent: true, landed_at_ms: 1 }
  await relay.ask(`/v1/context/7?pid=${PIXEL}`, withJson('PUT', visit))
  const delivered = relay.next('event:delivered')
  await bring(relay, 'shopify', shopify('orders/paid', order(7)))
  await delivered
  const [event] = stored(relay)
  assert.deepEqual(
    [event?.oppref, event?.user?.['ip_address'], event?.user?.['user_agent']],
    [oppref, '203.0.113.9', 'Mozilla/5.0'],
  )
})

test('consent that is withdrawn while the event waits counts: nothing of the visitor is sent', async (context) => {
  const relay = await start(context)
  const url = `/v1/context/8?pid=${PIXEL}`
  await relay.ask(url, withJson('PUT', { oppref: 'ref_8', ip_address: '203.0.113.9', consent: true, landed_at_ms: 1 }))
  await relay.ask(`/api/pixels/${PIXEL}/hold`, withJson('POST', { reason: 'test' }))
  const landing = { landing_site: '/?oppref=ref_8_in_the_shop', browser_ip: '203.0.113.9' }
  await bring(relay, 'shopify', shopify('orders/paid', order(8, landing)))
  assert.equal((await relay.ask(url, { method: 'DELETE' })).status, 204)
  const delivered = relay.next('event:delivered')
  await relay.ask(`/api/pixels/${PIXEL}/resume`, withJson('POST', {}))
  await delivered
  const [event] = stored(relay)
  assert.deepEqual([event?.id, event?.oppref, event?.user?.['ip_address']], ['8', undefined, undefined])
})

for (const [what, sources, said] of [
  [
    'a pixel that is not there',
    [{ source: 'shopify', pixelId: 'nobody', secretEnv: 'WAYBILL_SHOPIFY_SECRET' }],
    /sources\[0\]\.pixelId/,
  ],
  [
    'no secret',
    [{ source: 'hubspot', pixelId: PIXEL, options: { stages: { won: 'order_created' } } }],
    /secretEnv or secretFile/,
  ],
  [
    'a wrong option',
    [{ source: 'hubspot', pixelId: PIXEL, secretEnv: 'WAYBILL_SHOPIFY_SECRET', options: { stages: { won: 'nope' } } }],
    /sources\[0\]\.options: The option stages/,
  ],
  [
    'a secret that tracking calls have no use for',
    [{ source: 'ga4', pixelId: PIXEL, secretEnv: 'WAYBILL_SHOPIFY_SECRET' }],
    /intake token/,
  ],
] as const) {
  test(`a source with ${what} stops the start with a line that says so`, async (context) => {
    await assert.rejects(startRelay(context, { env: ENV, file: { sources } }), said)
  })
}
