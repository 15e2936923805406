import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { check } from './check.ts'
import { redact } from './redact.ts'

test('a refused friendly event is kept with its identity hashed and its faults in place', () => {
  const kept = redact({
    id: 'order_1',
    type: 'order_created',
    timestamp: '2026-03-19T04:00:00Z',
    oppref: 'a@b.example%20',
    user: { email: 'User@Example.com ', phone: '12', nickname: 'Ada', country: 'US' },
    data: { amount: 12.5, plan: 'for ada@example.com', phone: 4155552671 },
  })
  assert.deepEqual(kept, {
    id: 'order_1',
    type: 'order_created',
    timestamp: '2026-03-19T04:00:00Z',
    oppref: 'a@b.example%20',
    user: {
      email: 'b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514',
      phone: '[removed]',
      nickname: '[removed]',
      country: 'US',
    },
    data: { amount: 12.5, plan: '[removed]', phone: '[removed]' },
  })
})

test('what was kept of an event with a hashed identity passes the check once its fault is fixed', () => {
  const kept = redact({
    id: 'x',
    type: 'lead_created',
    timestamp: 1_000,
    user: { email: 'a@example.com' },
    dta: 1,
  }) as Record<string, unknown>
  const { dta: _fixed, ...event } = kept
  assert.equal(check(event, { now: 1_000 }).ok, true)
})

test('an email address survives nowhere but in the click reference', () => {
  fc.assert(
    fc.property(
      fc.jsonValue(),
      fc.constantFrom('ada@example.com', 'grace@mail.example.org'),
      fc.string().filter((key) => key !== 'oppref'),
      (value, address, key) => {
        const event = {
          [key]: value,
          user: { [key]: address, email: address },
          data: { [`${key}${address}`]: [address, { deep: `x ${address}` }] },
          id: address,
        }
        assert.ok(!JSON.stringify(redact(event)).includes(address))
      },
    ),
  )
})

/** Where personal values stand that belong in `user` or nowhere, each with what may not be left of it. */
const PERSONAL: readonly (readonly [name: string, event: Record<string, unknown>, needle: string])[] = [
  ['a first name at the top', { first_name: 'Avaneedle' }, 'needle'],
  ['a friendly one', { firstName: 'Avaneedle' }, 'needle'],
  ['in capitals', { FIRST_NAME: 'AVANEEDLE' }, 'NEEDLE'],
  ['with a word before it', { billing_first_name: 'Avaneedle' }, 'needle'],
  ['of another language', { Vorname: 'Avaneedle', prénom: 'Leaneedle', apellidos: 'Ruizneedle' }, 'needle'],
  ['a full name', { data: { customer_name: 'Ava needle' } }, 'needle'],
  ['a list of names', { names: { full_name: ['Ava needle', 'Lea needle'] } }, 'needle'],
  ['a name of a customer', { customer: { name: 'avaneedle' } }, 'needle'],
  ['a name deep in a customer', { data: { customer: { contact: [{ first: 'Avaneedle' }] } } }, 'needle'],
  ['a name at the top', { name: 'Ava Needle' }, 'Needle'],
  ['a person that is a text', { contact: 'Ava Needle' }, 'Needle'],
  ['a last name of a billing address', { billing_address: { lastName: 'Lindneedle' } }, 'needle'],
  ['an order’s shipping', { shippingAddress: { address1: '12 Needle Street', company: 'Needle & Co' } }, 'Needle'],
  ['traits', { context: { traits: { name: 'Ava Needle' } } }, 'Needle'],
  ['a phone in a text', { note: 'call +1 415 555 0102 now' }, '415 555 0102'],
  ['a national phone', { contact: '(415) 555-0106' }, '555-0106'],
  ['a national phone under any key', { hint: '415-555-0106' }, '555-0106'],
  ['a national phone in a text', { note: 'call 415.555.0106 at noon' }, '555.0106'],
  ['a number after a zero', { note: '0171 2345678' }, '2345678'],
  ['a phone of a customer', { customer: { phone: '4155550108' } }, '4155550108'],
  ['a number of a customer', { customer: { no: 4155550108 } }, '4155550108'],
  ['a phone as a key', { data: { '+14155550109': 1 } }, '4155550109'],
  ['an address with spaces', { note: 'zqneedle @ mail.example.com' }, 'needle'],
  ['an address in full width', { plan: 'zqneedle\uff20mail.example.com' }, 'needle'],
  ['an address with a small at', { plan: 'zqneedle\ufe6bmail.example.com' }, 'needle'],
  ['an address in quotation marks', { note: '"zq o needle"@mail.example.com' }, 'needle'],
  ['an address of an IP', { note: 'zqneedle@[192.0.2.1]' }, 'needle'],
  ['an address of a bare IP', { note: 'zqneedle@192.0.2.1' }, 'needle'],
  ['an address of IPv6', { note: 'zqneedle@[IPv6:2001:db8::1]' }, 'needle'],
  ['an address of this machine', { note: 'zqneedle@localhost' }, 'needle'],
  ['an address that hides its at', { note: 'zqneedle (at) mail (dot) example.com' }, 'needle'],
  ['an address in HTML', { note: 'zqneedle&#64;mail.example.com' }, 'needle'],
  ['an address with what is not seen', { note: 'zqneedle\u200b@\u200bmail.example.com' }, 'needle'],
  ['a name in a text of JSON', { blob: '{"order":1,"customer":{"first_name":"Avaneedle"}}' }, 'needle'],
  ['a name in JSON in a text of JSON', { blob: JSON.stringify([{ raw: '{"lastName":"Avaneedle"}' }]) }, 'needle'],
  ['a person in a text of JSON', { payload: ' [{"billing_address":{"line":"Ava Needle"}}]' }, 'Needle'],
  ['a name in a text of a form', { note: 'order=1&first_name=Avaneedle' }, 'needle'],
  ['a name in a line of a log', { note: 'lastName: Avaneedle, tier: gold' }, 'needle'],
  ['an address in a key', { a: { b: { 'to:zqneedle @ mail.example.com': { c: 1 } } } }, 'needle'],
]

