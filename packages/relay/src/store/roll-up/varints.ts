/** Numbers that are whole and not below 0, 7 bits a byte, the lowest first; and numbers of any kind in 8 bytes. */
export class VarintWriter {
  readonly #bytes: number[] = []

  get length(): number {
    return this.#bytes.length
  }

  put(value: number): void {
    let rest = value
    // Division, not shifts: sums of money can have more than 32 bits.
    for (; rest > 127; rest = Math.floor(rest / 128)) this.#bytes.push((rest % 128) | 128)
    this.#bytes.push(rest)
  }

  putAny(value: number): void {
    const view = new DataView(new ArrayBuffer(8))
    view.setFloat64(0, value)
    for (let at = 0; at < 8; at++) this.#bytes.push(view.getUint8(at))
  }

  append({ bytes }: { readonly bytes: readonly number[] }): void {
    for (const byte of bytes) this.#bytes.push(byte)
  }

  get bytes(): readonly number[] {
    return this.#bytes
  }

  clear(): void {
    this.#bytes.length = 0
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
