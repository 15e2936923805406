import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ShapeChanges } from '../../store/index.ts'
import { ownerAndOther, type Several, startSeveral } from '../several.helpers.ts'
import {
  after,
  errorResponse,
  HOUR_MS,
  MINUTE_MS,
  SECOND_MS,
  type Sent,
  virtualOrder,
  virtualOrders,
} from '../virtual-engine.helpers.ts'

const idsSent = ({ sent }: Several): string[] => sent.flatMap(({ events }) => events.map(({ id }) => id))

test('what any relay takes is sent by the one that has the pixel, once', async (context) => {
  const several = startSeveral(context)
  await several.run(3 * SECOND_MS)
  const [a, b] = several.relays
  await several.bring(a!, virtualOrders(20, 'a'))
  await several.bring(b!, virtualOrders(20, 'b'))
  await several.run(5 * SECOND_MS)
  assert.deepEqual(
    idsSent(several).sort(),
    [...virtualOrders(20, 'a'), ...virtualOrders(20, 'b')].map(({ id }) => id).sort(),
  )
  assert.equal(new Set(several.sent.map(({ relay }) => relay)).size, 1)
})

test('a pixel of a relay that died is taken over within 15 s, with what it had leased, as perhaps stored', async (context) => {
  const several = startSeveral(context, {
    answer: (sent, judge) => (sent.atMs < 10 * SECOND_MS ? new Promise(() => {}) : judge()),
  })
  await several.run(SECOND_MS)
  await several.bring(several.relays[0]!, [virtualOrder('1')])
  await several.run(4 * SECOND_MS)
  const [owner, other] = await ownerAndOther(several)
  assert.equal(several.sent.length, 1)
  owner.kill()
  const diedMs = several.time.elapsedMs
  await several.run(40 * SECOND_MS)
  const taken = other.told.find(({ type }) => type === 'pixel:claimed')
  assert.ok(taken && taken.atMs - diedMs <= 15 * SECOND_MS, `taken over after ${taken && taken.atMs - diedMs} ms`)
  assert.deepEqual(taken.about, { pixel: 'px', from: owner.name })
  const [account] = await other.store.show('1')
  assert.equal(account?.state, 'delivered')
  assert.deepEqual(
    several.sent.map(({ relay }) => relay),
    [owner.name, other.name],
  )
})

test('a relay that stood still for longer than its claim begins nothing, and what it settles changes nothing', async (context) => {
  const several = startSeveral(context, {
    answer: async (sent, judge) => {
      await after(5 * SECOND_MS, several, sent)
      return judge()
    },
    pixels: [{ concurrency: 2 }],
  })
  await several.run(SECOND_MS)
  await several.bring(several.relays[0]!, [virtualOrder('1')])
  await several.run(2 * SECOND_MS)
  const [owner, other] = await ownerAndOther(several)
  owner.still.stop()
  await several.bring(other, virtualOrders(3, 'later'))
  await several.run(20 * SECOND_MS)
  assert.equal(await several.ownerOf('px'), other.name)
  const before = several.sent.filter(({ relay }) => relay === owner.name).length
  owner.still.goOn()
  await several.run(20 * SECOND_MS)
  assert.equal(several.sent.filter(({ relay }) => relay === owner.name).length, before)
  const [account] = await other.store.show('1')
  assert.equal(account?.state, 'delivered')
  assert.equal((await other.store.counts()).unaccounted, 0)
  assert.ok(owner.told.some(({ type }) => type === 'pixel:left'))
  assert.equal(owner.told.filter(({ type }) => type === 'event:delivered').length, 0)
})

