import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { cleanIdentity } from './clean.ts'
import { FAULTS, NORMALISED } from './digest.cases.ts'
import { describeBadHash, digest, hashIdentity, isSha256Hex } from './digest.ts'
import { type IdentityKind, NORMALISATIONS, normalise } from './normalise.ts'
import { portableSha256Hex, sha256Hex } from './sha256.ts'

interface Vector {
  readonly kind: IdentityKind
  readonly raw: string
  readonly normalised: string
  readonly sha256: string
}

const vectors = JSON.parse(readFileSync(new URL('./vectors.json', import.meta.url), 'utf8')) as readonly Vector[]
const KINDS = Object.keys(NORMALISATIONS) as IdentityKind[]
const HASH = vectors[0]!.sha256
const kind = fc.constantFrom(...KINDS)

/** Text as it comes, with halves of surrogate pairs, and text that nearly is an address. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 100 }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
)
const nearlyEmail = fc
  .array(
    fc.constantFrom('a', 'z', 'Q', '0', '@', '.', '+', ' ', '\t', '~', '!', '\u007f', '\u00a0', 'é', 'İ', 'ſ', '😀'),
  )
  .map((parts) => parts.join(''))

test('every vector is normalised to its text and hashed to its digest', () => {
  for (const { kind, raw, normalised, sha256 } of vectors) {
    assert.equal(normalise(kind, raw), normalised)
    assert.equal(hashIdentity(kind, raw), sha256)
    assert.equal(portableSha256Hex(normalised), sha256)
  }
  assert.deepEqual(new Set(vectors.map((vector) => vector.kind)), new Set(KINDS))
})

test('values at the limits are normalised as the specification says', () => {
  for (const [kind, raw, text] of NORMALISED) {
    assert.equal(normalise(kind, raw), text)
    assert.deepEqual(digest(kind, raw), { ok: true, sha256: sha256Hex(text), alreadyHashed: false }, raw)
  }
})

test('a value that can match nobody is a fault and never a digest', () => {
  for (const [kind, value, fault] of FAULTS) {
    assert.deepEqual(digest(kind, value), { ok: false, fault }, `${kind} ${value}`)
    assert.throws(() => hashIdentity(kind, value), TypeError)
  }
})

test('a finished hash passes as it is, also with white space around it', () => {
  for (const kind of KINDS) {
    assert.deepEqual(digest(kind, ` ${HASH}\n`), { ok: true, sha256: HASH, alreadyHashed: true })
    assert.equal(hashIdentity(kind, HASH), HASH)
  }
})

test('the error of hashIdentity does not repeat the value', () => {
  const tells = (value: unknown): void =>
    assert.throws(
      () => hashIdentity('phone', value as string),
      (error) => error instanceof TypeError && !error.message.includes('4155'),
    )
  for (const value of ['4155', 'x4155552671', 14155552671, null, ['4155']]) tells(value)
})

test('hashing an email is the same whether it took the short way or every step', () => {
  const slowly = (text: string): string | undefined => {
    const normalised = normalise('email', cleanIdentity('email', text).text)
    return NORMALISATIONS.email.valid.test(normalised) ? sha256Hex(normalised) : undefined
  }
  fc.assert(
    fc.property(
      fc.oneof(
        nearlyEmail,
        fc.emailAddress(),
        fc.emailAddress().map((email) => ` ${email.toUpperCase()}`),
      ),
      (text) => {
        const result = digest('email', text)
        assert.equal(result.ok ? result.sha256 : undefined, slowly(text))
        if (result.ok) assert.equal(hashIdentity('email', text), result.sha256)
      },
    ),
    { numRuns: 5_000 },
  )
})

test('the native and the portable SHA-256 agree on any text, also on halves of surrogate pairs', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      assert.equal(portableSha256Hex(text), sha256Hex(text))
      assert.equal(sha256Hex(text), createHash('sha256').update(text, 'utf8').digest('hex'))
    }),
  )
})

test('normalising an email or an external id twice is the same as once', () => {
  fc.assert(
    fc.property(fc.constantFrom<IdentityKind>('email', 'external-id'), anyText, (kind, text) => {
      const once = normalise(kind, text)
      assert.equal(normalise(kind, once), once)
    }),
  )
})

test('a digest is 64 lowercase hex digits or a fault, for any text', () => {
  fc.assert(
    fc.property(kind, anyText, (kind, text) => {
      const result = digest(kind, text)
      assert.ok(!result.ok || isSha256Hex(result.sha256))
    }),
  )
})

test('isSha256Hex takes exactly 64 lowercase hex digits', () => {
  assert.ok(isSha256Hex(HASH))
  assert.ok(isSha256Hex('0123456789abcdef'.repeat(4)))
  const bad = [
    '',
    HASH.slice(1),
    `${HASH}0`,
    HASH.toUpperCase(),
    `${HASH.slice(1)}g`,
    `${HASH.slice(1)}\n`,
    ` ${HASH.slice(1)}`,
    `${HASH.slice(1)}０`,
  ]
  for (const value of bad) assert.equal(isSha256Hex(value), false, value)
  fc.assert(
    fc.property(
      fc.string({ minLength: 64, maxLength: 64 }),
      (text) => isSha256Hex(text) === /^[0-9a-f]{64}$/.test(text),
    ),
  )
})

test('a bad hash is described without being repeated', () => {
  assert.equal(describeBadHash('user@example.com'), 'holds a raw email address')
  assert.match(describeBadHash(HASH.toUpperCase()), /upper-case/)
  assert.equal(describeBadHash(HASH.slice(1)), 'has 63 hex digits; a SHA-256 has 64')
  assert.equal(describeBadHash('Ada Lovelace'), 'is not 64 lowercase hex digits')
})

test('each step of a normalisation says what it does', () => {
  for (const { steps, expects } of Object.values(NORMALISATIONS)) {
    assert.ok(expects.length > 5)
    for (const { does } of steps) assert.match(does, /^[a-z]/)
  }
})
