import { MAX_AGE_MS, MAX_AHEAD_MS } from './limits.ts'
import { CUSTOM, EMAIL_HASH, ID_HASH, INSTALL, LEAD, NOW, type RefuseCase, TRIAL } from './sample.cases.ts'

const ASTRAL = '😀'
/** Letters outside ASCII whose upper or lower case is an ASCII letter. */
const KELVIN = '\u212A'
const LONG_S = '\u017F'

const one = (rule: string, path: string, value: unknown, ...codes: readonly string[]): RefuseCase => ({
  rule,
  change: { [path]: value },
  issues: codes.map((code) => `${code} at ${path}`),
})

const wrongTypes = (path: string, values: readonly unknown[], code = 'invalid_type'): readonly RefuseCase[] =>
  values.map((value) => one(`${path} may not be ${JSON.stringify(value)}`, path, value, code))

const customName = (rule: string, name: unknown, code: string): RefuseCase => ({
  rule: `custom_event_name may not ${rule}`,
  change: { ...CUSTOM, custom_event_name: name },
  issues: [`${code} at custom_event_name`],
})

const badUrl = (url: string): RefuseCase =>
  one(`source_url may not be ${JSON.stringify(url)}`, 'source_url', url, 'invalid_source_url')

const newer = (rule: string, change: RefuseCase['change'], ...issues: readonly string[]): RefuseCase => ({
  rule,
  change,
  contract: '2026-11',
  issues,
})

