import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { run } from '../cli/cli.helpers.ts'
import { systemRuntime } from '../engine/index.ts'
import { PIXEL, type Relay, startRelay } from '../service/service.helpers.ts'
import {
  type Bringing,
  bring,
  ENV,
  hmac,
  minutesAgo,
  order,
  shopify,
  start,
  stored,
  stripe,
} from './webhooks.helpers.ts'

/** The right conversions of several shops and of several calls about one sale, against a running relay. */

const WOO = { de: 'woo-secret-de', com: 'woo-secret-com' }

function woo(secret: string, site: string, about: object): Bringing {
  const payload = {
    id: 1001,
    status: 'processing',
    currency: 'EUR',
    total: '49.90',
    date_created_gmt: minutesAgo(9).slice(0, 19),
  }
  const body = JSON.stringify({
    ...payload,
    billing: { email: 'ana@example.com' },
    line_items: [],
    meta_data: [],
    ...about,
  })
  const headers = { 'x-wc-webhook-topic': 'order.updated', 'x-wc-webhook-source': site }
  return { body, headers: { ...headers, 'x-wc-webhook-signature': hmac(secret, body) } }
}

async function twoShops(context: TestContext, first: string | undefined, ...options: object[]): Promise<Relay> {
  const env = { WOO_DE: WOO.de, WOO_COM: WOO.com }
  const sources = [
    { source: 'woocommerce', name: first, pixelId: PIXEL, secretEnv: 'WOO_DE', options: options[0] },
    { source: 'woocommerce', name: 'com', pixelId: PIXEL, secretEnv: 'WOO_COM', options: options[1] },
  ]
  return startRelay(context, { env, file: { sources } })
}

const DE = 'https://shop.example.de/'
const COM = 'https://shop.example.com/'
const OTHER = { currency: 'USD', total: '120.00', billing: { email: 'joe@example.com' } }

test('two shops with ids of their own are both delivered, at their own address or by their signature', async (context) => {
  const relay = await twoShops(context, 'de', { id: '{shop}-{order_id}' }, { id: 'com-{order_id}' })
  const delivered = relay.next('event:delivered', 2)
  const named = await bring(relay, 'woocommerce', woo(WOO.de, DE, {}), `${PIXEL}/de`)
  const bySignature = await bring(relay, 'woocommerce', woo(WOO.com, COM, OTHER))
  assert.deepEqual([named.json.accepted, bySignature.json.accepted], [1, 1], named.text + bySignature.text)
  assert.equal((await bring(relay, 'woocommerce', woo(WOO.de, DE, {}), `${PIXEL}/com`)).status, 401)
  assert.equal((await bring(relay, 'woocommerce', woo(WOO.de, DE, {}), `${PIXEL}/fr`)).status, 404)
  await delivered
  const ids = stored(relay).map(({ id, data }) => [id, data.amount])
  assert.deepEqual(ids.sort(), [
    ['com-1001', 12_000],
    ['shop.example.de-1001', 4_990],
  ])
  const [account] = await relay.store.show('com-1001')
  assert.deepEqual([account?.origin?.shop, account?.source], ['shop.example.com', 'webhook:woocommerce/com'])
})

test('two sources of a kind for one pixel need names of their own', async (context) => {
  const sources = [1, 2].map(() => ({ source: 'shopify', pixelId: PIXEL, secretEnv: 'WAYBILL_SHOPIFY_SECRET' }))
  await assert.rejects(startRelay(context, { env: ENV, file: { sources } }), /keep one, or give each a name/)
})

/** What comes second under the id of an order of shop.example.de, and whether it is another order. */
const SECOND: readonly (readonly [says: string, call: Bringing, code: string | undefined])[] = [
  ['the same again', woo(WOO.de, DE, {}), undefined],
  ['the same shop, with everything else changed', woo(WOO.de, DE, { ...OTHER, status: 'completed' }), undefined],
  ['another shop, whatever is the same', woo(WOO.com, COM, {}), 'other_shop'],
  ['another shop with another order', woo(WOO.com, COM, OTHER), 'other_shop'],
  ['an unknown shop, the same currency and buyer', woo(WOO.de, '', { total: '51.00' }), undefined],
  ['an unknown shop, another currency', woo(WOO.de, '', { currency: 'USD' }), 'other_currency'],
  ['an unknown shop, another buyer', woo(WOO.de, '', { billing: { email: 'joe@example.com' } }), 'other_buyer'],
]

