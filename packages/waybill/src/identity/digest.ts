import { type IdentityKind, NORMALISATIONS, normalise } from './normalise.ts'
import { type Sha256Hex, sha256Hex } from './sha256.ts'

/** What became of one identity value. A fault never carries the value. */
export type Digest =
  | { readonly ok: true; readonly sha256: string; readonly alreadyHashed: boolean }
  | { readonly ok: false; readonly fault: DigestFault }

/** `malformed_hash`: meant as a hash, but not 64 lowercase hex digits. */
export type DigestFault = 'empty_identity' | 'invalid_identity' | 'malformed_hash'

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

const SETTLED_EMAIL = /^[!-?[-~]+@[!-?[-~]+$/

/** True for most addresses: every step would leave them alone, and they are valid. It spares the steps, nothing else. */
function isSettledEmail(kind: IdentityKind, value: string): boolean {
  return kind === 'email' && typeof value === 'string' && SETTLED_EMAIL.test(value)
}

/**
 * One raw or already hashed identity in, its digest out. A correct hash passes as it is; what is raw is normalised and
 * hashed at once, so that nothing downstream sees it.
 */
export function digest(kind: IdentityKind, value: string, hash: Sha256Hex = sha256Hex): Digest {
  if (typeof value !== 'string') return { ok: false, fault: 'invalid_identity' }
  if (isSettledEmail(kind, value)) return { ok: true, sha256: hash(value), alreadyHashed: false }
  if (value.length >= 32) {
    const hashed = value.trim()
    if (isSha256Hex(hashed)) return { ok: true, sha256: hashed, alreadyHashed: true }
    if (looksHashed(kind, hashed)) return { ok: false, fault: 'malformed_hash' }
  }
  const text = normalise(kind, value)
  if (text === '') return { ok: false, fault: 'empty_identity' }
  if (!NORMALISATIONS[kind].valid.test(text)) return { ok: false, fault: 'invalid_identity' }
  return { ok: true, sha256: hash(text), alreadyHashed: false }
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
