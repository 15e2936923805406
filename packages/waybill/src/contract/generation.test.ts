/** What both generations can say of a user is the same after it was written for the other and back. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { check } from './check.ts'
import type { WireEvent } from './event.ts'
import { generationOf, writtenFor } from './generation.ts'
import { MAX_IDENTITIES_PER_LIST } from './limits.ts'
import type { Contract } from './names.ts'
import { baseEvent, NOW } from './sample.cases.ts'
import { USER_FIELDS } from './user-keys.ts'

type User = Readonly<Record<string, unknown>>
type Translate = (event: WireEvent, contract: Contract) => WireEvent

const OTHER = { '2026-06': '2026-11', '2026-11': '2026-06' } as const
/** What both can say: the key of each (specification, section 5). */
const SAME = [
  ['email_sha256', 'emails_sha256'],
  ['external_id_sha256', 'external_ids_sha256'],
  ['country', 'countries'],
  ['city', 'cities'],
  ['zip_code', 'postal_codes'],
] as const
const ALIKE = ['ip_address', 'user_agent', 'obref'] as const

const hash = fc.stringMatching(/^[0-9a-f]{64}$/)
const word = fc.stringMatching(/^[A-Z][a-z]{5,12}$/)
const VALUES: Readonly<Record<string, fc.Arbitrary<string>>> = {
  country: fc.constantFrom('US', 'DE', 'TR', 'GB', 'JP'),
  city: fc.oneof(word, fc.constantFrom('São Paulo', 'Saint-Étienne', '東京', "L'Aquila", 'Ağrı')),
  zip_code: fc.oneof(fc.stringMatching(/^[0-9]{5}$/), fc.constantFrom('SW1A 1AA', '01234-567', 'K1A 0B1')),
  region: word,
  ip_address: fc.constantFrom('203.0.113.1', '2001:db8::7'),
  user_agent: fc.constantFrom('Mozilla/5.0 (X11; Linux x86_64)', 'App/1.0'),
  obref: fc.stringMatching(/^[0-9a-f-]{8,36}$/).filter((text) => /[0-9a-f]/.test(text)),
  android_advertising_id: fc.uuid(),
}
const valuesOf = (key: string): fc.Arbitrary<string> => VALUES[key] ?? hash
const listOf = (key: string, maxLength: number): fc.Arbitrary<string[]> =>
  fc.uniqueArray(valuesOf(key), { minLength: 1, maxLength })

