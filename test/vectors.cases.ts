/** Inputs that once had a wrong outcome, each standing for a kind, with the right one. Times are those of {@link NOW}. */
import type { Contract } from 'waybill/contract'

export const NOW: number = Date.UTC(2026, 2, 19, 4)
const ISO: string = new Date(NOW - 60_000).toISOString()
const HASH = 'b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514'
const OBREF = '0f6f5a52-7f0e-4a3b-9d57-2b1f6f2f6a10'

type Fields = Readonly<Record<string, unknown>>
const ORDER: Fields = { id: 'order_77', type: 'order_created', timestamp_ms: NOW - 60_000, action_source: 'offline' }
const MONEY: Fields = { type: 'contents', amount: 4_150, currency: 'USD' }
const ITEM: Fields = { id: 'mug-3', group_id: 'mug', variant_dict: { colour: 'green' } }
const CUSTOM: Fields = { ...ORDER, type: 'custom', custom_event_name: 'sample_requested' }

/** What goes out of an event, and the warnings. `data` is the same where nothing is said of it. */
export interface CheckVector {
  readonly about: string
  readonly contract: Contract
  readonly event: Fields
  readonly user: Fields
  readonly warnings: readonly string[]
}

const OLDER = { obref: OBREF, email_sha256: HASH, country: 'US', city: 'Tucson', zip_code: '85701' }
const translated = (...keys: string[]): string[] => keys.map((key) => `identity_translated at user.${key}`)

/** The form between the two: singular keys together with `obref`, keys of an item, and free keys of a custom event. */
const BETWEEN = [
  {
    about: 'singular keys with obref',
    event: { ...ORDER, user: OLDER, data: MONEY },
    older: OLDER,
    newer: {
      obref: OBREF,
      emails_sha256: [HASH],
      countries: ['US'],
      cities: ['Tucson'],
      postal_codes: ['85701'],
    },
    keys: ['email_sha256', 'country', 'city', 'zip_code'],
  },
  {
    about: 'singular keys with group_id and variant_dict',
    event: { ...ORDER, user: { email_sha256: HASH }, data: { type: 'contents', contents: [ITEM] } },
    older: { email_sha256: HASH },
    newer: { emails_sha256: [HASH] },
    keys: ['email_sha256'],
  },
  {
    about: 'singular keys with free keys of a custom event, one of them null',
    event: { ...CUSTOM, user: { email_sha256: HASH }, data: { type: 'custom', rooms: 'four', remark: null } },
    older: { email_sha256: HASH },
    newer: { emails_sha256: [HASH] },
    keys: ['email_sha256'],
  },
]

export const CHECKED: readonly CheckVector[] = [
  ...BETWEEN.flatMap(({ about, event, older, newer, keys }): CheckVector[] => [
    { about, contract: '2026-06', event, user: older, warnings: [] },
    { about, contract: '2026-11', event, user: newer, warnings: translated(...keys) },
  ]),
  {
    about: 'a country in lower case',
    contract: '2026-06',
    event: { ...ORDER, user: { country: 'us', email_sha256: HASH }, data: MONEY },
    user: { country: 'US', email_sha256: HASH },
    warnings: ['country_uppercased at user.country'],
  },
  {
    about: 'a country in lower case in a list',
    contract: '2026-11',
    event: { ...ORDER, user: { countries: ['de'], emails_sha256: [HASH] }, data: MONEY },
    user: { countries: ['DE'], emails_sha256: [HASH] },
    warnings: ['country_uppercased at user.countries[0]'],
  },
]

/** An address, what earlier clicks left in cookies, which click counts, and what is set. */
export const CLICKS: readonly (readonly [url: string, cookie: string, oppref: string, set: RegExp | undefined])[] = [
  ['https://shop.example/?oppref=SECOND', '__oppref=FIRST', 'SECOND', /^waybill_oppref=SECOND[!;]/],
  ['https://shop.example/checkout', '__oppref=FIRST; waybill_oppref=SECOND', 'SECOND', undefined],
  ['https://shop.example/?oppref=SECOND', '', 'SECOND', /^waybill_oppref=SECOND[!;]/],
  ['https://shop.example/checkout', '__oppref=FIRST', 'FIRST', /^waybill_oppref=FIRST[!;]/],
]

/** A tracking call, and the fields that its event has, or the code by which it is left out. */
export interface CallVector {
  readonly about: string
  readonly call: Fields
  readonly event?: Fields
  readonly skipped?: string
}

