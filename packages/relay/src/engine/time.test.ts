import assert from 'node:assert/strict'
import { it, type TestContext } from 'node:test'
import { CANARY_ID_PREFIX, DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, SHORT_WINDOW } from 'waybill/delivery'
import {
  errorResponse,
  type Sent,
  START_MS,
  startVirtual,
  type Virtual,
  virtualOrder,
} from './virtual-engine.helpers.ts'

const SHORT_WINDOW_MS = 2 * DAY_MS
/** Inside the window that is specified, and outside of one of two days. */
const OLD = virtualOrder('old', { timestamp_ms: START_MS - 3 * DAY_MS })

/** As an API whose window is shorter than specified says it. */
function tooOld(positions: readonly number[]): Response {
  const errors = positions.map((at) => ({
    param: `events[${at}].timestamp_ms`,
    code: 'event_timestamp_too_old',
    message: 'event_timestamp_ms must be within the last 2 days.',
  }))
  return Response.json({ error: { ...errors[0], type: 'invalid_request_error', errors } }, { status: 422 })
}

/** As an API says it that names nobody. */
const refusedAs = (code: string): Response =>
  Response.json({ error: { code, message: 'Invalid event.', type: 'invalid_request_error' } }, { status: 400 })

const passes = (events: number): Response =>
  Response.json({ object: 'list', data: [], accepted_events: events, received_events: events })

interface Life {
  /** How far the machine's clock is off from the start on. */
  readonly wallOffMs: number
  /** Until when the window is short. */
  readonly shortUntilMs: number
  /** Ids of events that the API refuses without naming them. */
  readonly poison?: RegExp
  /** What the API calls an event of ours that comes too early. */
  readonly earlyCode?: string
  /** Until when the API answers 503. */
  readonly awayUntilMs?: number
}

/** An API whose clock is right, with its `Date`. */
async function startLife(
  context: TestContext,
  { wallOffMs, shortUntilMs, poison, earlyCode, awayUntilMs = 0 }: Life,
): Promise<Virtual> {
  const answer = async ({ atMs, events }: Sent, judge: () => Promise<Response>): Promise<Response> => {
    if (atMs < awayUntilMs) return errorResponse(503, 'away')
    const old = events.flatMap(({ timestamp_ms }, at) =>
      timestamp_ms < virtual.time.trueMs - SHORT_WINDOW_MS ? [at] : [],
    )
    const isEarly = events.some(
      ({ id, timestamp_ms }) => id === 'old' && timestamp_ms > virtual.time.trueMs + 10 * MINUTE_MS,
    )
    const judged = isEarly && earlyCode !== undefined ? refusedAs(earlyCode) : await judge()
    const response = atMs < shortUntilMs && old.length > 0 ? tooOld(old) : judged
    response.headers.set('date', new Date(virtual.time.trueMs).toUTCString())
    return response
  }
  const virtual = await startVirtual(context, {
    answer,
    ...(poison !== undefined && { emulator: { poison, errors: 'none' as const } }),
    wallOffMs,
  })
  return virtual
}

const stateOf = async ({ store }: Virtual): Promise<{ state: string | undefined; code: string | undefined }> => {
  const [account] = await store.show('old')
  return { state: account?.state, code: account?.code }
}

for (const wallOffMs of [8 * DAY_MS, HOUR_MS, -HOUR_MS, -8 * DAY_MS]) {
  /**
   * - the machine's clock is wrong for ever; for 75 s the API calls an event too old that is three days old
   * - what was put off by the wrong clock is not put off until that time has come: the event is delivered soon after
   */
  it(`what waits when a clock off by ${wallOffMs / HOUR_MS} h is set right is soon due`, async (context) => {
    const virtual = await startLife(context, { wallOffMs, shortUntilMs: 75 * SECOND_MS })
    await virtual.bring([OLD])
    await virtual.run(15 * MINUTE_MS)
    assert.equal((await stateOf(virtual)).state, 'delivered')
  })

  /**
   * - the machine's clock is wrong for ever, and the API's window is two days for ever: no claim has both canaries pass
   * - the near end of the window tells which is right, and what is too old for this API ends with these words
   * - not sooner than 15 minutes after the clock was confirmed: what was said before is dated by no clock
   */
  it(`a clock off by ${wallOffMs / HOUR_MS} h and a short window: the near end tells the time`, async (context) => {
    const virtual = await startLife(context, { wallOffMs, shortUntilMs: Number.POSITIVE_INFINITY })
    let confirmedAtMs = Number.NaN
    virtual.engine.events.on('clock:confirmed', ({ by }) => {
      assert.equal(by, 'api')
      confirmedAtMs = virtual.time.elapsedMs
    })
    await virtual.bring([OLD])
    await virtual.run(3 * MINUTE_MS)
    assert.ok(confirmedAtMs < 3 * MINUTE_MS, `${confirmedAtMs}`)
    await virtual.run(15 * MINUTE_MS + confirmedAtMs - virtual.time.elapsedMs - 1)
    assert.equal((await stateOf(virtual)).state, 'queued')
    await virtual.run(10 * MINUTE_MS)
    assert.deepEqual(await stateOf(virtual), { state: 'expired', code: SHORT_WINDOW })
  })
}

