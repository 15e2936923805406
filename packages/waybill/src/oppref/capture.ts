import { ConfigError } from '../errors.ts'
import { NOTHING } from '../identity/nothing-words.ts'
import { textOfBytes, unescaped } from './bytes.ts'
import { BROWSER_COOKIE, deleteOwn, encodeOwn, OWN_COOKIE, PIXEL_COOKIE, rawCookie, readOwn, setOwn } from './cookie.ts'
import { addressOf, rawOppref, type Visit, type WebRequest, webVisit } from './visit.ts'

export interface CaptureOptions<Incoming = WebRequest> {
  /**
   * Whether this visitor lets you keep the click reference. Anything but `true`, an exception included, is a no: nothing is read
   * and nothing set. Default: yes, for sites that ask elsewhere.
   */
  readonly consent?: ((request: Incoming) => boolean | Promise<boolean>) | undefined
  /** Believe `X-Forwarded-Proto` and `X-Forwarded-Host`. Only behind a proxy that overwrites them. Default `false`. */
  readonly trustProxy?: boolean | undefined
  /** `Domain` of our cookie, for a shop on several hosts of one domain. Default: this host alone. */
  readonly domain?: string | undefined
}

/** What a request says of the click that brought the visitor. Goes into an event as it is: `{ oppref, sourceUrl }`. */
export interface Captured {
  /** Whether the visitor agreed. */
  readonly consent: boolean
  /** The click reference, byte for byte. Never log it. */
  readonly oppref: string | undefined
  /** The pixel's reference of the browser, for `user.obref`. */
  readonly obref: string | undefined
  /** Origin and path of this request, for `sourceUrl`. */
  readonly sourceUrl: string | undefined
  /** A `Set-Cookie` header to add to the answer, where there is something new to keep. */
  readonly setCookie: string | undefined
  /** Without consent: a `Set-Cookie` header that deletes what an earlier consent left. */
  readonly deleteCookie: string | undefined
}

/**
 * Reads the click reference of a Web `Request`. The newest click counts: the raw query parameter `oppref` of a landing page, which our
 * cookie `waybill_oppref` then keeps; else the pixel's cookie `__oppref`, unless it is what it was already when ours was set from a
 * later click; else our cookie. Nothing is decoded, trimmed or logged, and only our own
 * cookie is ever set. Never rejects for what the request holds; throws a {@link ConfigError} for a bad `domain`.
 */
export async function captureOppref<Incoming extends WebRequest>(
  request: Incoming,
  options: CaptureOptions<Incoming> = {},
): Promise<Captured> {
  const allowed = await consents(request, options)
  return captureVisit(webVisit(request), allowed, options)
}

/** True for a plain yes. */
export async function consents<Incoming>(request: Incoming, { consent }: CaptureOptions<Incoming>): Promise<boolean> {
  if (consent === undefined) return true
  try {
    return (await consent(request)) === true
  } catch {
    // Who cannot say yes has not said it, and no page fails for it.
    return false
  }
}

/** The same for a visit of any kind, with the answer of the consent callback. */
export function captureVisit(
  visit: Visit,
  consent: boolean,
  { trustProxy = false, domain }: Omit<CaptureOptions, 'consent'>,
): Captured {
  requireDomain(domain)
  const { isSecure, pageUrl: sourceUrl } = addressOf(visit, trustProxy)
  const attributes = { isSecure, domain }
  const nothing = { oppref: undefined, obref: undefined, setCookie: undefined, deleteCookie: undefined }
  if (!consent) return { ...nothing, consent, sourceUrl, deleteCookie: deleteOwn(attributes) }
  const cookies = visit.header('cookie')
  const ownCookie = rawCookie(cookies, OWN_COOKIE)
  const pixels = rawCookie(cookies, PIXEL_COOKIE)
  const own = readOwn(ownCookie, pixels)
  const landing = readable(rawOppref(visit.target), pixels)
  const found = landing ?? (own?.isNewer ? undefined : readable(pixels, pixels))
  const known = { ...nothing, consent, sourceUrl, obref: textOf(rawCookie(cookies, BROWSER_COOKIE)) }
  // A cookie of ours that says the same is not set again, and so not prolonged: no click was made.
  if (found === undefined || (!landing && found.oppref === own?.oppref)) return { ...known, oppref: own?.oppref }
  const setCookie = found.encoded === ownCookie ? undefined : setOwn(found.encoded, attributes)
  return { ...known, oppref: found.oppref, setCookie }
}

const textOf = (raw: string | undefined): string | undefined => (raw === undefined ? undefined : textOfBytes(raw))

interface Reference {
  readonly oppref: string
  readonly encoded: string
}

/** What can be sent and kept. What no cookie can hold, and a word that a page wrote for want of one, is no click reference. */
function readable(raw: string | undefined, pixels: string | undefined): Reference | undefined {
  const oppref = textOf(raw)
  if (oppref === undefined || NOTHING.test(unescaped(oppref.replaceAll('+', ' '), /%(..)/g).trim())) return undefined
  const encoded = encodeOwn(oppref, pixels)
  return encoded === undefined ? undefined : { oppref, encoded }
}

function requireDomain(domain: string | undefined): void {
  if (domain === undefined || /^[a-z0-9.-]+$/i.test(domain)) return
  throw new ConfigError('invalid_option', 'domain is no host name.')
}