const EVENT: readonly RefuseCase[] = [
  one('id may not be absent', 'id', undefined, 'missing_field'),
  one('id may not be empty', 'id', '', 'empty_value'),
  ...wrongTypes('id', [null, 1, true, [], {}]),
  ...['null', ' Undefined', 'N/A', '-', '\\N', '(not set)'].map((word) =>
    one(`id may not be "${word}"`, 'id', word, 'means_nothing'),
  ),
  one('id may not be an email address', 'id', 'order user@example.com', 'email_outside_user'),
  one('type may not be absent', 'type', undefined, 'missing_field'),
  ...['', 'Order_Created', 'purchase', 'contents', 'constructor', '__proto__', 'toString', 'hasOwnProperty'].map(
    (name) => one(`type may not be "${name}"`, 'type', name, 'unknown_event_type'),
  ),
  ...wrongTypes('type', [null, 1, ['order_created']]),
  one('timestamp_ms may not be absent', 'timestamp_ms', undefined, 'missing_field'),
  ...wrongTypes('timestamp_ms', [null, String(NOW), true, []]),
  one('timestamp_ms may not have a fraction', 'timestamp_ms', NOW - 0.5, 'timestamp_not_integer'),
  one('seconds are named', 'timestamp_ms', Math.trunc(NOW / 1_000), 'timestamp_in_seconds'),
  one(
    'seconds with decimals are named as both',
    'timestamp_ms',
    (NOW + 1) / 1_000,
    'timestamp_not_integer',
    'timestamp_in_seconds',
  ),
  one('microseconds are named', 'timestamp_ms', NOW * 1_000, 'timestamp_in_microseconds'),
  one('nanoseconds are named', 'timestamp_ms', NOW * 1_000_000, 'timestamp_in_nanoseconds'),
  one(
    'timestamp_ms may not be 7 days and a millisecond old',
    'timestamp_ms',
    NOW - MAX_AGE_MS - 1,
    'event_timestamp_too_old',
  ),
  one('timestamp_ms may not be zero', 'timestamp_ms', 0, 'event_timestamp_too_old'),
  one('timestamp_ms may not be negative', 'timestamp_ms', -NOW, 'event_timestamp_too_old'),
  one(
    'timestamp_ms may not be 10 minutes and a millisecond ahead',
    'timestamp_ms',
    NOW + MAX_AHEAD_MS + 1,
    'event_timestamp_in_future',
  ),
  one('timestamp_ms may not be beyond all units', 'timestamp_ms', 1e21, 'event_timestamp_in_future'),
  one('timestamp may not stand beside timestamp_ms', 'timestamp', '2026-03-19T04:00:00Z', 'two_timestamps'),
  one('data may not be absent', 'data', undefined, 'missing_field'),
  ...wrongTypes('data', [null, 'contents', 1, [{ type: 'contents' }]]),
  {
    rule: 'custom_event_name may not be absent on a custom event',
    change: { ...CUSTOM, custom_event_name: undefined },
    issues: ['missing_custom_event_name at custom_event_name'],
  },
  {
    rule: 'custom_event_name may not be null on a custom event',
    change: { ...CUSTOM, custom_event_name: null },
    issues: ['means_nothing at custom_event_name', 'missing_custom_event_name at custom_event_name'],
  },
  customName('be a number', 1, 'invalid_type'),
  customName('be empty', '', 'invalid_custom_event_name'),
  customName('have 65 characters', 'q'.repeat(65), 'invalid_custom_event_name'),
  customName('have a space', 'quote requested', 'invalid_custom_event_name'),
  customName('begin with _', '_q', 'invalid_custom_event_name'),
  customName('end with -', 'q-', 'invalid_custom_event_name'),
  customName('end with a line break', 'q\n', 'invalid_custom_event_name'),
  customName('hold a letter with an accent', 'caf\u00e9', 'invalid_custom_event_name'),
  customName('hold a letter that only lowercases to ASCII', `${KELVIN}elvin`, 'invalid_custom_event_name'),
  customName('hold a character beyond the basic plane', ASTRAL, 'invalid_custom_event_name'),
  customName('be a standard name', 'order_created', 'reserved_custom_event_name'),
  customName('be a standard name in other case', 'Order_Created', 'reserved_custom_event_name'),
  customName('be the name of an app event', 'app_opened', 'reserved_custom_event_name'),
  one('custom_event_name on a standard event must be a string', 'custom_event_name', 1, 'invalid_type'),
  one(
    'an email address in an unused name is found',
    'custom_event_name',
    'a@b.example',
    'email_outside_user',
    'unused_custom_event_name',
  ),
  one('source_url may not be absent with action_source web', 'source_url', undefined, 'missing_source_url'),
  {
    rule: 'source_url may not be null with action_source web',
    change: { source_url: null },
    issues: ['means_nothing at source_url', 'missing_source_url at source_url'],
  },
  ...wrongTypes('source_url', [1, {}]),
  ...[
    '',
    '/checkout',
    'shop.example.com',
    '//shop.example.com',
    'ftp://shop.example.com',
    'https://',
    'https:///path',
    'https:/shop.example.com',
    'https://?a',
    ' https://shop.example.com',
    'https://shop.example.com/a b',
    'https://shop.example.com/\u00a0',
    'https://shop.example.com\\a',
    'https://shop.example.com/\u0007',
    'https://shop.example.com:99999/',
    'https://203.0.113.999/',
    'https://shop.0x1/a',
    'https://shop.12',
  ].map(badUrl),
  one(
    'source_url may not carry credentials',
    'source_url',
    'https://user:pass@shop.example.com/',
    'credentials_in_url',
  ),
  one(
    'source_url may not hold an email address in its path',
    'source_url',
    'https://a.example/user@example.com',
    'email_outside_user',
  ),
  one(
    'an encoded email address in source_url is found',
    'source_url',
    'https://a.example/user%40example.com',
    'email_outside_user',
  ),
  one(
    'an email address in the query of source_url is an error',
    'source_url',
    'https://a.example/?e=user@example.com',
    'email_outside_user',
    'source_url_shortened',
  ),
  ...['', 'Web', 'app', 'constructor', '__proto__', 'toString'].map((source) =>
    one(`action_source may not be "${source}"`, 'action_source', source, 'invalid_action_source'),
  ),
  ...wrongTypes('action_source', [1, ['web']]),
  {
    rule: 'an app event needs action_source',
    change: { ...INSTALL, action_source: undefined },
    issues: ['app_event_action_source at action_source'],
  },
  {
    rule: 'an app event may not have another action_source',
    change: { ...INSTALL, action_source: 'offline' },
    issues: ['app_event_action_source at action_source'],
  },
  ...wrongTypes('oppref', [1, {}]),
  ...wrongTypes('user', ['user', 1, []]),
  ...wrongTypes('opt_out', [null, 'true', 0, 1]),
  ...[
    'event_id',
    'event_name',
    'event_time',
    'event_source_url',
    'event_data',
    'value',
    'email',
    'constructor',
    '__proto__',
    'toString',
  ].map((key) => one(`the key ${key} is unknown in an event`, key, 1, 'unknown_field')),
  {
    rule: 'all faults are found at once',
    change: {
      id: '',
      type: 'order',
      timestamp_ms: null,
      action_source: 'x',
      oppref: 1,
      'user.country': 'UK',
      'data.amount': 1.5,
      'data.contents[0].quantity': '1',
      nope: 1,
    },
    issues: [
      'empty_value at id',
      'unknown_event_type at type',
      'invalid_type at timestamp_ms',
      'invalid_type at oppref',
      'invalid_action_source at action_source',
      'unknown_field at nope',
      'decimal_amount at data.amount',
      'invalid_type at data.contents[0].quantity',
      'invalid_country at user.country',
    ],
  },
]

