import { HASH_OF_NOTHING } from '../identity/digest.ts'
import { TRANSLATED } from './generations.cases.ts'
import { CUSTOM, EMAIL_HASH, LEAD, type WarnCase } from './sample.cases.ts'

const PRIVATE_ADDRESSES = [
  '10.0.0.1',
  '127.0.0.1',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '169.254.1.1',
  '100.64.0.1',
  '0.0.0.0',
  '::1',
  '::',
  'fd12:3456::1',
  'fe80::1',
]

/** Wire events that pass with warnings, and what the warnings change in what is sent. */
export const WARNED: readonly WarnCase[] = [
  {
    rule: 'the query of source_url is removed',
    change: { source_url: 'https://shop.example.com/a?utm_source=x' },
    warnings: ['source_url_shortened at source_url'],
    sent: { source_url: 'https://shop.example.com/a' },
  },
  {
    rule: 'the fragment of source_url is removed',
    change: { source_url: 'https://shop.example.com#top?x' },
    warnings: ['source_url_shortened at source_url'],
    sent: { source_url: 'https://shop.example.com' },
  },
  {
    rule: 'currency is uppercased',
    change: { 'data.currency': 'usd' },
    warnings: ['currency_uppercased at data.currency'],
    sent: { 'data.currency': 'USD' },
  },
  {
    rule: 'the currency of an item is uppercased',
    change: { 'data.contents': [{ id: 'a' }, { currency: 'eUr', amount: 1 }] },
    warnings: ['currency_uppercased at data.contents[1].currency'],
    sent: { 'data.contents[1].currency': 'EUR' },
  },
  {
    rule: 'custom_event_name is lowercased',
    change: { ...CUSTOM, custom_event_name: 'Quote-Requested' },
    warnings: ['custom_event_name_lowercased at custom_event_name'],
    sent: { custom_event_name: 'quote-requested' },
  },
  {
    rule: 'all three changes may come together',
    change: { ...CUSTOM, custom_event_name: 'Q', 'data.currency': 'usd', source_url: 'https://a.example/?b' },
    warnings: [
      'custom_event_name_lowercased at custom_event_name',
      'source_url_shortened at source_url',
      'currency_uppercased at data.currency',
    ],
    sent: { custom_event_name: 'q', 'data.currency': 'USD', source_url: 'https://a.example/' },
  },
  {
    rule: 'custom_event_name has no effect on a standard event',
    change: { custom_event_name: 'Any Thing' },
    warnings: ['unused_custom_event_name at custom_event_name'],
  },
  { rule: 'id may have white space at its start', change: { id: ' a' }, warnings: ['id_with_spaces at id'] },
  { rule: 'id may have white space at its end', change: { id: 'a\n' }, warnings: ['id_with_spaces at id'] },
  { rule: 'a negative amount passes', change: { 'data.amount': -1 }, warnings: ['negative_amount at data.amount'] },
  ...[
    { amount: 259900, contents: [{ amount: 1299, quantity: 2 }, { amount: 1 }] },
    { amount: 30, contents: [{ amount: 1000, quantity: 3 }] },
  ].map(
    (data): WarnCase => ({
      rule: `an amount of ${data.amount} beside items that add up to a hundred times more or less passes`,
      change: { data: { type: 'contents', currency: 'USD', ...data } },
      warnings: ['suspicious_amount at data.amount'],
    }),
  ),
  {
    rule: 'a quantity of zero passes',
    change: { 'data.contents[0].quantity': 0 },
    warnings: ['suspicious_quantity at data.contents[0].quantity'],
  },
  {
    rule: 'a phone number inside a text passes',
    change: { 'data.contents[0].name': 'Card for +1 415 555-2671, red' },
    warnings: ['phone_outside_user at data.contents[0].name'],
  },
  {
    rule: 'the hash of an empty text is left out',
    change: { 'user.email_sha256': HASH_OF_NOTHING },
    warnings: ['hash_of_empty_value at user.email_sha256'],
    sent: { 'user.email_sha256': undefined },
  },
  {
    rule: 'the hash of an empty text is left out of a list',
    change: { 'user.emails_sha256': [HASH_OF_NOTHING, EMAIL_HASH] },
    contract: '2026-11',
    warnings: ['hash_of_empty_value at user.emails_sha256[0]'],
    sent: { 'user.emails_sha256': [EMAIL_HASH] },
  },
  {
    rule: 'a country in lower case is raised',
    change: { 'user.country': 'us' },
    warnings: ['country_uppercased at user.country'],
    sent: { 'user.country': 'US' },
  },
  {
    rule: 'countries in lower case are raised, and words that mean nothing are left out of a list',
    change: { 'user.countries': ['de', 'n/a', 'Gb', 'US'], 'user.cities': ['(not set)', 'None'] },
    contract: '2026-11',
    warnings: [
      'country_uppercased at user.countries[0]',
      'means_nothing at user.countries[1]',
      'country_uppercased at user.countries[2]',
      'means_nothing at user.cities[0]',
    ],
    sent: { 'user.countries': ['DE', 'GB', 'US'], 'user.cities': ['None'] },
  },
  {
    rule: 'words that mean nothing are left out',
    change: {
      user: {
        email_sha256: 'Guest',
        external_id_sha256: '0',
        country: '--',
        city: '[object Object]',
        zip_code: 'NULL',
        ip_address: ' undefined ',
        user_agent: '\\N',
        obref: 'nil',
      },
      oppref: '(none)',
    },
    warnings: [
      'means_nothing at oppref',
      'means_nothing at user.email_sha256',
      'means_nothing at user.external_id_sha256',
      'means_nothing at user.country',
      'means_nothing at user.city',
      'means_nothing at user.zip_code',
      'means_nothing at user.ip_address',
      'means_nothing at user.user_agent',
      'means_nothing at user.obref',
    ],
    sent: { user: undefined, oppref: undefined },
  },
  {
    rule: 'an empty click reference is left out',
    change: { oppref: '' },
    warnings: ['empty_identity at oppref'],
    sent: { oppref: undefined },
  },
  {
    rule: 'an IPv4 address in an IPv6 form is taken out of it',
    change: { 'user.ip_address': '::ffff:203.0.113.1' },
    warnings: ['identity_cleaned at user.ip_address'],
    sent: { 'user.ip_address': '203.0.113.1' },
  },
  {
    rule: 'an IPv4 address in the hexadecimal IPv6 form is taken out of it',
    change: { 'user.ip_address': '::FFFF:CB00:7101' },
    warnings: ['identity_cleaned at user.ip_address'],
    sent: { 'user.ip_address': '203.0.113.1' },
  },
  {
    rule: 'a private address in an IPv6 form is told as such',
    change: { 'user.ip_address': '::ffff:192.168.1.1' },
    warnings: ['private_ip_address at user.ip_address'],
    sent: { 'user.ip_address': '192.168.1.1' },
  },
  ...PRIVATE_ADDRESSES.map(
    (address): WarnCase => ({
      rule: `${address} is told as a private address`,
      change: { 'user.ip_address': address },
      warnings: ['private_ip_address at user.ip_address'],
    }),
  ),
  {
    rule: 'more than three values of a list pass',
    change: { 'user.countries': ['US', 'GB', 'DE', 'FR'] },
    contract: '2026-11',
    warnings: ['too_many_values at user.countries'],
  },
  {
    rule: 'warnings of all parts are found at once',
    change: {
      ...LEAD,
      id: ' a',
      custom_event_name: 'x',
      data: { type: 'customer_action', amount: -1, currency: 'USD' },
    },
    warnings: [
      'id_with_spaces at id',
      'unused_custom_event_name at custom_event_name',
      'negative_amount at data.amount',
    ],
  },
  ...TRANSLATED,
]
