import { HASH_OF_NOTHING } from '../identity/digest.ts'
import { sha256Hex } from '../identity/sha256.ts'
import type { FriendlyEvent } from './friendly-event.ts'
import { type Change, EMAIL_HASH, ID_HASH } from './sample.cases.ts'

/** Of +1 415 555 2671. */
const PHONE_HASH = '758fbf68945f21c416814c539ab578876c8d98fb69e6da692def92cd52417fe0'

/** The example event as a program writes it. */
export const FRIENDLY_EXAMPLE: FriendlyEvent = {
  id: 'order_12345',
  type: 'order_created',
  timestamp: '2026-03-19T04:00:00Z',
  oppref: 'oppref_abc',
  sourceUrl: 'https://shop.example.com/checkout/confirmation',
  actionSource: 'web',
  user: {
    email: ' User@Example.com',
    externalId: 'customer_12345 ',
    country: ' US',
    city: ' San Francisco ',
    postalCode: '94107 ',
    ipAddress: ' 203.0.113.1',
    userAgent: 'Mozilla/5.0',
  },
  data: {
    amount: '25.99',
    currency: 'USD',
    contents: [{ id: 'sku_123', name: 'Starter bundle', contentType: 'product', quantity: 1 }],
  },
}

export interface FriendlyCase {
  readonly rule: string
  /** To {@link FRIENDLY_EXAMPLE}. */
  readonly change: Change
  readonly contract?: '2026-06' | '2026-11'
  readonly invalidIdentity?: 'refuse' | 'drop'
  /** All issues, as `code at path`. */
  readonly issues: readonly string[]
  /** What the wire event holds at these paths; none where the event is refused. */
  readonly sent?: Change
}

const passes = (rule: string, change: Change, sent: Change, ...issues: readonly string[]): FriendlyCase => ({
  rule,
  change,
  sent,
  issues,
})
const fails = (rule: string, change: Change, ...issues: readonly string[]): FriendlyCase => ({ rule, change, issues })

const TIME_MS = 1_773_892_800_000

const TIMES: readonly FriendlyCase[] = [
  passes('timestamp may be a Date', { timestamp: new Date(TIME_MS) }, { timestamp_ms: TIME_MS }),
  passes('timestamp may be Unix milliseconds', { timestamp: TIME_MS }, { timestamp_ms: TIME_MS }),
  passes('timestamp may have an offset', { timestamp: '2026-03-19T06:30:00+02:30' }, { timestamp_ms: TIME_MS }),
  passes('an offset may be written short', { timestamp: '2026-03-18 23:00:00 -05' }, { timestamp_ms: TIME_MS }),
  passes(
    'finer than milliseconds is cut',
    { timestamp: '2026-03-19T03:59:59.9999999Z' },
    { timestamp_ms: TIME_MS - 1 },
  ),
  fails(
    'timestamp may not lack its offset',
    { timestamp: '2026-03-19T04:00:00' },
    'timestamp_without_offset at timestamp',
  ),
  fails('timestamp may not be a date alone', { timestamp: '2026-03-19' }, 'timestamp_without_offset at timestamp'),
  fails(
    'timestamp may not name a day that does not exist',
    { timestamp: '2026-02-30T04:00:00Z' },
    'invalid_timestamp at timestamp',
  ),
  fails('timestamp may not be words', { timestamp: 'yesterday' }, 'invalid_timestamp at timestamp'),
  fails('timestamp may not be an invalid Date', { timestamp: new Date(Number.NaN) }, 'invalid_timestamp at timestamp'),
  fails('timestamp may not be digits in a string', { timestamp: String(TIME_MS) }, 'invalid_timestamp at timestamp'),
  fails('seconds are named', { timestamp: TIME_MS / 1_000 }, 'timestamp_in_seconds at timestamp'),
  fails('an old time is named', { timestamp: '2026-03-01T00:00:00Z' }, 'event_timestamp_too_old at timestamp'),
  fails('timestamp may not be null', { timestamp: null, data: null }, 'missing_field at timestamp'),
]

