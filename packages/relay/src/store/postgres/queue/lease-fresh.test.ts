import assert from 'node:assert/strict'
import { after, type TestContext, test } from 'node:test'
import { stopPostgres } from '../../../postgres-server.helpers.ts'
import { leaseAll, MINUTE, NOW, newEvent, newEvents, PIXEL, rowsOf } from '../../conformance/harness.ts'
import { claimingStore } from '../../conformance.ts'
import { type Lease, type Store, StoreAwayError } from '../../index.ts'
import type { Core } from '../core.ts'
import { openCore, type PostgresStoreOptions, storeOf } from '../open-postgres-store.ts'
import { makeStoreDatabase } from '../postgres-store.helpers.ts'
import { InTurn } from './in-turn.ts'
import { lease } from './lease.ts'

after(stopPostgres)

interface Opened {
  readonly core: Core
  readonly store: Store
}

interface Several {
  open(options?: Partial<PostgresStoreOptions>): Promise<Opened>
}

async function several(context: TestContext): Promise<Several> {
  const { url, drop } = await makeStoreDatabase()
  const opened: Store[] = []
  context.after(async () => {
    for (const store of opened) await store.close()
    await drop()
  })
  return {
    async open(more = {}) {
      const options = { url, timeoutMs: 60_000, ...more }
      const core = await openCore(options)
      const store = claimingStore(storeOf(core, options))
      opened.push(store)
      return { core, store }
    },
  }
}

/** Nothing waits, and this relay has seen so: what it accepts from here on need not be read. */
async function emptied(store: Store): Promise<void> {
  await store.accept([newEvent('first')], NOW)
  const { token, events } = await leaseAll(store)
  const rows = events.map(({ row }) => row)
  await store.settle({ token, settlements: [{ to: 'delivered', rows }], nowMs: NOW })
  assert.equal(await store.lease(QUERY), undefined)
}

const QUERY = { pixel: PIXEL, limit: 1_000, nowMs: NOW, leaseMs: MINUTE }
const ONE = { ...QUERY, limit: 1 }

/** Statements that read events, one for each look. */
function countReads(core: Core): () => number {
  let reads = 0
  const query = core.database.query.bind(core.database)
  core.database.query = (sql: string, values: readonly unknown[] = []) => {
    if (/from waybill_store\.body/.test(sql)) reads++
    return query(sql, values) as never
  }
  return () => reads
}

const idsOf = (leased: Lease | undefined): readonly string[] => leased?.events.map(({ id }) => id) ?? []

test('what was accepted lately is leased as the database has it, and no event is read for it', async (context) => {
  const { core, store } = await (await several(context)).open({ monotonicMs: () => 0 })
  await emptied(store)
  const reads = countReads(core)
  await store.accept(newEvents(['b', 'a'], { contexts: ['c'.repeat(64) as never] }), NOW)
  const known = await leaseAll(store)
  assert.equal(reads(), 0)
  await store.release(known.token)
  const read = await leaseAll(store)
  assert.equal(reads(), 1)
  assert.deepEqual(known.events, read.events)
  assert.equal(
    await store.settle({ token: read.token, settlements: [{ to: 'delivered', rows: rowsOf(read) }], nowMs: NOW }),
    2,
  )
  assert.deepEqual(await store.check(), [])
})

test('what another relay discarded, or changed since, or holds is not leased as it was', async (context) => {
  const { open } = await several(context)
  const [{ store }, { store: other }] = [await open({ monotonicMs: () => 0 }), await open()]
  await emptied(store)
  const [gone, changed] = await store.accept(newEvents(['gone', 'changed', 'same']), NOW)
  await other.discard({ rows: [gone!.row, changed!.row] }, { reason: 'a test', by: 'test', nowMs: NOW })
  await other.accept([newEvent('changed', { content: 'two' })], NOW)
  assert.deepEqual(idsOf(await leaseAll(store)), ['same'])
  const next = await leaseAll(store)
  assert.deepEqual(
    next.events.map(({ row, wire }) => ({ row, wire })),
    [{ row: changed!.row, wire: newEvent('changed', { content: 'two' }).wire }],
  )
  await store.accept([newEvent('held')], NOW)
  await other.holdPixel(PIXEL, { code: 'operator', message: 'a test', atMs: NOW, by: 'test' })
  assert.equal(await store.lease(QUERY), undefined)
})

test('what another relay brings is leased within a second, and by its order', async (context) => {
  let nowMs = 0
  const { open } = await several(context)
  const [{ store }, { store: other }] = [await open({ monotonicMs: () => nowMs }), await open()]
  await emptied(store)
  await other.accept([newEvent('foreign', { timestampMs: NOW - 10 * MINUTE })], NOW)
  await store.accept(newEvents(['own', 'next']), NOW)
  assert.deepEqual(idsOf(await store.lease({ ...QUERY, limit: 1 })), ['own'])
  nowMs += 1_000
  assert.deepEqual(idsOf(await store.lease({ ...QUERY, limit: 2 })), ['foreign', 'next'])
})

test('what arrived here does not come before a backlog that others left', async (context) => {
  const { open } = await several(context)
  const [{ store }, { store: other }] = [await open({ monotonicMs: () => 0 }), await open()]
  await other.accept(newEvents(['1', '2', '3', '4'], { timestampMs: NOW - 10 * MINUTE }), NOW)
  assert.deepEqual(idsOf(await store.lease({ ...QUERY, limit: 1 })), ['1'])
  await store.accept([newEvent('own')], NOW)
  assert.deepEqual(idsOf(await store.lease({ ...QUERY, limit: 2 })), ['2', '3'])
  assert.deepEqual(idsOf(await store.lease({ ...QUERY, limit: 2 })), ['4', 'own'])
})

