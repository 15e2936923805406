import type { WireEvent } from 'waybill'
import type { EventName, EventOrigin } from '../store/index.ts'

/** What a source says of an event beside its content. */
export interface Provenance {
  readonly shop: string | undefined
  /** Which system tells of it: its ids of people are its own. */
  readonly system?: string | undefined
  /** Names nobody yet: it waits this long for a call about the same conversion that does. */
  readonly waitMs: number | undefined
  /** Other names of the same conversion. */
  readonly sameAs?: readonly EventName[]
}

/** Digits of a digest that are kept: enough to tell two buyers apart, too few to find one. */
const BUYER_DIGITS = 8

/** What is kept of where an event comes from. */
export function originOf({ user = {}, data }: WireEvent, { shop, system = '', waitMs }: Provenance): EventOrigin {
  const emails = [user.email_sha256, user.emails_sha256].flat()
  const ids = [user.external_id_sha256, user.external_ids_sha256].flat()
  const buyers = [...emails.map(shortened('email')), ...ids.map(shortened(`id@${system}`))].filter(
    (one) => one !== undefined,
  )
  return {
    ...(shop !== undefined && { shop }),
    ...(data.currency !== undefined && { currency: data.currency }),
    ...(buyers.length > 0 && { buyers }),
    ...(waitMs !== undefined && { givesWay: true }),
  }
}

const shortened =
  (kind: string) =>
  (digest: string | undefined): string | undefined =>
    digest && `${kind}:${digest.slice(0, BUYER_DIGITS)}`

/** What tells two arrivals under one key apart. */
export type Difference = 'shop' | 'currency' | 'buyer'

/**
 * Whether two arrivals under one key are two conversions. The same shop knows its own numbers; another one has other orders under them;
 * where a shop is not known, the currency and the buyer tell.
 */
export function differenceOf(first: EventOrigin, second: EventOrigin): Difference | undefined {
  if (first.shop !== undefined && second.shop !== undefined) return first.shop === second.shop ? undefined : 'shop'
  if (first.currency !== undefined && second.currency !== undefined && first.currency !== second.currency)
    return 'currency'
  return isOtherBuyer(first.buyers ?? [], second.buyers ?? []) ? 'buyer' : undefined
}

/** By what both know: addresses where both have one, else ids of one system. A person may have several. */
function isOtherBuyer(first: readonly string[], second: readonly string[]): boolean {
  const kinds = new Set(['email', ...first.map(kindOf)])
  for (const kind of kinds) {
    const [mine, theirs] = [first, second].map((buyers) => buyers.filter((buyer) => kindOf(buyer) === kind))
    if (mine!.length > 0 && theirs!.length > 0) return !mine!.some((buyer) => theirs!.includes(buyer))
  }
  return false
}

const kindOf = (buyer: string): string => buyer.slice(0, buyer.lastIndexOf(':'))
