import { cleanIdentity, type Dirt } from './clean.ts'
import { type IdentityKind, NORMALISATIONS, normalise } from './normalise.ts'
import { meansNothing, type NothingScope } from './nothing.ts'
import { PLAIN_EMAIL } from './plain-email.ts'
import { type Sha256Hex, sha256Hex } from './sha256.ts'

/** What became of one identity value. A fault never carries the value. */
export type Digest =
  | { readonly ok: true; readonly sha256: string; readonly alreadyHashed: boolean; readonly dirt?: readonly Dirt[] }
  | { readonly ok: false; readonly fault: DigestFault }

/**
 * `malformed_hash`: meant as a hash, but not 64 lowercase hex digits. `hash_of_empty_value`: the hash of an empty text. `means_nothing`:
 * a word that stands where there is no value.
 */
export type DigestFault =
  | 'empty_identity'
  | 'invalid_identity'
  | 'malformed_hash'
  | 'hash_of_empty_value'
  | 'means_nothing'

/** The SHA-256 of an empty text: it would match everybody who sent nothing. */
export const HASH_OF_NOTHING = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

/** Which words stand for nothing in place of each identity. */
const NOTHING_SCOPES: Readonly<Record<IdentityKind, NothingScope>> = {
  email: 'person',
  'external-id': 'person',
  phone: 'text',
  'first-name': 'name',
  'last-name': 'name',
}

/** Searching for a character that may not be is several times faster than matching all that may. */
const NOT_HEX = /[^0-9a-f]/
/** Hex near the length of a SHA-256, or of the other digests in use, is a hash gone wrong and not somebody's address. */
const HASH_LIKE = /^[0-9a-fA-F]{56,72}$/
const OTHER_DIGEST = /^(?:[0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{96}|[0-9a-fA-F]{128})$/

/** True for exactly 64 lowercase hex digits. */
export function isSha256Hex(value: string): boolean {
  return value.length === 64 && !NOT_HEX.test(value)
}

/** What is wrong with a value that should be a hash, in words; never the value. */
export function describeBadHash(value: string): string {
  if (value.includes('@')) return 'holds a raw email address'
  if (/^[0-9a-fA-F]{64}$/.test(value)) return 'has upper-case hex digits; a hash is written in lower case'
  if (/^[0-9a-fA-F]+$/.test(value)) return `has ${value.length} hex digits; a SHA-256 has 64`
  return 'is not 64 lowercase hex digits'
}

const SETTLED_EMAIL = new RegExp(PLAIN_EMAIL)

/** True for most addresses: they are clean and valid, and every step would leave them alone. It spares the steps, nothing else. */
function isSettledEmail(kind: IdentityKind, value: string): boolean {
  return kind === 'email' && typeof value === 'string' && SETTLED_EMAIL.test(value)
}

/**
 * One raw or already hashed identity in, its digest out. A correct hash passes as it is; what is raw is cleaned, normalised and
 * hashed at once, so that nothing downstream sees it. `dirt` says what was taken off.
 */
export function digest(kind: IdentityKind, value: string, hash: Sha256Hex = sha256Hex): Digest {
  if (typeof value !== 'string') return { ok: false, fault: 'invalid_identity' }
  if (isSettledEmail(kind, value)) return { ok: true, sha256: hash(value), alreadyHashed: false }
  const { text: cleaned, dirt } = cleanIdentity(kind, value)
  const finished = finishedHash(kind, cleaned.trim())
  if (finished !== undefined) return finished.ok ? withDirt(finished, dirt) : finished
  if (meansNothing(cleaned, NOTHING_SCOPES[kind])) return { ok: false, fault: 'means_nothing' }
  const text = normalise(kind, cleaned)
  if (text === '') return { ok: false, fault: 'empty_identity' }
  if (!NORMALISATIONS[kind].valid.test(text)) return { ok: false, fault: 'invalid_identity' }
  return withDirt({ ok: true, sha256: hash(text), alreadyHashed: false }, dirt)
}

/** What to make of a value that is a hash or was meant as one; `undefined` for every other. */
function finishedHash(kind: IdentityKind, value: string): Digest | undefined {
  if (value.length < 32) return undefined
  if (value.toLowerCase() === HASH_OF_NOTHING) return { ok: false, fault: 'hash_of_empty_value' }
  if (isSha256Hex(value)) return { ok: true, sha256: value, alreadyHashed: true }
  return looksHashed(kind, value) ? { ok: false, fault: 'malformed_hash' } : undefined
}

function withDirt(digest: Digest & { readonly ok: true }, dirt: readonly Dirt[]): Digest {
  return dirt.length === 0 ? digest : { ...digest, dirt }
}

function looksHashed(kind: IdentityKind, value: string): boolean {
  // An external id of 32 or 40 hex digits is an ordinary key of somebody's database.
  return HASH_LIKE.test(value) || (kind !== 'external-id' && OTHER_DIGEST.test(value))
}

/**
 * SHA-256 of one identity, ready to send. Throws a `TypeError` that names the rule, never the value.
 *
 * `hashIdentity('email', ' User@Example.com')` → `'b4c9a289…'`
 */
export function hashIdentity(kind: IdentityKind, value: string): string {
  if (isSettledEmail(kind, value)) return sha256Hex(value)
  const result = digest(kind, value)
  if (result.ok) return result.sha256
  throw new TypeError(`This ${kind} cannot be hashed: expected ${NORMALISATIONS[kind].expects}, or a finished SHA-256.`)
}
