import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import type { WireEvent } from 'waybill'
import { systemRuntime } from '../../engine/index.ts'
import { PIXEL, type Relay, startRelay } from '../../service/service.helpers.ts'
import { eventually } from '../admin/eventually.helpers.ts'
import {
  type Expected,
  MINUTE_MS,
  SHOPS,
  type Shop,
  type Story,
  seeded,
  shuffled,
  type Teller,
  type Vendor,
  type VendorCall,
} from './plan.helpers.ts'
import { hubspotStory, shopifyStory, wooStory } from './shops.helpers.ts'
import { AFTER_WAITING_MS, stripeStory } from './stripe.helpers.ts'

/** Orders of each vendor; `npm run conversions` makes it 1,000. */
const ORDERS = Number(process.env['WAYBILL_TEST_ORDERS'] ?? 60)
const SEED = Number(process.env['WAYBILL_TEST_SEED'] ?? 20_261_130)
const AT_A_TIME = 16

const TELLERS: Readonly<Record<Vendor, (teller: Teller) => Story>> = {
  shopify: shopifyStory,
  woocommerce: wooStory,
  stripe: stripeStory,
  hubspot: hubspotStory,
}
const VENDORS = Object.keys(TELLERS) as Vendor[]
const OPTIONS: Readonly<Record<Vendor, object>> = {
  shopify: { id: '{shop}-{order_number}' },
  woocommerce: { id: '{shop}-{order_id}' },
  stripe: { id: '{shop}-{session_id}' },
  hubspot: { id: '{shop}-{deal_id}', stages: { closedwon: 'order_created' } },
}
const PUBLIC_URL = 'https://events.example.com'
const secretOf = (vendor: Vendor, shop: Shop): string => `secret-of-${vendor}-${shop}`

async function startShops(context: TestContext, runtime: typeof systemRuntime): Promise<Relay> {
  const pairs = VENDORS.flatMap((vendor) => SHOPS.map((shop) => [vendor, shop] as const))
  const variable = (vendor: Vendor, shop: Shop): string => `S_${vendor}_${shop}`.toUpperCase()
  const env = Object.fromEntries(pairs.map(([vendor, shop]) => [variable(vendor, shop), secretOf(vendor, shop)]))
  const sources = pairs.map(([source, name]) => ({
    ...{ source, name, pixelId: PIXEL, secretEnv: variable(source, name), options: OPTIONS[source] },
    // Longer than the run takes: in a random order any call may come last.
    waitForBuyerMs: AFTER_WAITING_MS - MINUTE_MS,
    ...(source === 'hubspot' && { publicUrl: PUBLIC_URL }),
  }))
  return startRelay(context, { env, file: { sources }, runtime })
}

const SIGNED: Readonly<Record<Vendor, (call: VendorCall, body: string, path: string) => Record<string, string>>> = {
  shopify: ({ vendor, shop, topic }, body) => ({
    'x-shopify-topic': topic,
    'x-shopify-hmac-sha256': mac(secretOf(vendor, shop), body),
  }),
  woocommerce: ({ vendor, shop, topic }, body) => ({
    'x-wc-webhook-topic': topic,
    'x-wc-webhook-signature': mac(secretOf(vendor, shop), body),
  }),
  stripe({ vendor, shop }, body) {
    const time = Math.floor(Date.now() / 1_000)
    return { 'stripe-signature': `t=${time},v1=${mac(secretOf(vendor, shop), `${time}.${body}`, 'hex')}` }
  },
  hubspot({ vendor, shop }, body, path) {
    const time = String(Date.now())
    const signature = mac(secretOf(vendor, shop), `POST${PUBLIC_URL}${path}${body}${time}`)
    return { 'x-hubspot-request-timestamp': time, 'x-hubspot-signature-v3': signature }
  },
}

function mac(secret: string, text: string, form: 'base64' | 'hex' = 'base64'): string {
  return createHmac('sha256', secret).update(text).digest(form)
}

async function post(relay: Relay, call: VendorCall): Promise<void> {
  // At the address of all: the signature tells the shop.
  const path = `/webhooks/${call.vendor}/${PIXEL}`
  const body = JSON.stringify(call.payload)
  const headers = { ...call.headers, ...SIGNED[call.vendor](call, body, path) }
  const { status, text } = await relay.ask(path, { method: 'POST', headers, body })
  assert.equal(status, 200, text)
}

/** Every story's calls, some at a time, those of one story never at once. */
async function tell(relay: Relay, calls: readonly VendorCall[]): Promise<void> {
  for (let at = 0; at < calls.length; at += AT_A_TIME) {
    const some = calls.slice(at, at + AT_A_TIME)
    const keys = some.map(({ vendor, shop, payload }) => `${vendor}${shop}${JSON.stringify(payload).match(/\d+/)?.[0]}`)
    const isApart = new Set(keys).size === keys.length && !some.some(({ vendor }) => vendor === 'stripe')
    if (isApart) await Promise.all(some.map((call) => post(relay, call)))
    else for (const call of some) await post(relay, call)
  }
}

const line = ({ id, type, timestampMs, amount, currency }: Expected): string =>
  [id, type, new Date(timestampMs).toISOString(), amount ?? '-', currency ?? '-'].join(' ')

function conversionsOf(relay: Relay): string[] {
  const events = relay.api.emulator.events().map(({ event }) => event as unknown as WireEvent)
  return events
    .map(({ id, type, timestamp_ms: timestampMs, data: { amount, currency } }) =>
      line({ id, type, timestampMs, amount, currency }),
    )
    .sort()
}

/**
 * - orders of four vendors and of two shops that count from the same number: paid at once and days later, refunded, renewed, on trial,
 *   tests, touched long after
 * - their calls come in a random order, some more than once
 * - what the API has in the end is the list that was made beside it, to the cent and the second, each once
 */
test(`${ORDERS} orders through each of four vendors' webhooks are the conversions that they are (seed ${SEED})`, async (context) => {
  let aheadMs = 0
  const ahead = { now: () => Date.now() + aheadMs, monotonic: () => performance.now() + aheadMs }
  const relay = await startShops(context, { ...systemRuntime, ...ahead })
  const below = seeded(SEED)
  const numbers = Array.from({ length: Math.ceil(ORDERS / SHOPS.length) }, (_, at) => at + 1)
  const stories = VENDORS.flatMap((vendor) =>
    SHOPS.flatMap((shop) => numbers.map((number) => TELLERS[vendor]({ shop, number, nowMs: Date.now(), below }))),
  )
  await tell(relay, shuffled(stories, below))
  aheadMs = AFTER_WAITING_MS
  relay.engine.wake()
  await eventually(async () => {
    const { queued, sending } = await relay.store.counts()
    return queued + sending === 0
  })
  const expected = stories.flatMap(({ expected: conversions }) => conversions.map(line)).sort()
  assert.ok(expected.length > stories.length / 2)
  const found = conversionsOf(relay)
  const missing = expected.filter((one) => !found.includes(one))
  const wrong = found.filter((one) => !expected.includes(one))
  assert.deepEqual({ missing, wrong }, { missing: [], wrong: [] })
  assert.equal(found.length, expected.length)
  const { refused, expired } = await relay.store.counts()
  assert.deepEqual([refused, expired, relay.api.emulator.summary().stored], [0, 0, expected.length])
})
