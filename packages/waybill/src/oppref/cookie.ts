import { NOTHING } from '../identity/nothing-words.ts'
import { textOfBytes, unescaped } from './bytes.ts'

/** The pixel's cookies. Read, never written. */
export const PIXEL_COOKIE = '__oppref'
export const BROWSER_COOKIE = '__obref'
/** Ours. */
export const OWN_COOKIE = 'waybill_oppref'

/** As long as the pixel keeps its own cookie (specification, section 7): 30 days. */
export const MAX_AGE_SECONDS: number = 30 * 24 * 60 * 60
/** Name and value of a cookie together; browsers drop a larger one (RFC 6265bis). */
const MAX_COOKIE_BYTES = 4_096

/** The raw value of the first cookie of this name in a `Cookie` header; `undefined` where it is missing or empty. */
export function rawCookie(header: string | undefined, name: string): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const text = pair.trimStart()
    if (text.startsWith(`${name}=`)) return text.slice(name.length + 1) || undefined
  }
  return undefined
}

/** Everything but the characters of a cookie's value (RFC 6265, `cookie-octet`), and `!`, by which we escape. */
const TO_ESCAPE = /[^#-+\--:<-[\]-~]/gu
const OWN_VALUE = /^(?:[#-+\--:<-[\]-~]|![0-9a-f]{2})+$/

/** Between the click reference and what the pixel's cookie was when ours was set: no escape begins so. */
const SEEN = '!~'

/**
 * The click reference as our cookie holds it, with a digest of what the pixel's cookie is at this moment; `%` stays as it is.
 * `undefined` where no browser would keep so long a cookie.
 */
export function encodeOwn(oppref: string, pixels: string = ''): string | undefined {
  const value = oppref.replace(TO_ESCAPE, escapeBytes) + SEEN + digestOf(pixels)
  return OWN_COOKIE.length + value.length > MAX_COOKIE_BYTES ? undefined : value
}

/** FNV-1a in 32 bits: it tells that a value changed and protects nothing. */
function digestOf(raw: string): string {
  let hash = 0x811c9dc5
  for (let at = 0; at < raw.length; at++) hash = Math.imul(hash ^ raw.charCodeAt(at), 0x01000193)
  return (hash >>> 0).toString(16).padStart(8, '0')
}

/** What our cookie holds; `undefined` for a value that we did not write. */
export interface Own {
  readonly oppref: string
  /** Whether it was set while the pixel's cookie was as it is now. One without a digest is from an earlier version and goes before. */
  readonly isNewer: boolean
}

/** Reads our cookie beside the pixel's. */
export function readOwn(cookie: string | undefined, pixels: string | undefined): Own | undefined {
  const [value = '', seen] = cookie?.split(SEEN) ?? []
  const oppref = decodeOwn(value)
  return oppref === undefined ? undefined : { oppref, isNewer: seen === undefined || seen === digestOf(pixels ?? '') }
}

function escapeBytes(character: string): string {
  return Array.from(new TextEncoder().encode(character), (byte) => `!${byte.toString(16).padStart(2, '0')}`).join('')
}

function decodeOwn(value: string): string | undefined {
  // An earlier version kept words that stand for nothing.
  if (!OWN_VALUE.test(value) || NOTHING.test(value)) return undefined
  return textOfBytes(unescaped(value, /!(..)/g))
}

export interface CookieAttributes {
  readonly isSecure: boolean
  readonly domain: string | undefined
}

/** The header that sets our cookie. */
export function setOwn(
  value: string,
  { isSecure, domain }: CookieAttributes,
  maxAgeSeconds: number = MAX_AGE_SECONDS,
): string {
  const where = (isSecure ? '; Secure' : '') + (domain === undefined ? '' : `; Domain=${domain}`)
  return `${OWN_COOKIE}=${value}; Max-Age=${maxAgeSeconds}; Path=/; HttpOnly; SameSite=Lax${where}`
}

/** The header that deletes our cookie. */
export function deleteOwn(attributes: CookieAttributes): string {
  return setOwn('', attributes, 0)
}