test('while the store is away nobody begins a request, what is in flight is given up in time, and afterwards the owner goes on', async (context) => {
  const { StoreAwayError } = await import('../../store/index.ts')
  let isAway = false
  const away = <Calls extends object>(calls: Calls): Calls =>
    new Proxy(calls, {
      get(target, name) {
        const member = Reflect.get(target, name) as unknown
        if (name === 'claims') return member && away(member as object)
        if (typeof member !== 'function') return member
        return async (...args: unknown[]) => {
          if (isAway) throw new StoreAwayError('The store is away.')
          return Reflect.apply(member, target, args) as unknown
        }
      },
    })
  const several = startSeveral(context, {
    store: away,
    answer: (sent, judge) =>
      sent.atMs < 30 * SECOND_MS
        ? new Promise((_, reject) => sent.signal.addEventListener('abort', () => reject(sent.signal.reason)))
        : judge(),
  })
  await several.run(SECOND_MS)
  await several.bring(several.relays[0]!, [virtualOrder('1')])
  await several.run(4 * SECOND_MS)
  const [owner] = await ownerAndOther(several)
  isAway = true
  const awayAtMs = several.time.elapsedMs
  await several.run(30 * SECOND_MS)
  assert.equal(several.sent.length, 1)
  assert.equal(several.sent[0]?.signal.aborted, true)
  assert.ok(owner.told.some(({ type, atMs }) => type === 'claims:ended' && atMs - awayAtMs <= 8 * SECOND_MS))
  isAway = false
  await several.run(20 * SECOND_MS)
  assert.equal(await several.ownerOf('px'), owner.name, 'nobody saw it unrenewed for its whole length')
  const [account] = await owner.store.show('1')
  assert.equal(account?.state, 'delivered')
  assert.equal(account.requests[0]?.ambiguous, true)
})

test('a store whose clock steps by an hour ends no claim', async (context) => {
  const several = startSeveral(context)
  await several.run(SECOND_MS)
  await several.bring(several.relays[0]!, [virtualOrder('1')])
  await several.run(4 * SECOND_MS)
  const [owner] = await ownerAndOther(several)
  for (const shiftMs of [HOUR_MS, -HOUR_MS, 0]) {
    several.storeClock.shiftMs = shiftMs
    await several.bring(several.relays[0]!, [virtualOrder(`after ${shiftMs}`)])
    await several.run(30 * SECOND_MS)
    assert.equal(await several.ownerOf('px'), owner.name)
    assert.equal((await owner.store.show(`after ${shiftMs}`))[0]?.state, 'delivered')
  }
})

test('a pixel that moves in the middle of Retry-After goes on waiting', async (context) => {
  const several = startSeveral(context, {
    answer: (sent, judge) =>
      sent.atMs < 5 * SECOND_MS ? errorResponse(429, 'slow down', { 'retry-after': '600' }) : judge(),
  })
  await several.run(SECOND_MS)
  await several.bring(several.relays[0]!, [virtualOrder('1')])
  await several.run(10 * SECOND_MS)
  const [owner, other] = await ownerAndOther(several)
  owner.kill()
  await several.run(9 * MINUTE_MS)
  assert.equal(await several.ownerOf('px'), other.name)
  assert.equal(several.sent.length, 1, 'nothing within the pause')
  await several.run(3 * MINUTE_MS)
  assert.equal((await other.store.show('1'))[0]?.state, 'delivered')
})

test('a new owner knows what the API has taken, how large a body may be, and whether names can be trusted', async (context) => {
  const several = startSeveral(context, { pixels: [{ preflight: 'novel' }] })
  await several.run(SECOND_MS)
  await several.bring(several.relays[0]!, [virtualOrder('1')])
  await several.run(5 * SECOND_MS)
  const [owner, other] = await ownerAndOther(several)
  assert.deepEqual(
    several.sent.map(({ validateOnly }) => validateOnly),
    [true, false],
  )
  owner.kill()
  await several.run(20 * SECOND_MS)
  await several.bring(other, [virtualOrder('2')])
  await several.run(5 * SECOND_MS)
  assert.deepEqual(
    several.sent.map(({ validateOnly }) => validateOnly),
    [true, false, false],
  )
})

/**
 * - events of two shapes pass; later the API refuses all of one of them, so that it is held
 * - the pixel moves in order, and an event of the other shape is not shown to the API first
 */
