import assert from 'node:assert/strict'
import fc from 'fast-check'
import { DAY, MINUTE, newEvent, PIXEL, REFUSAL, requestOf } from '../conformance/harness.ts'
import { tempFile } from '../conformance/temp-file.ts'
import {
  contextKey,
  type Lease,
  type LeaseQuery,
  type NewEvent,
  type Settlement,
  type Store,
  StoreFullError,
  SUSPICION_KINDS,
  type Suspicion,
  type UndeliveredState,
} from '../index.ts'
import { memoryData, memoryStore } from '../memory/index.ts'
import { minuteOf } from '../minute.ts'
import { compareReads } from './compare-reads.helpers.ts'
import { type FaultyDatabase, faultyDatabase, sqliteError } from './faulty-database.ts'
import { openSqliteStore } from './index.ts'

/**
 * The same commands go to the SQLite store and to the model, and every answer is compared.
 * - few ids, contents, pixels and shapes, so that repeats, conflicts and holds meet often
 * - tokens differ between the two, so leases are named by their place in a list
 * - own times lie on both sides of a few turns of the minute, so that minutes meet as often as times within one
 * - the wall clock goes forth and back, the monotonic one forth
 */
export interface World {
  model: Store
  real: Store
  nowMs: number
  monotonicMs: number
  readonly leases: (readonly [model: Lease, real: Lease])[]
  /** What the real store is asked first fails as it commits, and then it is asked again. */
  readonly onceRefused: <Result>(call: () => Promise<Result>) => Promise<Result>
  readonly reopen: () => Promise<void>
}

export interface Step {
  (world: World): Promise<void>
  [fc.toStringMethod]?: () => string
}

/** A step that a counterexample shows by name and values. */
function step<Values>(name: string, run: (world: World, values: Values) => Promise<void>): (values: Values) => Step {
  return (values) =>
    Object.assign((world: World) => run(world, values), {
      [fc.toStringMethod]: () => `${name} ${fc.stringify(values)}`,
    })
}

/** Runs one call on both and compares what came back. */
export async function both<Result>(world: World, call: (store: Store) => Promise<Result>): Promise<Result> {
  const expected = await call(world.model)
  assert.deepEqual(await world.onceRefused(() => call(world.real)), expected)
  return expected
}

/** Fails the first commit of a call, as a full disk does: nothing of it may be left in memory when it is asked again. */
export function refusing(faulty: FaultyDatabase): World['onceRefused'] {
  return async (call) => {
    faulty.sabotage = (sql) => {
      if (sql === 'COMMIT') throw sqliteError(SQLITE_FULL, 'database or disk is full')
    }
    try {
      return await call()
    } catch (error) {
      if (!(error instanceof StoreFullError)) throw error
    } finally {
      faulty.sabotage = () => undefined
    }
    return call()
  }
}

const SQLITE_FULL = 13

const pixel = fc.constantFrom(PIXEL, 'px_2')
const shape = fc.constantFrom('x', 'y', 'z')
const offset = fc.integer({ min: -50, max: 50 })
const time = fc.tuple(fc.nat(2), offset).map(([minute, ms]) => minute * MINUTE + ms)
const limit = fc.integer({ min: 1, max: 6 })
const undelivered: fc.Arbitrary<UndeliveredState> = fc.constantFrom('refused', 'expired', 'discarded')

const event = fc.record({
  id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
  content: fc.constantFrom('one', 'two'),
  pixel,
  shape,
  time,
  due: offset,
  ends: fc.nat(9).map((die) => (['refused', 'discarded'] as const)[die]),
  contexts: fc.option(fc.subarray([contextKey('order', 'k'), contextKey('person', 'k')], { minLength: 1 }), {
    nil: undefined,
  }),
})

type Draft = typeof event extends fc.Arbitrary<infer Made> ? Made : never

function build({ id, content, due, ends, time: timestampMs, contexts, ...rest }: Draft, nowMs: number): NewEvent {
  const about = {
    ...rest,
    ...(contexts && { contexts }),
    content,
    timestampMs,
    dueMs: Math.max(0, nowMs + due),
    ...(content === 'one' ? { amount: 5, currency: 'EUR' } : { amount: timestampMs, currency: 'USD' }),
  }
  if (ends === undefined) return newEvent(id, about)
  return newEvent(content === 'one' ? id : undefined, { ...about, state: ends, issues: [REFUSAL] })
}

