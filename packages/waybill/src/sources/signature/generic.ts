import { ConfigError } from '../../errors.ts'
import { type HeaderSource, headerOf } from './header.ts'
import { bytesOf, isSigned, type RawBody, type Secrets, type SignatureEncoding } from './hmac.ts'
import { type Clock, refused, SIGNATURE_TOLERANCE_MS, VERIFIED, type Verification } from './verification.ts'

/** How a sender of your own signs: HMAC-SHA256 of the body, or of its time, a point and the body. */
export interface SignatureScheme {
  /** The header with the signature. */
  readonly header: string
  /** Default `'hex'`. */
  readonly encoding?: SignatureEncoding | undefined
  /** What stands before the signature in the header, such as `sha256=`. Default: nothing. */
  readonly prefix?: string | undefined
  /** The header with the time of signing, Unix seconds or milliseconds. With it `time.body` is signed, and old calls are refused. */
  readonly timestampHeader?: string | undefined
}

/** Verifies a call by a scheme of your own. Throws a {@link ConfigError} for a scheme that is none. */
export function verifyGeneric(
  call: { readonly body: RawBody; readonly headers: HeaderSource },
  secrets: Secrets,
  scheme: SignatureScheme,
  clock: Clock,
): Verification {
  const { header, encoding = 'hex', prefix = '', timestampHeader } = requireScheme(scheme)
  const written = headerOf(call.headers, header)
  const time = timestampHeader === undefined ? undefined : (headerOf(call.headers, timestampHeader) ?? '')
  const signature = written?.startsWith(prefix) ? inCase(written.slice(prefix.length), encoding) : undefined
  const message = time === undefined ? bytesOf(call.body) : bytesOf(`${time}.`, call.body)
  const signed = isSigned(message, signature === undefined ? [] : [signature], secrets, encoding)
  if (written === undefined) return refused('missing_signature')
  if (signature === undefined || (time !== undefined && !TIME.test(time))) return refused('malformed_signature')
  if (!signed) return refused('wrong_signature')
  return time === undefined || isNear(time, clock) ? VERIFIED : refused('stale_signature')
}

const TIME = /^\d{9,14}$/

/** On both sides: a sender whose clock is ahead would else make calls that can be replayed for as long as it is. */
function isNear(time: string, { nowMs, toleranceMs = SIGNATURE_TOLERANCE_MS }: Clock): boolean {
  const signedAtMs = time.length <= 11 ? Number(time) * 1_000 : Number(time)
  return Math.abs(nowMs - signedAtMs) <= toleranceMs
}

const inCase = (signature: string, encoding: SignatureEncoding): string =>
  encoding === 'hex' ? signature.toLowerCase() : signature

function requireScheme(scheme: SignatureScheme): SignatureScheme {
  const { header, encoding = 'hex' } = scheme
  if (typeof header === 'string' && header !== '' && (encoding === 'hex' || encoding === 'base64')) return scheme
  throw new ConfigError('invalid_option', 'A signature scheme names a header, and "hex" or "base64" as its encoding.')
}
