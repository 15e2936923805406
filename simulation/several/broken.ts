/** Relays among several that are broken on purpose: the oracle must find each. */
import { type Claims, type RelayRow, type Store, StoreSupersededError } from '@waybill/relay/store'
import type { Alarm } from '../problem.ts'
import type { Lean } from './plan.ts'
import type { SeveralBreak, SeveralSenses } from './world.ts'

export interface BrokenSeveral {
  /** What it must raise; one of these. */
  readonly alarms: readonly Alarm[]
  /** Trouble under which it shows. */
  readonly lean: Lean
  readonly break: SeveralBreak
}

function withClaims(store: Store, change: (claims: Claims) => Partial<Claims>): Store {
  const claims = store.claims!
  return { ...store, claims: { ...claims, ...change(claims) } }
}

/** Takes over what is over by the store's clock, without having seen anything itself. */
function hastily(store: Store): Store {
  return withClaims(store, (claims) => ({
    async renew(call) {
      const rows = await claims.renew(call)
      for (const row of rows) if (!row.isOwn && row.isOver) await claims.takeOver(row, 1_000)
      return rows
    },
  }))
}

/** Believes that it renewed its row also when nobody answered. */
function believing(store: Store): Store {
  let last: readonly RelayRow[] = []
  return withClaims(store, (claims) => ({
    async renew(call) {
      last = await claims.renew(call).catch((error: unknown) => {
        if (last.length === 0) throw error
        return last
      })
      return last
    },
    owned: () => claims.owned().catch(() => []),
  }))
}

/** Takes no notice where a newer version has changed the data. */
function undeterred(store: Store): Store {
  let last: readonly RelayRow[] = []
  return withClaims(store, (claims) => ({
    async renew(call) {
      last = await claims.renew(call).catch((error: unknown) => {
        if (!(error instanceof StoreSupersededError)) throw error
        return last
      })
      return last
    },
  }))
}

/** What it settles too late counts for whoever has the events now. */
function insisting(store: Store, { data }: SeveralSenses): Store {
  return {
    ...store,
    async settle(call) {
      const changed = await store.settle(call)
      const rows = call.settlements.flatMap((one) => one.rows)
      const other = data.entries.find(({ row, token }) => rows.includes(row) && token !== undefined)?.token
      return changed > 0 || other === undefined ? changed : store.settle({ ...call, token: other })
    },
  }
}

export const BROKEN_SEVERAL: Readonly<Record<string, BrokenSeveral>> = {
  'takes over on one witness': { lean: 'clock steps', alarms: ['strayed', 'overlapped'], break: { store: hastily } },
  'goes on sending after its claim ended': {
    lean: 'cut off',
    alarms: ['strayed', 'overlapped'],
    break: { store: believing },
  },
  'counts a stale settlement': { lean: 'slow answers', alarms: ['stale'], break: { store: insisting } },
  'has a clock that stands still with it': {
    lean: 'stops',
    alarms: ['strayed', 'overlapped'],
    break: {
      runtime: (runtime, { stoodStillMs }) => ({ ...runtime, monotonic: () => runtime.monotonic() - stoodStillMs() }),
    },
  },
  'writes nothing down for the next owner': {
    lean: 'pauses',
    alarms: ['paused'],
    break: { store: (store) => withClaims(store, () => ({ note: async () => true })) },
  },
  'goes on beside a change that leaves it no room': {
    lean: 'breaking upgrade',
    alarms: ['superseded'],
    break: { store: undeterred },
  },
  'does the chores of others': {
    lean: 'stops',
    alarms: ['doer', 'expired'],
    break: {
      store: (store) => ({
        ...store,
        async reclaim() {
          await store.prune({ endedBeforeMs: 0, limit: 1 })
          return store.reclaim()
        },
      }),
    },
  },
}
