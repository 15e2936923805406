import type { Fingerprint } from './fingerprint.ts'
import { FingerprintStore } from './fingerprint-store.ts'
import { FingerprintTable, type Found } from './fingerprint-table.ts'

/** Keys held in memory, 24 bytes each in a table at most half full: 6 MiB. */
export const KEYS_IN_MEMORY = 125_000

/** Fingerprints in bounded memory: beyond a number they go to a temporary file. */
export class FingerprintSet {
  readonly #table = new FingerprintTable()
  readonly #keysInMemory: number
  #store: FingerprintStore | undefined

  constructor(keysInMemory: number = KEYS_IN_MEMORY) {
    this.#keysInMemory = keysInMemory
  }

  get isEmpty(): boolean {
    return this.#table.size === 0 && this.#store === undefined
  }

  find(wanted: Fingerprint): Found {
    const found = this.#table.find(wanted)
    return found === 'nothing' && this.#store !== undefined ? this.#store.find(wanted) : found
  }

  /** Adds one whose key is not there yet. */
  add(added: Fingerprint): void {
    if (this.#table.size >= this.#keysInMemory) this.#spill()
    this.#table.add(added)
  }

  /** Removes the temporary file, if one was needed. */
  close(): void {
    this.#store?.close()
  }

  #spill(): void {
    this.#store ??= new FingerprintStore()
    this.#store.addAll(this.#table)
    this.#table.clear()
  }
}
