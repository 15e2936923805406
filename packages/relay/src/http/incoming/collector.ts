import { giveBack } from './give-back.ts'

/** A piece of less than this is copied to those before it: a piece has a cost of its own, and may be one byte. */
const SMALL_BYTES = 4_096
const BLOCK_BYTES = 16_384

/** The pieces of a body, kept in little more memory than their bytes. */
export class Collector {
  readonly #pieces: Uint8Array[] = []
  #block: Uint8Array | undefined
  #blockBytes = 0
  bytes = 0

  /** The piece is the collector's from now on. */
  add(piece: Uint8Array): void {
    this.bytes += piece.length
    if (piece.length >= SMALL_BYTES) {
      this.#closeBlock()
      this.#pieces.push(piece)
    } else this.#copy(piece)
  }

  /** All that was added. */
  take(): Uint8Array {
    this.#closeBlock()
    const [only] = this.#pieces
    if (this.#pieces.length === 1) return only!
    const whole = Buffer.concat(this.#pieces)
    this.clear()
    return whole
  }

  /** Forgets all that was added, and gives its memory back. */
  clear(): void {
    for (const piece of this.#pieces) giveBack(piece)
    this.#pieces.length = 0
    this.#block = undefined
    this.#blockBytes = 0
  }

  #copy(piece: Uint8Array): void {
    if (this.#block !== undefined && this.#blockBytes + piece.length > BLOCK_BYTES) this.#closeBlock()
    this.#block ??= Buffer.allocUnsafeSlow(BLOCK_BYTES)
    this.#block.set(piece, this.#blockBytes)
    this.#blockBytes += piece.length
  }

  #closeBlock(): void {
    if (this.#block !== undefined) this.#pieces.push(this.#block.subarray(0, this.#blockBytes))
    this.#block = undefined
    this.#blockBytes = 0
  }
}
