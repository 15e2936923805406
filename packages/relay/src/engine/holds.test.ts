import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { WireEvent } from 'waybill'
import { CANARY_ID_PREFIX } from 'waybill/delivery'
import {
  countsNone,
  errorResponse,
  HOUR_MS,
  MINUTE_MS,
  refusesAll,
  SECOND_MS,
  type Sent,
  startVirtual,
  type Virtual,
  virtualOrder,
  virtualOrders,
} from './virtual-engine.helpers.ts'

/** How long after it is healthy again an API that was away for less than two hours has everything. */
const SOON_MS = MINUTE_MS + SECOND_MS
const FAULT_FOR_MS = 20 * MINUTE_MS

const page = (): Response => new Response('<html>Bad Request</html>', { status: 400 })

interface Fault {
  readonly code: string
  readonly answer: (sent: Sent) => Response
  /** What leaves before the hold. */
  readonly most: number
  /** What is held for it, each try. */
  readonly isProbe: (sent: Sent) => boolean
}

const isOrder = ({ type }: WireEvent): boolean => type === 'order_created'
const asksOne = ({ validateOnly, events }: Sent): boolean => validateOnly && events.length === 1
const FAULTS: readonly (readonly [title: string, fault: Fault])[] = [
  [
    'counts nothing that it is sent',
    // Only a count tells that it counts again, so one event is really sent.
    { code: 'counts_none', answer: countsNone, most: 2, isProbe: ({ events }) => events.length === 1 },
  ],
  ['refuses everything, canaries too', { code: 'not_judging', answer: refusesAll, most: 12, isProbe: asksOne }],
  [
    'answers 413 to everything',
    { code: 'everything_too_large', answer: () => errorResponse(413, 'Too large'), most: 2, isProbe: asksOne },
  ],
  ['answers 400 with a page', { code: 'not_the_api', answer: page, most: 1, isProbe: asksOne }],
  [
    'answers 422 with nothing',
    { code: 'not_the_api', answer: () => new Response('', { status: 422 }), most: 1, isProbe: asksOne },
  ],
]

for (const [title, { code, answer, most, isProbe }] of FAULTS) {
  /**
   * - an API that does so holds the pixel; nothing is refused, suspected for good or expired, and what comes waits
   * - probes go out one event at a time; when the API is well again everything is delivered, once, within a minute
   */
  test(`a pixel is held, probed and freed where the API ${title}`, async (context) => {
    let isWell = false
    const virtual = await startVirtual(context, { answer: (sent, judge) => (isWell ? judge() : answer(sent)) })
    await virtual.bring(virtualOrders(20))
    await virtual.run(4 * SECOND_MS)
    assert.deepEqual(await heldOf(virtual), [code])
    assert.ok(virtual.sent.length <= most, `${virtual.sent.length} requests before the hold`)

    const before = virtual.sent.length
    await virtual.bring(virtualOrders(30, 'later'))
    await virtual.run(FAULT_FOR_MS)
    const { delivered, refused, expired, unaccounted } = await virtual.store.counts()
    assert.deepEqual([delivered, refused, expired, unaccounted], [0, 0, 0, 0])
    assert.deepEqual(await heldOf(virtual), [code])
    const probes = virtual.sent.slice(before)
    assert.ok(probes.length >= FAULT_FOR_MS / MINUTE_MS, `${probes.length} probes`)
    assert.ok(probes.every(isProbe))

    isWell = true
    await virtual.run(SOON_MS)
    await assertAll(virtual, 50)
    assert.deepEqual(await heldOf(virtual), [])
  })
}

/**
 * - the API refuses every event of one shape, and its canary; other shapes pass
 * - the shape is held; for six hours it is probed and nothing of it ends; when the API takes it again all of it is delivered
 */
test('a probe refuses nobody: a shape that is refused for hours is whole when it is taken again', async (context) => {
  let isWell = false
  const virtual = await startVirtual(context, {
    answer: (sent, judge) => (isWell || !sent.events.some(isOrder) ? judge() : refusesAll()),
  })
  await virtual.bring([...virtualOrders(40), ...leads(10)])
  await virtual.run(MINUTE_MS)
  const [held, ...others] = (await virtual.store.holds()).filter(({ shape }) => shape !== undefined)
  assert.equal(held?.code, 'unexplained_rejection')
  assert.deepEqual(others, [])
  assert.equal((await virtual.store.counts()).delivered, 10)

  const before = virtual.sent.length
  await virtual.run(6 * HOUR_MS)
  const { refused, expired, unaccounted, delivered } = await virtual.store.counts()
  assert.deepEqual([refused, expired, unaccounted, delivered], [0, 0, 0, 10])
  const probes = virtual.sent.slice(before)
  assert.ok(probes.length > 2 * 60, `${probes.length} probes`)
  assert.ok(probes.every(asksOne))
  assert.ok(new Set(probes.map(({ events }) => events[0]!.id)).size >= 3, 'the newest, the oldest and one between')

  isWell = true
  await virtual.run(16 * MINUTE_MS)
  await assertAll(virtual, 50)
})

