import { type ContextKey, contextKey } from './context-key.ts'
import type { Acceptance, EventName, NewEvent } from './event.ts'

/** Why an account ends that only waited for another call of its conversion. */
export const GAVE_WAY = 'another call tells more of the same conversion'
const LEADS_TO = 'row '

/** Where a name is kept that leads to an account of another name: among the contexts of its pixel. */
export function nameKey({ name, id }: EventName): ContextKey {
  return contextKey('name', `${name}:${id}`)
}

export function leadsTo(row: number): string {
  return `${LEADS_TO}${row}`
}

/** The account that a kept name leads to; `undefined` where it was kept by a version that noted only that there is one. */
export function ledTo(value: string): number | undefined {
  return value.startsWith(LEADS_TO) ? Number(value.slice(LEADS_TO.length)) : undefined
}

/** Of an event that is known to be delivered, and of whose account nothing is: an earlier version kept its name alone, or there is none. */
export const KEPT_SOMEWHERE: Exclude<Acceptance, { status: 'accepted' }> = {
  status: 'duplicate',
  row: 0,
  first: {
    state: 'delivered',
    code: undefined,
    message: undefined,
    issues: [],
    wire: undefined,
    origin: undefined,
  },
}

/** The names of an event beside its own. */
export function otherNames({ name, id, sameAs = [] }: Pick<NewEvent, 'name' | 'id' | 'sameAs'>): readonly EventName[] {
  return sameAs.filter((other) => other.name !== name || other.id !== id)
}

/** Those that lead to it from its acceptance on: under its own id another name is another event, as a subscription after its trial. */
export function leadingNames({ id, sameAs = [] }: Pick<NewEvent, 'id' | 'sameAs'>): readonly EventName[] {
  return sameAs.filter((other) => other.id !== id)
}
