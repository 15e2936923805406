/**
 * Finding personal values where none may stand. Both scans run in time linear in the text: they are applied to whatever
 * a stranger sends.
 */
const LOCAL_PART_END = /[\p{L}\p{N}._%+'-]$/u
const DOMAIN = /[\p{L}\p{N}.-]+/uy
const TOP_LEVEL_DOMAIN = /[\p{L}\p{N}]\.(?:\p{L}{2,}|xn--[a-z0-9-]+)$/iu
/** `logo@2x.png` is how designers name image files. */
const IMAGE_SCALE = /^\dx\.(?:png|jpe?g|gif|webp|avif|svg)$/i

/** Stands where a personal value was not kept. It is nobody's data: an event that still has it is not finished. */
export const REMOVED = '[removed]'

/** True when `text` contains something that reads as an email address. */
export function containsEmail(text: string): boolean {
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    if (at > 0 && LOCAL_PART_END.test(text.slice(Math.max(0, at - 2), at)) && domainFollows(text, at + 1)) return true
  }
  return false
}

function domainFollows(text: string, from: number): boolean {
  DOMAIN.lastIndex = from
  const domain = withoutTrailingMarks(DOMAIN.exec(text)?.[0] ?? '')
  return TOP_LEVEL_DOMAIN.test(domain) && !IMAGE_SCALE.test(domain)
}

/** A loop, because an unanchored `[.-]+$` takes quadratic time on a long run of dots. */
function withoutTrailingMarks(domain: string): string {
  let end = domain.length
  while (end > 0 && '.-'.includes(domain.charAt(end - 1))) end--
  return domain.slice(0, end)
}

const INTERNATIONAL_PHONE = /^\s*\+[\d\s().-]{8,28}$/
const WRITTEN_PHONE = /^[\d\s+().-]{8,30}$/
const PHONE_KEY = /phone|mobile|msisdn|whatsapp|(?:^|[_-])tel(?:$|[_-])/i

/** True when the whole value is written as an international phone number, with a leading `+`. */
export function looksLikePhone(text: string): boolean {
  return text.includes('+') && INTERNATIONAL_PHONE.test(text) && hasPhoneLength(text)
}

/** True when the key says phone and the value could be one: digits with the usual separators. */
export function isPhoneUnderKey(key: string, value: string): boolean {
  return PHONE_KEY.test(key) && WRITTEN_PHONE.test(value) && hasPhoneLength(value)
}

function hasPhoneLength(text: string): boolean {
  const digits = text.replace(/\D/g, '').length
  return digits >= 8 && digits <= 15
}

const EMAIL_LIKE = /[\p{L}\p{N}._%+'-]{1,64}@[\p{L}\p{N}.-]{1,255}/gu

/** The text with everything that reads as an email address replaced by `[removed]`; for text that others wrote. */
export function withoutEmails(text: string): string {
  return text.includes('@') ? text.replace(EMAIL_LIKE, REMOVED) : text
}
