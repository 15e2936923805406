/** Examples of docs/sdk.md: identity. Each region is one example; `npm run docs` puts them on the page, a test runs them. */
import assert from 'node:assert/strict'
import {
  type Cleaned,
  cleanIdentity,
  type Digest,
  type DigestFault,
  type Dirt,
  describeBadHash,
  digest,
  hashIdentity,
  type IdentityKind,
  isSha256Hex,
  meansNothing,
  NOBODYS_DIGEST,
  NORMALISATIONS,
  type NothingScope,
  normalise,
  PLAIN_IDENTITY,
  type PlainKind,
  type PlainRule,
  phoneDoubt,
  portableSha256Hex,
  type Sha256Hex,
  type Step,
  sha256Hex,
} from 'waybill'

const SHA256 = 'b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514'

// #region hashIdentity, IdentityKind
{
  const kind: IdentityKind = 'email'
  assert.equal(hashIdentity(kind, ' User@Example.com'), hashIdentity(kind, 'user@example.com'))
  assert.throws(() => hashIdentity(kind, 'no address'), TypeError) // names the rule, never the value
}
// #endregion

// #region digest, Digest, DigestFault
{
  const raw: Digest = digest('email', 'user@example.com')
  const made: Digest = digest('email', SHA256)
  assert.ok(raw.ok && made.ok && raw.sha256 === made.sha256)
  const wrong: Digest = digest('email', SHA256.slice(1))
  const fault: DigestFault | undefined = wrong.ok ? undefined : wrong.fault
  assert.equal(fault, 'malformed_hash')
}
// #endregion

// #region cleanIdentity, Cleaned, Dirt
{
  const { text, dirt }: Cleaned = cleanIdentity('email', 'mailto:user@example.com')
  const first: Dirt | undefined = dirt[0]
  assert.equal(text, 'user@example.com')
  assert.ok(first !== undefined)
}
// #endregion

// #region normalise, NORMALISATIONS, Step
{
  const steps: readonly Step[] = NORMALISATIONS.email.steps
  const byHand = steps.reduce((text, { apply }) => apply(text), ' User@Example.com ')
  assert.equal(normalise('email', ' User@Example.com '), byHand)
  assert.equal(byHand, 'user@example.com')
}
// #endregion

// #region isSha256Hex, describeBadHash
{
  assert.ok(isSha256Hex(SHA256) && !isSha256Hex(SHA256.toUpperCase()))
  assert.match(describeBadHash(SHA256.toUpperCase()), /lower/)
}
// #endregion

// #region sha256Hex, portableSha256Hex, Sha256Hex
{
  const hash: Sha256Hex = portableSha256Hex // where a runtime has no synchronous one of its own
  assert.equal(hash('user@example.com'), sha256Hex('user@example.com'))
}
// #endregion

// #region meansNothing, NothingScope
{
  const scope: NothingScope = 'person'
  assert.ok(meansNothing('n/a', scope) && !meansNothing('user_1', scope))
}
// #endregion

// #region phoneDoubt
{
  assert.equal(phoneDoubt('+49 30 901820'), undefined)
  assert.equal(typeof phoneDoubt('030 901820'), 'string') // no country
}
// #endregion

// #region PLAIN_IDENTITY, PlainKind, PlainRule, NOBODYS_DIGEST
{
  const kind: PlainKind = 'email'
  const { pattern }: PlainRule = PLAIN_IDENTITY[kind]
  assert.ok(new RegExp(pattern).test('user@example.com'))
  assert.ok([...NOBODYS_DIGEST].every((text) => typeof text === 'string'))
}
// #endregion
