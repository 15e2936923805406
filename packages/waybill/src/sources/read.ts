import { isObject, type PlainObject } from '../contract/plain.ts'
import { containsEmail, looksLikePhone } from '../contract/privacy.ts'
import { meansNothing } from '../identity/nothing.ts'

/** The object, or one without keys where the value is none. */
export function objectOf(value: unknown): PlainObject {
  return isObject(value) ? value : {}
}

/** The array, or an empty one. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/**
 * A text, or a number written as one. `undefined` for anything else, for blanks, and for whole numbers beyond 2^53 − 1, whose
 * last digits the parser has already changed.
 */
export function text(value: unknown): string | undefined {
  if (typeof value === 'string') return value.trim() === '' ? undefined : value
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? undefined : String(value)
}

/** The first of the values that is a text. */
export function firstText(...values: readonly unknown[]): string | undefined {
  for (const value of values) {
    const found = text(value)
    if (found !== undefined) return found
  }
  return undefined
}

/** The first of the values that says something. Where each is a word for nothing, that word, to be refused as what it is. */
export function firstMeaning(...values: readonly unknown[]): string | undefined {
  const texts = values.map(text)
  return texts.find((found) => found !== undefined && !meansNothing(found)) ?? firstText(...texts)
}

/** True for a text with an email address in it, and for a phone number: either would get the event refused. */
export const isPersonal = (given: string): boolean => containsEmail(given) || looksLikePhone(given)

/** A text that travels in clear; `undefined` where it is personal. */
export function clearText(value: unknown): string | undefined {
  const found = text(value)
  return found === undefined || isPersonal(found) ? undefined : found
}

/** The object without the keys that have no value. */
export function present<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T
}

/** The id that an object is, or is named by: many vendors put either. */
export function idOf(value: unknown): string | undefined {
  return text(isObject(value) ? value['id'] : value)
}

/** Texts without repeats, in order. */
export function distinct(values: readonly unknown[]): string[] {
  return [...new Set(values.map(text).filter((value) => value !== undefined))]
}
