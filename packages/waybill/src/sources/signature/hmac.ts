import { ConfigError } from '../../errors.ts'
import { bytesToHex, concatBytes, hmac, sha256, utf8ToBytes } from '../../identity/noble.ts'

/** One secret, or several while one takes the place of another. */
export type Secrets = string | readonly string[]

/** A body as it arrived. A text stands for its UTF-8 bytes. */
export type RawBody = Uint8Array | string

export type SignatureEncoding = 'hex' | 'base64'

/** The bytes of several parts in a row. */
export function bytesOf(...parts: readonly RawBody[]): Uint8Array {
  return concatBytes(...parts.map((part) => (typeof part === 'string' ? utf8ToBytes(part) : part)))
}

/**
 * True when one of the signatures was made with one of the secrets. Takes the same time whichever it was. Throws a
 * {@link ConfigError} without a secret: with an empty key anybody can sign.
 */
export function isSigned(
  signed: Uint8Array,
  signatures: readonly string[],
  secrets: Secrets,
  encoding: SignatureEncoding,
): boolean {
  let matches = 0
  for (const secret of listOf(secrets)) {
    const expected = ENCODERS[encoding](hmac(sha256, utf8ToBytes(secret), signed))
    for (const signature of signatures) matches |= Number(isSame(expected, signature))
  }
  return matches === 1
}

const ENCODERS: Readonly<Record<SignatureEncoding, (bytes: Uint8Array) => string>> = {
  hex: bytesToHex,
  base64: (bytes) => btoa(String.fromCharCode(...bytes)),
}

/** Compares every character, so that the time tells nothing of where the first difference is. */
function isSame(expected: string, given: string): boolean {
  let difference = expected.length ^ given.length
  for (let index = 0; index < expected.length; index++)
    difference |= expected.charCodeAt(index) ^ given.charCodeAt(index)
  return difference === 0
}

function listOf(secrets: Secrets): readonly string[] {
  const list = typeof secrets === 'string' ? [secrets] : secrets
  if (list.length > 0 && list.every((secret) => typeof secret === 'string' && secret !== '')) return list
  throw new ConfigError('missing_secret', 'A signature cannot be verified without a secret.', {
    hint: 'Give the secret that the sender signs with; several in a list while one takes the place of another.',
  })
}
