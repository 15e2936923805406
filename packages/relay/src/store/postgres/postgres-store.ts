import { assertNewEvents } from '../arguments.ts'
import type { Claims } from '../claim.ts'
import { StoreClosedError } from '../errors.ts'
import type { Reads } from '../reads/index.ts'
import type { DeliveryQueue, Store, Upkeep } from '../store.ts'
import { Changes } from './changes.ts'
import type { Core } from './core.ts'
import { GatheredIntake } from './intake/gathered.ts'
import { refusedGroups, search, show, showRow } from './operations/accounts.ts'
import { ageingCalls } from './operations/ageing.ts'
import { check } from './operations/check.ts'
import { claimCalls, leave } from './operations/claims.ts'
import { contextCalls } from './operations/contexts.ts'
import { counts, pixels, shapes } from './operations/counts.ts'
import { dropDays } from './operations/drop-days.ts'
import { TallyFolding } from './operations/fold.ts'
import { holdCalls } from './operations/holds.ts'
import { keepNumbers } from './operations/keep-numbers.ts'
import { operatorCalls } from './operations/operator.ts'
import { PUT_META, peopleCalls } from './operations/people.ts'
import { prune } from './operations/prune.ts'
import { recordRequest } from './operations/request.ts'
import { settle } from './operations/settle.ts'
import { taskCalls } from './operations/tasks.ts'
import { extend, giveBack, reclaim } from './queue/give-back.ts'
import { InTurn } from './queue/in-turn.ts'
import { lease } from './queue/lease.ts'
import { ready, Turns } from './queue/ready.ts'
import type { PostgresReads } from './reads/postgres-reads.ts'
import { fromText, toText } from './text.ts'

/** The port on one database: each call is a transaction, most of them of one statement. */
export function postgresStore(core: Core, reads: PostgresReads): Store {
  const intake = new GatheredIntake(core)
  const calls: Calls = {
    async accept(events, nowMs, rows) {
      assertNewEvents(events)
      return events.length === 0 ? [] : intake.submit(events, nowMs, rows)
    },
    ...queueCalls(core),
    ...holdCalls(core),
    ...ageingCalls(core),
    show: (id, pixel) => show(core, id, pixel),
    showRow: (row) => showRow(core, row),
    search: (wanted) => search(core, wanted),
    refusedGroups: () => refusedGroups(core),
    counts: () => counts(core),
    pixels: () => pixels(core),
    shapes: (pixel) => shapes(core, pixel),
    ...operatorCalls(core),
    ...contextCalls(core),
    ...taskCalls(core),
    ...peopleCalls(core),
    ...upkeepCalls(core),
  }
  return closable(calls, claimCalls(core), reads, async () => {
    await reads.close()
    await core.database.close((session) => leave(core, session))
  })
}

type Calls = Omit<Store, 'reads' | 'claims' | 'close'>

function queueCalls(core: Core): DeliveryQueue {
  const turns = new Turns()
  const folding = new TallyFolding(core)
  const claiming = new InTurn()
  return {
    lease: (query) => lease(core, claiming, query),
    settle: (call) => settle(core, call),
    extend: (token, forMs) => extend(core, token, forMs),
    release: (token, rows) => giveBack(core, core.database, token, rows),
    reclaim: () => reclaim(core),
    recordRequest: (request) => recordRequest(core, request, new Changes()),
    async ready(nowMs, { limit } = {}) {
      await folding.foldWhenDue()
      return ready(core, turns, nowMs, limit)
    },
  }
}

function upkeepCalls(core: Core): Omit<Upkeep, 'close'> {
  const { database } = core
  return {
    prune: (call) => prune(core, call),
    async keepNumbers(nowMs) {
      await core.partitions.make()
      await dropDays(core)
      return keepNumbers(core, nowMs)
    },
    async getMeta(key) {
      const rows = await database.read<{ value: string }>('select value from waybill_store.meta where key = $1', [key])
      return rows[0] === undefined ? undefined : fromText(rows[0].value)
    },
    setMeta: async (key, value) => void (await database.query(PUT_META, [key, toText(value)])),
    check: () => check(core),
  }
}

/** After `close()` every call rejects; what was asked before is done first. */
function closable(calls: Calls, claims: Claims, reads: Reads, finish: () => Promise<void>): Store {
  let closing: Promise<void> | undefined
  const running = new Set<Promise<unknown>>()
  const guard = <All extends object>(all: All): All => {
    const guarded = Object.entries(all).map(([name, call]) => [
      name,
      async (...values: never[]): Promise<unknown> => {
        if (closing !== undefined) throw new StoreClosedError('The store is closed.')
        const result = (call as (...values: never[]) => Promise<unknown>)(...values)
        running.add(result)
        try {
          return await result
        } finally {
          running.delete(result)
        }
      },
    ])
    return Object.fromEntries(guarded) as All
  }
  const close = async (): Promise<void> => {
    closing ??= Promise.allSettled([...running]).then(finish)
    await closing
  }
  return { ...guard(calls), claims: guard(claims), reads, close }
}
