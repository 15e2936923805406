import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { idsOf, leaseAll, NOW, newEvent, newEvents, PIXEL, rowsOf } from '../../conformance/harness.ts'
import { tempFile } from '../../conformance/temp-file.ts'
import type { Store } from '../../index.ts'
import { memoryStore } from '../../memory/index.ts'
import { refusing } from '../against-model.helpers.ts'
import { faultyDatabase } from '../faulty-database.ts'
import { openSqliteStore } from '../index.ts'
import { ApartTimes } from './apart-times.ts'
import { DueTimes } from './due-times.ts'
import { Fresh } from './fresh.ts'
import { Frontier } from './frontier.ts'
import { LeaseBook } from './lease-book.ts'
import { Tally } from './tally.ts'
import { Undo } from './undo.ts'

interface Life {
  readonly store: Store
  readonly clock: { wallMs: number; monotonicMs: number }
  /** Has a call fail as it commits, once, before it is made. */
  readonly refused: <Result>(call: () => Promise<Result>) => Promise<Result>
}

/** A short life, and one thing that a transition could forget in it. */
interface Case {
  readonly name: string
  readonly live: (life: Life) => Promise<unknown>
  /** Forgets it; gives what fixes it. */
  readonly forget: () => () => void
  /** Leases last by the wall clock. */
  readonly byWallClock?: true
}

/** Puts another method in the place of a part's own. */
function replaced<Part extends object, Name extends keyof Part>(
  part: Part,
  name: Name,
  make: (original: Part[Name]) => Part[Name],
): () => () => void {
  return () => {
    const original = part[name]
    part[name] = make(original)
    return () => {
      part[name] = original
    }
  }
}

const nothing = (): void => {}
const LEASE_MS = 10
const query = { pixel: PIXEL, limit: 10, nowMs: NOW, leaseMs: LEASE_MS }
const suspicion = { kind: 'refused', times: 1, firstMs: NOW, code: 'bad', message: 'bad' } as const

async function suspect(store: Store, dueMs: number): Promise<void> {
  const lease = await leaseAll(store, { limit: 1 })
  const settlements = [{ to: 'queued', rows: rowsOf(lease), dueMs, suspicion }] as const
  await store.settle({ token: lease.token, settlements, nowMs: NOW })
}

async function deliver(store: Store, more: object = {}): Promise<void> {
  const lease = await leaseAll(store, more)
  const settlements = [{ to: 'delivered', rows: rowsOf(lease) }] as const
  await store.settle({ token: lease.token, settlements, nowMs: NOW })
}

/** A lease that is asked for at once, and how much of it has run out after so long. */
async function reclaimedAfter({ store, clock }: Life, ms: number, extendMs?: number): Promise<number> {
  await store.accept(newEvents(['a']), NOW)
  const lease = await store.lease(query)
  if (extendMs !== undefined) await store.extend(lease!.token, extendMs)
  clock.monotonicMs += ms
  return store.reclaim()
}

