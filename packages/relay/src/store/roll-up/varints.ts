/** Numbers that are whole and not below 0, 7 bits a byte, the lowest first; and numbers of any kind in 8 bytes. */
export class VarintWriter {
  #bytes: Uint8Array = new Uint8Array(2_048)
  #length = 0

  get length(): number {
    return this.#length
  }

  put(value: number): void {
    this.#makeRoom(8)
    let rest = value
    // Division, not shifts: sums of money can have more than 32 bits.
    for (; rest > 127; rest = Math.floor(rest / 128)) this.#bytes[this.#length++] = (rest % 128) | 128
    this.#bytes[this.#length++] = rest
  }

  putAny(value: number): void {
    this.#makeRoom(8)
    new DataView(this.#bytes.buffer).setFloat64(this.#length, value)
    this.#length += 8
  }

  append({ bytes }: { readonly bytes: Uint8Array }): void {
    this.#makeRoom(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  /** What was written, until more is. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  clear(): void {
    this.#length = 0
  }

  #makeRoom(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return
    const more = new Uint8Array(2 * (this.#length + bytes))
    more.set(this.bytes)
    this.#bytes = more
  }
}

/** Reads what a `VarintWriter` wrote. */
export class VarintReader {
  readonly #bytes: Uint8Array
  at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get length(): number {
    return this.#bytes.length
  }

  next(): number {
    let byte = this.#bytes[this.at++]!
    if (byte < 128) return byte
    let value = byte & 127
    let scale = 128
    do {
      byte = this.#bytes[this.at++]!
      value += (byte & 127) * scale
      scale *= 128
    } while (byte > 127)
    return value
  }

  nextAny(): number {
    const { buffer, byteOffset } = this.#bytes
    const value = new DataView(buffer, byteOffset + this.at, 8).getFloat64(0)
    this.at += 8
    return value
  }
}
