import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { cleanIdentity } from './clean.ts'
import { digest, HASH_OF_NOTHING, hashIdentity } from './digest.ts'
import { DIRTY, DOUBTFUL_PHONES, LEFT_ALONE, NO_IDENTITY, NO_WORDS, SURE_PHONES, WORDS } from './dirt.cases.ts'
import { type IdentityKind, NORMALISATIONS } from './normalise.ts'
import { meansNothing, type NothingScope } from './nothing.ts'
import { phoneDoubt } from './phone.ts'
import { sha256Hex } from './sha256.ts'

const KINDS = Object.keys(NORMALISATIONS) as IdentityKind[]
const SCOPES: readonly NothingScope[] = ['text', 'name', 'person']

describe('dirt around an identity', () => {
  test('is taken off and named, and the digest is that of the clean value', () => {
    for (const [kind, raw, text, ...dirt] of DIRTY) {
      const result = digest(kind, raw)
      assert.ok(result.ok, raw)
      assert.deepEqual([result.sha256, result.dirt], [sha256Hex(text), dirt], raw)
      assert.equal(hashIdentity(kind, raw), sha256Hex(text))
    }
  })

  test('is not seen where there is none', () => {
    for (const [kind, raw, text] of LEFT_ALONE) {
      assert.deepEqual(digest(kind, raw), { ok: true, sha256: sha256Hex(text), alreadyHashed: false }, raw)
    }
  })

  test('leaves no digest where what stays is no identity', () => {
    for (const [kind, raw] of NO_IDENTITY)
      assert.deepEqual(digest(kind, raw), { ok: false, fault: 'invalid_identity' }, raw)
  })

  test('is taken off once and for all', () => {
    const marks = fc.constantFrom(
      '<',
      '>',
      '"',
      "'",
      ';',
      ',',
      'mailto:',
      'tel:',
      '=',
      '\u200b',
      ' ',
      'a@b.c',
      'x',
      '@',
    )
    const text = fc.array(marks, { maxLength: 8 }).map((parts) => parts.join(''))
    fc.assert(
      fc.property(fc.constantFrom(...KINDS), text, (kind, raw) => {
        const once = cleanIdentity(kind, raw)
        assert.deepEqual(cleanIdentity(kind, once.text), { text: once.text, dirt: [] })
        assert.equal(once.dirt.length === 0, once.text === raw)
      }),
      { numRuns: 3_000 },
    )
  })

  test('is looked for in time proportional to the text', () => {
    const started = performance.now()
    for (const mark of ['<', '>', '"', ';', '\u200b', 'mailto:', '?', '=', ' ;'])
      for (const kind of KINDS) cleanIdentity(kind, mark.repeat(200_000))
    assert.ok(performance.now() - started < 2_000)
  })
})

describe('words that mean nothing', () => {
  test('mean nothing in their scopes and in no other, trimmed, in any case', () => {
    for (const [word, scopes] of WORDS) {
      for (const scope of SCOPES) {
        for (const written of [
          word,
          word.toUpperCase(),
          word.toLowerCase(),
          ` ${word}\t`,
          `\u200b${word}\ufeff`,
          `${word}\u200b`,
        ])
          assert.equal(meansNothing(written, scope), scopes.includes(scope), `${scope}: ${written}`)
      }
    }
  })

  test('are exactly these: neither what begins like one nor a blank text is one', () => {
    for (const text of NO_WORDS) for (const scope of SCOPES) assert.equal(meansNothing(text, scope), false, text)
    const words = new Set(WORDS.map(([word]) => word.toLowerCase()))
    const text = fc.string({ unit: fc.constantFrom(...'nulaeoid/()-[] 0gst\\NK\u212a\u0130'), maxLength: 12 })
    fc.assert(
      fc.property(text, (written) => {
        assert.equal(meansNothing(written, 'person'), words.has(written.trim().toLowerCase()))
      }),
      { numRuns: 3_000 },
    )
  })

  test('are never hashed, and neither is the digest of nothing passed on', () => {
    for (const kind of KINDS) {
      for (const word of [' N/A ', '(not set)', '--'])
        assert.deepEqual(digest(kind, word), { ok: false, fault: 'means_nothing' })
      for (const hash of [HASH_OF_NOTHING, ` ${HASH_OF_NOTHING}`, HASH_OF_NOTHING.toUpperCase()])
        assert.deepEqual(digest(kind, hash), { ok: false, fault: 'hash_of_empty_value' })
    }
    assert.equal(HASH_OF_NOTHING, sha256Hex(''))
    for (const word of ['0', 'Guest', 'anonymous', '<guest>']) assert.equal(digest('email', word).ok, false)
  })
})

test('a phone number that others hash with other digits is doubted, with the reason and without the number', () => {
  for (const [written, reason] of DOUBTFUL_PHONES) {
    const doubt = phoneDoubt(written)
    assert.match(doubt ?? '', reason, written)
    assert.doesNotMatch(doubt ?? '', /\d{3}/)
  }
  for (const written of SURE_PHONES) assert.equal(phoneDoubt(written), undefined, written)
  assert.equal(phoneDoubt('('.repeat(500_000)), undefined)
})
