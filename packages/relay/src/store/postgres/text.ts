/** Marks what PostgreSQL cannot hold as text. */
const MARK = '\u0001'
/** U+0000 and lone surrogates, which no text in UTF-8 has, and the mark itself. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
const STRANGE = /[\u0000\u0001\ud800-\udfff]/u
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const EACH_STRANGE = /[\u0000\u0001\ud800-\udfff]/gu
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const EACH_MARK = /\u0001([0-9a-f]{4})/g

/** A text as it is kept: different texts stay different. */
export function toText(text: string): string {
  if (!STRANGE.test(text)) return text
  return text.replace(EACH_STRANGE, (char) => MARK + char.charCodeAt(0).toString(16).padStart(4, '0'))
}

export function fromText(kept: string): string {
  if (!kept.includes(MARK)) return kept
  return kept.replace(EACH_MARK, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
}

export const toTextOrNull = (text: string | undefined): string | null => (text === undefined ? null : toText(text))
export const fromTextOrNull = (kept: string | null): string | undefined => (kept === null ? undefined : fromText(kept))