test('whoever has given the pixel up leases nothing of what it knows, and whoever has it does', async (context) => {
  const { open } = await several(context)
  const [{ store, core }, { store: other }] = [await open({ monotonicMs: () => 0 }), await open()]
  await emptied(store)
  await store.accept([newEvent('own')], NOW)
  await store.claims!.giveUp([PIXEL])
  assert.equal(await lease(core, new InTurn(), QUERY), undefined)
  assert.deepEqual(idsOf(await other.lease(QUERY)), ['own'])
})

const CLAIM_FROM_MEMORY = /delete from waybill_store\.queue[^;]* not q\.is_kept/

interface Signal {
  readonly given: Promise<void>
  give(): void
}

function signal(): Signal {
  let give = (): void => {}
  const given = new Promise<void>((resolve) => {
    give = resolve
  })
  return { given, give }
}

interface Delayed {
  /** Somebody has come to the statement. */
  readonly asked: Promise<void>
  goOn(): void
}

/** The first statement of these words is sent when `goOn` is called. */
function delayFirst(core: Core, words: RegExp): Delayed {
  const [asked, until] = [signal(), signal()]
  const query = core.database.query.bind(core.database)
  let isFirst = true
  core.database.query = async (sql: string, values: readonly unknown[] = []) => {
    if (words.test(sql) && isFirst) {
      isFirst = false
      asked.give()
      await until.given
    }
    return query(sql, values) as never
  }
  return { asked: asked.given, goOn: until.give }
}

/** What one lane leases, and what another one does meanwhile: before the first statement of these words is sent. */
async function leaseBeside(
  { core, store }: Opened,
  words: RegExp,
  meanwhile: () => Promise<Lease | undefined>,
): Promise<(readonly string[])[]> {
  const { asked, goOn } = delayFirst(core, words)
  const first = store.lease(ONE)
  // Two that begin at once may overtake each other on their way, and the second one would wait for itself.
  await asked
  const second = await meanwhile().finally(goOn)
  return [await first, second].map(idsOf)
}

for (const [title, words, isKnown] of [
  ['lanes that lease from memory at a time do not wait for each other', /delete from waybill_store\.queue/, true],
  ['a lane does not wait until another one has read what it leased', /from waybill_store\.body/, false],
] as const)
  test(title, async (context) => {
    const { core, store } = await (await several(context)).open({ monotonicMs: () => 0 })
    if (isKnown) await emptied(store)
    await store.accept(newEvents(['a', 'b']), NOW)
    assert.deepEqual(await leaseBeside({ core, store }, words, () => store.lease(ONE)), [['a'], ['b']])
  })

for (const [title, query] of [
  ['whatever comes first', {}],
  ['some of each shape', { perShape: 1 }],
  ['an example of what is held', { probe: { order: 'oldest' } }],
] as const)
  test(`whoever reads the queue for ${title} leaves out what is being leased from memory`, async (context) => {
    let nowMs = 0
    const { core, store } = await (await several(context)).open({ monotonicMs: () => nowMs })
    await emptied(store)
    await store.accept(newEvents(['a', 'b']), NOW)
    const both = await leaseBeside({ core, store }, CLAIM_FROM_MEMORY, () => {
      nowMs += 1_000
      return store.lease({ ...ONE, ...query })
    })
    assert.deepEqual(both, [['a'], ['b']])
  })

test('what could not be leased from memory comes next, though others have read past it meanwhile', async (context) => {
  let nowMs = 0
  const { core, store } = await (await several(context)).open({ monotonicMs: () => nowMs })
  await emptied(store)
  await store.accept(newEvents(['a', 'b', 'c']), NOW)
  const query = core.database.query.bind(core.database)
  core.database.query = (sql: string, values: readonly unknown[] = []) =>
    CLAIM_FROM_MEMORY.test(sql) ? Promise.reject(new StoreAwayError('It is away.')) : (query(sql, values) as never)
  const { asked, goOn } = delayFirst(core, CLAIM_FROM_MEMORY)
  const first = assert.rejects(store.lease(ONE), StoreAwayError)
  await asked
  nowMs += 1_000
  const second = await store.lease(ONE).finally(goOn)
  await first
  const [third, fourth] = [await store.lease(ONE), await store.lease(ONE)]
  assert.deepEqual([second, third, fourth].map(idsOf), [['b'], ['a'], ['c']])
})

test('what was leased and cannot be read is back in the queue, as it was', async (context) => {
  const { core, store } = await (await several(context)).open({ monotonicMs: () => 0 })
  await store.accept(newEvents(['a', 'b']), NOW)
  const { read } = core.database
  core.database.read = (sql: string, values: readonly unknown[] = []) =>
    /from waybill_store\.body/.test(sql)
      ? Promise.reject(new StoreAwayError('It is away.'))
      : (read.call(core.database, sql, values) as never)
  await assert.rejects(store.lease(QUERY), StoreAwayError)
  core.database.read = read
  const { events } = await leaseAll(store)
  assert.deepEqual(
    events.map(({ id, attempts, mayBeStored }) => ({ id, attempts, mayBeStored })),
    ['a', 'b'].map((id) => ({ id, attempts: 0, mayBeStored: false })),
  )
  assert.deepEqual(await store.check(), [])
})