const item = (rule: string, value: unknown, ...issues: readonly string[]): RefuseCase => ({
  rule,
  change: { 'data.contents': [value] },
  issues,
})

const DATA: readonly RefuseCase[] = [
  one('data.type may not be absent', 'data.type', undefined, 'missing_event_data_type'),
  ...wrongTypes('data.type', [null, 1, '', 'order', 'constructor', '__proto__'], 'missing_event_data_type'),
  one('data.type must be the shape of the name', 'data.type', 'custom', 'data_type_mismatch'),
  one('amount may not have decimals', 'data.amount', 25.99, 'decimal_amount'),
  ...wrongTypes('data.amount', [null, '2599', '25.99', true, {}]),
  one('amount may not exceed 2^53 − 1', 'data.amount', 2 ** 53, 'unsafe_amount'),
  one('an amount needs a currency', 'data.currency', undefined, 'missing_currency'),
  ...['', 'US', 'USDD', 'ABC', 'BGN', '$', `U${LONG_S}D`, '\u0131dr'].map((code) =>
    one(`currency may not be ${JSON.stringify(code)}`, 'data.currency', code, 'invalid_currency'),
  ),
  ...wrongTypes('data.currency', [null, 840, ['USD']]),
  one('contents takes no plan_id', 'data.plan_id', 'plan_1', 'unknown_data_field'),
  one('data takes no key of an item', 'data.quantity', 1, 'unknown_data_field'),
  one('data takes no key of the prototype', 'data.constructor', 'x', 'unknown_data_field'),
  one('data takes no __proto__', 'data.__proto__', {}, 'unknown_data_field'),
  {
    rule: 'customer_action takes no contents',
    change: { ...LEAD, data: { type: 'customer_action', contents: [] } },
    issues: ['unknown_data_field at data.contents'],
  },
  {
    rule: 'plan_id must be a string',
    change: { ...TRIAL, 'data.plan_id': null },
    issues: ['invalid_type at data.plan_id'],
  },
  ...wrongTypes('data.contents', [null, {}, 'sku', 1]),
  item('an item must be an object', null, 'invalid_type at data.contents[0]'),
  item('an item may not be a list', [], 'invalid_type at data.contents[0]'),
  item('an item may not be a string', 'sku', 'invalid_type at data.contents[0]'),
  item('id of an item must be a string', { id: 1 }, 'invalid_type at data.contents[0].id'),
  item('name of an item must be a string', { name: null }, 'invalid_type at data.contents[0].name'),
  item('content_type may not be empty', { content_type: '' }, 'empty_value at data.contents[0].content_type'),
  item('content_type must be a string', { content_type: 1 }, 'invalid_type at data.contents[0].content_type'),
  item('quantity may not have a fraction', { quantity: 1.5 }, 'invalid_type at data.contents[0].quantity'),
  item('quantity must be a number', { quantity: '1' }, 'invalid_type at data.contents[0].quantity'),
  item('an amount of an item may not have decimals', { amount: 0.5 }, 'decimal_amount at data.contents[0].amount'),
  item('the currency of an item must be a code', { currency: 'ABC' }, 'invalid_currency at data.contents[0].currency'),
  item('an item takes no unknown key', { price: 1 }, 'unknown_data_field at data.contents[0].price'),
  item(
    'an item takes no __proto__',
    JSON.parse('{"__proto__":{}}'),
    'unknown_data_field at data.contents[0].__proto__',
  ),
  item(
    'an email address in a name is found',
    { name: 'for user@example.com.' },
    'email_outside_user at data.contents[0].name',
  ),
  item(
    'what is left of a removed value is no id',
    { id: '[removed]', name: 'was [removed]' },
    'removed_value at data.contents[0].id',
  ),
  item(
    'an email address as a key is not quoted',
    { 'user@example.com': 1 },
    'unknown_data_field at data.contents[0].[key]',
  ),
  {
    rule: 'an amount of an item needs a currency of its own or of the event',
    change: {
      data: { type: 'contents', contents: [{}, { amount: 1 }, { amount: 1, currency: 'USD' }, { amount: 2 }] },
    },
    issues: ['missing_currency at data.contents[1].currency', 'missing_currency at data.contents[3].currency'],
  },
  newer('group_id must be a string', { 'data.contents[0].group_id': 1 }, 'invalid_type at data.contents[0].group_id'),
  newer(
    'variant_dict must be an object',
    { 'data.contents[0].variant_dict': [] },
    'invalid_type at data.contents[0].variant_dict',
  ),
  newer(
    'values of variant_dict must be strings',
    { 'data.contents[0].variant_dict': { color: null, size: 1, 'a@b.example': 2 } },
    'invalid_type at data.contents[0].variant_dict.color',
    'invalid_type at data.contents[0].variant_dict.size',
    'email_outside_user at data.contents[0].variant_dict',
    'invalid_type at data.contents[0].variant_dict.[key]',
  ),
  newer(
    'a value under a key that says phone is looked at',
    { ...CUSTOM, data: { type: 'custom', contact: { phone: ['4155552671', 1] } } },
    'phone_outside_user at data.contact.phone[0]',
  ),
  newer(
    'an email address in a free key is found',
    { ...CUSTOM, 'data.a': { 'user@example.com': 1 } },
    'email_outside_user at data.a',
  ),
  newer(
    'an email address as a free key is found',
    { ...CUSTOM, 'data.note': 'ask user@example.com', 'data.deep': [[{ x: 'a@b.example' }]] },
    'email_outside_user at data.note',
    'email_outside_user at data.deep[0][0].x',
  ),
  newer(
    'what is left of a removed value or key is none',
    { ...CUSTOM, 'data.note': '[removed]', 'data.deep': [{ '[removed]': '[removed]' }] },
    'removed_value at data.note',
    'removed_value at data.deep[0]',
    'removed_value at data.deep[0].[key]',
  ),
  newer(
    'what is left of a removed key is no free key',
    { ...CUSTOM, data: { type: 'custom', '[removed]': 1 } },
    'removed_value at data.[key]',
  ),
  newer(
    'free keys may not be 33 levels deep',
    { ...CUSTOM, 'data.deep': JSON.parse('['.repeat(33) + ']'.repeat(33)) },
    'not_json at data.deep',
  ),
  newer('free keys may not be infinite', { ...CUSTOM, 'data.rate': Number.POSITIVE_INFINITY }, 'not_json at data.rate'),
  newer('a standard event takes no free keys', { 'data.color': 'red' }, 'unknown_data_field at data.color'),
]

