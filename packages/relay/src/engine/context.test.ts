import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Context, withContext } from './context.ts'

const FULL: Context = {
  oppref: 'a%2Bb+c',
  obref: 'br_1',
  ip_address: '203.0.113.1',
  user_agent: 'Mozilla/5.0 "x"',
  consent: true,
  landed_at_ms: 1,
}

const CASES: readonly (readonly [what: string, event: object, context: Context | undefined, sent: object])[] = [
  [
    'what the event lacks comes from its context, byte for byte',
    { id: 'o', user: { country: 'US' } },
    FULL,
    {
      id: 'o',
      user: { country: 'US', ip_address: '203.0.113.1', user_agent: 'Mozilla/5.0 "x"', obref: 'br_1' },
      oppref: 'a%2Bb+c',
    },
  ],
  [
    'what the event has itself stays',
    { id: 'o', oppref: 'own', user: { ip_address: '198.51.100.7' } },
    { oppref: 'other', ip_address: '203.0.113.1', consent: true },
    { id: 'o', oppref: 'own', user: { ip_address: '198.51.100.7' } },
  ],
  [
    'without consent the event carries none of it, wherever it came from',
    { id: 'o', oppref: 'own', user: { country: 'US', ip_address: '198.51.100.7' } },
    { ...FULL, consent: false },
    { id: 'o', user: { country: 'US' } },
  ],
  ['without consent no empty user is left', { id: 'o', user: { user_agent: 'x' } }, { consent: false }, { id: 'o' }],
  ['where it is gone nothing comes from it', { id: 'o' }, undefined, { id: 'o' }],
  ['an empty context adds no empty user', { id: 'o' }, { consent: true }, { id: 'o' }],
]

for (const [what, event, context, sent] of CASES) {
  test(what, () => assert.deepEqual(JSON.parse(withContext(JSON.stringify(event), context)), sent))
}