const call = (event: string, properties: Fields, more: Fields = {}): Fields => ({
  type: 'track',
  event,
  messageId: 'msg-1',
  userId: 'shopper-1',
  timestamp: ISO,
  properties,
  ...more,
})
const denied: Fields = { context: { consent: { categoryPreferences: { Advertising: false } } } }

const NAMES = [
  'page_viewed',
  'contents_viewed',
  'items_added',
  'checkout_started',
  'order_created',
  'lead_created',
  'registration_completed',
  'appointment_scheduled',
  'subscription_created',
  'trial_started',
  'app_installed',
  'app_opened',
]

export const CALLS: readonly CallVector[] = [
  ...[{ opt_out: true }, { optOut: true }, { opt_out: 'true' }].map((wish) => ({
    about: `the wish ${JSON.stringify(wish)}`,
    call: call('Order Completed', { order_id: '77', ...wish }),
    event: { id: '77', type: 'order_created', opt_out: true },
  })),
  {
    about: 'consent that was denied',
    call: call('Order Completed', { order_id: '77' }, denied),
    skipped: 'opted_out',
  },
  ...[...NAMES, 'ORDER_CREATED'].map((name) => ({
    about: `the name ${name}`,
    call: call(name, {}),
    event: { id: 'msg-1', type: name.toLowerCase() },
  })),
  {
    about: 'the order number, the channel and the page',
    call: call('Order Completed', {
      orderId: 'R-4410',
      revenue: 41.5,
      currency: 'USD',
      action_source: 'web',
      source_url: 'https://shop.example/thanks',
    }),
    event: { id: 'R-4410', action_source: 'web', source_url: 'https://shop.example/thanks', data: MONEY },
  },
  {
    about: 'an amount and items under the names of the API',
    call: call('Subscription Created', {
      amount: '18.00',
      currency: 'EUR',
      contents: [{ id: 'plan-small', quantity: 1 }],
    }),
    event: {
      data: { type: 'plan_enrollment', amount: 1_800, currency: 'EUR', contents: [{ id: 'plan-small', quantity: 1 }] },
    },
  },
]

/** What only a server may say of an item: the pixel drops an event that has it. */
export const SERVER_ONLY_ITEM: Fields = {
  ...ORDER,
  action_source: 'web',
  source_url: 'https://shop.example/thanks',
  data: { type: 'contents', contents: [ITEM] },
}

/** A user of the server, and all that the pixel takes of it. */
export const INIT: readonly [server: Fields, pixel: Fields] = [
  {
    emails_sha256: [HASH],
    phone_numbers_sha256: [HASH],
    first_names_sha256: [HASH],
    last_names_sha256: [HASH],
    regions: ['AZ'],
    postal_codes: ['85701'],
  },
  {
    email_sha256: HASH,
    phone_number_sha256: HASH,
    first_name_sha256: HASH,
    last_name_sha256: HASH,
    region: 'AZ',
    postal_code: '85701',
  },
]

/** Answers of an API, the last of them again and again, and what becomes of the events. */
export interface AnswerVector {
  readonly about: string
  readonly answers: readonly { readonly status: number; readonly retryAfter?: string; readonly body?: Fields }[]
  readonly events: number
  readonly totalTimeoutMs: number
  readonly outcome: string
  readonly requests: readonly [least: number, most: number]
  /** No two requests are nearer to each other. */
  readonly leastGapMs: number
}

const busy = (retryAfter: string): AnswerVector['answers'][number] => ({ status: 429, retryAfter })

export const ANSWERED: readonly AnswerVector[] = [
  {
    about: 'a wait that does not fit into the time that is left',
    answers: [busy('3600')],
    events: 1,
    totalTimeoutMs: 4_000,
    outcome: 'failed gave_up',
    requests: [1, 1],
    leastGapMs: 0,
  },
  {
    about: 'a wait of nothing, which has a least one',
    answers: [busy('0')],
    events: 1,
    totalTimeoutMs: 4_000,
    outcome: 'failed timed_out',
    requests: [3, 5],
    leastGapMs: 500,
  },
  {
    about: 'waits that were asked for, which use up no attempt',
    answers: [...Array.from({ length: 9 }, () => busy('1')), { status: 200, body: { accepted_events: 1 } }],
    events: 1,
    totalTimeoutMs: 30_000,
    outcome: 'delivered',
    requests: [10, 10],
    leastGapMs: 1_000,
  },
  {
    about: '200, and none of the events counted',
    answers: [{ status: 200, body: { accepted_events: 0 } }],
    events: 2,
    totalTimeoutMs: 60_000,
    outcome: 'failed counts_none',
    requests: [2, 2],
    leastGapMs: 0,
  },
]