const CASES: readonly Case[] = [
  {
    name: 'what is given back can be leased again',
    async live({ store }) {
      await store.accept(newEvents(['a', 'b']), NOW)
      const lease = await leaseAll(store)
      await store.release(lease.token, rowsOf(lease).slice(0, 1))
      return idsOf(await store.lease(query))
    },
    forget: replaced(Frontier.prototype, 'lower', () => nothing),
  },
  {
    name: 'an order is raised only over what was leased',
    async live({ store }) {
      await store.accept(newEvents(['a', 'b', 'c']), NOW)
      return [idsOf(await store.lease({ ...query, limit: 1 })), idsOf(await store.lease(query))]
    },
    forget: replaced(
      Frontier.prototype,
      'raise',
      (raise) =>
        function (this: Frontier, pixel, shape, { minute, row }) {
          raise.call(this, pixel, shape, { minute, row: row + 1 })
        },
    ),
  },
  {
    name: 'what waits is known to become due',
    async live({ store }) {
      await store.accept([newEvent('a', { dueMs: NOW + 5 })], NOW)
      return [await store.ready(NOW), idsOf(await store.lease({ ...query, nowMs: NOW + 5 }))]
    },
    forget: replaced(DueTimes.prototype, 'lower', () => nothing),
  },
  {
    name: 'after what became due the next that will is known',
    async live({ store }) {
      await store.accept([newEvent('a', { dueMs: NOW + 5 }), newEvent('b', { dueMs: NOW + 9 })], NOW)
      await store.lease({ ...query, nowMs: NOW + 5 })
      return store.ready(NOW + 5)
    },
    forget: replaced(DueTimes.prototype, 'read', () => nothing),
  },
  {
    name: 'an event apart that left is no longer waited for',
    async live({ store }) {
      await store.accept(newEvents(['a', 'b']), NOW)
      await suspect(store, NOW)
      const before = await store.ready(NOW)
      await deliver(store, { apart: true })
      await suspect(store, NOW + 5)
      return [before, await store.ready(NOW), await store.ready(NOW + 5)]
    },
    forget: replaced(ApartTimes.prototype, 'changed', () => nothing),
  },
  {
    name: 'what ends is counted where it is',
    async live({ store }) {
      await store.accept(newEvents(['a']), NOW)
      await deliver(store)
      return store.counts()
    },
    forget: replaced(Tally.prototype, 'move', () => nothing),
  },
  {
    name: 'what was leased once is read from the file',
    async live({ store }) {
      await store.accept(newEvents(['a']), NOW)
      const { token, events } = await leaseAll(store)
      const rows = events.map(({ row }) => row)
      const about = { atMs: NOW, durationMs: 1, status: 503, verdict: 'retry', validateOnly: false, ambiguous: true }
      const settlements = [{ to: 'queued', rows, dueMs: NOW }] as const
      await store.settle({ token, settlements, nowMs: NOW, request: { pixel: PIXEL, ...about, rows } })
      return (await leaseAll(store)).events
    },
    forget: replaced(
      Fresh.prototype,
      'take',
      () =>
        function (this: Fresh, row) {
          return this.look(row)?.event
        },
    ),
  },
  {
    name: 'what is settled is in no lease',
    async live({ store }) {
      await store.accept(newEvents(['a']), NOW)
      const { token, events } = await leaseAll(store)
      const rows = events.map(({ row }) => row)
      await store.settle({ token, settlements: [{ to: 'delivered', rows }], nowMs: NOW })
      return store.release(token)
    },
    forget: replaced(
      LeaseBook.prototype,
      'take',
      (take) =>
        function (this: LeaseBook, token, row) {
          const untilMs = this.untilMs(token)
          const taken = take.call(this, token, row)
          if (taken !== undefined) this.put(token, taken, untilMs)
          return taken
        },
    ),
  },
  {
    name: 'a lease lasts to its last millisecond',
    live: (life) => reclaimedAfter(life, LEASE_MS - 1),
    forget: replaced(
      LeaseBook.prototype,
      'open',
      (open) =>
        function (this: LeaseBook, rows, forMs) {
          return open.call(this, rows, forMs - 1)
        },
    ),
  },
  {
    name: 'a lease that ran out is taken away',
    live: (life) => reclaimedAfter(life, LEASE_MS),
    forget: replaced(LeaseBook.prototype, 'overdue', () => () => []),
  },
  {
    name: 'an extension lasts to its last millisecond',
    live: (life) => reclaimedAfter(life, 3 * LEASE_MS - 1, 3 * LEASE_MS),
    forget: replaced(
      LeaseBook.prototype,
      'extend',
      (extend) =>
        function (this: LeaseBook, token, forMs) {
          return extend.call(this, token, forMs - 1)
        },
    ),
  },
  {
    name: 'no lease ends because the wall clock jumped',
    async live({ store, clock }) {
      await store.accept(newEvents(['a']), NOW)
      await store.lease(query)
      clock.wallMs += 365 * 24 * 60 * 60_000
      return store.reclaim()
    },
    forget: () => nothing,
    byWallClock: true,
  },
  {
    name: 'a settlement that was not committed leaves its rows in their lease',
    async live({ store, refused }) {
      await store.accept(newEvents(['a']), NOW)
      const { token, events } = await leaseAll(store)
      const settlements = [{ to: 'delivered', rows: events.map(({ row }) => row) }] as const
      return refused(() => store.settle({ token, settlements, nowMs: NOW }))
    },
    forget: replaced(
      Undo.prototype,
      'run',
      () =>
        function (this: Undo) {
          this.forget()
        },
    ),
  },
  {
    name: 'a lease that a failed transaction gave back lasts as long as before',
    async live({ store, clock, refused }) {
      await store.accept(newEvents(['a']), NOW)
      const { token, events } = await leaseAll(store, { leaseMs: LEASE_MS })
      const settlements = [{ to: 'delivered', rows: events.map(({ row }) => row) }] as const
      clock.monotonicMs += LEASE_MS - 1
      await refused(async () => {
        await store.reclaim()
        return store.settle({ token, settlements, nowMs: NOW })
      })
      return store.counts()
    },
    forget: replaced(LeaseBook.prototype, 'untilMs', () => () => 0),
  },
  {
    name: 'counts of what was not committed are forgotten',
    async live({ store, refused }) {
      await refused(() => store.accept(newEvents(['a']), NOW))
      return store.counts()
    },
    forget: replaced(Tally.prototype, 'rollBack', () => nothing),
  },
  {
    name: 'a row of what was not committed is given again, and what it held is nowhere',
    async live({ store, refused }) {
      const accepted = await refused(() => store.accept([newEvent('a', { timestampMs: 2 })], NOW))
      return [accepted, idsOf(await store.lease(query))]
    },
    forget: replaced(
      Undo.prototype,
      'run',
      () =>
        function (this: Undo) {
          this.forget()
        },
    ),
  },
]

