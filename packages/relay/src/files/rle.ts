/** Bits that hold every number up to this one. */
export function bitWidthOf(max: number): number {
  return max === 0 ? 0 : 32 - Math.clz32(max)
}

/** How many of the first numbers in Parquet's hybrid of runs and packed bits are this one. */
export function countEqual(bytes: Uint8Array, width: number, count: number, wanted: number): number {
  let at = 0
  let seen = 0
  let equal = 0
  const byteWidth = (width + 7) >> 3
  while (seen < count && at < bytes.length) {
    const [header, next] = readVarint(bytes, at)
    at = next
    if ((header & 1) === 0) {
      const run = Math.min(header >>> 1, count - seen)
      let value = 0
      for (let byte = 0; byte < byteWidth; byte++) value |= (bytes[at + byte] ?? 0) << (8 * byte)
      at += byteWidth
      if (value === wanted) equal += run
      seen += run
      if (run === 0) return equal
    } else {
      const groups = header >>> 1
      const values = Math.min(groups * 8, count - seen)
      for (let index = 0; index < values; index++) if (bitsAt(bytes, at, index * width, width) === wanted) equal += 1
      at += groups * width
      seen += values
      if (values === 0) return equal
    }
  }
  return equal
}

/** A number of seven bits a byte, and the place behind it. */
export function readVarint(bytes: Uint8Array, from: number): readonly [value: number, next: number] {
  let value = 0
  let scale = 1
  let at = from
  for (;;) {
    const byte = bytes[at] ?? 0
    at += 1
    value += (byte & 0x7f) * scale
    scale *= 0x80
    if (byte < 0x80) return [value, at]
  }
}

function bitsAt(bytes: Uint8Array, from: number, bit: number, width: number): number {
  let value = 0
  for (let index = 0; index < width; index++) {
    const place = bit + index
    value |= (((bytes[from + (place >> 3)] ?? 0) >> (place & 7)) & 1) << index
  }
  return value
}