const accept = fc.array(event, { minLength: 1, maxLength: 24 }).map(
  step('accept', async (world, events) => {
    const news = events.map((draft) => build(draft, world.nowMs))
    await both(world, (store) => store.accept(news, world.nowMs))
  }),
)

const extra = fc.constantFrom<Partial<LeaseQuery>>(
  {},
  { shapes: ['x'] },
  { exceptShapes: ['x'] },
  { perShape: 1 },
  { perShape: 2, spread: 2 },
  { perShape: 3, spread: 2 },
  { perShape: 3, spread: 2, timestampBeforeMs: MINUTE + 10 },
  { maxBytes: 60 },
  { timestampBeforeMs: MINUTE },
  { timestampBeforeMs: MINUTE + 10 },
  { apart: true },
  { apart: true, perShape: 1 },
  { apart: true, timestampBeforeMs: MINUTE + 10 },
)

const probe = fc.constantFrom<Pick<LeaseQuery, 'probe'>>(
  {},
  {},
  { probe: {} },
  { probe: { order: 'newest' } },
  { probe: { order: 'between' } },
  { probe: { neverSent: true } },
  { probe: { neverSent: true, order: 'between' } },
)

const lease = fc.record({ pixel, limit, leaseMs: fc.integer({ min: 1, max: 60 }), probe, extra }).map(
  step('lease', async (world, { extra: more, probe: some, ...query }) => {
    const full = { ...query, ...more, ...some, nowMs: world.nowMs }
    const [model, real] = [await world.model.lease(full), await world.onceRefused(() => world.real.lease(full))]
    assert.deepEqual(real?.events, model?.events)
    if (model !== undefined && real !== undefined) world.leases.push([model, real])
  }),
)

const ending = fc.constantFrom<(rows: number[], nowMs: number) => Settlement>(
  (rows) => ({ to: 'delivered', rows }),
  (rows) => ({ to: 'delivered', rows, code: 'count_mismatch', message: 'fewer' }),
  (rows) => ({ to: 'refused', rows, code: 'bad', message: 'bad' }),
  (rows) => ({ to: 'expired', rows, code: 'old', message: 'old' }),
  (rows, nowMs) => ({ to: 'queued', rows, dueMs: nowMs + 20 }),
  (rows, nowMs) => ({ to: 'queued', rows, dueMs: nowMs, code: 'http_503', message: 'later' }),
  (rows) => ({ to: 'queued', rows, dueMs: 0 }),
  (rows, nowMs) => ({ to: 'queued', rows, dueMs: nowMs + (rows.length % 3) * 10, suspicion: suspicionOf(rows, nowMs) }),
  (rows, nowMs) => ({ to: 'queued', rows, dueMs: nowMs, code: 'said', suspicion: suspicionOf(rows, nowMs) }),
)

/** Of any kind, as the rows have it. */
function suspicionOf(rows: readonly number[], firstMs: number): Suspicion {
  const kind = SUSPICION_KINDS[(rows[0] ?? 0) % SUSPICION_KINDS.length]!
  return { kind, times: rows.length, firstMs, code: kind, message: `${rows.length} of them` }
}

/** Settles rows of one lease with the token of one: often the right one, sometimes another's. */
const settle = fc
  .record({
    of: fc.nat(8),
    rowsOf: fc.option(fc.nat(8)),
    first: ending,
    second: ending,
    cut: fc.nat(6),
    validateOnly: fc.boolean(),
  })
  .map(
    step('settle', async (world, { of, rowsOf, first, second, cut, validateOnly }) => {
      const token = world.leases.at(-1 - of)
      const holder = rowsOf === null ? token : world.leases.at(-1 - rowsOf)
      if (token === undefined || holder === undefined) return
      const rows = holder[0].events.map(({ row }) => row)
      const settlements = [first(rows.slice(0, cut), world.nowMs), second(rows.slice(cut), world.nowMs)]
      const { pixel: whose = PIXEL } = (await world.model.showRow(rows[0] ?? 0)) ?? {}
      const request = requestOf(rows.slice(1), { atMs: world.nowMs, validateOnly, pixel: whose })
      const call = { settlements, nowMs: world.nowMs, ...(rows.length > 1 && { request }) }
      await both(world, (store) => store.settle({ token: tokenFor(world, store, token), ...call }))
    }),
  )

function tokenFor(world: World, store: Store, [model, real]: readonly [Lease, Lease]): number {
  return store === world.model ? model.token : real.token
}