const MONEY: readonly FriendlyCase[] = [
  passes('an amount is a decimal string', { 'data.amount': ' 25.9 ' }, { 'data.amount': 2590 }),
  passes('an amount is exact where floating point is not', { 'data.amount': '1.15' }, { 'data.amount': 115 }),
  passes('an amount is what money() made', { 'data.amount': { amount: 5, currency: 'USD' } }, { 'data.amount': 5 }),
  passes(
    'money() brings its currency',
    { data: { amount: { amount: 8900, currency: 'JPY' } } },
    { data: { type: 'contents', amount: 8900, currency: 'JPY' } },
  ),
  passes(
    'items take decimals in the currency of the event or in their own',
    {
      'data.contents': [
        { amount: '1.5' },
        { amount: '1500', currency: 'JPY' },
        { amount: { amount: 7, currency: 'EUR' } },
      ],
    },
    { 'data.contents': [{ amount: 150 }, { amount: 1500, currency: 'JPY' }, { amount: 7, currency: 'EUR' }] },
  ),
  passes(
    'a currency is uppercased',
    { 'data.currency': 'usd' },
    { 'data.currency': 'USD' },
    'currency_uppercased at data.currency',
  ),
  passes(
    'a negative amount is a warning',
    { 'data.amount': '-1' },
    { 'data.amount': -100 },
    'negative_amount at data.amount',
  ),
  fails('a bare number is ambiguous', { 'data.amount': 25 }, 'ambiguous_amount at data.amount'),
  fails(
    'a bare number in an item is ambiguous',
    { 'data.contents[0].amount': 2599 },
    'ambiguous_amount at data.contents[0].amount',
  ),
  fails('an amount has no separators', { 'data.amount': '1,234.50' }, 'invalid_amount at data.amount'),
  fails('an amount has a right type', { 'data.amount': true }, 'invalid_type at data.amount'),
  fails('an object is not always money', { 'data.amount': { value: '1' } }, 'invalid_amount at data.amount'),
  fails(
    'money() has no fraction',
    { 'data.amount': { amount: 25.99, currency: 'USD' } },
    'decimal_amount at data.amount',
  ),
  fails('an amount fits its currency', { 'data.currency': 'JPY' }, 'too_many_decimals at data.amount'),
  fails('an amount is not too large', { 'data.amount': '90071992547409.92' }, 'unsafe_amount at data.amount'),
  fails('an amount needs a currency', { 'data.currency': null }, 'missing_currency at data.currency'),
  fails(
    'an amount of an item needs a currency',
    { data: { contents: [{ amount: '1' }] } },
    'missing_currency at data.contents[0].currency',
  ),
  fails(
    'a wrong currency is told once, at its place',
    { 'data.currency': 'ABC', 'data.contents': [{ amount: '1' }, { amount: '2' }] },
    'invalid_currency at data.currency',
  ),
  fails(
    'a wrong currency and a wrong amount are both told',
    { 'data.currency': 'ABC', 'data.amount': '1,5' },
    'invalid_amount at data.amount',
    'invalid_currency at data.currency',
  ),
  fails(
    'a wrong currency of an item is told at its place',
    { 'data.contents': [{ amount: '1', currency: 'ABC' }] },
    'invalid_currency at data.contents[0].currency',
  ),
  fails(
    'a currency without minor unit holds no amount',
    { 'data.currency': 'XAU' },
    'currency_without_minor_unit at data.currency',
  ),
  fails('a currency has a right type', { 'data.currency': 840 }, 'invalid_type at data.currency'),
  fails(
    'money() and the currency beside it agree',
    { 'data.amount': { amount: 1, currency: 'EUR' } },
    'currency_mismatch at data.amount',
  ),
]

