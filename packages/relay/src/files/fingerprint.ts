import { hash } from 'node:crypto'

/** 16 bytes that stand for a key and 8 that stand for what was said under it, as 32-bit words. */
export type Fingerprint = Uint32Array

export const KEY_WORDS = 4
export const FINGERPRINT_WORDS = 6

/** Writes the fingerprint of a key and its content into `target`; a text has the one of its UTF-8. */
export function fingerprint(key: string | Uint8Array, content: string | Uint8Array, target: Fingerprint): void {
  copyWords(digest(key), target, 0, KEY_WORDS)
  copyWords(digest(content), target, KEY_WORDS, FINGERPRINT_WORDS)
}

/** As text with one character per byte: five times as fast as a Buffer for each. */
function digest(text: string | Uint8Array): string {
  return hash('sha256', text, 'binary')
}

function copyWords(digest: string, target: Fingerprint, from: number, to: number): void {
  for (let word = from, at = 0; word < to; word++, at += 4) {
    target[word] =
      (digest.charCodeAt(at) << 24) |
      (digest.charCodeAt(at + 1) << 16) |
      (digest.charCodeAt(at + 2) << 8) |
      digest.charCodeAt(at + 3)
  }
}
