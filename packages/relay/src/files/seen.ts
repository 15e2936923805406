import { FINGERPRINT_WORDS, fingerprint } from './fingerprint.ts'
import { FingerprintSet } from './fingerprint-set.ts'
import type { Found } from './fingerprint-table.ts'

export type Classification = 'new' | 'duplicate' | 'conflict'

/** Remembers what was said under each key, as fingerprints only, in bounded memory. */
export interface Seen {
  /** `new` the first time a key comes up; then `duplicate` for the first content again, `conflict` for any other. */
  classify(key: string, content: string): Classification
  /** Removes the temporary file, if one was needed. */
  close(): void
}

export interface SeenOptions {
  /** Default 125,000. Beyond it, keys go to a temporary file. */
  readonly keysInMemory?: number
}

const MEANING: Readonly<Record<Found, Classification>> = { nothing: 'new', same: 'duplicate', other: 'conflict' }

export function createSeen({ keysInMemory }: SeenOptions = {}): Seen {
  const seen = new FingerprintSet(keysInMemory)
  const wanted = new Uint32Array(FINGERPRINT_WORDS)
  const classify = (key: string, content: string): Classification => {
    fingerprint(key, content, wanted)
    const found = seen.find(wanted)
    if (found === 'nothing') seen.add(wanted)
    return MEANING[found]
  }
  return { classify, close: () => seen.close() }
}