/** Suspects, and what becomes of them: too rare where each call is drawn by itself. */
const suspect = fc.record({ pixel, limit, apart: fc.boolean(), settled: fc.nat(6), due: fc.nat(40) }).map(
  step('suspect', async (world, { settled, due, ...some }) => {
    const query = { ...some, leaseMs: 60, nowMs: world.nowMs }
    const model = await world.model.lease(query)
    const real = await world.onceRefused(() => world.real.lease(query))
    assert.deepEqual(real?.events, model?.events)
    if (model === undefined || real === undefined) return
    world.leases.push([model, real])
    const rows = model.events.map(({ row: each }) => each)
    const [doubted, others] = [rows.slice(0, settled), rows.slice(settled)]
    const settlements: Settlement[] = [
      { to: 'queued', rows: doubted, dueMs: world.nowMs + due, suspicion: suspicionOf(doubted, world.nowMs) },
      { to: 'refused', rows: others.slice(0, 2), code: 'bad', message: 'bad' },
      { to: 'queued', rows: others.slice(2), dueMs: world.nowMs },
    ]
    await both(world, (store) =>
      store.settle({ token: tokenFor(world, store, [model, real]), settlements, nowMs: world.nowMs }),
    )
  }),
)

const letGo = fc.record({ of: fc.nat(8), extend: fc.boolean(), all: fc.boolean() }).map(
  step('letGo', async (world, { of, extend, all }) => {
    const held = world.leases.at(-1 - of)
    if (held === undefined) return
    const rows = all ? undefined : held[0].events.slice(0, 2).map(({ row }) => row)
    if (extend) await both(world, (store) => store.extend(tokenFor(world, store, held), 30))
    else await both(world, (store) => store.release(tokenFor(world, store, held), rows))
  }),
)

const tick = fc.integer({ min: -20, max: 60 }).map(
  step('tick', async (world, ms) => {
    world.nowMs += ms
    world.monotonicMs += Math.abs(ms)
    await both(world, (store) => store.reclaim())
  }),
)

const hold = fc.record({ pixel, shape: fc.option(shape), on: fc.boolean() }).map(
  step('hold', async (world, { pixel: whose, shape: of, on }) => {
    const why = { code: 'held', message: 'why', atMs: world.nowMs, by: 'relay' }
    const by = { by: 'ann', nowMs: world.nowMs }
    await both<unknown>(world, (store) => {
      if (on) return of === null ? store.holdPixel(whose, why) : store.holdShape(whose, of, why)
      return of === null ? store.resumePixel(whose, by) : store.resumeShape(whose, of, by)
    })
  }),
)

const expire = time.map(
  step('expire', async (world, timestampBeforeMs) => {
    const call = { timestampBeforeMs, nowMs: world.nowMs, limit: 1_000, code: 'old', message: 'old' }
    await both(world, async (store) => (await store.expire(call)).toSorted((a, b) => a.row - b.row))
  }),
)

const bringForward = fc.record({ apart: fc.boolean(), ms: offset }).map(
  step('bring forward', async (world, { apart, ms }) => {
    const call = { apart, afterMs: world.nowMs + ms, dueMs: world.nowMs }
    await both(world, (store) => store.bringForward(call))
  }),
)

const row = fc.integer({ min: 1, max: 40 })
const live = fc.constantFrom('queued', 'held')
const operate = fc.record({ state: undelivered, live, what: fc.nat(5), row, draft: event }).map(
  step('operate', async (world, { state, live: waiting, what, row: some, draft }) => {
    const by = { by: 'ann', nowMs: world.nowMs }
    const discard = { ...by, reason: 'why' }
    const { wire, shape: to, timestampMs, contentHash } = build(draft, world.nowMs)
    await both<unknown>(world, (store) => {
      if (what === 0) return store.replay({ state }, by)
      if (what === 1) return store.discard(some % 2 === 0 ? { state } : { rows: [some, some + 1] }, discard)
      if (what === 4) return store.endSuspicion({ rows: [some, some + 1] }, { ...by, as: 'refused', reason: 'why' })
      if (what === 5) return store.endSuspicion({ suspect: true, shape: 'x' }, { ...by, as: 'queued' })
      if (what === 2) return store.edit(some, { wire, shape: to, timestampMs, contentHash, issues: [] }, by)
      return store.discard({ state: waiting, pixel: PIXEL, shape: 'x' }, discard)
    })
  }),
)

const prune = offset.map(
  step('prune', async (world, age) => {
    const call = { endedBeforeMs: world.nowMs + age - 50, limit: 1_000 }
    await both(world, (store) => store.prune(call))
  }),
)

