/** What a stranger may send to every source: anything that is JSON, and good calls with anything in any place. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { check } from '../contract/check.ts'
import { collected } from './ga4/ga4.cases.ts'
import { createGa4Source } from './ga4/index.ts'
import { WIRE as GENERIC, SALE } from './generic/generic.cases.ts'
import { createGenericSource } from './generic/index.ts'
import { NOW } from './harness.cases.ts'
import { WIRE as HUBSPOT, NOTICE } from './hubspot/hubspot.cases.ts'
import { createHubspotSource } from './hubspot/index.ts'
import { createSegmentSource } from './segment/index.ts'
import { COMPLETED } from './segment/segment.cases.ts'
import { createShopifySource } from './shopify/index.ts'
import { ORDER as SHOPIFY } from './shopify/shopify.cases.ts'
import { SKIPS } from './skip.ts'
import type { Mapped, Source, SourceCall } from './source.ts'
import { createStripeSource } from './stripe/index.ts'
import { completed, invoiced, subscribed } from './stripe/stripe.cases.ts'
import { createWooCommerceSource } from './woocommerce/index.ts'
import { ORDER as WOOCOMMERCE } from './woocommerce/woocommerce.cases.ts'

interface Subject {
  readonly name: string
  readonly source: Source
  readonly topics: readonly string[]
  readonly payloads: readonly unknown[]
}

const payloadOf = ({ payload }: SourceCall): unknown => payload
const SUBJECTS: readonly Subject[] = [
  {
    name: 'Shopify',
    source: createShopifySource(),
    topics: ['orders/paid', 'checkouts/create', 'customers/create', ''],
    payloads: [SHOPIFY],
  },
  {
    name: 'Stripe',
    source: createStripeSource(),
    topics: [''],
    payloads: [completed(), invoiced(), subscribed()].map(payloadOf),
  },
  { name: 'WooCommerce', source: createWooCommerceSource(), topics: ['order.updated', ''], payloads: [WOOCOMMERCE] },
  {
    name: 'HubSpot',
    source: createHubspotSource({ stages: { closedwon: 'order_created' } }),
    topics: [''],
    payloads: [[NOTICE], payloadOf(HUBSPOT[3]!.call), payloadOf(HUBSPOT[4]!.call)],
  },
  { name: 'generic', source: createGenericSource(GENERIC[0]!.options!), topics: ['x'], payloads: [SALE] },
  {
    name: 'Segment',
    source: createSegmentSource(),
    topics: ['track', 'batch', ''],
    payloads: [COMPLETED, { batch: [COMPLETED, { ...COMPLETED, type: 'identify' }] }],
  },
  { name: 'GA4', source: createGa4Source(), topics: [''], payloads: [payloadOf(collected())] },
]

/** How many messages a source is to see in a payload. */
function messagesIn(name: string, payload: unknown): number {
  const object = (typeof payload === 'object' && payload !== null ? payload : {}) as Record<string, unknown>
  const list = { Segment: object['batch'], GA4: object['events'], HubSpot: payload, generic: payload }[name]
  return Array.isArray(list) ? list.length : 1
}

/** A lone at sign is nobody's address, and may be what a type is called. */
const ADDRESS = /[\p{L}\p{N}._+-]@[\p{L}\p{N}-]/u

/** Every message has one outcome, and whatever comes out can be judged. */
function assertWhole(name: string, payload: unknown, { events, skipped, remember }: Mapped): void {
  const places = [...events, ...skipped, ...remember].map(({ index }) => index).sort((left, right) => left - right)
  assert.deepEqual(places, [...Array(messagesIn(name, payload)).keys()])
  for (const { code, message } of skipped) assert.ok(code in SKIPS && message.length > 5 && !ADDRESS.test(message))
  for (const { event, keys, people } of events) {
    check(event, { now: NOW, invalidIdentity: 'drop' })
    assert.ok([...keys, ...people].every((key) => typeof key === 'string' && key.trim() !== ''))
    assert.notEqual(event.type, 'custom')
  }
}

const anyJson = fc.jsonValue({ maxDepth: 4 })
/** Keys and texts that mean something to one of the sources, so that arbitrary objects reach further than the first check. */
const WORDS = [
  ...[
    'id',
    'type',
    'events',
    'batch',
    'data',
    'object',
    'properties',
    'context',
    'page',
    'url',
    'name',
    'params',
    'line_items',
  ],
  ...[
    'dealstage',
    'subscriptionType',
    'deal.propertyChange',
    'closedwon',
    'total_price',
    'currency',
    'customer',
    'metadata',
  ],
  ...[
    'checkout.session.completed',
    'payment',
    'track',
    'identify',
    'Order Completed',
    'purchase',
    'processing',
    'constructor',
    '__proto__',
  ],
]
const word = fc.constantFrom(...WORDS)
const wordyJson = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    word,
    fc.integer(),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    tie('list'),
    tie('object'),
  ),
  list: fc.array(tie('value'), { maxLength: 4 }),
  object: fc.dictionary(word, tie('value'), { maxKeys: 8 }),
})).value

/** A good payload with anything at one of its places. */
const spoilt = (payload: unknown): fc.Arbitrary<unknown> => {
  const places = placesIn(payload)
  return fc
    .tuple(fc.constantFrom(...places), fc.oneof(anyJson, fc.constantFrom('', ' ', '\ud800', '9'.repeat(400))))
    .map(([place, value]) => {
      const copy = structuredClone(payload)
      const holder = place.slice(0, -1).reduce<unknown>((object, key) => (object as Record<string, unknown>)[key], copy)
      ;(holder as Record<string, unknown>)[place.at(-1)!] = value
      return copy
    })
}

function placesIn(value: unknown): string[][] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, child]) => [[key], ...placesIn(child).map((rest) => [key, ...rest])])
}

for (const { name, source, topics, payloads } of SUBJECTS) {
  describe(`the source ${name}`, () => {
    const topic = fc.constantFrom(...topics)
    const run = (payload: unknown, chosen: string): void => {
      const call = { payload, topic: chosen, site: 'shop.example.com', receivedAtMs: NOW }
      assertWhole(name, payload, source(call))
    }

    it('has an outcome for any JSON', () =>
      fc.assert(fc.property(fc.oneof(anyJson, wordyJson), topic, run), { numRuns: 500 }))

    it('has an outcome for a good call with anything in any place', () => {
      for (const payload of payloads) fc.assert(fc.property(spoilt(payload), topic, run), { numRuns: 500 })
    })

    it('has an outcome for a call from which any place is missing', () => {
      for (const payload of payloads) {
        for (const place of placesIn(payload)) {
          const copy = structuredClone(payload)
          const holder = place
            .slice(0, -1)
            .reduce<unknown>((object, key) => (object as Record<string, unknown>)[key], copy)
          if (Array.isArray(holder)) holder.splice(Number(place.at(-1)), 1)
          else delete (holder as Record<string, unknown>)[place.at(-1)!]
          for (const chosen of topics) run(copy, chosen)
        }
      }
    })
  })
}
