import { FINGERPRINT_WORDS, fingerprint } from './fingerprint.ts'
import { FingerprintStore } from './fingerprint-store.ts'
import { FingerprintTable, type Found } from './fingerprint-table.ts'

/** Keys held in memory, 24 bytes each in a table at most half full: 6 MiB. */
const KEYS_IN_MEMORY = 125_000

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

export function createSeen({ keysInMemory = KEYS_IN_MEMORY }: SeenOptions = {}): Seen {
  const table = new FingerprintTable()
  const wanted = new Uint32Array(FINGERPRINT_WORDS)
  let store: FingerprintStore | undefined

  const find = (): Found => {
    const found = table.find(wanted)
    return found === 'nothing' && store !== undefined ? store.find(wanted) : found
  }
  const spill = (): void => {
    store ??= new FingerprintStore()
    store.addAll(table)
    table.clear()
  }
  const classify = (key: string, content: string): Classification => {
    fingerprint(key, content, wanted)
    const found = find()
    if (found !== 'nothing') return MEANING[found]
    if (table.size >= keysInMemory) spill()
    table.add(wanted)
    return 'new'
  }
  return { classify, close: () => store?.close() }
}
