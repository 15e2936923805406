/** Tools to break a relay from outside of its code: between it and its store, and between it and the API. */
import type { Lease, SettleCall, Settlement, Store } from '@waybill/relay/store'
import type { SentEvent } from './judge.ts'
import type { Break, Senses } from './world.ts'

/** One request with its answer, as it passes. */
export interface Exchange {
  readonly validateOnly: boolean
  readonly events: readonly SentEvent[]
  readonly canaries: readonly SentEvent[]
  /** `undefined`: no answer came. */
  readonly status: number | undefined
  readonly date: string | null
  /** What an endpoint that is a relay says of itself. */
  readonly relay: string | null
  readonly isPage: boolean
  /** The body, where it is JSON. */
  readonly json: {
    readonly accepted_events?: number
    readonly results?: unknown
    readonly error?: { readonly errors?: readonly { readonly param: string; readonly code: string }[] }
  }
}

/** What a request asks, before it leaves. */
export type Asked = Pick<Exchange, 'validateOnly' | 'events' | 'canaries'>

export function readAsked(body: unknown, { isPlanned }: Senses): Asked {
  const { validate_only: validateOnly, events } = JSON.parse(String(body)) as {
    validate_only: boolean
    events: readonly SentEvent[]
  }
  return { validateOnly, events, canaries: events.filter(({ id }) => !isPlanned(id)) }
}

/** A way to the API that tells what passed. */
export function listening(hear: (exchange: Exchange, senses: Senses) => void): NonNullable<Break['fetch']> {
  return (send, senses) => async (url, init) => {
    const asked = readAsked(init?.body, senses)
    try {
      const response = await send(url, init)
      hear({ ...asked, ...(await readAnswer(response)) }, senses)
      return response
    } catch (error) {
      hear({ ...asked, status: undefined, date: null, relay: null, isPage: false, json: {} }, senses)
      throw error
    }
  }
}

async function readAnswer(response: Response): Promise<Omit<Exchange, keyof Asked>> {
  const text = await response.clone().text()
  const isPage = response.headers.get('content-type')?.startsWith('text/html') === true
  const json = isPage || text === '' ? {} : (JSON.parse(text) as Exchange['json'])
  const { status, headers } = response
  return { status, date: headers.get('date'), relay: headers.get('waybill-relay'), isPage, json }
}

/** A way to the API that asks, or answers by itself. */
export function answering(
  answer: (asked: Asked, ask: () => Promise<Response>, senses: Senses) => Promise<Response>,
): NonNullable<Break['fetch']> {
  return (send, senses) => (url, init) => answer(readAsked(init?.body, senses), () => send(url, init), senses)
}

export function replaced(store: Store, parts: Partial<Store>): Store {
  return new Proxy(store, { get: (target, name) => Reflect.get(name in parts ? parts : target, name) as unknown })
}

/**
 * Ends events for good at the first chance after `isDoomed` holds for them: when their lease is given back, or when they are sent back
 * to the queue.
 */
export function endingAtOnce(
  store: Store,
  as: 'refused' | 'expired',
  isDoomed: (id: string, lease: { readonly isProbe: boolean }) => boolean,
): Store {
  const leases = new Map<number, { readonly ids: ReadonlyMap<number, string>; readonly isProbe: boolean }>()
  const doomed = (token: number, rows: readonly number[]): number[] => {
    const lease = leases.get(token)
    return lease === undefined ? [] : rows.filter((row) => isDoomed(lease.ids.get(row) ?? '', lease))
  }
  const end = (rows: readonly number[]): Settlement => ({
    to: as,
    rows,
    code: 'hasty',
    message: 'One witness was enough.',
  })
  return replaced(store, {
    async lease(query) {
      const lease = await store.lease(query)
      if (lease !== undefined) leases.set(lease.token, { ids: idsOf(lease), isProbe: query.probe !== undefined })
      return lease
    },
    settle(call: SettleCall) {
      const settlements = call.settlements.flatMap((settlement) => {
        if (settlement.to !== 'queued') return [settlement]
        const rows = doomed(call.token, settlement.rows)
        const others = settlement.rows.filter((row) => !rows.includes(row))
        return [
          ...(rows.length > 0 ? [end(rows)] : []),
          ...(others.length > 0 ? [{ ...settlement, rows: others }] : []),
        ]
      })
      return store.settle({ ...call, settlements })
    },
    async release(token, rows) {
      const all = rows ?? [...(leases.get(token)?.ids.keys() ?? [])]
      const ended = doomed(token, all)
      if (ended.length > 0) await store.settle({ token, nowMs: 0, settlements: [end(ended)] })
      return store.release(
        token,
        rows?.filter((row) => !ended.includes(row)),
      )
    },
  })
}

export const rowsOf = (lease: Lease): number[] => lease.events.map(({ row }) => row)

function idsOf({ events }: Lease): ReadonlyMap<number, string> {
  return new Map(events.map(({ row, id }) => [row, id]))
}

/** Something that the parts of one broken process share. */
export function shared<Value>(senses: Senses, name: string, make: () => Value): Value {
  const value = (senses.memory.get(name) ?? make()) as Value
  senses.memory.set(name, value)
  return value
}