const optional = (fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<User> =>
  fc.record(fields, { requiredKeys: [], noNullPrototype: true }).filter((user) => Object.keys(user).length > 0)
const alike = Object.fromEntries(ALIKE.map((key) => [key, valuesOf(key)]))

/** Users with everything that a generation can say, or less. */
const older = optional({ ...alike, ...Object.fromEntries(SAME.map(([key]) => [key, valuesOf(key)])) })
const newerWith = (maxLength: number): fc.Arbitrary<User> =>
  optional({
    ...alike,
    ...Object.fromEntries(SAME.map(([key, plural]) => [plural, listOf(key, maxLength)])),
    phone_numbers_sha256: listOf('phone', maxLength),
    first_names_sha256: listOf('first', maxLength),
    last_names_sha256: listOf('last', maxLength),
    regions: listOf('region', maxLength),
    android_advertising_id: valuesOf('android_advertising_id'),
  })

const eventOf = (user: User): WireEvent => ({ ...baseEvent('2026-06'), user }) as unknown as WireEvent
const thereAndBack = (event: WireEvent, from: Contract, translate: Translate): WireEvent =>
  translate(translate(event, OTHER[from]), from)

/** What of a newer user the older form can say: one value of each. */
function sayable(user: User): User {
  const lists = SAME.flatMap(([, key]) => (user[key] === undefined ? [] : [[key, (user[key] as string[]).slice(0, 1)]]))
  const others = ALIKE.flatMap((key) => (user[key] === undefined ? [] : [[key, user[key]]]))
  return Object.fromEntries([...lists, ...others]) as User
}

const olderKeepsAll = (translate: Translate) =>
  fc.property(older, (user) => {
    const event = eventOf(user)
    assert.deepEqual(thereAndBack(event, '2026-06', translate), event)
  })
const newerKeepsWhatBothSay = (translate: Translate, maxLength: number) =>
  fc.property(newerWith(maxLength), (user) => {
    const { user: sent, ...rest } = thereAndBack(eventOf(user), '2026-11', translate)
    const { user: _given, ...given } = eventOf(user)
    assert.deepEqual(rest, given)
    assert.deepEqual(sent ?? {}, sayable(user))
  })

/** By the check itself, as an event goes that is judged for another account than it was written for. */
const byCheck: Translate = (event, contract) => {
  const result = check(event, { now: NOW, contract, invalidIdentity: 'drop' })
  assert.ok(result.ok)
  return result.event
}

const WAYS: readonly (readonly [name: string, translate: Translate])[] = [
  ['writtenFor', writtenFor],
  ['check', byCheck],
]

describe('there and back again', () => {
  test('the keys of this test are those of the rules', () => {
    const older = [...SAME.map(([key]) => key), ...ALIKE]
    assert.deepEqual([...USER_FIELDS['2026-06'].keys()].sort(), older.sort())
    const newer = new Set<string>([...SAME.map(([, key]) => key), ...ALIKE])
    assert.deepEqual([...USER_FIELDS['2026-11'].keys()].filter((key) => !newer.has(key)).sort(), [
      'android_advertising_id',
      'first_names_sha256',
      'last_names_sha256',
      'phone_numbers_sha256',
      'regions',
    ])
  })

  for (const [name, translate] of WAYS) {
    test(`by ${name}: all that the older form says`, () => fc.assert(olderKeepsAll(translate), { numRuns: 500 }))
    for (const most of [1, MAX_IDENTITIES_PER_LIST])
      test(`by ${name}: what both say of up to ${most} values each, and nothing else of the event`, () =>
        fc.assert(newerKeepsWhatBothSay(translate, most), { numRuns: 500 }))
  }

  test('what check makes of the other form passes there without a word', () => {
    const property = fc.property(fc.oneof(older, newerWith(1)), fc.constantFrom(...WAYS), (user, [, translate]) => {
      for (const contract of ['2026-06', '2026-11'] as const) {
        const event = translate(eventOf(user), contract)
        const result = check(event, { now: NOW, contract })
        assert.ok(result.ok)
        assert.deepEqual(result.warnings, [])
        assert.equal(writtenFor(event, contract), event)
      }
    })
    fc.assert(property, { numRuns: 300 })
  })

  test('an event is of the generation that says all of it', () => {
    const property = fc.property(fc.oneof(older, newerWith(3)), (user) => {
      const event = eventOf(user)
      assert.deepEqual(writtenFor(event, generationOf(event)).user, user)
    })
    fc.assert(property, { numRuns: 500 })
  })

  const BROKEN: readonly (readonly [fault: string, change: (user: Record<string, unknown>) => void])[] = [
    ['loses the obref', (user) => delete user['obref']],
    ['loses a city', (user) => delete user['city']],
    ['loses the digest of an email', (user) => delete user['emails_sha256']],
    [
      'takes the last of several',
      (user) => {
        if (Array.isArray(user['postal_codes'])) user['postal_codes'].reverse()
      },
    ],
    [
      'says more than was said',
      (user) => {
        if (user['country'] !== undefined) user['country'] = 'FR'
      },
    ],
  ]
  for (const [fault, change] of BROKEN) {
    test(`would be found where a translation ${fault}`, () => {
      const broken: Translate = (event, contract) => {
        const user = structuredClone(event.user ?? {}) as Record<string, unknown>
        change(user)
        return writtenFor({ ...event, user } as WireEvent, contract)
      }
      const runs = [olderKeepsAll(broken), newerKeepsWhatBothSay(broken, 3)].map((one) => fc.check(one).failed)
      assert.ok(runs.includes(true))
    })
  }
})

test('a key with null says nothing of the generation', () => {
  for (const user of [{ phone_numbers_sha256: null }, { regions: undefined, country: 'DE' }])
    assert.equal(generationOf({ ...baseEvent('2026-06'), user }), '2026-06')
  assert.equal(generationOf({ ...baseEvent('2026-06'), user: { regions: ['Bavaria'] } }), '2026-11')
})
