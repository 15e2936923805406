import type { Contract, ContractSetting } from 'waybill'
import {
  createGa4Source,
  createGenericSource,
  createHubspotSource,
  createSegmentSource,
  createShopifySource,
  createStripeSource,
  createWooCommerceSource,
  hubspotCall,
  type SignatureScheme,
  type Source,
  type SourceCall,
  shopifyCall,
  stripeCall,
  type Verification,
  verifyGeneric,
  verifyHubspot,
  verifyShopify,
  verifyStripe,
  verifyWooCommerce,
  wooCommerceCall,
} from 'waybill/sources'

/** A webhook as it arrived. */
export interface WebhookRequest {
  readonly body: Uint8Array
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** The URL that the sender called, as it is known outside. */
  readonly url: string
}

/** What is configured of one source. */
export interface SourceSettings {
  readonly secrets: readonly string[]
  readonly signature?: SignatureScheme | undefined
}

interface Webhook {
  readonly verify: (request: WebhookRequest, settings: SourceSettings, nowMs: number) => Verification
  readonly callOf: (payload: unknown, request: WebhookRequest, nowMs: number) => SourceCall
  /** A call that only asks whether somebody is there; it is answered and otherwise ignored. */
  readonly isPing?: (request: WebhookRequest) => boolean
}

// The options come from a file; each source judges its own and says what is wrong.
// biome-ignore lint/suspicious/noExplicitAny: see above.
type Create = (options: any) => Source

/** Systems that call us with a signature of their own. */
export const WEBHOOKS: Readonly<Record<string, Webhook>> = {
  shopify: {
    verify: ({ body, headers }, { secrets }) => verifyShopify(body, headers, secrets),
    callOf: (payload, { headers }, nowMs) => shopifyCall(headers, payload, nowMs),
  },
  stripe: {
    verify: ({ body, headers }, { secrets }, nowMs) => verifyStripe(body, headers, secrets, { nowMs }),
    callOf: (payload, _request, nowMs) => stripeCall(payload, nowMs),
  },
  woocommerce: {
    verify: ({ body, headers }, { secrets }) => verifyWooCommerce(body, headers, secrets),
    callOf: (payload, { headers }, nowMs) => wooCommerceCall(headers, payload, nowMs),
    // Sent unsigned when the webhook is saved; without an answer WooCommerce does not save it.
    isPing: ({ body }) => body.length < 100 && /^webhook_id=\d+$/.test(Buffer.from(body).toString('latin1')),
  },
  hubspot: {
    verify: (request, { secrets }, nowMs) => verifyHubspot({ ...request, method: 'POST' }, secrets, { nowMs }),
    callOf: (payload, _request, nowMs) => hubspotCall(payload, nowMs),
  },
  generic: {
    verify: (request, { secrets, signature }, nowMs) =>
      verifyGeneric(request, secrets, signature ?? DEFAULT_SCHEME, { nowMs }),
    callOf: (payload, _request, nowMs) => ({ payload, receivedAtMs: nowMs }),
  },
}

const DEFAULT_SCHEME: SignatureScheme = { header: 'x-signature-256', prefix: 'sha256=' }

const CREATE: Readonly<Record<SourceName, Create>> = {
  shopify: createShopifySource,
  stripe: createStripeSource,
  woocommerce: createWooCommerceSource,
  hubspot: createHubspotSource,
  generic: createGenericSource,
  segment: createSegmentSource,
  ga4: createGa4Source,
}

export const SOURCE_NAMES = ['shopify', 'stripe', 'woocommerce', 'hubspot', 'generic', 'segment', 'ga4'] as const
export type SourceName = (typeof SOURCE_NAMES)[number]

/** The source with its options. Throws a `ConfigError` of `waybill` for a wrong option or mapping. */
/** What a source reads of a person: under `auto` all that either generation can say; the check knows what the account reads. */
export function sourceContract(setting: ContractSetting = '2026-06'): Contract {
  return setting === 'auto' ? '2026-11' : setting
}

export function createSource(name: SourceName, options: Readonly<Record<string, unknown>>, contract: Contract): Source {
  return CREATE[name]({ contract, ...options })
}

const plain = new Map<string, Source>()

/** A source as it is without any options. */
export function plainSource(name: SourceName, contract: Contract): Source {
  const key = `${name} ${contract}`
  const source = plain.get(key) ?? createSource(name, {}, contract)
  plain.set(key, source)
  return source
}
