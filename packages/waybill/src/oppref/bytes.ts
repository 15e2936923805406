const VISIBLE_ASCII = /^[\x20-\x7e]*$/

/**
 * What a request line or a header holds (one character for each byte, as HTTP libraries give it) as the text whose UTF-8 bytes
 * are the very same; `undefined` where there is none.
 */
export function textOfBytes(raw: string): string | undefined {
  if (VISIBLE_ASCII.test(raw)) return raw
  try {
    const bytes = Uint8Array.from(raw, byteOf)
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** The text with a byte for each escape: `code` matches one, its group the two hexadecimal digits. */
export function unescaped(text: string, code: RegExp): string {
  return text.replace(code, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

function byteOf(character: string): number {
  const code = character.charCodeAt(0)
  if (code > 255) throw new RangeError('not a byte')
  return code
}
