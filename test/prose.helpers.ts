import { fleschKincaid } from 'flesch-kincaid'
import { syllable } from 'syllable'

/** The prose of a page: what a reader reads as sentences. Code, tables, pictures, headings and addresses are none. */
export function proseOf(markdown: string): string {
  return markdown
    .replace(/^```.*?^```/gms, '')
    .replace(/^(?:#|\||!\[).*$/gm, '')
    .replace(/^<!--.*?-->/gms, '')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/`[^`]*`/g, 'this')
    .replace(/[*_]/g, '')
}

/** The school grade of a page's prose after Flesch and Kincaid. A line of a list ends a sentence. */
export function gradeOf(markdown: string): number {
  const sentences = proseOf(markdown)
    .split(/\n\s*\n|\n\s*- /)
    .flatMap((part) => part.replace(/\s+/g, ' ').split(/(?<=[.!?])\s+/))
    .filter((sentence) => /\p{L}/u.test(sentence))
  const words = sentences.flatMap((sentence) => sentence.match(/[\p{L}'’-]+/gu) ?? [])
  return fleschKincaid({
    sentence: sentences.length,
    word: words.length,
    syllable: words.reduce((total, word) => total + syllable(word), 0),
  })
}
