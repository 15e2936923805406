import { isObject } from '../../contract/plain.ts'

/** What paths lead through: a payload, and names that a source gives to parts of it. The names come first. */
export interface Scope {
  readonly payload: unknown
  readonly names: Readonly<Record<string, unknown>>
}

export type Path = readonly string[]

/** `customer.emails[0].value`, `customer.emails.0.value`, or a JSON pointer such as `/customer/e.mail`. */
export function parsePath(written: string): Path {
  if (!written.startsWith('/')) return written.split(/[.[\]]+/).filter((step) => step !== '')
  return written
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** The value at a path; `undefined` where there is none. Only an object's own keys count. */
export function lookUp({ payload, names }: Scope, [first, ...rest]: Path): unknown {
  if (first === undefined) return payload
  const named = Object.hasOwn(names, first) ? names[first] : undefined
  return rest.reduce(step, named ?? step(payload, first))
}

function step(value: unknown, key: string): unknown {
  if (Array.isArray(value)) return /^\d{1,9}$/.test(key) ? value[Number(key)] : undefined
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined
}