/**
 * - for 20 minutes the API refuses all that is sent, and takes what is only to be validated: canaries and probes pass
 * - the shape is held; that a probe would be taken ends no hold, or all of the shape would be refused; it ends when one is taken
 */
test('a shape is not freed by what the API would take and does not', async (context) => {
  const virtual = await startVirtual(context, {
    answer: (sent, judge) => (sent.validateOnly || sent.atMs > FAULT_FOR_MS ? judge() : refusesAll()),
  })
  await virtual.bring(virtualOrders(100))
  await virtual.run(FAULT_FOR_MS)
  const { refused, delivered } = await virtual.store.counts()
  assert.deepEqual([refused, delivered], [0, 0])
  await virtual.run(SOON_MS)
  await assertAll(virtual, 100)
})

/**
 * - a shape is held for hours, so that its turns are a quarter of an hour apart; then the API takes it, but for its newest and its oldest
 * - whichever of the three places has the turn, a bad one does not use it up: the good ones are delivered at that turn
 */
for (const minutes of [0, 15, 30])
  test(`a bad event uses up no turn of a shape that was held for six hours and ${minutes} minutes`, async (context) => {
    let isWell = false
    const virtual = await startVirtual(context, {
      emulator: { poison: /^bad/ },
      answer: (sent, judge) => (isWell || !sent.events.some(isOrder) ? judge() : refusesAll()),
    })
    await virtual.bring([virtualOrder('bad_first'), ...virtualOrders(40), virtualOrder('bad_last')])
    await virtual.run(6 * HOUR_MS + minutes * MINUTE_MS)
    isWell = true
    await virtual.run(16 * MINUTE_MS)
    const { delivered, refused, unaccounted } = await virtual.store.counts()
    assert.deepEqual([delivered, refused, unaccounted], [40, 2, 0])
  })

/**
 * - an event that the API refuses waits behind a key that is refused; then the key is good again
 * - the probe asks that very event; its refusal lifts the hold and ends nothing: it takes two more, and a pass of its shape
 */
test('a probe refuses nobody: the one that it asked is judged like any other afterwards', async (context) => {
  let isWell = false
  const virtual = await startVirtual(context, {
    emulator: { poison: /^bad/ },
    answer: (_sent, judge) => (isWell ? judge() : errorResponse(401, 'Unauthorized')),
  })
  await virtual.bring([virtualOrder('bad')])
  await virtual.run(30 * SECOND_MS)
  const before = virtual.sent.length
  isWell = true
  await virtual.run(2 * MINUTE_MS)
  const [probe, ...afterwards] = virtual.sent.slice(before)
  assert.ok(asksOne(probe!))
  assert.ok(afterwards.filter(({ validateOnly }) => !validateOnly).length >= 2, 'refused twice for real')
  const { refused, delivered, unaccounted } = await virtual.store.counts()
  assert.deepEqual([refused, delivered, unaccounted], [1, 0, 0])
})

/**
 * - the API fails with 500 on every request that holds one event of a thousand
 * - the 999 are delivered within a minute; the one waits by itself, longer each time, 5 minutes at most, and is delivered when it passes
 */
test('an event on which the API fails waits alone while its neighbours are delivered', async (context) => {
  let isWell = false
  const isPoison = ({ id }: WireEvent): boolean => id === 'order_500'
  const virtual = await startVirtual(context, {
    answer: (sent, judge) => (isWell || !sent.events.some(isPoison) ? judge() : errorResponse(500, 'broken')),
  })
  await virtual.bring(virtualOrders(1_000))
  await virtual.run(MINUTE_MS)
  assert.equal(virtual.emulator.summary().stored, 999)
  assert.ok(virtual.sent.length <= 60, `${virtual.sent.length} requests`)
  const [status] = await virtual.store.pixels()
  assert.deepEqual(status?.suspectsByKind, { refused: 0, fails: 1, too_large: 0, too_old: 0 })

  const before = virtual.sent.length
  await virtual.bring(virtualOrders(500, 'later'))
  await virtual.run(HOUR_MS)
  const { delivered, refused, expired, unaccounted } = await virtual.store.counts()
  assert.deepEqual([delivered, refused, expired, unaccounted], [1_499, 0, 0, 0])
  const tries = virtual.sent.slice(before).filter(({ events }) => events.some(isPoison))
  assert.ok(tries.every(({ events }) => events.length === 1))
  const waits = tries.slice(1).map(({ atMs }, at) => atMs - tries[at]!.atMs)
  assert.ok(tries.length >= 12 && tries.length <= 40, `${tries.length} tries`)
  assert.ok(Math.max(...waits) <= 5 * MINUTE_MS + SECOND_MS, `${Math.max(...waits)} ms`)

  isWell = true
  await virtual.run(5 * MINUTE_MS + SECOND_MS)
  await assertAll(virtual, 1_500)
})

