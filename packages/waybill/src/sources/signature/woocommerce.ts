import { verifyBody } from './body-signature.ts'
import type { HeaderSource } from './header.ts'
import type { RawBody, Secrets } from './hmac.ts'
import type { Verification } from './verification.ts'

/**
 * WooCommerce's `X-WC-Webhook-Signature` (developer.woocommerce.com, "Webhooks"). It signs no time: what a replay brings again
 * has the id that it had, and is a duplicate.
 */
export function verifyWooCommerce(rawBody: RawBody, headers: HeaderSource, secrets: Secrets): Verification {
  return verifyBody(rawBody, headers, 'x-wc-webhook-signature', secrets)
}
