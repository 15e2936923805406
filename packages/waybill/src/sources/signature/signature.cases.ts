/** Calls that were signed by Node's own HMAC, and what is done to them. */
import { createHmac } from 'node:crypto'
import { verifyGeneric } from './generic.ts'
import type { HeaderSource } from './header.ts'
import type { Secrets } from './hmac.ts'
import { verifyHubspot } from './hubspot.ts'
import { verifyShopify } from './shopify.ts'
import { verifyStripe } from './stripe.ts'
import type { Verification } from './verification.ts'
import { verifyWooCommerce } from './woocommerce.ts'

export const BODY = '{"id":1,"name":"Teꜩt"}'
export const SECRET = 'whsec_ünd'
export const SIGNED_AT_MS = 1_773_892_800_000
const URL_CALLED = 'https://hooks.example.com/webhooks/hubspot/px?a=1%3A2&b=%20'
const URL_SIGNED = 'https://hooks.example.com/webhooks/hubspot/px?a=1:2&b=%20'

const mac = (text: string, encoding: 'hex' | 'base64', secret: string): string =>
  createHmac('sha256', secret).update(text, 'utf8').digest(encoding)

/** One vendor: how it signs, and how it is verified. */
export interface Scheme {
  readonly name: string
  readonly header: string
  readonly signsTime: boolean
  readonly sign: (body: string, secret: string, atMs: number) => Record<string, string>
  readonly verify: (body: string | Uint8Array, headers: HeaderSource, secrets: Secrets, nowMs: number) => Verification
}

const SCHEME = { header: 'X-Signature', prefix: 'sha256=', timestampHeader: 'X-Timestamp' }

export const SCHEMES: readonly Scheme[] = [
  {
    name: 'Shopify',
    header: 'X-Shopify-Hmac-Sha256',
    signsTime: false,
    sign: (body, secret) => ({ 'X-Shopify-Hmac-Sha256': mac(body, 'base64', secret) }),
    verify: (body, headers, secrets) => verifyShopify(body, headers, secrets),
  },
  {
    name: 'WooCommerce',
    header: 'X-WC-Webhook-Signature',
    signsTime: false,
    sign: (body, secret) => ({ 'X-WC-Webhook-Signature': mac(body, 'base64', secret) }),
    verify: (body, headers, secrets) => verifyWooCommerce(body, headers, secrets),
  },
  {
    name: 'Stripe',
    header: 'Stripe-Signature',
    signsTime: true,
    sign: (body, secret, atMs) => {
      const time = Math.floor(atMs / 1_000)
      return { 'Stripe-Signature': `t=${time},v1=${mac(`${time}.${body}`, 'hex', secret)},v0=${'0'.repeat(64)}` }
    },
    verify: (body, headers, secrets, nowMs) => verifyStripe(body, headers, secrets, { nowMs }),
  },
  {
    name: 'HubSpot',
    header: 'X-HubSpot-Signature-v3',
    signsTime: true,
    sign: (body, secret, atMs) => ({
      'X-HubSpot-Signature-v3': mac(`POST${URL_SIGNED}${body}${atMs}`, 'base64', secret),
      'X-HubSpot-Request-Timestamp': String(atMs),
    }),
    verify: (body, headers, secrets, nowMs) =>
      verifyHubspot({ method: 'post', url: URL_CALLED, body, headers }, secrets, { nowMs }),
  },
  {
    name: 'a sender of one’s own, hex with a time in seconds',
    header: 'X-Signature',
    signsTime: true,
    sign: (body, secret, atMs) => {
      const time = String(Math.floor(atMs / 1_000))
      return { 'X-Signature': `sha256=${mac(`${time}.${body}`, 'hex', secret).toUpperCase()}`, 'X-Timestamp': time }
    },
    verify: (body, headers, secrets, nowMs) => verifyGeneric({ body, headers }, secrets, SCHEME, { nowMs }),
  },
  {
    name: 'a sender of one’s own, base64 with a time in milliseconds',
    header: 'X-Signature',
    signsTime: true,
    sign: (body, secret, atMs) => ({
      'X-Signature': mac(`${atMs}.${body}`, 'base64', secret),
      'X-Timestamp': String(atMs),
    }),
    verify: (body, headers, secrets, nowMs) =>
      verifyGeneric({ body, headers }, secrets, { ...SCHEME, prefix: undefined, encoding: 'base64' }, { nowMs }),
  },
  {
    name: 'a sender of one’s own, without a time',
    header: 'X-Signature',
    signsTime: false,
    sign: (body, secret) => ({ 'X-Signature': mac(body, 'hex', secret) }),
    verify: (body, headers, secrets, nowMs) =>
      verifyGeneric({ body, headers }, secrets, { header: 'x-signature' }, { nowMs }),
  },
]
