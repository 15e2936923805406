/** What a compiler must say of one line of a program that sends events. Every line stands in a function of its own. */

export interface TypeCase {
  readonly title: string
  readonly line: string
  /** Part of what the compiler says: the key that was meant, or what is missing. */
  readonly says?: RegExp
}

const COMMON = "id: 'o1', timestamp: new Date()"
const WEB = "actionSource: 'web', sourceUrl: 'https://shop.example.com/thanks'"
/** An order, without its closing brace. */
const ORDER = `${COMMON}, type: 'order_created', ${WEB}`
const old = (fields: string): string => `client.send([{ ${fields} }])`
const fresh = (fields: string): string => `client11.send([{ ${fields} }])`
const order = (fields: string): string => old(`${ORDER}, ${fields}`)

/** In scope: `client` (2026-06, the default), `client11` (2026-11), `clientAny` (a contract that is not known), and these values. */
export const PRELUDE = `
import { check, createClient, type EventInput, type FriendlyEvent, type FriendlyEventOf, type JsonEvent, money, type WireEvent } from 'waybill'
declare const contract: '2026-06' | '2026-11' | 'auto'
const client = createClient({ pixelId: 'p', apiKey: 'k' })
const client11 = createClient({ pixelId: 'p', apiKey: 'k', contract: '2026-11' })
const clientAny = createClient({ pixelId: 'p', apiKey: 'k', contract })
declare const text: string, missing: string | undefined, nothing: null, wire: WireEvent, row: JsonEvent, any: any, day: Date
declare const stored: FriendlyEvent, total: { amount: number; currency: string }, list: readonly string[]
`