test('what the API takes of a pixel is written down once, and that it takes a shape no more is as well', async (context) => {
  const kept: ShapeChanges[] = []
  const refuses = ({ atMs, text }: Sent): boolean => atMs > 10 * SECOND_MS && text.includes('opt_out')
  const several = startSeveral(context, {
    pixels: [{ preflight: 'novel' }],
    answer: (sent, judge) => (refuses(sent) ? errorResponse(400, 'no') : judge()),
    store: (store) => ({
      ...store,
      claims: {
        ...store.claims!,
        keepShapes(pixel, changes) {
          kept.push(changes)
          return store.claims!.keepShapes(pixel, changes)
        },
      },
    }),
  })
  const validated = (): number => several.sent.filter(({ validateOnly }) => validateOnly).length
  const [first] = several.relays
  const bring = (...ids: string[]): Promise<void> =>
    several.bring(
      first!,
      ids.flatMap((id) => [virtualOrder(`plain ${id}`), virtualOrder(`other ${id}`, { opt_out: false })]),
    )
  await several.run(SECOND_MS)
  await bring('1')
  await several.run(4 * SECOND_MS)
  await bring('2')
  await several.run(4 * SECOND_MS)
  const [plain, other] = await Promise.all(
    ['plain 1', 'other 1'].map(async (id) => (await first!.store.show(id))[0]!.shape),
  )
  assert.deepEqual(
    kept.map(({ taken, gone }) => [taken.toSorted(), gone]),
    [[[plain, other].toSorted(), []]],
  )
  await several.run(4 * SECOND_MS)
  await bring('3')
  await several.run(MINUTE_MS)
  assert.deepEqual(kept.slice(1), [{ taken: [], gone: [other] }])
  const [owner, next] = await ownerAndOther(several)
  void owner.engine.stop(1_000)
  await several.run(5 * SECOND_MS)
  const before = validated()
  await several.bring(next, [virtualOrder('plain 4')])
  await several.run(10 * SECOND_MS)
  assert.equal((await next.store.show('plain 4'))[0]?.state, 'delivered')
  assert.equal(validated(), before)
})

test('a pixel that has nothing to do for a minute is nobody’s, and one that is held with something waiting is kept', async (context) => {
  const several = startSeveral(context, { names: ['a'], pixels: [{}, { pixelId: 'held' }] })
  await several.run(SECOND_MS)
  const [a] = several.relays
  await a!.engine.operator.hold('held', { reason: 'wait', by: 'ann' })
  await several.bring(a!, [virtualOrder('1')])
  await several.bring(a!, [virtualOrder('1')], 'held')
  await several.run(30 * SECOND_MS)
  assert.ok((await several.ownerOf('px')) !== undefined && (await several.ownerOf('held')) !== undefined)
  await several.run(3 * MINUTE_MS)
  assert.equal(await several.ownerOf('px'), undefined)
  assert.ok((await several.ownerOf('held')) !== undefined)
  await several.bring(a!, [virtualOrder('2')])
  await several.run(5 * SECOND_MS)
  assert.equal((await a!.store.show('2'))[0]?.state, 'delivered')
})

test('a relay that comes later gets its share, one pixel at a time, and an orderly stop gives all up at once', async (context) => {
  const pixels = Array.from({ length: 6 }, (_, at) => ({ pixelId: `px_${at}` }))
  const several = startSeveral(context, { names: ['a'], pixels, answer: (_sent, judge) => judge() })
  const [a] = several.relays
  const bringAll = async (round: number): Promise<void> => {
    for (const { pixelId } of pixels) await several.bring(a!, [virtualOrder(`${round}`)], pixelId)
  }
  await several.run(SECOND_MS)
  await bringAll(0)
  await several.run(5 * SECOND_MS)
  const b = several.start('b')
  for (let round = 1; round <= 3; round++) {
    await bringAll(round)
    await several.run(20 * SECOND_MS)
  }
  const owners = await Promise.all(pixels.map(({ pixelId }) => several.ownerOf(pixelId)))
  assert.deepEqual(owners.filter((name) => name === 'b').length, 3)
  let isOver = false
  void a!.engine.stop(1_000).then(() => {
    isOver = true
  })
  await several.run(2 * SECOND_MS)
  assert.equal(isOver, true)
  await bringAll(9)
  await several.run(8 * SECOND_MS)
  for (const { pixelId } of pixels) {
    const account = (await b.store.show('9', pixelId))[0]
    assert.equal(account?.state, 'delivered', pixelId)
  }
})