/** Days ahead: what happens is late then. */
const keepNumbers = fc.nat(40).map(
  step('keepNumbers', async ({ real, onceRefused, nowMs }, days) => {
    while (await onceRefused(() => real.keepNumbers(nowMs + days * DAY)));
  }),
)

const reopen = fc.constant(undefined).map(step('reopen', (world) => world.reopen()))

export const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { arbitrary: accept, weight: 5 },
  { arbitrary: lease, weight: 6 },
  { arbitrary: settle, weight: 6 },
  { arbitrary: suspect, weight: 3 },
  letGo,
  { arbitrary: tick, weight: 2 },
  { arbitrary: hold, weight: 2 },
  expire,
  bringForward,
  { arbitrary: operate, weight: 3 },
  prune,
  keepNumbers,
  reopen,
)

export async function compare(world: World): Promise<void> {
  await both(world, (store) => store.counts())
  await both(world, async (store) =>
    (await store.pixels())
      .toSorted((a, b) => a.pixel.localeCompare(b.pixel))
      .map(({ heldShapes, oldestTimestampMs: oldest, ...rest }) => ({
        ...rest,
        oldest: oldest === undefined ? undefined : minuteOf(oldest),
        held: heldShapes.map(({ shape: held }) => held).sort(),
      })),
  )
  await both(world, async (store) =>
    (await store.expiring({ fromMs: 20, beforeMs: 2 * MINUTE + 10, limit: 4 }))
      .toSorted((a, b) => a.pixel.localeCompare(b.pixel))
      .map(({ oldestTimestampMs, ...rest }) => ({ ...rest, oldest: minuteOf(oldestTimestampMs) })),
  )
  const [model, real] = [await world.model.ready(world.nowMs), await world.real.ready(world.nowMs)]
  assert.deepEqual(real.apart.toSorted(), model.apart.toSorted())
  for (const each of model.pixels) assert.ok(real.pixels.includes(each), `${each} is ready`)
  if (real.pixels.length > 0 || (await world.real.holds()).length > 0 || model.nextDueMs === undefined) return
  assert.ok(real.nextDueMs !== undefined && real.nextDueMs <= model.nextDueMs)
}

async function compareAccounts(world: World): Promise<void> {
  assert.deepEqual(await world.real.check(), [])
  const { items } = await both(world, (store) => store.search({ limit: 10_000 }))
  await both(world, (store) => store.search({ suspect: true, limit: 10_000 }))
  for (const { row: each } of items) await both(world, (store) => store.showRow(each))
  await both(world, async (store) => (await store.listActions({ limit: 10_000 })).items)
  await compareReads((call) => both(world, call))
}

export async function openWorld(path: string, { hasFullDisk = false }: WorldOptions): Promise<World> {
  const data = memoryData()
  const made: { world?: World } = {}
  const monotonicMs = (): number => made.world?.monotonicMs ?? 0
  const faulty = faultyDatabase()
  const open = (): Promise<Store> => openSqliteStore({ path, connect: faulty.connect, monotonicMs, ...READS })
  const world: World = {
    model: memoryStore({ data, monotonicMs }),
    real: await open(),
    nowMs: 1_000,
    monotonicMs: 0,
    leases: [],
    onceRefused: hasFullDisk ? refusing(faulty) : (call) => call(),
    async reopen() {
      await Promise.all([world.model.close(), world.real.close()])
      world.model = memoryStore({ data, monotonicMs })
      world.real = await open()
    },
  }
  made.world = world
  return world
}

const READS = { readsIn: 'here', readLimits: { answerMs: 60_000 } } as const

interface WorldOptions {
  /** Each change fails once before it is made. */
  readonly hasFullDisk?: boolean
}

async function runSteps(steps: readonly Step[], options: WorldOptions): Promise<void> {
  const { path, remove } = tempFile()
  const world = await openWorld(path, options)
  try {
    for (const run of steps) {
      await run(world)
      await compare(world)
    }
    await compareAccounts(world)
  } finally {
    await world.real.close()
    remove()
  }
}

/** Throws where the store answers some sequence of calls other than the model. */
export function compareWithModel(options: WorldOptions & { readonly runs: number }): Promise<void> {
  const steps = fc.array(anyStep, { minLength: 5, maxLength: 60 })
  const lives = fc.asyncProperty(steps, (all) => runSteps(all, options))
  return fc.assert(lives, { numRuns: options.runs })
}
