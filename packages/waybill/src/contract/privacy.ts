import { INVISIBLE } from '../identity/invisible.ts'
import { COUNTRY_CODE } from '../identity/phone.ts'

/**
 * Finding personal values where none may stand. All scans run in time linear in the text: they are applied to whatever
 * a stranger sends.
 */
const LOCAL_PART_END = /[\p{L}\p{N}._%+'-]$/u
const DOMAIN = /[\p{L}\p{N}.-]+/uy
/** A label that begins with two letters, after another: whatever follows it, as in `example.com-2026-11-30`, `example.com.123`. */
const TOP_LEVEL_DOMAIN = /[\p{L}\p{N}]\.(?:\p{L}{2}|xn--[a-z0-9])/iu
/** `logo@2x.png`, `logo@1.5x-dark.webp`: how designers name image files. */
const IMAGE_SCALE =
  /^\d+(?:\.\d+)?x[\p{L}\p{N}-]*\.(?:png|jpe?g|gif|webp|avif|svg|heic|bmp|tiff?|ico|pdf|psd)(?!\p{L})/iu
/** `tea@1.4.0-beta.one`, `mug@v2.0`: a version of something. */
const VERSION = /^v?\d+\.\d/i

/** Stands where a personal value was not kept. It is nobody's data: an event that still has it is not finished. */
export const REMOVED = '[removed]'

/** True when `text` contains something that reads as an email address, also percent-encoded, whatever stands around it. */
export function containsEmail(text: string): boolean {
  if (text.includes('@') && findsEmail(text)) return true
  if (!OTHER_SIGNS.test(text)) return false
  const plain = asRead(percentDecoded(text))
  return plain !== text && plain.includes('@') && findsEmail(plain)
}

/** What an `@` may be written as, or that something unseen may stand around one. */
const OTHER_SIGNS = /%|[^\0-\x7f]/

/** As people read it: full-width letters and signs plain, and nothing that nobody sees. */
function asRead(text: string): string {
  return OTHER_SIGNS.test(text) ? text.normalize('NFKC').replace(INVISIBLE, '') : text
}

function findsEmail(text: string): boolean {
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    if (at > 0 && LOCAL_PART_END.test(text.slice(Math.max(0, at - 2), at)) && domainFollows(text, at + 1)) return true
  }
  return false
}

function domainFollows(text: string, from: number): boolean {
  DOMAIN.lastIndex = from
  const domain = DOMAIN.exec(text)?.[0] ?? ''
  return TOP_LEVEL_DOMAIN.test(domain) && !IMAGE_SCALE.test(domain) && !VERSION.test(domain)
}

/** Printable ASCII behind `%`, encoded once or several times over. */
function percentDecoded(text: string): string {
  return text.replace(/%(?:25)*([2-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

/** With `+`, or with 00 and a country code that something separates from the rest: `0012345678` is somebody's order number. */
const INTERNATIONAL_PHONE = new RegExp(`^\\s*(?:\\+|00[\\s().-]*(?:${COUNTRY_CODE})[\\s().-])[\\d\\s().-]{7,28}$`)
const WRITTEN_PHONE = /^[\d\s+().-]{8,30}$/
const PHONE_INSIDE = /\+\d[\d\s().-]{6,26}\d/g
/** With every character percent-encoded. */
const MAX_PHONE_LENGTH = 100
const PHONE_KEY = /(?<!head|ear|micro|smart|mega|saxo|gramo|xylo)phone|mobile|msisdn|whatsapp|(?:^|[_-])tel(?:$|[_-])/i

/** True when the whole value is written as an international phone number. */
export function looksLikePhone(text: string): boolean {
  if (text.length > MAX_PHONE_LENGTH) return false
  const plain = asRead(percentDecoded(text)).replace(/[/\p{Pd}]/gu, '-')
  return (plain.includes('+') || plain.includes('00')) && INTERNATIONAL_PHONE.test(plain) && hasPhoneLength(plain)
}

/** True when the key says phone and the value could be one: digits with the usual separators. */
export function isPhoneUnderKey(key: string, value: string): boolean {
  return WRITTEN_PHONE.test(value) && PHONE_KEY.test(key) && hasPhoneLength(value)
}

/** True when a text has a number with a leading `+` in it. */
export function mentionsPhone(text: string): boolean {
  return text.includes('+') && (text.match(PHONE_INSIDE)?.some(hasPhoneLength) ?? false)
}

function hasPhoneLength(text: string): boolean {
  const digits = text.replace(/\D|^\s*00/g, '').length
  return digits >= 8 && digits <= 15
}

const EMAIL_LIKE = /[\p{L}\p{N}._%+'-]{1,64}(?:@|%(?:25)*40)[\p{L}\p{N}.%-]{1,255}/gu

/** The text with everything that reads as an email address replaced by `[removed]`; for text that others wrote. */
export function withoutEmails(text: string): string {
  const plain = asRead(text)
  const safe = plain.includes('@') || plain.includes('%') ? plain.replace(EMAIL_LIKE, REMOVED) : plain
  return safe === plain ? text : safe
}
