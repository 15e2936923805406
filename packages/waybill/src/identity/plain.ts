import { HASH_OF_NOTHING } from './digest.ts'
import { NOBODY_WORDS } from './nothing.ts'
import { PLAIN_EMAIL } from './plain-email.ts'

/** The identities that may be hashed where there is only a strict pattern to judge by. */
export type PlainKind = 'email' | 'external-id' | 'phone'

/** How a value must look, without the spaces around it, to be what is hashed; an address also in lower case, a number without its `+`. */
export interface PlainRule {
  /** A regular expression for the value, white space at its ends taken off. */
  readonly pattern: string
  /** What is none although it looks like one; compared in lower case. */
  readonly except?: string
}

/** A backslash or a bracket in it may be the half of an escape: such a value is not plain. */
const VISIBLE = '^[!-Z^-~]{1,200}$'
const VISIBLE_WORD = /^[!-Z^-~]+$/

/**
 * Patterns that PostgreSQL and JavaScript read alike: what they take, and the digest of it, is the same in `digest` and in the functions
 * of the outbox. Everything else is somebody's writing, which needs the whole of `digest`.
 */
export const PLAIN_IDENTITY: Readonly<Record<PlainKind, PlainRule>> = {
  email: { pattern: PLAIN_EMAIL },
  'external-id': { pattern: VISIBLE, except: `^(${wordsOf(NOBODY_WORDS)})$|^[0-9a-f]{56,72}$` },
  phone: { pattern: '^[+][1-9][0-9]{7,14}$' },
}

/** A finished digest of these is nobody's. */
export const NOBODYS_DIGEST: string = HASH_OF_NOTHING

function wordsOf(words: Iterable<string>): string {
  const plain = [...words].filter((word) => VISIBLE_WORD.test(word))
  return plain.map((word) => word.replace(/[()]/g, '[$&]')).join('|')
}
