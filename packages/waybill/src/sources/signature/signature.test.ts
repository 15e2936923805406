import assert from 'node:assert/strict'
import { describe, it, test } from 'node:test'
import fc from 'fast-check'
import Stripe from 'stripe'
import { isWaybillError } from '../../errors.ts'
import { verifyGeneric } from './generic.ts'
import { verifyHubspot } from './hubspot.ts'
import { BODY, SCHEMES, SECRET, SIGNED_AT_MS } from './signature.cases.ts'
import { verifyStripe } from './stripe.ts'
import { SIGNATURE_TOLERANCE_MS, type Verification } from './verification.ts'

const faultOf = (verification: Verification): string => (verification.ok ? 'ok' : verification.fault)
const OTHER = 'another secret'

for (const { name, header, signsTime, sign, verify } of SCHEMES) {
  describe(`the signature of ${name}`, () => {
    const headers = sign(BODY, SECRET, SIGNED_AT_MS)
    const fault = (
      body: string,
      given: Record<string, string>,
      secrets: string | string[] = SECRET,
      nowMs = SIGNED_AT_MS,
    ): string => faultOf(verify(body, given, secrets, nowMs))

    it('is believed over text and over bytes, in headers of any kind', () => {
      assert.equal(fault(BODY, headers), 'ok')
      assert.equal(faultOf(verify(new TextEncoder().encode(BODY), new Headers(headers), SECRET, SIGNED_AT_MS)), 'ok')
      const lower = Object.fromEntries(Object.entries(headers).map(([key, value]) => [key.toLowerCase(), [value]]))
      assert.equal(faultOf(verify(BODY, lower, SECRET, SIGNED_AT_MS)), 'ok')
    })

    it('is believed with the old and with the new secret while one takes the place of the other', () => {
      assert.equal(fault(BODY, headers, [OTHER, SECRET]), 'ok')
      assert.equal(fault(BODY, headers, [SECRET, OTHER]), 'ok')
      assert.equal(fault(BODY, headers, [OTHER]), 'wrong_signature')
    })

    it('is not believed over another body, with another secret, or changed in any place', () => {
      assert.equal(fault(`${BODY} `, headers), 'wrong_signature')
      assert.equal(fault(BODY, sign(BODY, OTHER, SIGNED_AT_MS)), 'wrong_signature')
      const signature = headers[header]!
      const start = signature.search(/[0-9a-zA-Z+/]{43}/)
      for (let at = start; at < start + 43; at++) {
        const changed = `${signature.slice(0, at)}${signature[at] === '1' ? '2' : '1'}${signature.slice(at + 1)}`
        assert.equal(fault(BODY, { ...headers, [header]: changed }), 'wrong_signature', String(at))
      }
    })

    it('has to be there, and written as it is', () => {
      const { [header]: _signature, ...without } = headers
      assert.equal(fault(BODY, without), 'missing_signature')
      assert.equal(fault(BODY, { ...headers, [header]: '' }), 'missing_signature')
      assert.equal(fault(BODY, { ...headers, [header]: 'x'.repeat(5_000) }), 'missing_signature')
      assert.notEqual(fault(BODY, { ...headers, [header]: 'nonsense' }), 'ok')
    })

    it('is never believed without a secret', () => {
      for (const secrets of ['', [], [SECRET, '']]) {
        const signed = sign(BODY, SECRET, SIGNED_AT_MS)
        assert.throws(
          () => verify(BODY, signed, secrets, SIGNED_AT_MS),
          (error) => isWaybillError(error) && error.code === 'missing_secret',
        )
      }
    })

    it('has no answer but yes and no for anything that a stranger writes', () => {
      fc.assert(
        fc.property(
          fc.string(),
          fc.dictionary(fc.constantFrom(...Object.keys(headers)), fc.string()),
          (body, given) => {
            assert.equal(verify(body, given, SECRET, SIGNED_AT_MS).ok, false)
          },
        ),
      )
    })

    if (!signsTime) return
    it('is stale a millisecond after five minutes, and says so only where it is right', () => {
      const late = SIGNED_AT_MS + SIGNATURE_TOLERANCE_MS
      assert.equal(fault(BODY, headers, SECRET, late), 'ok')
      assert.equal(fault(BODY, headers, SECRET, late + 1), 'stale_signature')
      assert.equal(fault(BODY, headers, OTHER, late + 1), 'wrong_signature')
    })

    it('is stale where our clock is 10 minutes ahead', () => {
      assert.equal(fault(BODY, headers, SECRET, SIGNED_AT_MS + 600_000), 'stale_signature')
    })
  })
}

test('Stripe and HubSpot are believed where our clock is 10 minutes behind, as their own libraries do; others are not', () => {
  const verdicts = SCHEMES.filter(({ signsTime }) => signsTime).map(({ name, sign, verify }) => [
    name.split(' ')[0],
    faultOf(verify(BODY, sign(BODY, SECRET, SIGNED_AT_MS), SECRET, SIGNED_AT_MS - 600_000)),
  ])
  assert.deepEqual(verdicts, [
    ['Stripe', 'ok'],
    ['HubSpot', 'ok'],
    ['a', 'stale_signature'],
    ['a', 'stale_signature'],
  ])
})

