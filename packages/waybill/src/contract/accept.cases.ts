import { MAX_AGE_MS, MAX_AHEAD_MS } from './limits.ts'
import { ACTION_SOURCES, CONTRACTS, SHAPE_OF_EVENT } from './names.ts'
import { type Case, CUSTOM, EMAIL_HASH, ID_HASH, INSTALL, LEAD, NOW, TRIAL } from './sample.cases.ts'

const ASTRAL = '😀'

const standardNames: readonly Case[] = Object.entries(SHAPE_OF_EVENT)
  .filter(([name]) => name !== 'custom' && !name.startsWith('app_'))
  .map(([name, shape]) => ({ rule: `type may be ${name}`, change: { type: name, data: { type: shape } } }))

const sources: readonly Case[] = ACTION_SOURCES.map((source) => ({
  rule: `action_source may be ${source}`,
  change: { action_source: source },
}))

const EVENT: readonly Case[] = [
  { rule: 'the example passes in the first generation', change: {} },
  { rule: 'the example passes in the second generation', change: {}, contract: '2026-11' },
  { rule: 'id may be 0', change: { id: '0' } },
  { rule: 'id may begin like a word for nothing', change: { id: 'null-1' } },
  { rule: 'id may be one character', change: { id: 'x' } },
  { rule: 'id may be long', change: { id: 'x'.repeat(10_000) } },
  ...standardNames,
  { rule: 'type may be an app event with action_source mobile_app', change: INSTALL },
  { rule: 'type may be custom with a name', change: CUSTOM },
  { rule: 'timestamp_ms may be now', change: { timestamp_ms: NOW } },
  { rule: 'timestamp_ms may be 7 days old less a millisecond', change: { timestamp_ms: NOW - MAX_AGE_MS + 1 } },
  { rule: 'timestamp_ms may be 7 days old to the millisecond', change: { timestamp_ms: NOW - MAX_AGE_MS } },
  { rule: 'timestamp_ms may be 10 minutes ahead less a millisecond', change: { timestamp_ms: NOW + MAX_AHEAD_MS - 1 } },
  { rule: 'timestamp_ms may be 10 minutes ahead to the millisecond', change: { timestamp_ms: NOW + MAX_AHEAD_MS } },
  { rule: 'custom_event_name may be one letter', change: { ...CUSTOM, custom_event_name: 'q' } },
  { rule: 'custom_event_name may be one digit', change: { ...CUSTOM, custom_event_name: '7' } },
  { rule: 'custom_event_name may have 63 characters', change: { ...CUSTOM, custom_event_name: 'q'.repeat(63) } },
  { rule: 'custom_event_name may have 64 characters', change: { ...CUSTOM, custom_event_name: 'q'.repeat(64) } },
  { rule: 'custom_event_name may hold _ and -', change: { ...CUSTOM, custom_event_name: 'a_-_b' } },
  { rule: 'custom_event_name may be custom', change: { ...CUSTOM, custom_event_name: 'custom' } },
  { rule: 'custom_event_name may be absent on a standard event', change: {} },
  ...sources,
  { rule: 'action_source may be absent', change: { action_source: undefined } },
  {
    rule: 'source_url may be absent without action_source web',
    change: { action_source: 'email', source_url: undefined },
  },
  {
    rule: 'source_url may be absent without action_source',
    change: { action_source: undefined, source_url: undefined },
  },
  { rule: 'source_url may be http', change: { source_url: 'http://shop.example.com' } },
  { rule: 'source_url may be written in capitals', change: { source_url: 'HTTPS://SHOP.EXAMPLE.COM/A' } },
  { rule: 'source_url may have a port', change: { source_url: 'https://shop.example.com:8443/a' } },
  { rule: 'source_url may name an IPv4 host', change: { source_url: 'http://203.0.113.1/a' } },
  { rule: 'source_url may name an IPv6 host', change: { source_url: 'http://[2001:db8::1]/a' } },
  {
    rule: 'source_url may have digits and hyphens in its host',
    change: { source_url: 'https://a-1.2b.1-c.example/a' },
  },
  { rule: 'source_url may be international', change: { source_url: 'https://münchen.example/straße' } },
  { rule: 'source_url may have a host in Punycode', change: { source_url: 'https://xn--mnchen-3ya.example/' } },
  {
    rule: 'source_url may have an @ in its path that is no address',
    change: { source_url: 'https://a.example/@shop' },
  },
  { rule: 'oppref may be absent', change: { oppref: undefined } },
  { rule: 'oppref is opaque', change: { oppref: ' %7B"a":1} user@example.com ' } },
  { rule: 'user may be absent', change: { user: undefined } },
  { rule: 'user may be empty', change: { user: {} } },
  { rule: 'opt_out may be true', change: { opt_out: true } },
  { rule: 'opt_out may be false', change: { opt_out: false } },
]

const inBoth = (row: Case): readonly Case[] => CONTRACTS.map((contract) => ({ ...row, contract }))