for (const [name, event, needle] of PERSONAL)
  test(`nothing personal is left of a refused event: ${name}`, () => {
    const kept = JSON.stringify(redact({ id: 'x', type: 'order_created', ...event }))
    assert.ok(!kept.includes(needle), kept)
    assert.match(kept, /\[removed\]/)
    assert.equal(JSON.stringify(redact(JSON.parse(kept))), kept, 'it stays as it is')
  })

/** What is nobody's stays, so that the event can be fixed. */
const KEPT: readonly Record<string, unknown>[] = [
  { id: '415-555-0106' },
  { id: '4006381333931', type: 'lead_created' },
  { data: { type: 'contents', contents: [{ id: 'sku', name: 'Starter bundle', quantity: 2 }] } },
  { data: { items: [{ name: 'Ava needle wallet', brand: 'Lind' }] } },
  { event_name: 'order_created', name: 'order_created' },
  { data: { type: 'custom', plan: 'Gold 2026', gtin: '4006381333931', order: 'A-1234-5678' } },
  {
    timestamp: '2026-11-30T08:15:00+01:00',
    data: { day: '2026-11-30', at: '08:15', range: '2026-11-30 - 2026-12-02' },
  },
  { source_url: 'https://shop.example.com/p/2026/11/30?x=1', data: { version: '1.2.3', ip: '192.0.2.1' } },
  { data: { image: 'logo@2x.png', price: '2 @ 9.99', ratio: 0.123456789, big: 12345678 } },
  { blob: '{"order":1,"items":[{"name":"Starter bundle"}],"tier":"gold"}', list: '[1, 2]', note: '{not json' },
  { note: 'order=1&tier=gold', hint: 'size: 12, color: red' },
  { customer: { tier: 'gold', country: 'DE', orders: 12, is_new: true } },
  { data: { usernames: null, first_names_sha256: ['a'.repeat(64)] } },
  { data: { filename: 'a', hostname: 'shop-1', campaign_name: 'Summer sale', product_name: 'Blue mug' } },
]

for (const event of KEPT)
  test(`what is nobody’s stays: ${JSON.stringify(event)}`, () => assert.deepEqual(redact(event), event))

const nested = (size: number): string[] => [
  '['.repeat(size),
  `${'['.repeat(size / 2)}${']'.repeat(size / 2)}`,
  'a-'.repeat(size / 2),
  'a='.repeat(size / 2),
  `{"a":`.repeat(size / 5),
]

test('a hostile text is looked through in time in proportion to its length', () => {
  const size = 200_000
  const texts = [
    `${' '.repeat(size)}@`,
    '0 '.repeat(size / 2),
    '(0'.repeat(size / 2),
    '@ '.repeat(size / 2),
    '"@'.repeat(size / 2),
  ]
  for (const text of [
    ...texts,
    '123-'.repeat(size / 4),
    '[at'.repeat(size / 3),
    '&#0'.repeat(size / 3),
    ...nested(size),
  ]) {
    const startedMs = performance.now()
    redact({ note: text, [text]: 1 })
    assert.ok(performance.now() - startedMs < 1_500, text.slice(0, 10))
  }
})
