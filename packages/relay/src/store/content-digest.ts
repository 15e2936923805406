import { hash } from 'node:crypto'
import type { NewEvent } from './event.ts'

/** Half of SHA-256: two different contents will not meet. */
const DIGEST_BYTES = 16

/** What tells one content from another: the digest that came with the event, or that of its wire text. */
export function contentDigest({ contentHash, wire }: Pick<NewEvent, 'contentHash' | 'wire'>): Uint8Array {
  // By way of a text: a buffer for each digest would cost twice what the digest does.
  return contentHash ?? Buffer.from(hash('sha256', wire, 'binary').slice(0, DIGEST_BYTES), 'latin1')
}