/**
 * - the machine's clock is 50 minutes ahead, so that canaries are refused for their time and the API seems not to be judging
 * - what is sent back meanwhile waits for no time that this clock has set: once the right one is confirmed, it goes out
 */
it('what waits while canaries are refused for a wrong time goes out when the time is known', async (context) => {
  const virtual = await startLife(context, { wallOffMs: 50 * MINUTE_MS, shortUntilMs: 0, poison: /^bad/ })
  await virtual.bring(
    [...Array.from({ length: 7 }, (_, at) => `bad_${at}`), 'good_1', 'good_2', 'good_3'].map((id) => virtualOrder(id)),
  )
  await virtual.run(5 * MINUTE_MS)
  const { delivered, refused, unaccounted } = await virtual.store.counts()
  assert.deepEqual([delivered, refused, unaccounted], [3, 7, 0])
})

/**
 * - the machine's clock is 50 minutes ahead; an event lies 53 minutes ahead, which is early by the API's clock and not by that one
 * - it is not refused while nobody knows the time, whatever the API calls that; it is delivered when its window opens, and not when that clock says
 */
for (const code of ['event_timestamp_in_future', 'invalid_event'])
  it(`what the API refuses with ${code} waits for no time that a wrong clock has set`, async (context) => {
    const virtual = await startLife(context, { wallOffMs: 50 * MINUTE_MS, shortUntilMs: 0, earlyCode: code })
    await virtual.bring([virtualOrder('old', { timestamp_ms: START_MS + 53 * MINUTE_MS })])
    await virtual.run(43 * MINUTE_MS)
    assert.equal((await stateOf(virtual)).state, 'queued')
    await virtual.run(2 * MINUTE_MS)
    assert.equal((await stateOf(virtual)).state, 'delivered')
  })

/**
 * - the same, and the API is away for the first 20 minutes: it could not tell the time meanwhile, so that its first words end nothing
 */
it('an API that was away has its time to tell what time it is', async (context) => {
  const awayUntilMs = 20 * MINUTE_MS
  const virtual = await startLife(context, {
    wallOffMs: 50 * MINUTE_MS,
    shortUntilMs: 0,
    earlyCode: 'invalid_event',
    awayUntilMs,
  })
  await virtual.bring([virtualOrder('good'), virtualOrder('old', { timestamp_ms: START_MS + 60 * MINUTE_MS })])
  await virtual.run(45 * MINUTE_MS)
  assert.equal((await stateOf(virtual)).state, 'queued')
  await virtual.run(7 * MINUTE_MS)
  assert.equal((await stateOf(virtual)).state, 'delivered')
})

/**
 * - the machine's clock is 50 minutes ahead, and the API looks at no time, so that the canaries of both claims pass for ever
 * - it refuses an event that one of the claims puts outside its window: for five minutes that may be for its time, from there on it is not
 */
it('an API whose window does not tell the time for five minutes refuses for something else', async (context) => {
  const virtual = await startVirtual(context, {
    answer({ events }) {
      const isBad = events.some(({ id }) => id === 'old')
      const response = isBad ? refusedAs('invalid_event') : passes(events.length)
      response.headers.set('date', new Date(virtual.time.trueMs).toUTCString())
      return response
    },
    wallOffMs: 50 * MINUTE_MS,
  })
  await virtual.bring([virtualOrder('good'), virtualOrder('old', { timestamp_ms: START_MS + 53 * MINUTE_MS })])
  await virtual.run(5 * MINUTE_MS)
  assert.notEqual((await stateOf(virtual)).state, 'refused')
  await virtual.run(3 * MINUTE_MS)
  assert.deepEqual(await stateOf(virtual), { state: 'refused', code: 'invalid_event' })
})

/**
 * - for ten minutes the API calls an event too old that is three days old
 * - it is asked each minute, so that it is delivered within a minute of the end of that
 */
it('what is called too old for a while is delivered within a minute of health', async (context) => {
  const shortUntilMs = 10 * MINUTE_MS
  const virtual = await startLife(context, { wallOffMs: 0, shortUntilMs })
  await virtual.bring([OLD])
  await virtual.run(shortUntilMs + MINUTE_MS + SECOND_MS)
  assert.equal((await stateOf(virtual)).state, 'delivered')
})

/**
 * - the API's window is two days, and an event ended by that
 * - the clock jumps, comes back and is confirmed again: what a wrong clock ended lives on, but this is not such an end
 */
