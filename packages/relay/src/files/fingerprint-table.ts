import { FINGERPRINT_WORDS, type Fingerprint, KEY_WORDS } from './fingerprint.ts'

const SMALLEST_SLOTS = 4_096

/** What a look-up found: a free slot, or one with the same key and the same or another content. */
export type Found = 'nothing' | 'same' | 'other'

/**
 * Fingerprints in one flat array, looked up by open addressing. A slot that is all zero is free: no SHA-256 is known
 * whose first sixteen bytes are. Slots follow the keys' order roughly, so that a walk over them is nearly sorted.
 */
export class FingerprintTable {
  #slots = SMALLEST_SLOTS
  #words = new Uint32Array(SMALLEST_SLOTS * FINGERPRINT_WORDS)
  #size = 0

  get size(): number {
    return this.#size
  }

  find(wanted: Fingerprint): Found {
    const at = this.#slotOf(wanted) * FINGERPRINT_WORDS
    if (this.#isFree(at)) return 'nothing'
    return this.#equals(wanted, at, KEY_WORDS, FINGERPRINT_WORDS) ? 'same' : 'other'
  }

  /** Adds a fingerprint whose key is not there yet. */
  add(added: Fingerprint): void {
    if (this.#size * 2 >= this.#slots) this.#grow()
    this.#words.set(added, this.#slotOf(added) * FINGERPRINT_WORDS)
    this.#size += 1
  }

  /** Shows each fingerprint, always in the same array: a view for each would be most of the garbage of a run. */
  forEach(visit: (fingerprint: Fingerprint) => void): void {
    eachOf(this.#words, visit)
  }

  /** Forgets everything and keeps the room for as much again. */
  clear(): void {
    this.#words.fill(0)
    this.#size = 0
  }

  #slotOf(wanted: Fingerprint): number {
    let slot = Math.floor((wanted[0]! / 2 ** 32) * this.#slots)
    for (;;) {
      const at = slot * FINGERPRINT_WORDS
      if (this.#isFree(at) || this.#equals(wanted, at, 0, KEY_WORDS)) return slot
      slot = slot + 1 === this.#slots ? 0 : slot + 1
    }
  }

  #isFree(at: number): boolean {
    const words = this.#words
    return words[at] === 0 && words[at + 1] === 0 && words[at + 2] === 0 && words[at + 3] === 0
  }

  #equals(wanted: Fingerprint, at: number, from: number, to: number): boolean {
    for (let word = from; word < to; word++) {
      if (this.#words[at + word] !== wanted[word]) return false
    }
    return true
  }

  #grow(): void {
    const old = this.#words
    this.#slots *= 2
    this.#words = new Uint32Array(this.#slots * FINGERPRINT_WORDS)
    eachOf(old, (moved) => this.#words.set(moved, this.#slotOf(moved) * FINGERPRINT_WORDS))
  }
}

function eachOf(words: Uint32Array, visit: (fingerprint: Fingerprint) => void): void {
  const shown = new Uint32Array(FINGERPRINT_WORDS)
  for (let at = 0; at < words.length; at += FINGERPRINT_WORDS) {
    let anyBits = 0
    for (let word = 0; word < FINGERPRINT_WORDS; word++) {
      shown[word] = words[at + word]!
      if (word < KEY_WORDS) anyBits |= words[at + word]!
    }
    if (anyBits !== 0) visit(shown)
  }
}
