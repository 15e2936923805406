import { CUSTOM, LEAD, type WarnCase } from './sample.cases.ts'

const HASH_OF_NOTHING = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

/** Wire events that pass with warnings. Only three of these change what is sent. */
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
  {
    rule: 'a quantity of zero passes',
    change: { 'data.contents[0].quantity': 0 },
    warnings: ['suspicious_quantity at data.contents[0].quantity'],
  },
  {
    rule: 'a phone number may be an id',
    change: { id: '+1 415 555-2671' },
    warnings: ['phone_outside_user at id'],
  },
  {
    rule: 'a value under a key that says phone is looked at',
    change: { ...CUSTOM, data: { type: 'custom', contact: { phone: ['4155552671', 1] } } },
    contract: '2026-11',
    warnings: ['phone_outside_user at data.contact.phone[0]'],
  },
  {
    rule: 'the hash of an empty text passes',
    change: { 'user.email_sha256': HASH_OF_NOTHING },
    warnings: ['hash_of_empty_value at user.email_sha256'],
  },
  {
    rule: 'the hash of an empty text passes in a list',
    change: { 'user.emails_sha256': [HASH_OF_NOTHING] },
    contract: '2026-11',
    warnings: ['hash_of_empty_value at user.emails_sha256[0]'],
  },
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
]
