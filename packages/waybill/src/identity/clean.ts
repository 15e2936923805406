import { INVISIBLE, INVISIBLE_IN_A_NAME } from './invisible.ts'
import type { IdentityKind } from './normalise.ts'

/** What was taken off a value, in the words of a warning. */
export type Dirt =
  | 'invisible characters'
  | 'a display name and < >'
  | 'quotation marks'
  | 'a link scheme'
  | 'a separator at the end'

/** A value without what spreadsheets, links and address books put around it, and what that was. */
export interface Cleaned {
  /** The text without its dirt. */
  readonly text: string
  /** What was taken off. */
  readonly dirt: readonly Dirt[]
}

const QUOTES = '"\'`´\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u00ab\u00bb\u2039\u203a'
const SEPARATORS = ';,'
/** No address and no number is longer; what is longer is no identity and is left to the rules. */
const MAX_CLEANED_LENGTH = 1_000
/** Dirt comes in layers, as in `"mailto:<ada@example.com>";`. */
const MAX_LAYERS = 8

type Layer = readonly [dirt: Dirt, takeOff: (text: string) => string]

const invisible: Layer = ['invisible characters', (text) => text.replace(INVISIBLE, '')]
const invisibleInName: Layer = ['invisible characters', (text) => text.replace(INVISIBLE_IN_A_NAME, '')]
const separators: Layer = ['a separator at the end', (text) => text.slice(0, endWithout(text, `${SEPARATORS} `))]
const quotes: Layer = ['quotation marks', withoutQuotes]
const brackets: Layer = ['a display name and < >', insideBrackets]
const mailLink: Layer = ['a link scheme', (text) => withoutScheme(text, /^mailto:/i)]
const phoneLink: Layer = ['a link scheme', (text) => withoutScheme(text, /^(?:tel|callto|sms|whatsapp):/i)]

/** Kind → what may lie around its values, from the outside in. */
const LAYERS: Readonly<Record<IdentityKind, readonly Layer[]>> = {
  email: [invisible, separators, quotes, brackets, mailLink],
  phone: [invisible, separators, quotes, phoneLink],
  'external-id': [invisible],
  'first-name': [invisibleInName],
  'last-name': [invisibleInName],
}

/** Nothing of this is dirt, so that nearly every value is spared the layers. */
const PLAIN: Readonly<Record<IdentityKind, RegExp>> = {
  email: /^[a-z0-9][\w.%+@-]*[a-z0-9]$/i,
  phone: /^[\d+( ][\d+() ./-]*$/,
  'external-id': /^[ -~]*$/,
  'first-name': /^[ -~]*$/,
  'last-name': /^[ -~]*$/,
}

const CLEAN: readonly Dirt[] = Object.freeze([])

/**
 * Takes off what is certainly not part of an identity: invisible characters everywhere; of addresses and numbers also `mailto:` and
 * `tel:`, a display name with `<…>`, quotes and separators at the ends. White space at the ends is no dirt.
 */
export function cleanIdentity(kind: IdentityKind, raw: string): Cleaned {
  if (raw.length > MAX_CLEANED_LENGTH || PLAIN[kind].test(raw)) return { text: raw, dirt: CLEAN }
  const dirt = new Set<Dirt>()
  let text = raw
  for (let round = 0; round < MAX_LAYERS; round++) {
    const before = text
    for (const [name, takeOff] of LAYERS[kind]) {
      const trimmed = text.trim()
      const without = takeOff(trimmed)
      // A byte order mark is white space to `trim`, and invisible to people.
      if (without !== trimmed || (name === 'invisible characters' && takeOff(text) !== text)) dirt.add(name)
      if (without !== trimmed) text = without
    }
    if (text === before) break
  }
  return dirt.size === 0 ? { text: raw, dirt: CLEAN } : { text, dirt: [...dirt] }
}

/** A loop, because an unanchored pattern takes quadratic time on a long run. */
function endWithout(text: string, marks: string): number {
  let end = text.length
  while (end > 0 && marks.includes(text.charAt(end - 1))) end--
  return end
}

/** Also `="…"`, as spreadsheets write a text that must stay one. */
function withoutQuotes(text: string): string {
  const start = text.startsWith('="') ? 1 : 0
  let from = start
  while (from < text.length && QUOTES.includes(text.charAt(from))) from++
  const to = endWithout(text, QUOTES)
  return from === start && to === text.length ? text : text.slice(from, Math.max(from, to))
}

/** What stands between `<` and `>` at the end; one of them alone is taken off too. */
function insideBrackets(text: string): string {
  const open = text.lastIndexOf('<')
  if (text.endsWith('>')) return text.slice(open + 1, -1)
  return open === 0 ? text.slice(1) : text
}

function withoutScheme(text: string, scheme: RegExp): string {
  const found = scheme.exec(text)?.[0]
  return found === undefined ? text : text.slice(found.length).replace(/\?.*$/s, '')
}