const DATA: readonly Case[] = [
  { rule: 'data may be its type alone', change: { data: { type: 'contents' } } },
  {
    rule: 'an amount may be other than what the items add up to',
    change: { 'data.amount': 2599, 'data.contents': [{ amount: 26, quantity: 1 }] },
  },
  {
    rule: 'items without amounts add up to nothing',
    change: { 'data.amount': 100, 'data.contents': [{ amount: 1 }, {}] },
  },
  { rule: 'amount may be zero', change: { 'data.amount': 0 } },
  { rule: 'amount may be 2^53 − 1', change: { 'data.amount': Number.MAX_SAFE_INTEGER } },
  { rule: 'currency may stand without amount', change: { 'data.amount': undefined } },
  { rule: 'currency may be a code without decimals', change: { 'data.currency': 'JPY' } },
  { rule: 'currency may be a code without minor unit on the wire', change: { 'data.currency': 'XXX' } },
  {
    rule: 'customer_action takes amount and currency',
    change: { ...LEAD, data: { type: 'customer_action', amount: 1, currency: 'EUR' } },
  },
  { rule: 'plan_enrollment takes plan_id', change: TRIAL },
  { rule: 'plan_enrollment takes contents', change: { ...TRIAL, data: { type: 'plan_enrollment', contents: [{}] } } },
  {
    rule: 'custom takes plan_id and contents',
    change: { ...CUSTOM, data: { type: 'custom', plan_id: '', contents: [] } },
  },
  { rule: 'contents may be empty', change: { 'data.contents': [] } },
  { rule: 'an item may be empty', change: { 'data.contents': [{}] } },
  { rule: 'id and name of an item may be empty', change: { 'data.contents': [{ id: '', name: '' }] } },
  { rule: 'content_type may be one character', change: { 'data.contents[0].content_type': 'p' } },
  { rule: 'an amount of an item may use the currency of the event', change: { 'data.contents[0].amount': 1 } },
  {
    rule: 'an item may have a currency of its own',
    change: { data: { type: 'contents', contents: [{ amount: 5, currency: 'EUR' }] } },
  },
  { rule: 'an order number in text is no phone number', change: { 'data.contents[0].id': '4006381333931' } },
  { rule: 'a name of an image file is no email address', change: { 'data.contents[0].name': 'logo@2x.png' } },
  ...inBoth({
    rule: 'an item takes group_id and variant_dict',
    change: { 'data.contents': [{ group_id: 'g', variant_dict: { color: 'red', constructor: 'x' } }] },
  }),
  ...inBoth({
    rule: 'custom data takes keys of any JSON',
    change: { ...CUSTOM, data: { type: 'custom', a: null, b: [1, 'x', { c: true }], constructor: 1, 'ü x': 0.5 } },
  }),
  ...inBoth({
    rule: 'keys of custom data may be 32 levels deep',
    change: { ...CUSTOM, data: { type: 'custom', deep: JSON.parse('['.repeat(32) + ']'.repeat(32)) } },
  }),
]

const USER: readonly Case[] = [
  { rule: 'country may be another code', change: { 'user.country': 'ZW' } },
  { rule: 'city may have 127 characters', change: { 'user.city': 'x'.repeat(127) } },
  { rule: 'city may have 128 characters', change: { 'user.city': 'x'.repeat(128) } },
  { rule: 'city may have 128 characters beyond the basic plane', change: { 'user.city': ASTRAL.repeat(128) } },
  { rule: 'zip_code may hold letters, digits, spaces, hyphens', change: { 'user.zip_code': 'SW1A 1AA-9' } },
  { rule: 'zip_code may have 31 characters', change: { 'user.zip_code': '9'.repeat(31) } },
  { rule: 'zip_code may have 32 characters', change: { 'user.zip_code': '9'.repeat(32) } },
  { rule: 'ip_address may be IPv6', change: { 'user.ip_address': '2001:db8::1' } },
  { rule: 'user_agent may be one character', change: { 'user.user_agent': 'x' } },
  { rule: 'lists may be empty', change: { user: { emails_sha256: [], countries: [] } }, contract: '2026-11' },
  {
    rule: 'lists may hold three values',
    change: { 'user.countries': ['US', 'GB', 'DE'], 'user.emails_sha256': [EMAIL_HASH, ID_HASH] },
    contract: '2026-11',
  },
  {
    rule: 'a value that repeats in a list counts once',
    change: { 'user.countries': ['US', 'US', 'GB', 'GB', 'DE'] },
    contract: '2026-11',
  },
  { rule: 'regions may have 128 characters', change: { 'user.regions': [ASTRAL.repeat(128)] }, contract: '2026-11' },
  {
    rule: 'postal_codes may have 32 characters',
    change: { 'user.postal_codes': ['9'.repeat(32)] },
    contract: '2026-11',
  },
  ...inBoth({ rule: 'obref may have white space beside something', change: { 'user.obref': ' x ' } }),
  { rule: 'a city may be called None', change: { 'user.city': 'None' } },
  { rule: 'a city may be called Nan', change: { 'user.cities': ['nan', 'Null', 'nil'] }, contract: '2026-11' },
  { rule: 'a region may be na', change: { 'user.regions': ['na'] }, contract: '2026-11' },
  { rule: 'user_agent may be a browser', change: { 'user.user_agent': 'Mozilla/5.0 (X11; Linux x86_64)' } },
  {
    rule: 'android_advertising_id may be any string',
    change: { 'user.android_advertising_id': '' },
    contract: '2026-11',
  },
]

/** Events that pass without a warning, as the very object that went in. */
export const ACCEPTED: readonly Case[] = [...EVENT, ...DATA, ...USER]
