import { verifyBody } from './body-signature.ts'
import type { HeaderSource } from './header.ts'
import type { RawBody, Secrets } from './hmac.ts'
import type { Verification } from './verification.ts'

/**
 * Shopify's `X-Shopify-Hmac-Sha256` (shopify.dev, "Deliver webhooks through HTTPS"). It signs no time: what a replay brings
 * again has the id that it had, and is a duplicate.
 */
export function verifyShopify(rawBody: RawBody, headers: HeaderSource, secrets: Secrets): Verification {
  return verifyBody(rawBody, headers, 'x-shopify-hmac-sha256', secrets)
}
