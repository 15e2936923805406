/** What several relays that are broken on purpose have in common. */
import type { FaultName } from '../faults.ts'
import type { Alarm } from '../problem.ts'
import { type Exchange, endingAtOnce, listening, replaced, shared } from '../tamper.ts'
import { HOUR_MS } from '../units.ts'
import type { Break, Senses } from '../world.ts'

export interface Broken {
  /** Faults under which it shows. */
  readonly faults: readonly FaultName[]
  /** What it must raise; one of these. */
  readonly alarms: readonly Alarm[]
  readonly break: Break
}

export const ONE_BAD: readonly FaultName[] = ['names-all', 'names-one-each-time', 'names-nobody', 'bad-run']
export const TO_EVERYTHING: readonly FaultName[] = [
  '400-named',
  '400-unnamed',
  '400-names-the-first',
  '400-alternating-codes',
]
export const HOLDS: readonly FaultName[] = ['401', '403', '404', '302', '400-request-fault']

/** Events that one witness has condemned; `hear` says which. */
export function hasty(
  as: 'refused' | 'expired',
  hear: (exchange: Exchange, senses: Senses) => readonly string[],
): Break {
  const condemned = (senses: Senses): Set<string> => shared(senses, 'condemned', () => new Set())
  return {
    fetch: listening((exchange, senses) => {
      for (const id of hear(exchange, senses)) if (senses.isPlanned(id)) condemned(senses).add(id)
    }),
    store: (store, senses) => endingAtOnce(store, as, (id) => condemned(senses).has(id)),
  }
}

/** A relay whose pixel stands still for half an hour after such an answer. */
export function standingStillAfter(isReason: (exchange: Exchange) => boolean): Break {
  const still = (senses: Senses): { untilMs: number } => shared(senses, 'still', () => ({ untilMs: 0 }))
  return {
    fetch: listening((exchange, senses) => {
      if (isReason(exchange)) still(senses).untilMs = senses.runtime.monotonic() + HOUR_MS / 2
    }),
    store: (store, senses) =>
      replaced(store, {
        lease: async (query) => (senses.runtime.monotonic() < still(senses).untilMs ? undefined : store.lease(query)),
      }),
  }
}

/** Requests of canaries alone leave changed. */
export function changingCanaries(change: (text: string) => string): NonNullable<Break['fetch']> {
  return (send, { isPlanned }) =>
    (url, init) => {
      const { events } = JSON.parse(String(init?.body)) as { events: readonly { id: string }[] }
      const isCanary = events.length > 0 && events.every(({ id }) => !isPlanned(id))
      return send(url, isCanary ? { ...init, body: change(String(init?.body)) } : init)
    }
}

export const ids = ({ events }: Exchange): string[] => events.map(({ id }) => id)

export const isOnlyCanaries = ({ events, canaries }: Pick<Exchange, 'events' | 'canaries'>): boolean =>
  canaries.length > 0 && canaries.length === events.length

export const accepted = (count: number): Response => Response.json({ accepted_events: count })
