import { MAX_JSON_DEPTH } from './limits.ts'

export type PlainObject = Record<string, unknown>

/** True for an object that is neither null nor an array. */
export function isObject(value: unknown): value is PlainObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
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
      if (Array.isArray(value)) return value.every((element) => isJson(element, depth - 1))
      return isPlain(value) && Object.values(value).every((child) => child === undefined || isJson(child, depth - 1))
    default:
      return false
  }
}

function isPlain(value: object): boolean {
  if ('toJSON' in value) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null
}
