/**
 * Traces of a person in an event that was refused: wider nets than the rules of a good event have. What is caught wrongly costs a value
 * that has to be written again; what is missed stays on a disk. All scans run in time linear in the text.
 */
import { containsEmail, looksLikePhone, mentionsPhone } from './privacy.ts'

/** A number in the groups of three, three and four, or with its area code in brackets, or after a zero: as people write their own. */
const NATIONAL_PHONE =
  /(?<![\d.-])(?:\(0?\d{2,5}\)[\s/.-]?\d{3,5}(?:[\s/.-]?\d{2,5}){0,3}|\d{3}[\s.-]\d{3}[\s.-]\d{4}|0\d{2,5}[\s/]\d{3,5}(?:[\s/-]?\d{2,5}){0,3})(?![\d.-]*\d)/
const IP_AFTER_AT = /@(?:\[[^\]\s]{2,60}\]|\d{1,3}(?:\.\d{1,3}){3}(?!\d)|localhost(?![\p{L}\p{N}]))/iu
const WRITTEN_AT = /[[({<]\s{0,3}at\s{0,3}[\])}>]|&#0{0,4}64;|&#x0{0,4}40;|&commat;|\\u0040/gi
const WRITTEN_DOT = /\s{0,3}[[({<]\s{0,3}dot\s{0,3}[\])}>]\s{0,3}/gi

/** True when a text has an email address in it, in whatever spelling people use to write one, or a phone number. */
export function hasTrace(text: string): boolean {
  if (containsEmail(text) || looksLikePhone(text) || mentionsPhone(text)) return true
  return NATIONAL_PHONE.test(text) || hasOddAddress(text)
}

/** True when a text has an email address in it in another spelling than mail programs read. */
export function hasOddAddress(text: string): boolean {
  // Full-width letters become plain ones; what is not seen goes.
  const plain = text
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .replace(WRITTEN_AT, '@')
    .replace(WRITTEN_DOT, '.')
  if (!plain.includes('@')) return false
  const close = plain
    .split('@')
    .map((part) => part.trim())
    .join('@')
  return containsEmail(close.replaceAll('"@', '@')) || IP_AFTER_AT.test(close)
}

const NAME_KEY =
  /(?:first|last|given|family|middle|full|maiden|nick|display|user|sur|fore|customer|client|buyer|contact|recipient|billing|shipping|holder|person|owner|sender|payer|guest|member|visitor)names?(?!age|space)|^[flm]names?$|vorname|nachname|familienname|prenom|nomdefamille|apellido|^nombres?$|cognome|sobrenome|voornaam|achternaam/

/** True for a key under which the name of a person stands, in whatever letters and language. */
export function isNameKey(key: string): boolean {
  return NAME_KEY.test(lettersOf(key))
}

const PERSON_KEY =
  /^(?:(?:the|my|new|old|end)?(?:customer|client|billing|shipping|delivery|invoice|contact|buyer|purchaser|recipient|person|people|visitor|member|subscriber|cardholder|owner|lead|traits|profile|guest|consignee|sender|payer|payee|attendee|passenger|patient|user|kunde|rechnung|lieferung))(?:to|info|data|details?|address(?:es)?|person|contact|adresse|s)*$/

/** True for a key that is a person's: what stands in it is about somebody. */
export function isPersonKey(key: string): boolean {
  return PERSON_KEY.test(lettersOf(key))
}

/** A code such as `gold`, `new_customer` or `DE`: what systems write, and no person. */
export function isCode(text: string): boolean {
  return /^(?:[a-z][a-z0-9_]{0,31}|[A-Z]{2,3})$/.test(text) && !/\d{5}/.test(text)
}

function lettersOf(key: string): string {
  return key
    .slice(0, 200)
    .normalize('NFKD')
    .replace(/[^\p{L}]/gu, '')
    .toLowerCase()
}
