import { rawOppref } from '../oppref/visit.ts'

/** Names under which shops keep the click reference with an order. The leading `_` hides an attribute from the customer. */
const NAMES: ReadonlySet<unknown> = new Set(['oppref', '_oppref', '__oppref'])

/** The click reference in the query of a landing page, byte for byte as the URL has it. */
export function clickInUrl(url: unknown): string | undefined {
  return typeof url === 'string' ? rawOppref(url.split('#', 1)[0]!) : undefined
}

/** The click reference among names and values, byte for byte. */
export function clickAmong(pairs: readonly (readonly [name: unknown, value: unknown])[]): string | undefined {
  const found = pairs.find(([name, value]) => NAMES.has(name) && typeof value === 'string' && value !== '')
  return found?.[1] as string | undefined
}