const FORM: readonly FriendlyCase[] = [
  passes(
    'null and undefined mean that there is none',
    { oppref: null, optOut: undefined, 'user.city': null, 'data.contents[0].name': null },
    { oppref: undefined, 'user.city': undefined, 'data.contents[0].name': undefined },
  ),
  passes('data may be left out', { type: 'lead_created', data: undefined }, { data: { type: 'customer_action' } }),
  passes('data.type may be said', { 'data.type': 'contents' }, { 'data.type': 'contents' }),
  passes('optOut is sent', { optOut: false }, { opt_out: false }),
  passes('a user without values is left out', { user: { email: null } }, { user: undefined }),
  passes(
    'a custom event is written like the others',
    { type: 'custom', customEventName: 'Quote', data: { planId: 'p' } },
    { custom_event_name: 'quote', data: { type: 'custom', plan_id: 'p' } },
    'custom_event_name_lowercased at customEventName',
  ),
  fails(
    'data.type that contradicts the name is an error',
    { 'data.type': 'custom' },
    'data_type_mismatch at data.type',
  ),
  fails('an unknown name is one fault and not two', { type: 'purchase' }, 'unknown_event_type at type'),
  fails('data must be an object', { data: 'x' }, 'invalid_type at data'),
  fails('user must be an object', { user: 'x' }, 'invalid_type at user'),
  fails('contents must be a list', { 'data.contents': {} }, 'invalid_type at data.contents'),
  fails('an item must be an object', { 'data.contents[0]': null }, 'invalid_type at data.contents[0]'),
  fails(
    'paths are the friendly ones',
    { actionSource: 1, sourceUrl: 'x', optOut: 'no', 'data.contents[0].contentType': '' },
    'invalid_type at actionSource',
    'invalid_type at optOut',
    'invalid_source_url at sourceUrl',
    'empty_value at data.contents[0].contentType',
  ),
  fails(
    'keys of the wire form are unknown',
    { action_source: 'web', 'data.contents[0].content_type': 'x' },
    'unknown_field at action_source',
    'unknown_data_field at data.contents[0].content_type',
  ),
  fails(
    'keys of the prototype are unknown',
    { constructor: 1, 'user.toString': 1, 'data.valueOf': 1 },
    'unknown_field at constructor',
    'unknown_field at user.toString',
    'unknown_data_field at data.valueOf',
  ),
  fails(
    '__proto__ is unknown at each level',
    { ['__proto__']: 1, 'user.__proto__': 'x', 'data.__proto__': 'x', 'data.contents[0].__proto__': {} },
    'unknown_field at __proto__',
    'unknown_field at user.__proto__',
    'unknown_data_field at data.__proto__',
    'unknown_data_field at data.contents[0].__proto__',
  ),
]

