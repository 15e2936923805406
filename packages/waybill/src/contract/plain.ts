import { MAX_JSON_DEPTH } from './limits.ts'

export type PlainObject = Record<string, unknown>

/** True for an object that is neither null nor an array. */
export function isObject(value: unknown): value is PlainObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The object as JSON will write it: the same one, or a copy of its own keys where it is an instance of some class. */
export function plain(object: PlainObject): PlainObject {
  const prototype: unknown = Object.getPrototypeOf(object)
  return prototype === Object.prototype || prototype === null ? object : { ...object }
}

/** How many elements stand before the first hole: an array with holes can claim to have billions. */
export function denseLength(list: readonly unknown[]): number {
  for (let index = 0; index < list.length; index++) {
    if (list[index] === undefined && !(index in list)) return index
  }
  return list.length
}

/** True when `value` is JSON all the way down (finite numbers, plain objects, no cycles beyond the depth limit). */
export function isJson(value: unknown, depth: number = MAX_JSON_DEPTH): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true
    case 'number':
      return Number.isFinite(value)
    case 'object':
      if (value === null) return true
      if (depth === 0) return false
      if (Array.isArray(value))
        return denseLength(value) === value.length && value.every((element) => isJson(element, depth - 1))
      return isPlain(value) && Object.values(value).every((child) => child === undefined || isJson(child, depth - 1))
    default:
      return false
  }
}

/** True for an object that JSON writes key by key. */
export function isPlain(value: object): boolean {
  if ('toJSON' in value) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null
}