test('a hold that another relay is told stops a plan under way within a second', async (context) => {
  const several = startSeveral(context, {
    answer: () => errorResponse(500, 'broken'),
  })
  await several.run(SECOND_MS)
  await several.bring(several.relays[0]!, virtualOrders(5))
  await several.run(3 * SECOND_MS)
  const [, other] = await ownerAndOther(several)
  await other.engine.operator.hold('px', { reason: 'wait', by: 'ann' })
  await several.run(SECOND_MS)
  const before = several.sent.length
  await several.run(2 * MINUTE_MS)
  assert.equal(several.sent.length, before)
  assert.equal((await other.store.counts()).sending, 0)
  await other.engine.operator.resume('px', 'ann')
  await several.run(2 * MINUTE_MS)
  assert.ok(several.sent.length > before)
})

test('chores have one doer, and only a relay whose clock is confirmed expires', async (context) => {
  const several = startSeveral(context, { names: ['a', 'b', 'c'] })
  await several.run(MINUTE_MS)
  const claimed = several.relays.flatMap(({ name, told }) =>
    told.filter(({ type }) => type === 'chores:claimed').map(({ about }) => [name, about] as const),
  )
  const of = (what: string): string[] =>
    claimed.filter(([, about]) => 'what' in about && about.what === what).map(([name]) => name)
  assert.equal(of('chores').length, 1)
  assert.equal(of('expiry').length, 0, 'no clock was confirmed')
  await several.bring(several.relays[0]!, virtualOrders(1))
  await several.run(MINUTE_MS)
  assert.equal(of('chores').length, 1)
})

test('a relay that only takes events delivers none, and has a row that nobody leaves a pixel to', async (context) => {
  const several = startSeveral(context, { names: [] })
  const door = several.start('door', 'intake')
  await several.bring(door, [virtualOrder('1')])
  await several.run(MINUTE_MS)
  assert.equal(several.sent.length, 0)
  const worker = several.start('worker', 'delivery')
  await several.run(10 * SECOND_MS)
  assert.equal((await worker.store.show('1'))[0]?.state, 'delivered')
  const rows = async (): Promise<readonly (readonly [string, boolean])[]> =>
    (await worker.store.claims!.renew({ name: 'worker', forMs: 10_000 })).map(({ name, delivers }) => [name, delivers])
  assert.deepEqual(await rows(), [
    ['door', false],
    ['worker', true],
  ])
  door.kill()
  await several.run(MINUTE_MS)
  assert.deepEqual(await rows(), [['worker', true]], 'it goes with whoever kept it')
})

test('what was learned is written down when it changes, at most once a second, and not while nothing changes', async (context) => {
  const notes: number[] = []
  const several = startSeveral(context, {
    names: ['a'],
    pixels: [{ maxRequestsPerSecond: 100, concurrency: 1 }],
    store: (store) => ({
      ...store,
      claims: {
        ...store.claims!,
        note(what, text) {
          notes.push(several.time.elapsedMs)
          return store.claims!.note(what, text)
        },
      },
    }),
    answer: (sent, judge) => (sent.atMs < MINUTE_MS ? errorResponse(500, 'broken') : judge()),
  })
  const [a] = several.relays
  for (let second = 0; second < 30; second++) {
    await several.bring(a!, [virtualOrder(`${second}`)])
    await several.run(SECOND_MS)
  }
  assert.ok(notes.length > 2, `${notes.length} notes`)
  const gaps = notes.slice(1).map((atMs, at) => atMs - notes[at]!)
  assert.ok(Math.min(...gaps) >= SECOND_MS, `${gaps}`)
  await several.run(3 * MINUTE_MS)
  const before = notes.length
  await several.bring(a!, virtualOrders(20, 'later'))
  await several.run(10 * SECOND_MS)
  await several.bring(a!, virtualOrders(20, 'still later'))
  await several.run(10 * SECOND_MS)
  assert.ok(notes.length - before <= 2, `${notes.length - before} notes while all was well`)
})