for (const [says, call, code] of SECOND) {
  test(`under a known id comes ${says}: ${code ?? 'a quiet repeat'}`, async (context) => {
    const relay = await twoShops(context, undefined)
    const delivered = relay.next('event:delivered')
    await bring(relay, 'woocommerce', woo(WOO.de, DE, {}))
    await delivered
    const told = relay.next('source:called')
    const { json } = await bring(relay, 'woocommerce', call)
    const conflicts = (json.conflicts ?? []).map((one: { code: string }) => one.code)
    assert.deepEqual([json.accepted, json.duplicates, conflicts], [0, code ? 0 : 1, code ? [code] : []])
    assert.deepEqual(
      (await told)[0]?.conflicts.map((one) => one.code),
      code ? [code] : [],
    )
    const { text } = await relay.ask('/metrics')
    assert.equal(text.includes('outcome="conflict"'), code !== undefined)
    assert.equal(relay.log().includes('first call that came to nothing'), code !== undefined)
    const accounts = (await relay.store.show('1001')).map(({ name, state }) => `${name} ${state}`)
    assert.equal(accounts.length, code ? 2 : 1, accounts.join())
    assert.equal(stored(relay).length, 1)
  })
}

const SUBSCRIPTION = {
  id: 'sub_1',
  status: 'active',
  currency: 'usd',
  items: { data: [{ price: { id: 'price_1', unit_amount: 2_900, recurring: {} }, quantity: 1 }] },
}
const created = (changes: object = {}): Bringing =>
  stripe('customer.subscription.created', { ...SUBSCRIPTION, created: Math.floor(Date.now() / 1_000) - 60, ...changes })
const session = (): Bringing =>
  stripe('checkout.session.completed', {
    id: 'cs_1',
    mode: 'subscription',
    payment_status: 'paid',
    amount_total: 2_900,
    currency: 'usd',
    subscription: 'sub_1',
    customer_details: { email: 'jenny@example.com', address: { country: 'US', postal_code: '94107' } },
    success_url: 'https://shop.example.com/success',
    metadata: { oppref: 'abc%2B1' },
    total_details: { amount_discount: 0 },
  })
const invoice = (id: string, billing_reason: string, changes: object = {}): Bringing =>
  stripe('invoice.paid', {
    id,
    billing_reason,
    total: 2_900,
    currency: 'usd',
    customer_email: 'jenny@example.com',
    parent: { subscription_details: { subscription: 'sub_1', metadata: {} } },
    lines: { data: [] },
    ...changes,
  })

for (const [says, calls] of [
  ['the subscription before its session', [created(), session()]],
  ['the session before its subscription', [session(), created()]],
  ['a trial’s subscription before the session that was paid for', [created({ status: 'trialing' }), session()]],
] as const) {
  test(`of Stripe's calls the one that knows the buyer counts: ${says}`, async (context) => {
    const relay = await start(context)
    const delivered = relay.next('event:delivered')
    for (const call of calls) assert.equal((await bring(relay, 'stripe', call)).status, 200)
    await delivered
    const events = stored(relay)
    assert.equal(events.length, 1)
    const [{ type, data, oppref, user } = {} as never] = events
    assert.deepEqual([type, data.amount, oppref], ['subscription_created', 2_900, 'abc%2B1'])
    assert.deepEqual(Object.keys(user ?? {}), ['email_sha256', 'country', 'zip_code'])
  })
}

test('a call that names nobody waits on disk for 60 seconds and goes after that', async (context) => {
  let aheadMs = 0
  const runtime = { ...systemRuntime, now: () => Date.now() + aheadMs, monotonic: () => performance.now() + aheadMs }
  const relay = await startRelay(context, { env: ENV, runtime })
  const { json } = await bring(relay, 'stripe', created())
  assert.equal(json.accepted, 1)
  const [waiting] = await relay.store.show('sub_1')
  assert.equal(waiting?.origin?.givesWay, true)
  assert.ok(waiting.dueMs >= waiting.acceptedMs + 60_000)
  assert.equal(stored(relay).length, 0)
  const delivered = relay.next('event:delivered')
  aheadMs = 60_001
  relay.engine.wake()
  await delivered
  assert.deepEqual(
    stored(relay).map(({ id, user }) => [id, user]),
    [['sub_1', undefined]],
  )
  const late = await bring(relay, 'stripe', session())
  assert.deepEqual([late.json.accepted, late.json.duplicates], [0, 1])
})

