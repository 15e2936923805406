/** Relays that are broken on purpose. The oracle must find each; a check that finds nothing proves nothing. */
import type { Lease, Store } from '@waybill/relay/store'
import type { Parts } from './world.ts'

type Break = Pick<Parts, 'breakStore' | 'breakFetch'>

/** What is broken → how. */
export const BROKEN: Readonly<Record<string, Break>> = {
  'settles before the answer': {
    breakStore: (store) =>
      replaced(store, {
        async lease(query) {
          const lease = await store.lease(query)
          if (lease === undefined) return undefined
          await store.settle({
            token: lease.token,
            nowMs: query.nowMs,
            settlements: [{ to: 'delivered', rows: rowsOf(lease) }],
          })
          return lease
        },
      }),
  },
  'drops the fence': {
    breakStore: (store) => {
      // Leases end under their requests, and a late settlement is taken for that of whoever holds the event by then.
      const holders = new Map<number, number>()
      return replaced(store, {
        async ready(nowMs) {
          await store.reclaim()
          return store.ready(nowMs)
        },
        async lease(query) {
          const lease = await store.lease({ ...query, leaseMs: 1 })
          for (const row of lease === undefined ? [] : rowsOf(lease)) holders.set(row, lease!.token)
          return lease
        },
        extend: async () => true,
        async settle(call) {
          let changed = 0
          for (const settlement of call.settlements) {
            for (const row of settlement.rows) {
              const token = holders.get(row) ?? call.token
              changed += await store.settle({ token, nowMs: call.nowMs, settlements: [{ ...settlement, rows: [row] }] })
            }
          }
          return changed
        },
      })
    },
  },
  'forgets the window': {
    breakStore: (store) =>
      replaced(store, {
        async lease(query) {
          const lease = await store.lease(query)
          return lease && { ...lease, events: lease.events.map((event) => ({ ...event, timestampMs: query.nowMs })) }
        },
        expire: async () => [],
      }),
  },
  'refuses by inference alone': {
    breakFetch: (send) => {
      // The confirmation of an event is not asked for: what was in a refused group counts as refused.
      const accused = new Set<string>()
      return async (url, init) => {
        const { events } = JSON.parse(String(init?.body)) as { events: readonly { id: string }[] }
        const [only] = events
        if (events.length === 1 && accused.has(only!.id)) return refusal()
        const response = await send(url, init)
        if (response.status === 400) for (const { id } of events) accused.add(id)
        else if (response.status === 200) for (const { id } of events) accused.delete(id)
        return response
      }
    },
  },
}

const rowsOf = (lease: Lease): number[] => lease.events.map(({ row }) => row)

function replaced(store: Store, parts: Partial<Store>): Store {
  return new Proxy(store, { get: (target, name) => Reflect.get(name in parts ? parts : target, name) as unknown })
}

function refusal(): Response {
  const error = { message: 'Invalid event.', type: 'invalid_request_error', param: null, code: 'invalid_event' }
  return Response.json({ error }, { status: 400 })
}
