export { type SignatureScheme, verifyGeneric } from './generic.ts'
export type { HeaderSource } from './header.ts'
export type { RawBody, Secrets, SignatureEncoding } from './hmac.ts'
export { type HubspotRequest, verifyHubspot } from './hubspot.ts'
export { verifyShopify } from './shopify.ts'
export { verifyStripe } from './stripe.ts'
export {
  type Clock,
  SIGNATURE_FAULTS,
  SIGNATURE_TOLERANCE_MS,
  type SignatureFault,
  type Verification,
} from './verification.ts'
export { verifyWooCommerce } from './woocommerce.ts'