test('how long it waits is a setting of the source; 0 lets it go at once', async (context) => {
  const sources = [{ source: 'stripe', pixelId: PIXEL, secretEnv: 'WAYBILL_STRIPE_SECRET', waitForBuyerMs: 0 }]
  const relay = await start(context, { sources })
  const delivered = relay.next('event:delivered')
  await bring(relay, 'stripe', created())
  await delivered
  assert.equal(stored(relay).length, 1)
})

test('a trial that becomes paid is a subscription with its money, once; the months after it are none', async (context) => {
  const sources = [{ source: 'stripe', pixelId: PIXEL, secretEnv: 'WAYBILL_STRIPE_SECRET', waitForBuyerMs: 0 }]
  const relay = await start(context, { sources })
  const delivered = relay.next('event:delivered', 2)
  await bring(relay, 'stripe', created({ status: 'trialing' }))
  const nothing = await bring(relay, 'stripe', invoice('in_0', 'subscription_cycle', { total: 0 }))
  assert.equal(nothing.json.skipped[0].code, 'renewal')
  assert.equal((await bring(relay, 'stripe', invoice('in_1', 'subscription_cycle'))).json.accepted, 1)
  const again = await bring(relay, 'stripe', invoice('in_1', 'subscription_cycle'))
  const next = await bring(relay, 'stripe', invoice('in_2', 'subscription_cycle'))
  assert.deepEqual([again.json.skipped[0].code, next.json.skipped[0].code], ['renewal', 'renewal'])
  await delivered
  assert.deepEqual(
    stored(relay)
      .map(({ type, id, data }) => [type, id, data.amount])
      .sort(),
    [
      ['subscription_created', 'sub_1', 2_900],
      ['trial_started', 'sub_1', undefined],
    ],
  )
})

function trialEnded(): Bringing {
  const body = JSON.stringify({
    ...JSON.parse(created().body),
    type: 'customer.subscription.updated',
    data: { object: SUBSCRIPTION, previous_attributes: { status: 'trialing' } },
  })
  const seconds = Math.floor(Date.now() / 1_000)
  const signature = createHmac('sha256', ENV['WAYBILL_STRIPE_SECRET']!).update(`${seconds}.${body}`).digest('hex')
  return { body, headers: { 'stripe-signature': `t=${seconds},v1=${signature}` } }
}

test('a trial of which only its end was seen is known by that; without it an invoice is a renewal', async (context) => {
  const relay = await start(context)
  const before = await bring(relay, 'stripe', invoice('in_1', 'subscription_cycle'))
  assert.equal(before.json.skipped[0].code, 'renewal')
  await bring(relay, 'stripe', trialEnded())
  assert.equal((await bring(relay, 'stripe', invoice('in_2', 'subscription_cycle'))).json.accepted, 1)
})

test('a trial that was paid for is known to be when the account of that is gone, and when its end is told again', async (context) => {
  const relay = await start(context)
  const delivered = relay.next('event:delivered')
  await bring(relay, 'stripe', trialEnded())
  assert.equal((await bring(relay, 'stripe', invoice('in_1', 'subscription_cycle'))).json.accepted, 1)
  await delivered
  await relay.store.prune({ endedBeforeMs: Date.now() + 1, limit: 1_000 })
  assert.deepEqual(await relay.store.show('sub_1'), [])
  await bring(relay, 'stripe', trialEnded())
  const next = await bring(relay, 'stripe', invoice('in_2', 'subscription_cycle'))
  assert.deepEqual([next.json.accepted, next.json.skipped[0]?.code], [0, 'renewal'])
})