export const MISTAKES: readonly TypeCase[] = [
  {
    title: 'id misspelt',
    line: old(`ID: 'o1', timestamp: new Date(), type: 'order_created', ${WEB}`),
    says: /'ID'|'id'/,
  },
  { title: 'id missing', line: old(`timestamp: new Date(), type: 'order_created', ${WEB}`), says: /'id' is missing/ },
  {
    title: 'id a number',
    line: old(`id: 12345, timestamp: new Date(), type: 'order_created', ${WEB}`),
    says: /'number'.*'string'/,
  },
  { title: 'id null', line: old(`id: null, timestamp: new Date(), type: 'order_created', ${WEB}`) },
  { title: 'timestamp missing', line: old(`id: 'o1', type: 'order_created', ${WEB}`), says: /'timestamp' is missing/ },
  {
    title: 'timestamp misspelt',
    line: old(`id: 'o1', timestmap: new Date(), type: 'order_created', ${WEB}`),
    says: /mean to write 'timestamp'/,
  },
  { title: 'timestamp a boolean', line: old(`id: 'o1', timestamp: true, type: 'order_created', ${WEB}`) },
  { title: 'a second time', line: order('timestamp_ms: 1764500000000'), says: /mean to write 'timestamp'/ },
  { title: "another vendor's event name", line: old(`${COMMON}, type: 'purchase', ${WEB}`), says: /"?purchase"?/ },
  { title: 'event name misspelt', line: old(`${COMMON}, type: 'order_creatd', ${WEB}`), says: /order_creat/ },
  { title: 'type missing', line: old(`${COMMON}, ${WEB}`), says: /'type' is missing/ },
  { title: 'data misspelt', line: order("dta: { amount: '1.00', currency: 'EUR' }"), says: /mean to write 'data'/ },
  {
    title: 'amount misspelt',
    line: order("data: { amuont: '1.00', currency: 'EUR' }"),
    says: /mean to write 'amount'/,
  },
  { title: 'amount a number', line: order("data: { amount: 25.99, currency: 'USD' }"), says: /'number'/ },
  {
    title: 'amount without currency',
    line: order("data: { amount: '25.99' }"),
    says: /'currency' is missing|'string' is not assignable/,
  },
  {
    title: 'currency misspelt',
    line: order("data: { amount: '25.99', curency: 'USD' }"),
    says: /'currency' is missing|'string' is not assignable/,
  },
  {
    title: 'price of an item without any currency',
    line: order("data: { contents: [{ id: 'sku_1', amount: '9.00' }] }"),
  },
  {
    title: 'a key of items misspelt',
    line: order("data: { contents: [{ id: 'sku_1', quantty: 1 }] }"),
    says: /mean to write 'quantity'/,
  },
  {
    title: 'quantity a text',
    line: order("data: { contents: [{ id: 'sku_1', quantity: '1' }] }"),
    says: /'string'.*'number'/,
  },
  { title: 'contents no list', line: order("data: { contents: { id: 'sku_1' } }") },
  {
    title: 'items under another name',
    line: order("data: { items: [{ id: 'sku_1' }] }"),
    says: /'items' does not exist/,
  },
  { title: 'plan of an order', line: order("data: { planId: 'pro' }"), says: /'planId' does not exist/ },
  { title: 'free key of an order', line: order("data: { coupon: 'SPRING' }"), says: /'coupon' does not exist/ },
  {
    title: 'contents of a lead',
    line: old(`${COMMON}, type: 'lead_created', data: { contents: [{ id: 'a' }] }`),
    says: /'contents' does not exist/,
  },
  {
    title: 'plan of a registration',
    line: old(`${COMMON}, type: 'registration_completed', data: { planId: 'pro' }`),
    says: /'planId' does not exist/,
  },
  { title: 'the shape of another event', line: order("data: { type: 'custom' }"), says: /"custom"/ },
  {
    title: 'custom without a name',
    line: old(`${COMMON}, type: 'custom', data: { seats: 5 }`),
    says: /'customEventName' is missing/,
  },
  {
    title: 'a name of your own on an order',
    line: order("customEventName: 'sale'"),
    says: /'customEventName' does not exist/,
  },
  { title: 'custom with null as name', line: old(`${COMMON}, type: 'custom', customEventName: null`) },
  {
    title: 'a free key that is no JSON',
    line: old(`${COMMON}, type: 'custom', customEventName: 'a', data: { at: () => 1 }`),
  },
  {
    title: 'web without URL',
    line: old(`${COMMON}, type: 'order_created', actionSource: 'web'`),
    says: /'sourceUrl' is missing/,
  },
  {
    title: 'web with a URL that may be missing',
    line: old(`${COMMON}, type: 'order_created', actionSource: 'web', sourceUrl: missing`),
  },
  {
    title: 'an unknown action source',
    line: old(`${COMMON}, type: 'order_created', actionSource: 'website', sourceUrl: text`),
    says: /website/,
  },
  {
    title: 'an app event without action source',
    line: old(`${COMMON}, type: 'app_opened'`),
    says: /'actionSource' is missing/,
  },
  { title: 'an app event from the web', line: old(`${COMMON}, type: 'app_installed', ${WEB}`), says: /"web"/ },
  {
    title: 'a wire key of the event',
    line: old(`${COMMON}, type: 'order_created', action_source: 'web'`),
    says: /mean to write 'actionSource'/,
  },
  { title: 'a wire key of user', line: order("user: { email_sha256: 'b4c9' }"), says: /'email_sha256' does not exist/ },
  {
    title: 'a wire event as a literal',
    line: old("id: 'o1', type: 'order_created', timestamp_ms: 1764500000000, data: { type: 'contents' }"),
    says: /mean to write 'timestamp'/,
  },
  { title: 'a key of user misspelt', line: order("user: { emial: 'a@example.com' }"), says: /mean to write 'email'/ },
  { title: 'phone under 2026-06', line: order("user: { phone: '+14155552671' }"), says: /'phone' does not exist/ },
  { title: 'a name under 2026-06', line: order("user: { firstName: 'Ada' }"), says: /'firstName' does not exist/ },
  { title: 'a region under 2026-06', line: order("user: { region: 'Bavaria' }"), says: /'region' does not exist/ },
  { title: 'an email address that is a number', line: order('user: { email: 5 }') },
  { title: 'email beside user', line: order("email: 'a@example.com'"), says: /'email' does not exist/ },
  { title: 'opt-out as a text', line: order("optOut: 'true'") },
  {
    title: 'a contract that does not exist',
    line: "createClient({ pixelId: 'p', apiKey: 'k', contract: '2026-07' })",
    says: /2026-07/,
  },
  { title: 'an option misspelt', line: "createClient({ pixelId: 'p', apikey: 'k' })", says: /'apiKey'/ },
  { title: 'one event and not a list', line: `client.send({ ${ORDER} })` },
  {
    title: 'track with a misspelt key',
    line: `client.track({ ${ORDER}, oppreff: 'x' })`,
    says: /mean to write 'oppref'/,
  },
  {
    title: 'phone under 2026-11 misspelt',
    line: fresh(`${ORDER}, user: { phon: '+14155552671' }`),
    says: /mean to write 'phone'/,
  },
  {
    title: 'an annotated event with a wire key',
    line: `const event: FriendlyEvent = { ${ORDER}, opt_out: true }`,
    says: /mean to write 'optOut'/,
  },
  {
    title: 'an event of one name with the data of another',
    line: `const event: FriendlyEventOf<'lead_created'> = { ${COMMON}, type: 'lead_created', data: { planId: 'a' } }`,
    says: /'planId' does not exist/,
  },
]

