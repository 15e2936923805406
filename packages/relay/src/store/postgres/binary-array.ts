/** How elements of a type are sent: its number in PostgreSQL, and what its binary form is. */
interface Element {
  readonly oid: number
  readonly sizeOf: (value: never) => number
  readonly write: (to: Buffer, value: never, at: number) => void
}

const BEYOND_32_BITS = 2 ** 32

const ELEMENTS: Readonly<Record<string, Element>> = {
  smallint: { oid: 21, sizeOf: () => 2, write: (to, value: number, at) => to.writeInt16BE(Number(value), at) },
  integer: { oid: 23, sizeOf: () => 4, write: (to, value: number, at) => to.writeInt32BE(Number(value), at) },
  bigint: { oid: 20, sizeOf: () => 8, write: writeBigint },
  float8: { oid: 701, sizeOf: () => 8, write: (to, value: number, at) => to.writeDoubleBE(Number(value), at) },
  text: {
    oid: 25,
    sizeOf: (value: string) => Buffer.byteLength(value),
    write: (to, value: string, at) => to.write(value, at),
  },
  bytea: {
    oid: 17,
    sizeOf: (value: Uint8Array) => value.length,
    write: (to, value: Uint8Array, at) => to.set(value, at),
  },
}

/** Whole numbers up to 2^53 either way. */
function writeBigint(to: Buffer, value: number, at: number): void {
  const number = Number(value)
  to.writeInt32BE(Math.floor(number / BEYOND_32_BITS), at)
  to.writeInt32BE(number | 0, at + 4)
}

/** Dimensions, whether there are nulls, the type; then the length of the one dimension, and where it begins. */
const HEAD = 12
const HEAD_OF_DIMENSION = 8
const LENGTH = 4
const NULL = -1

/**
 * An array as a parameter. In binary form where its type has one here: nothing is escaped on this side and nothing parsed on the other,
 * which for texts full of quotes is most of what sending them costs.
 */
export function arrayOf(type: string, values: readonly unknown[]): Buffer | readonly unknown[] {
  const element = ELEMENTS[type]
  return element === undefined || values.length === 0 ? values : binaryArray(element, values as readonly never[])
}

function binaryArray({ oid, sizeOf, write }: Element, values: readonly never[]): Buffer {
  const sizes = values.map((value) => (value === null ? NULL : sizeOf(value)))
  const inAll = sizes.reduce((sum, size) => sum + LENGTH + Math.max(0, size), HEAD + HEAD_OF_DIMENSION)
  const to = Buffer.allocUnsafe(inAll)
  const head = [1, sizes.includes(NULL) ? 1 : 0, oid, values.length, 1]
  let at = 0
  for (const number of head) at = to.writeInt32BE(number, at)
  for (const [index, size] of sizes.entries()) {
    at = to.writeInt32BE(size, at)
    if (size === NULL) continue
    write(to, values[index]!, at)
    at += size
  }
  return to
}
