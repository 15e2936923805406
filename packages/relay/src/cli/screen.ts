/** Lines of a text for a screen: broken between words, never in one. */

/** Less than this a last column is no column. */
export const NARROWEST = 20
/** How far what goes on of a row is set in. */
export const HANGING = 4

type LengthOf = (text: string) => number
const plainLength: LengthOf = (text) => text.length

/** Characters of a line; without end where nobody reads a screen. */
export function widthOfScreen(stream: { readonly isTTY?: boolean; readonly columns?: number }): number {
  return stream.isTTY === true ? Math.max(NARROWEST, stream.columns || 80) : Number.POSITIVE_INFINITY
}

/** A text in lines of at most so many characters; a word that is longer has a line for itself. */
export function wrapped(text: string, room: number, lengthOf: LengthOf = plainLength): string[] {
  const lines: string[] = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1)!
    if (line !== '' && lengthOf(line) + 1 + lengthOf(word) > room) lines.push(word)
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`
  }
  return lines
}

/**
 * A line of talk, broken between words; what goes on is set in. A command to copy stays in one piece, because a break that the terminal
 * makes by itself is not copied. `lengthOf` counts what is seen, without colours.
 */
export function folded(line: string, width: number, lengthOf: LengthOf = plainLength): string {
  const [, indent = '', words = ''] = /^( *)(.*)$/s.exec(line) ?? []
  if (lengthOf(line) <= width || words.startsWith('waybill ')) return line
  const hanging = `${indent}  `
  const [first = '', ...rest] = wrapped(words, width - indent.length, lengthOf)
  if (rest.length === 0) return line
  const more = wrapped(rest.join(' '), width - hanging.length, lengthOf)
  return [`${indent}${first}`, ...more.map((text) => `${hanging}${text}`)].join('\n')
}
