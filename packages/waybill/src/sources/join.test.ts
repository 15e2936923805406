import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LooseEvent } from '../contract/loose-event.ts'
import { sha256 } from './harness.cases.ts'
import { hashed, personKey, withUser, withVisit } from './join.ts'

const EVENT: LooseEvent = {
  id: '1',
  type: 'order_created',
  timestamp: 5,
  user: { email: 'user@example.com', ipAddress: '203.0.113.1' },
}
const VISIT = {
  consent: true,
  landedAtMs: 1,
  oppref: ' kept%2F',
  obref: 'b_1',
  ipAddress: '198.51.100.1',
  userAgent: 'UA',
}

test('what was kept of the visitor fills what the event does not say', () => {
  assert.deepEqual(withVisit(EVENT, VISIT), {
    ...EVENT,
    oppref: ' kept%2F',
    user: { email: 'user@example.com', ipAddress: '203.0.113.1', userAgent: 'UA', obref: 'b_1' },
  })
  assert.equal(withVisit({ ...EVENT, oppref: 'own' }, VISIT).oppref, 'own')
})

test('without consent nothing of the visit goes out, also not what the call brought itself', () => {
  const event = { ...EVENT, oppref: 'own', user: { ...EVENT.user, userAgent: 'UA', obref: 'b' } }
  assert.deepEqual(withVisit(event, { ...VISIT, consent: false }), {
    id: '1',
    type: 'order_created',
    timestamp: 5,
    user: { email: 'user@example.com' },
  })
  const bare = { id: '1', type: 'order_created', timestamp: 5, user: { ipAddress: '203.0.113.1' } } as const
  assert.deepEqual(withVisit(bare, { consent: false }), { id: '1', type: 'order_created', timestamp: 5 })
})

test('what is known of a person fills what the event does not say', () => {
  assert.deepEqual(withUser(EVENT, { email: 'old@example.com', country: 'US' }).user, { ...EVENT.user, country: 'US' })
  const { user: _user, ...bare } = EVENT
  assert.equal(withUser(bare, {}), bare)
})

test('a person is kept as digests; places stay, what cannot be hashed goes', () => {
  const person = {
    email: 'User@example.com',
    externalId: ['a', 'b'],
    phone: 'no number',
    firstName: 'Ada',
    country: 'US',
  }
  assert.deepEqual(hashed(person), {
    email: sha256('user@example.com'),
    externalId: [sha256('a'), sha256('b')],
    firstName: sha256('ada'),
    country: 'US',
  })
})

test('people are kept under digests, which differ by kind', () => {
  assert.match(personKey('user', 'user@example.com'), /^[0-9a-f]{64}$/)
  assert.notEqual(personKey('user', '1'), personKey('anonymous', '1'))
})