const IDENTITY: readonly FriendlyCase[] = [
  passes('a hash passes as it is', { 'user.email': EMAIL_HASH }, { 'user.email_sha256': EMAIL_HASH }),
  passes(
    'of several values the first generation takes one',
    { 'user.email': ['user@example.com', 'b@example.com'] },
    { 'user.email_sha256': EMAIL_HASH },
    'too_many_values at user.email',
  ),
  fails('an email needs one @', { 'user.email': 'ada' }, 'invalid_identity at user.email'),
  fails('an identity may not be blank', { 'user.externalId': ' ' }, 'empty_identity at user.externalId'),
  fails('an upper-case hash is an error', { 'user.email': EMAIL_HASH.toUpperCase() }, 'malformed_hash at user.email'),
  fails(
    'a hash of 63 digits is an error',
    { 'user.externalId': ID_HASH.slice(1) },
    'malformed_hash at user.externalId',
  ),
  fails('an identity is a string', { 'user.externalId': 12345 }, 'invalid_type at user.externalId'),
  passes(
    'of several values the first valid one is taken, and what is wrong with the others costs nothing',
    { 'user.email': ['ada', 'n/a', 'user@example.com'], 'user.country': ['UK', 'gb', 'DE'] },
    { 'user.email_sha256': EMAIL_HASH, 'user.country': 'GB' },
    'invalid_identity at user.email[0]',
    'means_nothing at user.email[1]',
    'too_many_values at user.country',
    'country_uppercased at user.country',
  ),
  fails(
    'of several values one must be valid',
    { 'user.email': ['ada', 'bob'] },
    'invalid_identity at user.email[0]',
    'invalid_identity at user.email[1]',
  ),
  passes(
    'a country in lower case is raised, with a warning',
    { 'user.country': 'us ' },
    { 'user.country': 'US' },
    'country_uppercased at user.country',
  ),
  passes(
    'words that mean nothing are nothing',
    {
      'user.email': 'Guest',
      'user.externalId': '0',
      'user.country': 'N/A',
      'user.city': '(not set)',
      'user.postalCode': 'null',
      'user.ipAddress': '-',
      'user.userAgent': 'undefined',
      oppref: 'undefined',
    },
    { user: undefined, oppref: undefined },
    'means_nothing at user.email',
    'means_nothing at user.externalId',
    'means_nothing at oppref',
    'means_nothing at user.country',
    'means_nothing at user.city',
    'means_nothing at user.postalCode',
    'means_nothing at user.ipAddress',
    'means_nothing at user.userAgent',
  ),
  passes('a city may be called Nil', { 'user.city': 'Nil' }, { 'user.city': 'Nil' }),
  passes(
    'the digest of nothing is left out',
    { 'user.email': HASH_OF_NOTHING },
    { 'user.email_sha256': undefined },
    'hash_of_empty_value at user.email',
  ),
  passes(
    'what stands around an address is taken off',
    { 'user.email': 'mailto:\u200bUser@example.com;' },
    { 'user.email_sha256': EMAIL_HASH },
    'identity_cleaned at user.email',
  ),
  fails('two addresses are none', { 'user.email': 'a@b.example;c@d.example' }, 'invalid_identity at user.email'),
  passes(
    'a reference of the browser is sent in the first generation',
    { 'user.obref': 'obref_1' },
    { 'user.obref': 'obref_1' },
  ),
  {
    ...passes(
      'a number without a country code is sent with a warning',
      { user: { phone: ['+14155552671', '(602) 555-0101', '+49 (0)151 23456789'], lastName: 'Null' } },
      {
        'user.phone_numbers_sha256': [PHONE_HASH, sha256Hex('6025550101'), sha256Hex('49015123456789')],
        'user.last_names_sha256': [sha256Hex('null')],
      },
      'doubtful_phone at user.phone[1]',
      'doubtful_phone at user.phone[2]',
    ),
    contract: '2026-11',
  },
  fails(
    'phone and names are not in the first generation',
    { 'user.phone': '+1 415 555 2671', 'user.firstName': 'Ada', 'user.region': 'CA' },
    'identity_not_in_contract at user.phone',
    'identity_not_in_contract at user.firstName',
    'identity_not_in_contract at user.region',
  ),
  fails(
    'paths of user are the friendly ones',
    {
      'user.country': 'UK',
      'user.postalCode': '!',
      'user.ipAddress': 'x',
      'user.userAgent': '',
      'user.city': 'x'.repeat(129),
    },
    'invalid_country at user.country',
    'too_long at user.city',
    'invalid_postal_code at user.postalCode',
    'invalid_ip_address at user.ipAddress',
    'empty_value at user.userAgent',
  ),
  fails(
    'keys of the wire form are unknown in user',
    { 'user.email_sha256': EMAIL_HASH },
    'unknown_field at user.email_sha256',
  ),
  {
    rule: 'the second generation takes lists',
    contract: '2026-11',
    change: {
      user: {
        email: ['User@Example.com', null, ID_HASH],
        phone: '+1 (415) 555-2671',
        lastName: 'José',
        country: ['US', 'GB'],
        city: 'Köln',
        postalCode: '50667',
        obref: 'x',
      },
    },
    issues: [],
    sent: {
      user: {
        emails_sha256: [EMAIL_HASH, ID_HASH],
        phone_numbers_sha256: [PHONE_HASH],
        last_names_sha256: ['d994e1d001886fe5b45b1267bd1fa2b752ac50742579bd3dad7b2a2aa0ed6866'],
        countries: ['US', 'GB'],
        cities: ['Köln'],
        postal_codes: ['50667'],
        obref: 'x',
      },
    },
  },
  {
    rule: 'faults in lists have their place',
    contract: '2026-11',
    change: { user: { email: ['user@example.com', 'x'], country: ['US', 'UK'] } },
    issues: ['invalid_identity at user.email[1]', 'invalid_list_value at user.country[1]'],
  },
  {
    rule: 'free keys keep their names and their nulls',
    contract: '2026-11',
    change: {
      type: 'custom',
      customEventName: 'q',
      user: null,
      data: { cities: null, plan_id: 'p', a: { sourceUrl: 1 } },
    },
    issues: [],
    sent: { data: { type: 'custom', cities: null, plan_id: 'p', a: { sourceUrl: 1 } } },
  },
  {
    rule: 'free keys keep their names in paths',
    contract: '2026-11',
    change: { type: 'custom', customEventName: 'q', user: null, data: { cities: 'user@example.com' } },
    issues: ['email_outside_user at data.cities'],
  },
]