test('a one-time sale and the invoice that its session makes are one order, in either order', async (context) => {
  const sale = stripe('checkout.session.completed', {
    ...JSON.parse(session().body).data.object,
    id: 'cs_9',
    mode: 'payment',
    subscription: null,
    invoice: 'in_9',
  })
  const bill = invoice('in_9', 'manual', { parent: null })
  for (const calls of [
    [sale, bill],
    [bill, sale],
  ]) {
    const relay = await start(context)
    const answers = []
    for (const call of calls) answers.push((await bring(relay, 'stripe', call)).json)
    assert.deepEqual(
      answers.map(({ accepted, duplicates }) => [accepted, duplicates]),
      [
        [1, 0],
        [0, 1],
      ],
    )
  }
})

test('HubSpot signs the URL with its query, and a slash at the end is the same address', async (context) => {
  const secret = 'hubspot-secret'
  const options = { stages: { closedwon: 'order_created' } }
  const publicUrl = 'https://events.example.com'
  const sources = [{ source: 'hubspot', pixelId: PIXEL, secretEnv: 'HUBSPOT', publicUrl, options }]
  const relay = await startRelay(context, { env: { HUBSPOT: secret }, file: { sources } })
  for (const [at, path] of [`/webhooks/hubspot/${PIXEL}?from=crm%3Aeu&x=1`, `/webhooks/hubspot/${PIXEL}/`].entries()) {
    const notice = { subscriptionType: 'deal.propertyChange', propertyName: 'dealstage', propertyValue: 'closedwon' }
    const body = JSON.stringify([{ ...notice, objectId: 4_500 + at, portalId: 7, occurredAt: Date.now() - 60_000 }])
    const time = String(Date.now())
    const signed = `POST${publicUrl}${path.replace('%3A', ':')}${body}${time}`
    const headers = { 'x-hubspot-request-timestamp': time, 'x-hubspot-signature-v3': hmac(secret, signed) }
    const { json, text } = await relay.ask(path, { method: 'POST', headers, body })
    assert.equal(json.accepted, 1, text)
  }
})

test('what is skipped or turned away is counted, logged once for each kind, and told what to choose', async (context) => {
  const relay = await start(context)
  const wrongTopic = (): Promise<unknown> => bring(relay, 'shopify', shopify('orders/create', order(1)))
  for (let call = 0; call < 10; call++) await wrongTopic()
  await bring(relay, 'shopify', shopify('orders/paid', order(2), 'another secret'))
  await bring(relay, 'shopify', shopify('orders/paid', order(2)), 'another-pixel')
  await bring(relay, 'nobody', shopify('orders/paid', order(2)))
  const unreadable = { body: '{', headers: { 'x-shopify-hmac-sha256': hmac(ENV['WAYBILL_SHOPIFY_SECRET']!, '{') } }
  await bring(relay, 'shopify', unreadable)
  const { text } = await relay.ask('/metrics')
  const counts = [
    ['shopify', PIXEL, 'skipped', 'no_conversion', 10],
    ['shopify', PIXEL, 'turned_away', 'wrong_signature', 1],
    ['shopify', PIXEL, 'turned_away', 'invalid_json', 1],
    ['shopify', 'other', 'turned_away', 'not_found', 1],
    ['other', PIXEL, 'turned_away', 'not_found', 1],
  ] as const
  for (const [source, pixel, outcome, reason, count] of counts) {
    const line = `waybill_source_messages_total{source="${source}",pixel="${pixel}",outcome="${outcome}",reason="${reason}"} ${count}\n`
    assert.ok(text.includes(line), line)
  }
  const lines = relay.log().split('\n')
  assert.equal(lines.filter((line) => line.includes('"code":"no_conversion"')).length, 1)
  assert.equal(lines.filter((line) => line.includes('all calls of this source were skipped')).length, 1)
  const status = await run(['status', '--relay', relay.url], { env: {} })
  assert.match(
    status.stdout,
    /^shopify {2}px {2}nothing taken\n {4}all calls were skipped: choose the topic orders\/paid/m,
  )
  assert.match(status.stdout, /^ {4}10 skipped: no_conversion\. "orders\/create" stands for no conversion/m)
  assert.match(status.stdout, /^ {4}1 turned away: wrong_signature\./m)
  const delivered = relay.next('event:delivered')
  await bring(relay, 'shopify', shopify('orders/paid', order(3)))
  await delivered
  assert.doesNotMatch((await run(['status', '--relay', relay.url], { env: {} })).stdout, /all calls were skipped/)
})
