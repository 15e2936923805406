import type { PlainObject } from '../contract/plain.ts'

/** Names under which a call says that it may not be used for personalisation, in whatever spelling: `opt_out`, `OptOut`, `OPT-OUT`. */
const KEY = /^opt(?:ed)?[\s_-]?out$/i
const WORDS: ReadonlyMap<unknown, boolean> = new Map<unknown, boolean>([
  [true, true],
  [false, false],
  ['true', true],
  ['false', false],
])

/**
 * What a call says of a wish not to be used, in any of its parts: one that says yes counts. What is no boolean goes on as it is, so that the
 * event is refused in words: it is never sent as if nobody had wished anything.
 */
export function wishIn(...parts: readonly PlainObject[]): { readonly optOut?: boolean } {
  const said = parts
    .flatMap((part) => Object.entries(part).flatMap(([key, value]) => (KEY.test(key) ? [value] : [])))
    .filter((value) => value !== undefined && value !== null)
  if (said.length === 0) return {}
  const read = said.map((value) => WORDS.get(typeof value === 'string' ? value.trim().toLowerCase() : value))
  if (read.includes(true)) return { optOut: true }
  const unclear = read.indexOf(undefined)
  return { optOut: unclear === -1 ? false : (said[unclear] as boolean) }
}
