import { StoreClosedError } from '../errors.ts'
import type { Store, Upkeep } from '../store.ts'
import { memoryAccounts } from './accounts.ts'
import { memoryAgeing } from './ageing.ts'
import { memoryClaims } from './claims.ts'
import { memoryContexts } from './contexts.ts'
import { type MemoryData, memoryData } from './data.ts'
import { memoryIntake } from './intake.ts'
import { memoryHolds, memoryOperator } from './operator.ts'
import { memoryPeople } from './people.ts'
import { memoryQueue } from './queue.ts'
import { memoryReads } from './reads/index.ts'
import { sample } from './sample.ts'
import { memoryTasks } from './tasks.ts'

export interface MemoryStoreOptions {
  /** Data of an earlier store, to open it again. */
  readonly data?: MemoryData
  readonly keepBodies?: boolean
  /** Milliseconds that only go forward, for leases. Default `performance.now`. */
  readonly monotonicMs?: () => number
  /** It is one of several on its data, opened beside them. Default: it has all of it. */
  readonly several?: {
    /** Milliseconds of the clock that all of them share, which may step. Default: `monotonicMs`. */
    readonly clock?: () => number
    /** Asked after each `accept` that was done: its answer is lost. */
    readonly isAnswerLost?: () => boolean
    /** The newest version of the data that it knows. Default: what the data demand. */
    readonly knows?: number
  }
}

/**
 * The port over arrays and maps, with every question answered by looking at everything: a model to compare others with, and
 * a store for tests. Nothing is durable.
 */
export function memoryStore({
  data = memoryData(),
  keepBodies = false,
  monotonicMs = () => performance.now(),
  several,
}: MemoryStoreOptions = {}): Store {
  if (several === undefined) beginAlone(data)
  const me = several && {
    relay: `relay ${data.nextRelay++}`,
    clock: several.clock ?? monotonicMs,
    knows: several.knows ?? data.worksBeside,
  }
  const store: Store = {
    ...memoryIntake(data, several?.isAnswerLost),
    ...memoryQueue(data, { keepBodies, monotonicMs, me }),
    ...memoryHolds(data),
    ...memoryAgeing(data),
    ...memoryAccounts(data),
    ...memoryOperator(data),
    ...memoryContexts(data),
    ...memoryTasks(data),
    ...memoryPeople(data),
    ...memoryUpkeep(data),
    reads: memoryReads(data),
    claims: me && memoryClaims(data, me),
  }
  return closable(store)
}

/** Whatever was leased in an earlier life is not any more. */
function beginAlone(data: MemoryData): void {
  for (const entry of data.entries) entry.token = undefined
  data.leases.clear()
  data.nextRow = Math.max(0, ...[...data.entries, ...data.pruned].map(({ row }) => row)) + 1
  data.firstRow = data.nextRow
}

function memoryUpkeep(data: MemoryData): Upkeep {
  return {
    prune: async ({ endedBeforeMs, limit }) => prune(data, endedBeforeMs, limit),
    async keepNumbers(nowMs) {
      sample(data, nowMs)
      return false
    },
    getMeta: async (key) => data.meta.get(key),
    setMeta: async (key, value) => void data.meta.set(key, value),
    check: async () => [],
    close: async () => undefined,
  }
}

function prune(data: MemoryData, endedBeforeMs: number, limit: number): number {
  const old = data.entries.filter(({ endedMs }) => endedMs !== undefined && endedMs < endedBeforeMs).slice(0, limit)
  data.entries = data.entries.filter((entry) => !old.includes(entry))
  data.pruned.push(...old)
  data.requests = data.requests.filter(({ rows }) => data.entries.some(({ row }) => rows.includes(row)))
  return old.length
}

/** After `close()` every call rejects. */
function closable(store: Store): Store {
  let isClosed = false
  const { reads, claims, ...calls } = store
  const guard = <Calls extends object>(all: Calls): Calls => {
    const guarded = Object.entries(all).map(([name, call]: [string, (...values: never[]) => Promise<unknown>]) => [
      name,
      async (...values: never[]) => {
        if (isClosed) throw new StoreClosedError('The store is closed.')
        return call(...values)
      },
    ])
    return Object.fromEntries(guarded) as Calls
  }
  const close = async (): Promise<void> => {
    if (!isClosed) await claims?.leave()
    isClosed = true
  }
  return { ...guard(calls), close, reads, claims: claims && guard(claims) }
}
