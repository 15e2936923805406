/** What a cell said, or why it cannot be read: `what` goes on from `Column "x" …` and never repeats the cell. */
export type Reading<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly what: string; readonly hint?: string }

/** Spaces that spreadsheets and locales write beside the ordinary one, and what is not to be seen at all. */
const OTHER_SPACES = /[\u00a0\u2000-\u200a\u202f\u205f\u3000]/g
const INVISIBLE = /[\u200b-\u200f\u2060\u2066-\u2069\ufeff]/g
const IS_PLAIN_ASCII = /^[\x21-\x7e]*$/

/** The text trimmed, with ordinary spaces only. */
export function withPlainSpaces(text: string): string {
  return IS_PLAIN_ASCII.test(text) ? text : text.replace(INVISIBLE, '').replace(OTHER_SPACES, ' ').trim()
}
