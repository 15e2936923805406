import assert from 'node:assert/strict'
import { it } from 'node:test'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from 'waybill/delivery'
import {
  errorResponse,
  refusesAll,
  type Sent,
  START_MS,
  startVirtual,
  type Virtual,
  virtualOrder,
} from './virtual-engine.helpers.ts'

const stateOf = async ({ store }: Virtual): Promise<string | undefined> => (await store.show('old'))[0]?.state

/**
 * - three pixels, two of them at one endpoint, and nothing to deliver; no answer of either endpoint has a verdict
 * - each endpoint is asked, by one pixel of it at a time; after three rounds more and more seldom, at last every minute or so
 */
it('the time is asked once for each endpoint, and with backoff', async (context) => {
  const virtual = await startVirtual(context, {
    pixels: [{ pixelId: 'one' }, { pixelId: 'two' }, { pixelId: 'three', endpoint: 'https://other.example' }],
    answer: () => new Response('', { status: 502 }),
  })
  await virtual.run(20 * SECOND_MS)
  const asked = virtual.canaries.map(({ pixel }) => (pixel === 'three' ? 'other' : 'first'))
  assert.deepEqual(asked.slice(0, 6), ['first', 'other', 'first', 'other', 'first', 'other'])
  await virtual.run(10 * MINUTE_MS)
  const before = virtual.canaries.length
  await virtual.run(HOUR_MS)
  const hourly = virtual.canaries.length - before
  assert.ok(hourly >= 60 && hourly <= 240, `${hourly} requests an hour`)
})

/**
 * - the API asks two of three pixels to wait for 20 minutes; the third is answered, but for the first time
 * - nobody waits with the question what time it is for a pixel that has to wait
 */
it('the time is asked by a pixel that need not wait', async (context) => {
  const virtual = await startVirtual(context, {
    pixels: [{ pixelId: 'one' }, { pixelId: 'two' }, { pixelId: 'three' }],
    answer: async ({ pixel, atMs }, judge) => {
      if (pixel !== 'three') return new Response('', { status: 503, headers: { 'retry-after': '1200' } })
      if (atMs < 20 * SECOND_MS) return new Response('', { status: 500 })
      const response = await judge()
      response.headers.set('date', new Date(virtual.time.trueMs).toUTCString())
      return response
    },
  })
  await virtual.run(2 * MINUTE_MS)
  assert.ok(virtual.engine.clock.isConfirmed())
})

const ELSEWHERE = 'https://other.example'
for (const [title, endpoints] of [
  ['another pixel of the endpoint', {}],
  ['a pixel of another endpoint', { endpoint: ELSEWHERE }],
] as const) {
  /**
   * - the API's clock is an hour behind, and is confirmed against the machine's; after that the API fails on the pixel that asks the time
   * - an event of another pixel lies ahead by that clock; right after the time was asked the API's clock is set right
   * - the other pixel asks: the next answer is heard within a minute, a second follows soon, and the event is delivered
   */
  it(`where one pixel has no answer ${title} asks what time it is`, async (context) => {
    let time: Virtual['time']
    let rightFromMs = Number.POSITIVE_INFINITY
    const apiMs = (): number => time.trueMs - (time.elapsedMs < rightFromMs ? HOUR_MS : 0)
    const virtual = await startVirtual(context, {
      pixels: [{ pixelId: 'failing' }, { pixelId: 'well', ...endpoints }],
      emulator: { now: apiMs },
      async answer({ atMs, pixel }, judge) {
        if (pixel === 'failing' && atMs > 3 * MINUTE_MS) return new Response('broken', { status: 500 })
        const response = await judge()
        response.headers.set('date', new Date(apiMs()).toUTCString())
        if (atMs > 8 * MINUTE_MS && rightFromMs === Number.POSITIVE_INFINITY) rightFromMs = atMs + 1
        return response
      },
      store(store, virtualTime) {
        time = virtualTime
        return store
      },
    })
    const confirmed: string[] = []
    virtual.engine.events.on('clock:confirmed', ({ by }) => void confirmed.push(by))
    await virtual.run(5 * MINUTE_MS)
    assert.deepEqual(confirmed, ['api'])
    await virtual.bring([virtualOrder('ahead', { timestamp_ms: START_MS + 5 * MINUTE_MS })], 'well')
    await virtual.run(3 * MINUTE_MS)
    assert.equal(virtual.emulator.summary().stored, 0)
    await virtual.run(2 * MINUTE_MS)
    assert.ok(rightFromMs < 10 * MINUTE_MS, 'the other pixel asked')
    await virtual.run(rightFromMs + MINUTE_MS + 15 * SECOND_MS - virtual.time.elapsedMs)
    assert.equal(virtual.emulator.summary().stored, 1)
  })
}

/** What lies early by an API's clock that is right, and not by a machine's that is 50 minutes ahead. */
const EARLY = virtualOrder('old', { timestamp_ms: START_MS + 60 * MINUTE_MS })

