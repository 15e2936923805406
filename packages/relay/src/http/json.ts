import { lostNumberIn, withLongNumbersAsText } from './exact-number.ts'
import { type JsonElement, type JsonShape, scanJson } from './json-scan.ts'

/** A body as a value, or why it is none. */
export type ReadJson =
  | {
      readonly ok: true
      readonly value: unknown
      /** Of a body that is an object with a list of objects: the text of each of these, where `JSON.stringify` would write the same. */
      readonly texts?: readonly (string | undefined)[] | undefined
      /** Of the same objects: where in it a number stands that JavaScript cannot hold. */
      readonly lostNumbers?: readonly (string | undefined)[] | undefined
      /** Somewhere in the body a number may stand that JavaScript cannot hold. */
      readonly hasLongNumber?: boolean | undefined
    }
  | { readonly ok: false; readonly status: 400 | 413; readonly code: string; readonly message: string }

/** One for all: making one costs more than decoding a body. */
const UTF8 = new TextDecoder('utf-8', { fatal: true })

/**
 * Reads JSON that a stranger wrote, in time and memory in proportion to its size. Refused beside what is no JSON: deep nesting, very
 * long strings, objects with very many keys, keys that stand twice (readers differ in which one they take) and `__proto__`.
 */
export function readJson(bytes: Uint8Array): ReadJson {
  let text: string
  try {
    text = UTF8.decode(bytes)
  } catch {
    return refused('invalid_utf8', 'The request body is not valid UTF-8.')
  }
  const shape = scanJson(bytes, text.length === bytes.length ? text : undefined)
  if (typeof shape === 'string') return TOO_MUCH[shape]
  return parse(text, bytes, shape)
}

function parse(text: string, bytes: Uint8Array, { keys, elements, hasLongNumber }: JsonShape): ReadJson {
  let value: unknown
  try {
    value = JSON.parse(text) as unknown
  } catch {
    return refused('invalid_json', 'The request body is not valid JSON.')
  }
  const found = countKeys(value)
  if (Number.isNaN(found)) return refused('forbidden_key', 'The request body has the key "__proto__".')
  if (found !== keys) return refused('duplicate_key', 'The request body has an object with a key twice.')
  const read = elements.length === 0 ? { value } : { value, texts: textsOf(text, bytes, elements) }
  if (!hasLongNumber) return { ok: true, ...read }
  return { ok: true, ...read, hasLongNumber, lostNumbers: lostNumbersOf(bytes, elements) }
}

/**
 * Places are in bytes, which are characters only where all of them are ASCII. Each text is a copy: a slice would keep the whole body in
 * memory for as long as one of its events waits.
 */
function textsOf(text: string, bytes: Uint8Array, elements: readonly JsonElement[]): (string | undefined)[] {
  const isAscii = text.length === bytes.length
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  return elements.map(({ start, end, isPlain }) => {
    if (!isPlain) return undefined
    return isAscii ? buffer.toString('latin1', start, end) : UTF8.decode(bytes.subarray(start, end))
  })
}

function lostNumbersOf(bytes: Uint8Array, elements: readonly JsonElement[]): (string | undefined)[] {
  return elements.map(({ start, end, hasLongNumber }) =>
    hasLongNumber ? lostNumberIn(UTF8.decode(bytes.subarray(start, end))) : undefined,
  )
}

/** What becomes of numbers that JavaScript cannot hold in a body whose form is somebody else's. */
export type LongNumbers = 'refuse' | 'as_text'

/** Reads a body of which no list of events is judged: such numbers are refused, or whole ones become texts. */
export function readJsonExactly(bytes: Uint8Array, longNumbers: LongNumbers): ReadJson {
  const read = readJson(bytes)
  if (!read.ok || read.hasLongNumber !== true) return read
  const text = UTF8.decode(bytes)
  if (longNumbers === 'as_text') return { ok: true, value: withLongNumbersAsText(text) }
  return lostNumberIn(text) === undefined ? read : LOST_NUMBER
}

/** Own keys in the whole tree, or `NaN` where one of them is `__proto__`. The depth was bounded before. */
function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  let count = 0
  if (Array.isArray(value)) {
    for (const element of value) count += countKeys(element)
    return count
  }
  for (const key of Object.keys(value)) {
    if (key === '__proto__') return Number.NaN
    count += 1 + countKeys((value as Readonly<Record<string, unknown>>)[key])
  }
  return count
}

function refused(code: string, message: string): ReadJson {
  return { ok: false, status: 400, code, message }
}

const LOST_NUMBER = refused(
  'inexact_number',
  'The request body has a number that JavaScript cannot hold: write it as a text.',
)

const TOO_MUCH: Readonly<Record<Extract<ReturnType<typeof scanJson>, string>, ReadJson>> = {
  depth: refused('nested_too_deep', 'The request body is nested too deep.'),
  keys: refused('too_many_keys', 'The request body has an object with more than 1,000 keys.'),
  values: {
    ok: false,
    status: 413,
    code: 'too_many_values',
    message: 'The request body has too many objects and lists.',
  },
  string: {
    ok: false,
    status: 413,
    code: 'string_too_long',
    message: 'The request body has a text of more than 1,000,000 bytes.',
  },
}