const dropped = (rule: string, change: Change, sent: Change, ...issues: readonly string[]): FriendlyCase => ({
  rule,
  change,
  sent,
  issues,
  invalidIdentity: 'drop',
})

const DROPPED: readonly FriendlyCase[] = [
  dropped(
    'drop: a bad email costs the email',
    { 'user.email': 'ada' },
    { 'user.email_sha256': undefined, 'user.external_id_sha256': ID_HASH },
    'invalid_identity at user.email',
  ),
  dropped(
    'drop: a phone is left out',
    { 'user.phone': '+1 415 555 2671' },
    { 'user.email_sha256': EMAIL_HASH },
    'identity_not_in_contract at user.phone',
  ),
  {
    ...dropped(
      'drop: a number without a country code is left out',
      { user: { phone: ['(602) 555-0101', '+14155552671'] } },
      { 'user.phone_numbers_sha256': [PHONE_HASH] },
      'doubtful_phone at user.phone[0]',
    ),
    contract: '2026-11',
  },
  dropped(
    'drop: a blank text is left out, and is no word',
    { 'user.email': ' ', 'user.city': '', 'user.userAgent': ' ', 'user.postalCode': ' ', oppref: ' ' },
    {
      'user.email_sha256': undefined,
      'user.city': undefined,
      'user.user_agent': undefined,
      'user.zip_code': undefined,
      oppref: undefined,
    },
    'empty_identity at user.email',
    'empty_identity at oppref',
    'empty_identity at user.city',
    'empty_identity at user.postalCode',
    'empty_identity at user.userAgent',
  ),
  dropped(
    'drop: an unknown key of user is left out',
    { 'user.age': 36 },
    { 'user.age': undefined },
    'unknown_field at user.age',
  ),
  dropped(
    'drop: a place with an email address is left out',
    { 'user.city': 'a@b.example' },
    { 'user.city': undefined },
    'email_outside_user at user.city',
  ),
  dropped(
    'drop: what is left of a removed value is not hashed',
    { 'user.externalId': '[removed]' },
    { 'user.external_id_sha256': undefined },
    'removed_value at user.externalId',
  ),
  dropped(
    'drop: a user of which nothing is left is left out',
    { user: { email: 'ada' } },
    { user: undefined },
    'invalid_identity at user.email',
  ),
  dropped('drop: a user of another type is left out', { user: 'ada' }, { user: undefined }, 'invalid_type at user'),
  dropped(
    'drop: an email address in the query of source_url goes with the query',
    { sourceUrl: 'https://a.example/p?e=user@example.com' },
    { source_url: 'https://a.example/p' },
    'email_outside_user at sourceUrl',
    'source_url_shortened at sourceUrl',
  ),
  {
    ...fails('drop: other faults still refuse', { 'data.amount': 1 }, 'ambiguous_amount at data.amount'),
    invalidIdentity: 'drop',
  },
  {
    ...fails('drop: an opt-out that is no boolean refuses', { optOut: 'yes' }, 'invalid_type at optOut'),
    invalidIdentity: 'drop',
  },
  {
    ...fails(
      'drop: an email address in a name still refuses',
      { 'data.contents[0].name': 'a@b.example' },
      'email_outside_user at data.contents[0].name',
    ),
    invalidIdentity: 'drop',
  },
]

export const FRIENDLY: readonly FriendlyCase[] = [...TIMES, ...MONEY, ...FORM, ...IDENTITY, ...DROPPED]