export const RIGHT: readonly TypeCase[] = [
  {
    title: 'an order',
    line: order("data: { amount: '25.99', currency: 'USD', contents: [{ id: 'sku_1', name: 'Bundle', quantity: 1 }] }"),
  },
  { title: 'an order without data', line: old(ORDER) },
  { title: 'an order without a source', line: old(`${COMMON}, type: 'order_created'`) },
  { title: 'an order of money()', line: order("data: { amount: money('25.99', 'USD') }") },
  {
    title: 'items priced in the currency of money()',
    line: order("data: { amount: money('25.99', 'USD'), contents: [{ id: 'a', amount: '25.99' }] }"),
  },
  {
    title: 'an item with its own currency',
    line: order("data: { contents: [{ id: 'a', amount: '9.00', currency: 'EUR' }] }"),
  },
  {
    title: 'an item without price',
    line: order("data: { contents: [{ id: 'a' }, { id: 'b', amount: money('1.00', 'EUR') }] }"),
  },
  {
    title: 'a currency without amount',
    line: order("data: { currency: 'USD', contents: [{ id: 'a', amount: '9.00' }] }"),
  },
  {
    title: 'an item with everything',
    line: order(
      "data: { currency: 'USD', contents: [{ id: 'a', name: 'b', contentType: 'product', quantity: 2, amount: '9.00', groupId: 'g', variantDict: { size: 'M' } }] }",
    ),
  },
  { title: 'the shape written out', line: order("data: { type: 'contents', amount: '1.00', currency: 'EUR' }") },
  { title: 'a page view', line: old(`${COMMON}, type: 'page_viewed', ${WEB}`) },
  {
    title: 'a view of contents',
    line: old(`${COMMON}, type: 'contents_viewed', ${WEB}, data: { contents: [{ id: 'a' }] }`),
  },
  { title: 'a cart', line: old(`${COMMON}, type: 'items_added', ${WEB}, data: { contents: [{ id: 'a' }] }`) },
  {
    title: 'a checkout',
    line: old(`${COMMON}, type: 'checkout_started', ${WEB}, data: { amount: '1.00', currency: 'EUR' }`),
  },
  {
    title: 'a lead',
    line: old(`${COMMON}, type: 'lead_created', actionSource: 'phone_call', data: { amount: '50', currency: 'USD' }`),
  },
  { title: 'a registration', line: old(`${COMMON}, type: 'registration_completed', ${WEB}, data: {}`) },
  { title: 'an appointment', line: old(`${COMMON}, type: 'appointment_scheduled', actionSource: 'offline'`) },
  { title: 'an app installed', line: old(`${COMMON}, type: 'app_installed', actionSource: 'mobile_app'`) },
  {
    title: 'an app opened',
    line: old(`${COMMON}, type: 'app_opened', actionSource: 'mobile_app', data: { type: 'customer_action' }`),
  },
  {
    title: 'a subscription',
    line: old(
      `${COMMON}, type: 'subscription_created', ${WEB}, data: { planId: 'pro', amount: '9.00', currency: 'EUR' }`,
    ),
  },
  {
    title: 'a trial',
    line: old(`${COMMON}, type: 'trial_started', ${WEB}, data: { planId: 'pro', contents: [{ id: 'seat' }] }`),
  },
  { title: 'a custom event', line: old(`${COMMON}, type: 'custom', customEventName: 'quote_requested'`) },
  {
    title: 'free keys',
    line: old(
      `${COMMON}, type: 'custom', customEventName: 'a', data: { seats: 5, tags: ['x'], deep: { a: [null, true] }, none: null }`,
    ),
  },
  {
    title: 'free keys beside known ones',
    line: old(
      `${COMMON}, type: 'custom', customEventName: 'a', data: { amount: '1.00', currency: 'EUR', planId: 'p', seats: 5, contents: [{ id: 'a' }] }`,
    ),
  },
  { title: 'a time as a text', line: old("id: 'o1', type: 'order_created', timestamp: '2026-11-02T10:00:00+01:00'") },
  { title: 'a time in milliseconds', line: old("id: 'o1', type: 'order_created', timestamp: Date.now()") },
  {
    title: 'what is not there',
    line: old(`${COMMON}, type: 'order_created', oppref: missing, optOut: undefined, user: null, data: undefined`),
  },
  {
    title: 'a source URL that may be missing, elsewhere',
    line: old(`${COMMON}, type: 'order_created', actionSource: 'offline', sourceUrl: missing`),
  },
  { title: 'a source URL without an action source', line: old(`${COMMON}, type: 'order_created', sourceUrl: text`) },
  {
    title: 'a user',
    line: order(
      "user: { email: 'A@example.com', externalId: '7', country: 'US', city: 'Ulm', postalCode: '10115', ipAddress: '203.0.113.7', userAgent: text, obref: text }",
    ),
  },
  { title: 'several addresses', line: order('user: { email: list }') },
  { title: 'a user whose fields may be missing', line: order('user: { email: missing, city: nothing }') },
  {
    title: 'phone and names under 2026-11',
    line: fresh(
      `${ORDER}, user: { phone: '+14155552671', firstName: 'Ada', lastName: 'L', region: 'CA', androidAdvertisingId: text }`,
    ),
  },
  {
    title: 'all keys under a contract that is not known',
    line: `clientAny.send([{ ${ORDER}, user: { email: text, phone: text, firstName: text } }])`,
  },
  { title: 'opted out', line: order('optOut: true') },
  { title: 'track', line: `client.track({ ${ORDER} })` },
  { title: 'a wire event by its type', line: 'client.send([wire])' },
  { title: 'an event from outside', line: 'client.send([row])' },
  { title: 'an event of JSON.parse', line: 'client.send(JSON.parse(text))' },
  {
    title: 'what check gives',
    line: 'const result = check(any, { now: 0 }); if (result.ok) client.send([result.event])',
  },
  { title: 'a stored friendly event', line: 'client.send([stored, wire, row])' },
  {
    title: 'an annotated event',
    line: `const event: FriendlyEvent = { ${ORDER}, data: { amount: '1.00', currency: 'EUR' } }; client.send([event])`,
  },
  {
    title: 'an annotated event of one name',
    line: `const event: FriendlyEventOf<'lead_created'> = { ${COMMON}, type: 'lead_created' }; client.track(event)`,
  },
  {
    title: 'one of two names',
    line: `client.send([{ ${COMMON}, ${WEB}, type: text === 'a' ? 'lead_created' : 'registration_completed' }])`,
  },
  {
    title: 'events made by map',
    line: `client.send(list.map((id): EventInput => ({ id, timestamp: day, type: 'order_created' })))`,
  },
  {
    title: 'events made by map, untold',
    line: "client.send(list.map((id) => ({ id, timestamp: day, type: 'order_created', data: { amount: text, currency: 'EUR' } })))",
  },
  { title: 'an amount as an object', line: order('data: { amount: total }') },
]
