import type { LooseEvent } from '../contract/loose-event.ts'
import type { PlainObject } from '../contract/plain.ts'

/** Names under which a call says that it may not be used for personalisation. */
const KEYS = ['opt_out', 'optOut', 'opt-out', 'optout'] as const
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
export function wishIn(...parts: readonly PlainObject[]): Pick<LooseEvent, 'optOut'> {
  const said = parts
    .flatMap((part) => KEYS.map((key) => part[key]))
    .filter((value) => value !== undefined && value !== null)
  if (said.length === 0) return {}
  const read = said.map((value) => WORDS.get(typeof value === 'string' ? value.trim().toLowerCase() : value))
  if (read.includes(true)) return { optOut: true }
  const unclear = read.indexOf(undefined)
  return { optOut: unclear === -1 ? false : (said[unclear] as boolean) }
}