it('what ended by a short window does not live on when the clock is confirmed again', async (context) => {
  const virtual = await startLife(context, { wallOffMs: 0, shortUntilMs: Number.POSITIVE_INFINITY })
  let confirmed = 0
  virtual.engine.events.on('clock:confirmed', () => {
    confirmed += 1
  })
  await virtual.bring([OLD])
  await virtual.run(25 * MINUTE_MS)
  const ended = { state: 'expired', code: SHORT_WINDOW }
  assert.deepEqual([confirmed, await stateOf(virtual)], [1, ended])
  virtual.time.shiftWall(HOUR_MS)
  await virtual.run(2 * MINUTE_MS)
  virtual.time.shiftWall(0)
  await virtual.run(2 * MINUTE_MS)
  assert.deepEqual([confirmed, await stateOf(virtual)], [2, ended])
})

/**
 * - the clock of the machine is an hour behind when the relay starts, and is set right after two minutes
 * - the two next answers agree with it: the time is confirmed, and nobody has to be asked for ever
 */
it('a clock that was wrong and is set right is confirmed by the next two answers', async (context) => {
  const virtual = await startLife(context, { wallOffMs: -HOUR_MS, shortUntilMs: Number.POSITIVE_INFINITY })
  virtual.time.at(30 * SECOND_MS, () => virtual.time.shiftWall(0))
  const confirmed: string[] = []
  virtual.engine.events.on('clock:confirmed', ({ by }) => void confirmed.push(by))
  await virtual.run(2 * MINUTE_MS)
  assert.deepEqual(confirmed, ['machine'])
  const asked = virtual.canaries.length
  await virtual.run(HOUR_MS)
  assert.equal(virtual.canaries.length, asked)
  assert.ok(virtual.canaries.every(({ events }) => events.every(({ id }) => id.startsWith(CANARY_ID_PREFIX))))
})

/**
 * - the endpoint is a relay that is in doubt about its own clock for ever: it takes canaries, and says nothing of the time
 * - an event arrives whose window closes while the relay fails on it, so that nothing may expire it
 * - after 24 hours without a word about the time this machine's clock counts, and the event ends
 */
it('behind a relay in doubt the own clock counts after a day, and what is too old ends', async (context) => {
  const headers = { 'waybill-relay': '0.2.0; clock=doubt' }
  const virtual = await startVirtual(context, {
    answer: async ({ events }) =>
      events.some(({ id }) => id === 'old')
        ? new Response('down', { status: 500, headers })
        : Response.json({ accepted_events: events.length, results: [] }, { headers }),
  })
  const nearItsEnd = virtualOrder('old', { timestamp_ms: START_MS - 7 * DAY_MS + 10 * MINUTE_MS })
  const confirmedAtMs: number[] = []
  virtual.engine.events.on('clock:confirmed', () => void confirmedAtMs.push(virtual.time.elapsedMs))
  await virtual.bring([nearItsEnd])
  await virtual.run(DAY_MS - MINUTE_MS)
  assert.deepEqual(confirmedAtMs, [])
  assert.notEqual((await stateOf(virtual)).state, 'expired')
  await virtual.run(10 * MINUTE_MS)
  assert.equal(confirmedAtMs.length, 1)
  assert.equal((await stateOf(virtual)).state, 'expired')
})

/**
 * - the machine's clock is an hour ahead, or behind, and the endpoint is a relay that does not know what time it is either: nobody can tell
 * - an event whose window is open is not put off by the only clock there is, which says that it is not: that relay takes it
 */
for (const [wallOffMs, timestampMs] of [
  [HOUR_MS, START_MS - 7 * DAY_MS + 30 * MINUTE_MS],
  [-HOUR_MS, START_MS - MINUTE_MS],
] as const)
  it(`a relay in doubt is brought what a clock off by ${wallOffMs / HOUR_MS} h puts outside its window`, async (context) => {
    const headers = { 'waybill-relay': '0.2.0; clock=doubt' }
    const virtual = await startVirtual(context, {
      answer: async ({ events }) => Response.json({ accepted_events: events.length, results: [] }, { headers }),
      wallOffMs: wallOffMs,
    })
    await virtual.bring([virtualOrder('old', { timestamp_ms: timestampMs })])
    await virtual.run(15 * SECOND_MS)
    assert.equal((await stateOf(virtual)).state, 'delivered')
  })

/**
 * - two pixels, a relay in doubt, a machine's clock that is days ahead: by it all that the second pixel has is too old
 * - that the endpoint is in doubt was said to the first pixel; the second one's events are brought to it as well
 */
it('what a relay in doubt said to one pixel counts for all pixels of that endpoint', async (context) => {
  const headers = { 'waybill-relay': '0.2.0; clock=doubt' }
  const virtual = await startVirtual(context, {
    pixels: [{ pixelId: 'first' }, { pixelId: 'second' }],
    answer: async ({ events }) => Response.json({ accepted_events: events.length, results: [] }, { headers }),
    wallOffMs: 20 * DAY_MS,
  })
  await virtual.bring([virtualOrder('old', { timestamp_ms: START_MS - MINUTE_MS })], 'second')
  await virtual.run(15 * SECOND_MS)
  assert.equal((await stateOf(virtual)).state, 'delivered')
})