const OTHER = { pixelId: 'other', endpoint: 'https://other.example' }
const CANNOT_TELL: readonly (readonly [
  title: string,
  others: readonly (typeof OTHER)[],
  answer: (sent: Sent) => Response | undefined,
])[] = [
  ['refuses everything for 20 minutes', [], ({ atMs }) => (atMs < 20 * MINUTE_MS ? refusesAll() : undefined)],
  [
    'is beside another that asks for pauses without end',
    [OTHER],
    ({ pixel }) => (pixel === OTHER.pixelId ? errorResponse(503, 'away') : undefined),
  ],
]
for (const [title, others, faulty] of CANNOT_TELL)
  it(`an API that ${title} has its time to tell what time it is`, async (context) => {
    const virtual = await startVirtual(context, {
      pixels: [...others, {}],
      async answer(sent, judge) {
        const isEarly = sent.events.some(
          ({ id, timestamp_ms }) => id === 'old' && timestamp_ms > virtual.time.trueMs + 10 * MINUTE_MS,
        )
        const response = faulty(sent) ?? (isEarly ? refusesAll() : await judge())
        response.headers.set('date', new Date(virtual.time.trueMs).toUTCString())
        return response
      },
      wallOffMs: 50 * MINUTE_MS,
    })
    for (const { pixelId } of others) await virtual.bring([virtualOrder('waits')], pixelId)
    await virtual.bring([virtualOrder('good'), EARLY])
    for (let minute = 0; minute < 30; minute++) {
      await virtual.bring([virtualOrder(`beside_${minute}`)])
      await virtual.run(MINUTE_MS)
    }
    assert.notEqual(await stateOf(virtual), 'refused')
    assert.ok(virtual.engine.clock.isConfirmed(), 'nobody was kept from asking')
    await virtual.run(22 * MINUTE_MS)
    assert.equal(await stateOf(virtual), 'delivered')
  })

/**
 * - an API of two servers that answer in turn, one of which is three hours ahead: no two answers in a row agree
 * - they lastingly differ, so the window is asked, and tells that the machine is right
 */
for (const wrong of [0, 1])
  it(`a Date that is right and wrong in turn leaves nobody in doubt for ever: ${wrong}`, async (context) => {
    let answers = 0
    const virtual = await startVirtual(context, {
      async answer(_sent, judge) {
        const response = await judge()
        answers += 1
        const offMs = answers % 2 === wrong ? 3 * HOUR_MS : 0
        response.headers.set('date', new Date(virtual.time.trueMs + offMs).toUTCString())
        return response
      },
    })
    await virtual.run(3 * MINUTE_MS)
    assert.ok(virtual.engine.clock.isConfirmed())
    assert.equal(virtual.engine.clock.now(), virtual.time.trueMs)
  })

/**
 * - the machine's clock is eight days ahead; an operator holds the pixel from the start on, so that nobody is asked for a day
 * - whoever was not asked was not silent: the clock stays in doubt, and intake turns nothing away
 */
it('a day in which nobody was asked confirms no clock', async (context) => {
  const virtual = await startVirtual(context, {
    async answer(_sent, judge) {
      const response = await judge()
      response.headers.set('date', new Date(virtual.time.trueMs).toUTCString())
      return response
    },
    wallOffMs: 8 * DAY_MS,
  })
  await virtual.engine.operator.hold('px', { reason: 'a look at the orders', by: 'test' })
  await virtual.run(25 * HOUR_MS)
  assert.ok(!virtual.engine.clock.isConfirmed())
  await virtual.bring([virtualOrder('old', { timestamp_ms: virtual.time.trueMs })])
  await virtual.engine.operator.resume('px', 'test')
  await virtual.run(MINUTE_MS)
  assert.equal(await stateOf(virtual), 'delivered')
})

/**
 * - two APIs; the first agrees with the machine, and is away from then on; the second is eight days ahead, and judges by that
 * - one against the machine and the other: the time is in doubt, and intake turns nothing away that the first one would take
 */
it('one API says nothing against the machine where another has agreed with it', async (context) => {
  const aheadMs = 8 * DAY_MS
  const virtual = await startVirtual(context, {
    pixels: [{ pixelId: 'ahead', endpoint: 'https://ahead.example' }, { pixelId: 'px' }],
    async answer({ pixel, atMs, events }, judge) {
      if (pixel === 'px' && atMs > MINUTE_MS) return errorResponse(503, 'away')
      const isAhead = pixel === 'ahead'
      const nowMs = virtual.time.trueMs + (isAhead ? aheadMs : 0)
      const isOutside = events.some((event) => Math.abs(event.timestamp_ms - nowMs) > 7 * DAY_MS)
      const response =
        isAhead && isOutside
          ? refusesAll()
          : isAhead
            ? Response.json({ accepted_events: events.length })
            : await judge()
      response.headers.set('date', new Date(nowMs).toUTCString())
      return response
    },
  })
  await virtual.run(2 * MINUTE_MS)
  assert.equal(virtual.engine.clock.now(), virtual.time.trueMs)
  await virtual.bring([virtualOrder('at_other', { timestamp_ms: virtual.time.trueMs })], 'ahead')
  await virtual.run(30 * MINUTE_MS)
  assert.ok(!virtual.engine.clock.isConfirmed())
  await virtual.bring([virtualOrder('old', { timestamp_ms: virtual.time.trueMs })])
  await virtual.run(10 * MINUTE_MS)
  const { refused, expired, unaccounted } = await virtual.store.counts()
  assert.deepEqual([refused, expired, unaccounted], [0, 0, 0])
})
