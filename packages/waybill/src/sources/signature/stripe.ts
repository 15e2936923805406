import { type HeaderSource, headerOf } from './header.ts'
import { bytesOf, isSigned, type RawBody, type Secrets } from './hmac.ts'
import { type Clock, refused, SIGNATURE_TOLERANCE_MS, VERIFIED, type Verification } from './verification.ts'

/**
 * Stripe's `Stripe-Signature: t=…,v1=…` (docs.stripe.com/webhooks): HMAC-SHA256 of `t.body` in hex, several `v1` while a secret
 * is rolled, other schemes ignored. Like Stripe's own library it refuses what is too old, and not what is ahead of our clock.
 */
export function verifyStripe(rawBody: RawBody, headers: HeaderSource, secrets: Secrets, clock: Clock): Verification {
  const header = headerOf(headers, 'stripe-signature')
  const { time, signatures } = partsOf(header ?? '')
  const signed = isSigned(bytesOf(`${time ?? ''}.`, rawBody), signatures, secrets, 'hex')
  if (header === undefined) return refused('missing_signature')
  if (time === undefined || signatures.length === 0) return refused('malformed_signature')
  if (!signed) return refused('wrong_signature')
  const ageMs = clock.nowMs - Number(time) * 1_000
  return ageMs > (clock.toleranceMs ?? SIGNATURE_TOLERANCE_MS) ? refused('stale_signature') : VERIFIED
}

function partsOf(header: string): { readonly time: string | undefined; readonly signatures: readonly string[] } {
  const pairs = header.split(',').map((part) => part.trim().split('=', 2) as [string, string | undefined])
  const valuesOf = (key: string): string[] => pairs.flatMap(([name, value]) => (name === key ? (value ?? []) : []))
  const times = valuesOf('t')
  return { time: times.length === 1 && /^\d{1,12}$/.test(times[0]!) ? times[0] : undefined, signatures: valuesOf('v1') }
}
