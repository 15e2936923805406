import { isObject } from 'waybill/delivery'
import { keysOfList } from './flatten.ts'
import type { JsonObject } from './row.ts'

/** Names under which systems answer with the list of what was asked for; the list begins where such a key does. */
const LISTS: ReadonlySet<string> = new Set([
  'events',
  'data',
  'orders',
  'results',
  'records',
  'rows',
  'conversions',
  'transactions',
  'charges',
  'payments',
  'deals',
])
/** What says of an object that it is one record and no wrapper around others. */
const RECORD_KEY =
  /^(?:_?id|timestamp(?:_ms)?|created(?:_?at)?|event_?(?:id|name|time|timestamp)|transaction_?id|order_?(?:id|number|no|name)|email)$/i
const MAX_DEPTH = 4

/** Whether a list under this key is the list that a file is about. */
export function isListKey(key: string): boolean {
  return LISTS.has(key)
}

/** Whether an object with these keys is a record itself: its lists are part of it. */
export function isRecord(keys: Iterable<string>): boolean {
  for (const key of keys) if (RECORD_KEY.test(key)) return true
  return false
}

/** Whether a JSON text is an object around a list. */
export function isWrapper(text: string): boolean {
  return listIn(text) !== undefined
}

/** The elements of the only list of objects in a wrapper, and where it stands (`data.orders`). */
export function listIn(text: string): { readonly path: string; readonly elements: readonly string[] } | undefined {
  const value = parsed(text)
  if (!isObject(value) || isRecord(Object.keys(value))) return undefined
  const lists = listsOf(value, '', 0)
  const named = lists.filter(({ path }) => isListKey(path))
  const [only, ...others] = named.length === 1 ? named : lists
  if (only === undefined || others.length > 0) return undefined
  return { path: only.path, elements: only.list.map((element) => JSON.stringify(nodeOf(element))) }
}

/** GraphQL puts each record into a `node`, with a cursor beside it. */
function nodeOf(element: unknown): unknown {
  if (!isObject(element) || !isObject(element['node'])) return element
  return Object.keys(element).every((key) => key === 'node' || key === 'cursor') ? element['node'] : element
}

interface Found {
  readonly path: string
  readonly list: readonly unknown[]
}

function listsOf(value: JsonObject, prefix: string, depth: number): Found[] {
  if (depth >= MAX_DEPTH) return []
  return Object.entries(value).flatMap(([key, inner]): Found[] => {
    const path = `${prefix}${key}`
    // Parameters by key are part of a record.
    if (keysOfList(inner) !== undefined) return []
    if (Array.isArray(inner))
      return inner.some(isObject) || (inner.length === 0 && isListKey(key)) ? [{ path, list: inner }] : []
    if (!isObject(inner) || isRecord(Object.keys(inner))) return []
    return listsOf(inner, `${path}.`, depth + 1)
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text, exactNumbers as (key: string, value: unknown) => unknown) as unknown
  } catch {
    return undefined
  }
}

/** Numbers stay as they stand in the text, to the last digit: elements are written again and read as if they had come alone. */
function exactNumbers(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || context?.source === undefined || String(value) === context.source) return value
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(context.source)
}
