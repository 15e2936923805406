import { hash, randomBytes } from 'node:crypto'

/** Ids of orders: counted up, or with nothing that rises, as UUIDs are. */
export type IdKind = 'sequential' | 'random'

export type NextId = () => string

/** Ids that never repeat within a run. */
export function idsOf(kind: IdKind): NextId {
  let last = 10_000_000
  return kind === 'sequential' ? () => `order_${++last}` : () => `order_${randomBytes(12).toString('hex')}`
}

/** The documented full example with an id and a time of its own, in wire form: 610 bytes. */
export function eventText(id: string, timestampMs: number): string {
  return `{"id":"${id}","type":"order_created","timestamp_ms":${timestampMs},${REST}`
}

/**
 * The same of a visitor of its own. What is kept of many events together is packed by what they have in common, and no two real ones
 * have an address, a digest and a click reference in common.
 */
export function visitorText(id: string, timestampMs: number): string {
  const digest = (what: string): string => hash('sha256', what + id)
  const [email, external, click] = [digest('email'), digest('external'), digest('click')]
  return eventText(id, timestampMs)
    .replace(SAMPLE.user.email_sha256, email)
    .replace(SAMPLE.user.external_id_sha256, external)
    .replace(SAMPLE.oppref, click.slice(0, SAMPLE.oppref.length))
    .replace(
      SAMPLE.user.ip_address,
      `203.0.${Number.parseInt(click.slice(-2), 16)}.${Number.parseInt(email.slice(-2), 16)}`,
    )
}

export function bodyOf(events: readonly string[]): string {
  return `{"events":[${events.join()}]}`
}

const SAMPLE = {
  oppref: 'oppref_abc',
  source_url: 'https://shop.example.com/checkout/confirmation',
  action_source: 'web',
  user: {
    email_sha256: 'b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514',
    external_id_sha256: '73d83a078369bb4f0971b317aa7797a91cf5c0df1b62161c2e47d75c33ab5b6e',
    country: 'US',
    city: 'San Francisco',
    zip_code: '94107',
    ip_address: '203.0.113.1',
    user_agent: 'Mozilla/5.0',
  },
  data: {
    type: 'contents',
    amount: 2599,
    currency: 'USD',
    contents: [{ id: 'sku_123', name: 'Starter bundle', content_type: 'product', quantity: 1 }],
  },
}
const REST = JSON.stringify(SAMPLE).slice(1)