const hashes = ['email_sha256', 'external_id_sha256'].flatMap((key): readonly RefuseCase[] => [
  ...wrongTypes(`user.${key}`, [1, {}]),
  one(`user.${key} may not be empty`, `user.${key}`, '', 'invalid_hash'),
  one(`user.${key} may not be upper case`, `user.${key}`, EMAIL_HASH.toUpperCase(), 'invalid_hash'),
  one(`user.${key} may not have 63 digits`, `user.${key}`, EMAIL_HASH.slice(1), 'invalid_hash'),
  one(`user.${key} may not have 65 digits`, `user.${key}`, `${EMAIL_HASH}0`, 'invalid_hash'),
  one(`user.${key} may hold nothing but hex`, `user.${key}`, `${EMAIL_HASH.slice(1)}g`, 'invalid_hash'),
  one(`user.${key} may not be a raw address`, `user.${key}`, 'user@example.com', 'raw_identity'),
])

const USER: readonly RefuseCase[] = [
  ...hashes,
  ...['uk', 'UK', 'USA', '', 'XX', 'United States', '\u0131n'].map((code) =>
    one(`country may not be "${code}"`, 'user.country', code, 'invalid_country'),
  ),
  one('city may not have 129 characters', 'user.city', 'x'.repeat(129), 'too_long'),
  one('city may not have 129 characters beyond the basic plane', 'user.city', ASTRAL.repeat(129), 'too_long'),
  one('city may not hold an email address', 'user.city', 'user@example.com', 'email_outside_user'),
  ...['city', 'user_agent', 'email_sha256'].map((key) =>
    one(`${key} may not be what is left of a removed value`, `user.${key}`, '[removed]', 'removed_value'),
  ),
  one('zip_code may not have 33 characters', 'user.zip_code', '9'.repeat(33), 'invalid_postal_code'),
  ...['94107_1', 'é', '９４１０７', '9\n'].map((code) =>
    one(`zip_code may not be ${JSON.stringify(code)}`, 'user.zip_code', code, 'invalid_postal_code'),
  ),
  ...[
    '',
    '203.0.113',
    '203.0.113.256',
    '203.0.113.01',
    '203.0.113.1:80',
    '1.2.3.4, 5.6.7.8',
    'fe80::1%eth0',
    '[::1]',
    '12345::',
  ].map((ip) => one(`ip_address may not be "${ip}"`, 'user.ip_address', ip, 'invalid_ip_address')),
  one('user_agent may not be empty', 'user.user_agent', '', 'empty_value'),
  ...['country', 'city', 'zip_code'].flatMap((key) => wrongTypes(`user.${key}`, [1, {}])),
  ...['ip_address', 'user_agent', 'obref'].flatMap((key) => wrongTypes(`user.${key}`, [1, ['x']])),
  ...['city', 'zip_code', 'user_agent'].map((key) =>
    one(
      `user.${key} may not be blank`,
      `user.${key}`,
      ' \u00a0',
      key === 'zip_code' ? 'invalid_postal_code' : 'empty_identity',
    ),
  ),
  one('city may not be empty', 'user.city', '', 'empty_identity'),
  one('zip_code may not be empty', 'user.zip_code', '', 'empty_identity'),
  ...['email', 'Email', 'emailAddress', 'external_id', 'user_id'].map((key) =>
    one(`user.${key} is a raw identity`, `user.${key}`, 'user@example.com', 'raw_identity'),
  ),
  ...[
    'phone',
    'phone_number_sha256',
    'phone_numbers_sha256',
    'first_name',
    'last_names_sha256',
    'regions',
    'android_advertising_id',
  ].map((key) => one(`user.${key} is not in the first generation`, `user.${key}`, 'x', 'identity_not_in_contract')),
  ...['age', 'constructor', '__proto__', 'toString', ''].map(
    (key): RefuseCase => ({
      rule: `the key "${key}" is unknown in user`,
      change: { user: JSON.parse(`{"${key}":1}`) },
      issues: [`unknown_field at user.${key || '[key]'}`],
    }),
  ),
  {
    rule: 'a wrong value is wrong under the keys of either generation',
    change: { 'user.emails_sha256': ['x'], 'user.countries': 'UK', 'user.postal_codes': 1 },
    issues: [
      'invalid_list_value at user.emails_sha256[0]',
      'identity_translated at user.emails_sha256',
      'invalid_country at user.countries',
      'identity_translated at user.countries',
      'invalid_type at user.postal_codes',
    ],
  },
  newer(
    'a wrong value is wrong under the keys of the first generation too',
    { 'user.email_sha256': 'x', 'user.country': 1 },
    'invalid_hash at user.email_sha256',
    'identity_translated at user.email_sha256',
    'invalid_type at user.country',
  ),
  newer('user.phone is a raw identity', { 'user.phone': '+14155552671' }, 'raw_identity at user.phone'),
  newer(
    'lists must be lists',
    { 'user.emails_sha256': 1, 'user.cities': {} },
    'invalid_type at user.emails_sha256',
    'invalid_type at user.cities',
  ),
  newer(
    'each wrong value of a list is found',
    {
      'user.emails_sha256': [EMAIL_HASH, 'user@example.com', ID_HASH.toUpperCase(), 1, true],
      'user.countries': ['UK', 'GB'],
    },
    'invalid_list_value at user.emails_sha256[1]',
    'invalid_list_value at user.emails_sha256[2]',
    'invalid_type at user.emails_sha256[3]',
    'invalid_type at user.emails_sha256[4]',
    'invalid_list_value at user.countries[0]',
  ),
  newer(
    'regions may not have 129 characters',
    { 'user.regions': ['x'.repeat(129)] },
    'invalid_list_value at user.regions[0]',
  ),
  newer(
    'postal_codes may not have 33 characters',
    { 'user.postal_codes': ['9'.repeat(33)] },
    'invalid_list_value at user.postal_codes[0]',
  ),
  newer('obref may not be blank', { 'user.obref': ' \u00a0' }, 'empty_value at user.obref'),
  newer(
    'android_advertising_id must be a string',
    { 'user.android_advertising_id': 1 },
    'invalid_type at user.android_advertising_id',
  ),
]

/** Events that are refused; each row names every issue that must be found. */
export const REFUSED: readonly RefuseCase[] = [...EVENT, ...DATA, ...USER]

/** What is no event at all. */
export const NOT_AN_EVENT: readonly unknown[] = [
  null,
  undefined,
  true,
  0,
  'event',
  [],
  [{}],
  Symbol('event'),
  1n,
  () => {},
]
