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

test('what was kept of an event with a hashed identity passes the check once its fault is mended', () => {
  const kept = redact({
    id: 'x',
    type: 'lead_created',
    timestamp: 1_000,
    user: { email: 'a@example.com' },
    dta: 1,
  }) as Record<string, unknown>
  const { dta: _mended, ...event } = kept
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
