/** What a terminal obeys or does not show: controls, both sets; marks of direction and others that are not seen; odd line breaks. */
const OBEYED = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** Text that may be anybody's, for a terminal: what would steer it stands there as an escape of JSON, which it still is where it was JSON. */
export function shown(text: string): string {
  return text.replace(OBEYED, escaped)
}

function escaped(character: string): string {
  return Array.from({ length: character.length }, (_, at) => {
    const hex = character.charCodeAt(at).toString(16)
    return `\\u${hex.padStart(4, '0')}`
  }).join('')
}
