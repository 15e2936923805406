import { isObject, type PlainObject } from '../contract/plain.ts'
import { meansNothing } from '../identity/nothing.ts'
import { text } from './read.ts'

const MONEY = /amount|total|revenue|value|price|sum$|spend|cost|sales|mrr|arr$|ltv/i
/** Parts of a total, or no money at all. */
const NO_TOTAL = /tax|shipping|discount|fee|coupon|points|tip|percent|rate|count|quantity|currency/i
const NAMED =
  /order|transaction|invoice|purchase|receipt|payment|booking|reservation|lead|subscription|checkout|confirmation|reference|conversion/i
const NAMES_IT = /(?:id|ids|number|no|nr|num|ref|reference|code|key)$/i

/** Properties that look like money, an id or items, and are read by nobody here. */
export function looksLike(
  properties: PlainObject,
  read: ReadonlySet<string>,
): Readonly<Record<'amount' | 'id' | 'items', readonly string[]>> {
  const others = Object.entries(properties).filter(([key]) => !read.has(key))
  const keys = (wanted: (key: string, value: unknown) => boolean): string[] =>
    others.filter(([key, value]) => wanted(key, value)).map(([key]) => key)
  return {
    amount: keys((key, value) => MONEY.test(key) && !NO_TOTAL.test(key) && isNumber(value)),
    id: keys((key, value) => NAMED.test(key) && NAMES_IT.test(key) && isScalar(value)),
    items: keys((_, value) => Array.isArray(value) && value.length > 0 && value.every(isObject)),
  }
}

const isScalar = (value: unknown): boolean =>
  (typeof value === 'string' && value.trim() !== '') || typeof value === 'number'
const isNumber = (value: unknown): boolean =>
  typeof value === 'number' || (typeof value === 'string' && AMOUNT.test(value))
/** Also with its currency, before or behind it. */
const AMOUNT = /^\s*(?:[a-z]{3}|\p{Sc})?\s*[-+]?\d{1,20}(?:[.,]\d{1,20}){0,3}\s*(?:[a-z]{3}|\p{Sc})?\s*$/iu

/** True for a value that is there: an empty text and an empty list are none. */
export const isStated = (value: unknown): boolean =>
  value !== undefined &&
  value !== null &&
  !(typeof value === 'string' && value.trim() === '') &&
  [value].flat().length > 0

/** True for a value that is there and names nothing: an object, a number whose last digits are lost, a word for nothing. */
export function isUnread(value: unknown): boolean {
  const found = text(value)
  return isStated(value) && (found === undefined || meansNothing(found))
}