/** The same life in the model and in a file. */
async function liveBoth({ live, byWallClock }: Case): Promise<{ readonly model: unknown; readonly real: unknown }> {
  const modelClock = { wallMs: NOW, monotonicMs: 0 }
  const model = await live({
    store: memoryStore({ monotonicMs: () => modelClock.monotonicMs }),
    clock: modelClock,
    refused: (call) => call(),
  })
  const { path, remove } = tempFile()
  const faulty = faultyDatabase()
  const clock = { wallMs: NOW, monotonicMs: 0 }
  const monotonicMs = (): number => (byWallClock ? clock.wallMs : clock.monotonicMs)
  const store = await openSqliteStore({ path, connect: faulty.connect, monotonicMs })
  try {
    return { model, real: await live({ store, clock, refused: refusing(faulty) }) }
  } finally {
    await store.close()
    remove()
  }
}

describe('the queue keeps what lies in memory with its rows, and each thing that it could forget is seen', () => {
  for (const one of CASES) {
    it(one.name, async () => {
      const { byWallClock: _, ...sound } = one
      const kept = await liveBoth(sound)
      assert.deepEqual(kept.real, kept.model)
      const fix = one.forget()
      try {
        await assert.rejects(async () => {
          const lost = await liveBoth(one)
          assert.deepEqual(lost.real, lost.model)
        })
      } finally {
        fix()
      }
    })
  }
})

it('nobody outside the room has what lies in memory', () => {
  const folder = new URL('../', import.meta.url)
  const others = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.ts') && !name.startsWith('queue'),
  )
  const imports = others.flatMap((name) =>
    [...readFileSync(new URL(name, folder), 'utf8').matchAll(/from '[./]*\/queue\/([^']+)'/g)].map(([, file]) => file),
  )
  // The class, the types of rows and places, and what takes back a failed transaction, which terms and holds need too.
  assert.deepEqual([...new Set(imports)].sort(), ['frontier.ts', 'parts.ts', 'queue.ts', 'undo.ts'])
})
