import { meansNothing } from '../identity/nothing.ts'
import { rawOppref } from '../oppref/visit.ts'
import { isStated } from './unused.ts'

/** Names under which shops keep the click reference with an order. The leading `_` hides an attribute from the customer. */
const NAMES: ReadonlySet<unknown> = new Set(['oppref', '_oppref', '__oppref'])

type Pairs = readonly (readonly [name: unknown, value: unknown])[]

/** The click reference in the query of a landing page, byte for byte as the URL has it. */
export function clickInUrl(url: unknown): string | undefined {
  return typeof url === 'string' ? rawOppref(url.split('#', 1)[0]!) : undefined
}

/** The click reference among names and values, byte for byte. */
export function clickAmong(pairs: Pairs): string | undefined {
  const given = pairs.flatMap(([name, value]) =>
    NAMES.has(name) && typeof value === 'string' && value !== '' ? [value] : [],
  )
  // A word for nothing alone is judged with the event, so that it is told.
  return given.find((value) => !meansNothing(value)) ?? given[0]
}

/** Names under which a click reference should stand and something else does: the API takes nothing but a text. */
export function unreadClicks(pairs: Pairs): string[] {
  return pairs.flatMap(([name, value]) =>
    NAMES.has(name) && isStated(value) && typeof value !== 'string' ? [name as string] : [],
  )
}

/** The first click reference that says something, of several places in the order of trust. */
export function bestClick(...places: readonly (string | undefined)[]): string | undefined {
  const given = places.filter((place) => place !== undefined)
  return given.find((value) => !meansNothing(value)) ?? given[0]
}
