import type { Readable } from 'node:stream'

/** What is smaller costs nobody much memory, and is left to the collector. */
const MIN_BYTES = 4_096

/** Of ES2024; the language level of these sources is that of the SDK, which also runs on Node 20. */
interface Transferable extends ArrayBuffer {
  transfer(newByteLength?: number): ArrayBuffer
}

/**
 * Gives the memory of bytes back at once, which nobody may read any more: they are empty then. The collector notices such memory late,
 * and a flood of large bodies would lie a hundred megabytes high until it does.
 */
export function giveBack(bytes: Uint8Array): void {
  const { buffer } = bytes
  if (bytes.length < MIN_BYTES || bytes.length < buffer.byteLength || !(buffer instanceof ArrayBuffer)) return
  ;(buffer as Transferable).transfer(0)
}

/** Throws away what still comes, so that its sender gets to read the answer. */
export function discard(stream: Readable): void {
  stream.on('data', giveBack)
  stream.resume()
}