const stripe = new Stripe('sk_test_nothing')

/** What Stripe's own library says of a header. */
function stripeSays(payload: string, header: string, secret: string, nowMs: number): boolean {
  try {
    stripe.webhooks.constructEvent(payload, header, secret, 300, undefined, nowMs)
    return true
  } catch {
    return false
  }
}

test('Stripe’s own library and we agree on what it signs, at every age', () => {
  const seconds = fc.integer({ min: -1_000, max: 1_000 })
  fc.assert(
    fc.property(
      fc.json(),
      fc.string({ minLength: 1 }).filter((secret) => secret.trim() === secret),
      seconds,
      (payload, secret, age) => {
        const timestamp = SIGNED_AT_MS / 1_000
        const header = stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp })
        const nowMs = SIGNED_AT_MS + age * 1_000
        const ours = verifyStripe(payload, { 'stripe-signature': header }, secret, { nowMs }).ok
        assert.equal(ours, stripeSays(payload, header, secret, nowMs))
        assert.equal(ours, age <= 300)
      },
    ),
  )
})

test('of several v1 signatures one is enough, as while a secret is rolled', () => {
  const timestamp = SIGNED_AT_MS / 1_000
  const [ours, theirs] = [SECRET, OTHER].map((secret) =>
    stripe.webhooks.generateTestHeaderString({ payload: BODY, secret, timestamp }),
  )
  const header = `${theirs},${ours!.split(',')[1]}`
  assert.equal(faultOf(verifyStripe(BODY, { 'stripe-signature': header }, SECRET, { nowMs: SIGNED_AT_MS })), 'ok')
  assert.equal(stripeSays(BODY, header, SECRET, SIGNED_AT_MS), true)
})

test('a Stripe header without a time, with two, or with an old scheme alone is malformed', () => {
  const { 'Stripe-Signature': header = '' } = SCHEMES[2]!.sign(BODY, SECRET, SIGNED_AT_MS)
  const [time, v1] = header.split(',')
  for (const bad of [v1!, `${time},${time},${v1}`, `t=soon,${v1}`, time!, `${time},v0=${v1!.slice(3)}`, `${time},v1`]) {
    const verdict = verifyStripe(BODY, { 'stripe-signature': bad }, SECRET, { nowMs: SIGNED_AT_MS })
    assert.equal(faultOf(verdict), 'malformed_signature', bad)
  }
})

test('HubSpot signs method and URL: another of either is not believed', () => {
  const headers = SCHEMES[3]!.sign(BODY, SECRET, SIGNED_AT_MS)
  const clock = { nowMs: SIGNED_AT_MS }
  const url = 'https://hooks.example.com/webhooks/hubspot/px?a=1%3A2&b=%20'
  assert.equal(faultOf(verifyHubspot({ method: 'POST', url, body: BODY, headers }, SECRET, clock)), 'ok')
  assert.equal(faultOf(verifyHubspot({ method: 'PUT', url, body: BODY, headers }, SECRET, clock)), 'wrong_signature')
  const inside = url.replace('https:', 'http:')
  assert.equal(
    faultOf(verifyHubspot({ method: 'POST', url: inside, body: BODY, headers }, SECRET, clock)),
    'wrong_signature',
  )
})

test('HubSpot’s older signatures are not taken', () => {
  const headers = { 'X-HubSpot-Signature': 'a'.repeat(64), 'X-HubSpot-Signature-Version': 'v2' }
  const request = { method: 'POST', url: 'https://hooks.example.com/', body: BODY, headers }
  assert.equal(faultOf(verifyHubspot(request, SECRET, { nowMs: SIGNED_AT_MS })), 'missing_signature')
})

test('a header that comes twice is none', () => {
  const headers = { 'X-Signature': ['a', 'b'] }
  const verdict = verifyGeneric({ body: BODY, headers }, SECRET, { header: 'X-Signature' }, { nowMs: 0 })
  assert.equal(faultOf(verdict), 'missing_signature')
})

test('a scheme that is none is the caller’s fault', () => {
  const schemes = [{ header: '' }, { header: 'X', encoding: 'base32' as 'hex' }]
  for (const scheme of schemes) {
    assert.throws(
      () => verifyGeneric({ body: BODY, headers: {} }, SECRET, scheme, { nowMs: 0 }),
      /A signature scheme names a header/,
    )
  }
})

test('a refusal repeats nothing of call or secret', () => {
  for (const { sign, verify } of SCHEMES) {
    const verdict = verify('user@example.com', sign(BODY, OTHER, SIGNED_AT_MS), SECRET, SIGNED_AT_MS)
    assert.ok(!verdict.ok)
    assert.doesNotMatch(JSON.stringify(verdict), /@|whsec/)
  }
})
