import type { JsonObject } from './row.ts'

const MAX_DEPTH = 20

export type Scalar = string | number | boolean | null

/**
 * The leaves of an object under dotted keys (`data.contents.0.id`). A list of `{ "key": …, "value": … }` (or `name` for `key`), whose order means
 * nothing, is reached by key: `event_params.page_location`.
 */
export function flatten(object: JsonObject): Map<string, Scalar> {
  const leaves = new Map<string, Scalar>()
  addLeaves(leaves, object, '', 0)
  return leaves
}

/** The value under a dotted name, by the same rules; a key that has dots itself comes first. */
export function lookUp(value: unknown, name: string): unknown {
  if (!isObject(value)) return undefined
  const named = Array.isArray(value) ? namedValues(value) : undefined
  const place = named ?? value
  if (Object.hasOwn(place, name)) return (place as JsonObject)[name]
  for (let at = name.indexOf('.'); at > 0; at = name.indexOf('.', at + 1)) {
    const key = name.slice(0, at)
    if (!Object.hasOwn(place, key)) continue
    const found = lookUp((place as JsonObject)[key], name.slice(at + 1))
    if (found !== undefined) return found
  }
  // By its place in the list, as long as that place means the same in every row.
  return named === undefined ? undefined : lookUpByPlace(value as readonly unknown[], name)
}

/** The text that a cell would hold; a double shows the 15 digits that it is sure of. */
export function cellText(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value !== 'number' || Number.isInteger(value)) return String(value)
  const digits = value.toPrecision(15)
  return /^-?\d+\.\d+$/.test(digits) ? digits.replace(/\.?0{1,15}$/, '') : String(value)
}

/** The keys of a list that is reached by key, in their order: a place in it is no name. */
export function keysOfList(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) ? keysOf(value) : undefined
}

function addLeaves(leaves: Map<string, Scalar>, value: object, prefix: string, depth: number): void {
  const place = (Array.isArray(value) ? namedValues(value) : undefined) ?? value
  for (const [key, inner] of Object.entries(place)) {
    const path = prefix + key
    if (!isObject(inner)) leaves.set(path, inner as Scalar)
    else if (depth < MAX_DEPTH) addLeaves(leaves, inner, `${path}.`, depth + 1)
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** `[{ "key": "currency", "value": { "string_value": "USD" } }]` as `{ currency: "USD" }`; `undefined` for any other list. */
function namedValues(list: readonly unknown[]): JsonObject | undefined {
  const keys = keysOf(list)
  if (keys === undefined) return undefined
  return Object.fromEntries(keys.map((key, at) => [key, onlyValue((list[at] as { value: unknown }).value)]))
}

function keysOf(list: readonly unknown[]): readonly string[] | undefined {
  if (list.length === 0) return undefined
  const keys: string[] = []
  for (const each of list) {
    if (!isObject(each) || !Object.hasOwn(each, 'value')) return undefined
    const key = keyOf(each)
    if (key === undefined) return undefined
    keys.push(key)
  }
  return keys
}

/** `{ "key": …, "value": … }`, or a name and a value and nothing else. */
function keyOf(element: object): string | undefined {
  const { key, name } = element as { key?: unknown; name?: unknown }
  const found = key ?? (Object.keys(element).length === 2 ? name : undefined)
  return typeof found === 'string' && found !== '' ? found : undefined
}

/** Of `{ "string_value": null, "int_value": 5 }` the one that is there. */
function onlyValue(value: unknown): unknown {
  if (!isObject(value) || Array.isArray(value)) return value
  const present = Object.entries(value).filter(
    ([key, inner]) => /_value$/.test(key) && inner !== null && inner !== undefined,
  )
  return present.length === 1 ? present[0]![1] : value
}

function lookUpByPlace(list: readonly unknown[], name: string): unknown {
  const [place = '', ...rest] = name.split('.')
  if (!/^\d{1,6}$/.test(place)) return undefined
  const element = list[Number(place)]
  return rest.length === 0 ? element : lookUp(element, rest.join('.'))
}
