/** The part of a Web `Request` that is read. `{ url, headers }` of a server action fits as well. */
export interface WebRequest {
  /** The absolute URL. */
  readonly url: string
  /** The request's headers. */
  readonly headers: { get(name: string): string | null }
}

/** One request, whatever it came by. Headers are looked up when they are needed: without consent no cookie is. */
export interface Visit {
  /** Path and query, as they arrived. */
  readonly target: string
  readonly scheme: string | undefined
  readonly host: string | undefined
  header(name: string): string | undefined
}

const URL_PARTS = /^(?:([a-z]+):\/\/([^/?#]*))?([^#]*)/i

/** The visit of a Web `Request`. */
export function webVisit({ url, headers }: WebRequest): Visit {
  const header = (name: string): string | undefined => headers.get(name) ?? undefined
  const [, scheme, host, target = ''] = URL_PARTS.exec(url) ?? []
  return { target, scheme: scheme?.toLowerCase(), host: host ?? header('host'), header }
}

/**
 * The raw value of the first query parameter `oppref`: not decoded, not trimmed; `undefined` where it is missing or empty. The name
 * must stand as it is, without percent escapes.
 */
export function rawOppref(target: string): string | undefined {
  const query = target.slice(target.indexOf('?') + 1)
  if (query === target) return undefined
  const pair = query.split('&').find((part) => /^oppref(?:=|$)/.test(part))
  return pair?.slice('oppref='.length) || undefined
}

/** Whom a proxy says it speaks for. */
export interface Address {
  readonly isSecure: boolean
  /** Origin and path of the page, without query; `undefined` where the request names no host. */
  readonly pageUrl: string | undefined
}

const HOST = /^[^\s/?#@\\]+$/

/** The address that the visitor's browser shows. What a proxy adds is believed only with `trustProxy`: anybody can write it. */
export function addressOf(visit: Visit, trustProxy: boolean): Address {
  const forwarded = (name: string): string | undefined =>
    (trustProxy ? visit.header(name)?.split(',')[0]?.trim() : undefined) || undefined
  const scheme = forwarded('x-forwarded-proto')?.toLowerCase() ?? visit.scheme
  const host = forwarded('x-forwarded-host') ?? visit.host
  const path = visit.target.split('?')[0]
  const isWeb = scheme === 'http' || scheme === 'https'
  const pageUrl = isWeb && host !== undefined && HOST.test(host) ? `${scheme}://${host}${path || '/'}` : undefined
  return { isSecure: scheme === 'https', pageUrl }
}