/**
 * - the API fails on everything for a quarter of an hour, the canary too; it is well again just before a canary is asked
 * - what failed meanwhile is not held against the event: it goes out again within seconds
 */
test('failures of an API that was down make no event wait longer', async (context) => {
  let failures = 0
  let wellAtMs: number | undefined
  const virtual = await startVirtual(context, {
    answer(sent, judge) {
      if (wellAtMs !== undefined) return judge()
      if (!sent.validateOnly) failures += 1
      if (failures >= 12) wellAtMs = sent.atMs
      return errorResponse(500, 'broken')
    },
  })
  await virtual.bring([virtualOrder('known')])
  await virtual.run(HOUR_MS)
  assert.ok(failures === 12 && wellAtMs !== undefined)
  const passed = virtual.sent.find(({ validateOnly, atMs }) => !validateOnly && atMs > wellAtMs!)
  assert.ok(passed!.atMs - wellAtMs <= 5 * SECOND_MS, `${passed!.atMs - wellAtMs} ms`)
  await assertAll(virtual, 1)
})

/**
 * - the API fails on 4 of 5,000 events, spread over the batches
 * - the others are delivered within a minute, with few requests: one failure of a part is enough once the batch is split
 */
test('4 events on which the API fails keep 4,996 neighbours waiting no longer than a minute', async (context) => {
  const poison = new Set(['order_7', 'order_1500', 'order_3001', 'order_4999'])
  const isPoison = ({ id }: WireEvent): boolean => poison.has(id)
  const virtual = await startVirtual(context, {
    answer: (sent, judge) => (sent.events.some(isPoison) ? errorResponse(500, 'broken') : judge()),
  })
  await virtual.bring(virtualOrders(5_000))
  await virtual.run(MINUTE_MS)
  const { stored, duplicates } = virtual.emulator.summary()
  assert.deepEqual([stored, duplicates], [4_996, 0])
  const requests = virtual.sent.length + virtual.canaries.length
  assert.ok(requests <= 120, `${requests} requests`)
  const [status] = await virtual.store.pixels()
  assert.equal(status?.suspectsByKind.fails, 4)
})

/** What a relay says of three events: taken, refused, taken. */
const results = ({ events }: Sent): object => ({
  accepted_events: events.filter(({ id }) => id !== 'order_2').length,
  results: events.map(({ id }, index) =>
    id === 'order_2'
      ? { index, status: 'refused', issues: [{ code: 'negative_amount', message: 'no', severity: 'error' }] }
      : { index, status: 'accepted', issues: [] },
  ),
})

for (const [title, header, isBelieved] of [
  ['with the header of a relay is believed', '0.2.0; clock=confirmed', true],
  ['with the header of one whose clock is in doubt is believed too', '0.2.0; clock=doubt', true],
  ['without it is not', undefined, false],
  ['with an empty one is not', '', false],
] as const)
  test(`an answer with results ${title}`, async (context) => {
    const headers: Record<string, string> = header === undefined ? {} : { 'waybill-relay': header }
    const virtual = await startVirtual(context, {
      answer: (sent) => Response.json(results(sent), { headers }),
    })
    await virtual.bring(virtualOrders(3))
    await virtual.run(2 * MINUTE_MS)
    const { delivered, refused, unaccounted } = await virtual.store.counts()
    assert.deepEqual([delivered, refused, unaccounted], isBelieved ? [2, 1, 0] : [0, 0, 0])
  })

test('a setting stands in for the header of a relay that has none', async (context) => {
  const virtual = await startVirtual(context, {
    pixels: [{ endpointIsRelay: true }],
    answer: (sent) => Response.json(results(sent)),
  })
  await virtual.bring(virtualOrders(3))
  await virtual.run(2 * MINUTE_MS)
  const { delivered, refused, unaccounted } = await virtual.store.counts()
  assert.deepEqual([delivered, refused, unaccounted], [2, 1, 0])
})

