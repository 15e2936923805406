import { MAX_EVENTS_PER_REQUEST } from '../contract/limits.ts'

export interface ChunkLimits {
  /** The whole request body, in UTF-8 bytes. */
  readonly maxBodyBytes: number
  /** Bytes of the body that are not events. */
  readonly envelopeBytes: number
  /** Events in one request at most. Default 1,000. */
  readonly maxEvents?: number
}

/**
 * Cuts a list into consecutive chunks that each fit one request, by count and by real bytes; order is kept and every item is in
 * exactly one chunk. An item that alone is too large gets a chunk of its own: refusing it is the caller's decision.
 */
export function chunk<Item extends { readonly bytes: number }>(items: readonly Item[], limits: ChunkLimits): Item[][] {
  const { maxBodyBytes, envelopeBytes, maxEvents = MAX_EVENTS_PER_REQUEST } = limits
  const chunks: Item[][] = []
  let current: Item[] = []
  let bytes = envelopeBytes
  for (const item of items) {
    const comma = current.length === 0 ? 0 : 1
    if (current.length > 0 && (current.length === maxEvents || bytes + comma + item.bytes > maxBodyBytes)) {
      chunks.push(current)
      current = []
      bytes = envelopeBytes
    }
    bytes += item.bytes + (current.length === 0 ? 0 : 1)
    current.push(item)
  }
  if (current.length > 0) chunks.push(current)
  return chunks
}

interface ByteCounter {
  byteLength(text: string, encoding: 'utf8'): number
}
const { Buffer: nodeBuffer } = globalThis as { Buffer?: ByteCounter }

/** Length of a text in UTF-8 bytes. */
export const utf8Bytes: (text: string) => number = nodeBuffer
  ? (text) => nodeBuffer.byteLength(text, 'utf8')
  : (text) => new TextEncoder().encode(text).length
