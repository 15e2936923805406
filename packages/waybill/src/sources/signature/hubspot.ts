import { type HeaderSource, headerOf } from './header.ts'
import { bytesOf, isSigned, type RawBody, type Secrets } from './hmac.ts'
import { type Clock, refused, SIGNATURE_TOLERANCE_MS, VERIFIED, type Verification } from './verification.ts'

/** A request as HubSpot signs it. */
export interface HubspotRequest {
  /** The request's method. Example: `'POST'`. */
  readonly method: string
  /** The whole URL that HubSpot called, as it is known outside: behind a proxy not the one that arrives. */
  readonly url: string
  /** The body, byte for byte. */
  readonly body: RawBody
  /** The request's headers. */
  readonly headers: HeaderSource
}

/**
 * HubSpot's `X-HubSpot-Signature-v3` (developers.hubspot.com, "Validating requests"): base64 HMAC-SHA256 of method, URL, body and
 * `X-HubSpot-Request-Timestamp`, with the app's client secret. Versions 1 and 2 sign no time and are not taken.
 */
export function verifyHubspot(request: HubspotRequest, secrets: Secrets, clock: Clock): Verification {
  const { method, url, body, headers } = request
  const signature = headerOf(headers, 'x-hubspot-signature-v3')
  const time = headerOf(headers, 'x-hubspot-request-timestamp')
  const message = bytesOf(method.toUpperCase(), decoded(url), body, time ?? '')
  const signed = isSigned(message, signature === undefined ? [] : [signature], secrets, 'base64')
  if (signature === undefined) return refused('missing_signature')
  if (time === undefined || !/^\d{1,15}$/.test(time)) return refused('malformed_signature')
  if (!signed) return refused('wrong_signature')
  const ageMs = clock.nowMs - Number(time)
  return ageMs > (clock.toleranceMs ?? SIGNATURE_TOLERANCE_MS) ? refused('stale_signature') : VERIFIED
}

/** The escapes that HubSpot undoes before it signs; all others stay. */
const ESCAPES = /%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/gi

function decoded(url: string): string {
  return url.replace(ESCAPES, (code) => String.fromCharCode(Number.parseInt(code.slice(1), 16)))
}
