import { INVISIBLE } from './invisible.ts'
import { NOTHING } from './nothing-words.ts'

/** What a text stands for: `name` for a person's name or a city, `person` for an external id or an email address. */
export type NothingScope = 'text' | 'name' | 'person'

/** The words of the closed list, as they stand between the bars of its pattern. */
const WORDS = NOTHING.source.slice('^(?:'.length, -')$'.length).replace(/\\(.)/g, '$1').split('|')
/** Those of them that are also names that people and places have. */
const ALSO_NAMES = ['null', 'nan', 'none', 'nil']
/** Who is nobody in a shop. */
const NOBODY = ['0', 'guest', 'anonymous']

const IN_SCOPE: Readonly<Record<NothingScope, ReadonlySet<string>>> = {
  text: new Set(WORDS),
  name: new Set(WORDS.filter((word) => !ALSO_NAMES.includes(word))),
  person: new Set([...WORDS, ...NOBODY]),
}
/** Words that are no external id, in lower case. */
export const NOBODY_WORDS: ReadonlySet<string> = IN_SCOPE.person
const LONGEST = Math.max(...[...IN_SCOPE.person].map((word) => word.length))
/** Every word begins with one of these, or with a character that is not to be seen; it spares nearly every value the rest. */
const BEGINS_A_WORD: readonly boolean[] = Array.from({ length: 128 }, (_, code) => {
  return code < 0x21 || code > 0x7e || 'nu([\\-0ga'.includes(String.fromCharCode(code).toLowerCase())
})

/** True for a word that stands where there is no value. Such a value is absent; a blank text is none of these words. */
export function meansNothing(text: string, scope: NothingScope = 'text'): boolean {
  // Of an empty text it is NaN, with which nothing begins.
  const begin = text.charCodeAt(0)
  return (begin > 127 || BEGINS_A_WORD[begin] === true) && isWordForNothing(text, scope)
}

/** Apart from what nearly every value needs, so that the compiler can put that in place of the call. */
function isWordForNothing(text: string, scope: NothingScope): boolean {
  const word = text.trim()
  if (word.length <= LONGEST && IN_SCOPE[scope].has(word.toLowerCase())) return true
  const first = word.charCodeAt(0)
  const last = word.charCodeAt(word.length - 1)
  if (first < 128 && last < 128 && first > 31 && last > 31) return false
  const visible = word.slice(0, MAX_WITH_INVISIBLE).replace(INVISIBLE, '').trim()
  return word.length <= MAX_WITH_INVISIBLE && IN_SCOPE[scope].has(visible.toLowerCase())
}

/** A word with more around it than this is a text. */
const MAX_WITH_INVISIBLE = 64