function leads(count: number): WireEvent[] {
  return virtualOrders(count, 'lead', { type: 'lead_created', data: { type: 'customer_action' } })
}

async function heldOf({ store }: Virtual): Promise<readonly string[]> {
  return (await store.holds()).map(({ code }) => code)
}

/** All of them were delivered, each once, and nothing of the engine failed. */
async function assertAll({ emulator, store, failures }: Virtual, count: number): Promise<void> {
  const { stored, duplicates } = emulator.summary()
  assert.deepEqual([stored, duplicates], [count, 0])
  const { delivered, unaccounted } = await store.counts()
  assert.deepEqual([delivered, unaccounted], [count, 0])
  assert.deepEqual(failures, [])
}

/**
 * - an API that does not count repeats stores what comes, and its first answer is lost
 * - asked again it counts none, twice: it may have them already, so they are delivered with the mark, and nothing is held
 */
test('what may have been stored by a request whose answer was lost is delivered although none is counted', async (context) => {
  let requests = 0
  const marks: (string | undefined)[] = []
  const virtual = await startVirtual(context, {
    answer: async (sent, judge) => {
      if (sent.validateOnly) return judge()
      requests += 1
      const response = await judge()
      if (requests === 1) throw new TypeError('fetch failed')
      return requests > 3 ? response : countsNone(sent)
    },
  })
  virtual.engine.events.on('event:delivered', ({ mark }) => void marks.push(mark))
  await virtual.bring(virtualOrders(3))
  await virtual.run(MINUTE_MS)
  assert.deepEqual(await virtual.store.holds(), [])
  assert.deepEqual([(await virtual.store.counts()).delivered, requests], [3, 3])
  assert.deepEqual(marks, ['count_mismatch', 'count_mismatch', 'count_mismatch'])
})

const [COUNTS_NONE, LOST] = ['counts none', 'lost'] as const

/** What the API says to each request in turn, all of which it stores; after that it counts none, since it has them all. */
const RECOUNTS: readonly (readonly [title: string, events: number, said: readonly string[]])[] = [
  ['and failed and was split', 4, [LOST, COUNTS_NONE, LOST, LOST]],
  ['and failed and waits by itself', 1, [LOST, COUNTS_NONE, LOST, LOST]],
]

for (const [title, count, said] of RECOUNTS) {
  /**
   * - an API that does not count repeats has stored what came; its first answer was lost, and the second counts none
   * - asked once more it fails until that is taken for a fault of the group, which is asked in parts, or of the event, which waits by itself
   * - each event has had one answer that counts none: with the next it is delivered, and it is not sent again after that
   */
  test(`what was counted short ${title} is asked once more and not twice`, async (context) => {
    let requests = 0
    const short = new Map<string, number>()
    const virtual = await startVirtual(context, {
      answer: async (sent, judge) => {
        if (sent.validateOnly) return judge()
        if (said[requests++] === LOST) throw new TypeError('fetch failed')
        for (const { id } of sent.events) short.set(id, (short.get(id) ?? 0) + 1)
        return countsNone(sent)
      },
    })
    await virtual.bring(virtualOrders(count))
    await virtual.run(MINUTE_MS)
    assert.equal((await virtual.store.counts()).delivered, count)
    assert.deepEqual([...new Set(short.values())], [2])
  })
}

/**
 * - for ten seconds the API refuses everything; then a canary of the shape passes, and the API asks for an hour's pause
 * - after that it refuses everything for ten seconds again: the pass of an hour ago is no witness of that, and nothing good is refused
 */
test('a pass of an hour ago makes no second refusal final', async (context) => {
  let pausedAtMs: number | undefined
  let hasPassed = false
  const virtual = await startVirtual(context, {
    answer(sent, judge) {
      const wellFromMs = 10 * SECOND_MS + (pausedAtMs === undefined ? 0 : pausedAtMs + HOUR_MS)
      const isItsCanary = sent.events.every(
        ({ id, type }) => id.startsWith(CANARY_ID_PREFIX) && type === 'order_created',
      )
      if (!hasPassed || pausedAtMs !== undefined) {
        if (sent.atMs < wellFromMs) return refusesAll()
        hasPassed ||= isItsCanary
        return judge()
      }
      pausedAtMs = sent.atMs
      return errorResponse(503, 'later', { 'retry-after': '3600' })
    },
  })
  await virtual.bring(virtualOrders(3))
  await virtual.run(2 * HOUR_MS)
  assert.ok(pausedAtMs !== undefined)
  await assertAll(virtual, 3)
})
