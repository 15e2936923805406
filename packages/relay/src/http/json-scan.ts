/** What can be told of a JSON text without parsing it. It need not be valid. */
export interface JsonShape {
  /** Keys in all of its objects, as written. */
  readonly keys: number
  /** Objects in a list in the outermost object, such as the events of a request. */
  readonly elements: readonly JsonElement[]
  /** Some number in it may be more than a double holds. */
  readonly hasLongNumber: boolean
}

/** Where an object stands in the text, in bytes. */
export interface JsonElement {
  readonly start: number
  readonly end: number
  /** If it is valid, it is what `JSON.stringify` would write: no white space, no escapes, only plain integers, keys in their order. */
  readonly isPlain: boolean
  /** Some number in it may be more than a double holds. */
  readonly hasLongNumber: boolean
}

/** Free keys of an event nest 32 deep at most; around them stand the event, the list, the body. */
const MAX_DEPTH = 64
const MAX_KEYS_PER_OBJECT = 1_000
/** An empty object costs many times its two bytes when parsed. */
const MAX_CONTAINERS = 500_000
const MAX_STRING_BYTES = 1_000_000
/** Of every integer of so many digits there is one double, which is written with the same digits. */
const MAX_EXACT_DIGITS = 15
/** How deep the objects stand that are elements. */
const ELEMENT_DEPTH = 3

const QUOTE = 0x22
const COMMA = 0x2c
const MINUS = 0x2d
const POINT = 0x2e
const ZERO = 0x30
const NINE = 0x39
const COLON = 0x3a
const LARGE_E = 0x45
const BACKSLASH = 0x5c
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
const SMALL_E = 0x65
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const SPACE = 0x20

/** Keys of the object that is open at each depth: one list for all scans, of which each ends before the next begins. */
const keysAt = new Int32Array(MAX_DEPTH + 1)

/**
 * One pass over the bytes: the shape, or what there is too much of. `text`: the same as a text, where all of it is ASCII; without an
 * escape in it, the ends of its strings are found several times as fast.
 */
export function scanJson(bytes: Uint8Array, text?: string): JsonShape | 'depth' | 'keys' | 'values' | 'string' {
  keysAt[0] = 0
  const elements: JsonElement[] = []
  let [depth, keys, containers, start, textAt] = [0, 0, 0, -1, 0]
  let isPlain = true
  let [isLong, isAnyLong] = [false, false]
  const quick = text?.includes('\\') ? undefined : text
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!
    switch (byte) {
      case QUOTE: {
        const end = quick === undefined ? endOfString(bytes, at + 1) : endOfPlainString(quick, at + 1)
        if (end < 0) isPlain = false
        textAt = at + 1
        at = Math.abs(end)
        if (at - textAt >= MAX_STRING_BYTES) return 'string'
        break
      }
      case OPEN_OBJECT:
      case OPEN_LIST:
        if (++depth > MAX_DEPTH) return 'depth'
        if (++containers > MAX_CONTAINERS) return 'values'
        keysAt[depth] = 0
        if (depth === ELEMENT_DEPTH && byte === OPEN_OBJECT) {
          start = at
          isPlain = true
          isLong = false
        }
        break
      case CLOSE_OBJECT:
      case CLOSE_LIST:
        if (depth === ELEMENT_DEPTH && byte === CLOSE_OBJECT)
          elements.push({ start, end: at + 1, isPlain, hasLongNumber: isLong })
        // More ends than beginnings are no JSON, which the parser will say.
        depth = Math.max(0, depth - 1)
        break
      case COLON:
        keys += 1
        keysAt[depth]! += 1
        if (keysAt[depth]! > MAX_KEYS_PER_OBJECT) return 'keys'
        // Keys that are numbers come first when an object is written, wherever they stood.
        if (isDigit(bytes[textAt])) isPlain = false
        break
      default:
        if (isDigit(byte)) {
          const end = endOfDigits(bytes, at + 1)
          if (end < 0) {
            isPlain = false
            if (isLongNumber(bytes, at)) isLong = isAnyLong = true
          }
          at = Math.abs(end) - 1
        } else if (byte <= SPACE || byte === MINUS) isPlain = false
    }
  }
  return { keys, elements, hasLongNumber: isAnyLong }
}

/** Where a text ends; below zero where it has an escape in it. */
function endOfString(bytes: Uint8Array, from: number): number {
  let at = from
  let sign = 1
  while (at < bytes.length && bytes[at] !== QUOTE) {
    if (bytes[at] !== BACKSLASH) at += 1
    else {
      at += 2
      sign = -1
    }
  }
  return sign * at
}

function endOfPlainString(text: string, from: number): number {
  const end = text.indexOf('"', from)
  return end < 0 ? text.length : end
}

/** Where a number ends that begins before `from`; below zero unless its digits are just what would be written for it. */
function endOfDigits(bytes: Uint8Array, from: number): number {
  let at = from
  while (isDigit(bytes[at])) at += 1
  const digits = at - from + 1
  const isExact = digits <= MAX_EXACT_DIGITS && (digits === 1 || bytes[from - 1] !== ZERO) && isNumberEnd(bytes[at])
  return isExact ? at : -at
}

/** A number that begins here has more digits than every double keeps, or an exponent. */
function isLongNumber(bytes: Uint8Array, from: number): boolean {
  let digits = 0
  for (let at = from; ; at++) {
    const byte = bytes[at]
    if (isDigit(byte)) digits += 1
    else if (byte === SMALL_E || byte === LARGE_E) return true
    else if (byte !== POINT) return digits > MAX_EXACT_DIGITS
  }
}

/** A fraction or an exponent would go on. */
function isNumberEnd(byte: number | undefined): boolean {
  return byte === undefined || byte === COMMA || byte === CLOSE_OBJECT || byte === CLOSE_LIST
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE
}
