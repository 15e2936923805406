/** What can be told of a JSON text without parsing it. It need not be valid. */
export interface JsonShape {
  /** Keys in all of its objects, as written. */
  readonly keys: number
}

/** Free keys of an event nest 32 deep at most; around them stand the event, the list, the body. */
const MAX_DEPTH = 64
const MAX_KEYS_PER_OBJECT = 1_000
/** An empty object costs many times its two bytes when parsed. */
const MAX_CONTAINERS = 500_000
const MAX_STRING_BYTES = 1_000_000

const QUOTE = 0x22
const COLON = 0x3a
const BACKSLASH = 0x5c
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

/** Keys of the object that is open at each depth: one list for all scans, of which each ends before the next begins. */
const keysAt = new Int32Array(MAX_DEPTH + 1)

/** One pass over the bytes: the shape, or what there is too much of. */
export function scanJson(bytes: Uint8Array): JsonShape | 'depth' | 'keys' | 'values' | 'string' {
  keysAt[0] = 0
  let depth = 0
  let keys = 0
  let containers = 0
  for (let at = 0; at < bytes.length; at++) {
    switch (bytes[at]) {
      case QUOTE: {
        const end = endOfString(bytes, at + 1)
        if (end - at > MAX_STRING_BYTES) return 'string'
        at = end
        break
      }
      case OPEN_OBJECT:
      case OPEN_LIST:
        if (++depth > MAX_DEPTH) return 'depth'
        if (++containers > MAX_CONTAINERS) return 'values'
        keysAt[depth] = 0
        break
      case CLOSE_OBJECT:
      case CLOSE_LIST:
        // More ends than beginnings are no JSON, which the parser will say.
        depth = Math.max(0, depth - 1)
        break
      case COLON:
        keys += 1
        keysAt[depth]! += 1
        if (keysAt[depth]! > MAX_KEYS_PER_OBJECT) return 'keys'
    }
  }
  return { keys }
}

function endOfString(bytes: Uint8Array, from: number): number {
  let at = from
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1
  return at
}
