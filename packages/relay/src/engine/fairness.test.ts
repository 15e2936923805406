import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import {
  type Answering,
  after,
  errorResponse,
  MINUTE_MS,
  SECOND_MS,
  type Sent,
  startVirtual,
  type Virtual,
  virtualOrders,
} from './virtual-engine.helpers.ts'

const PIXELS = Array.from({ length: 100 }, (_, at) => `px_${at}`)
const ROUNDS = 8
const ROUND_MS = 5 * SECOND_MS
const EVENTS_A_ROUND = 3

type Trouble = (sent: Sent, virtual: Virtual, judge: () => Promise<Response>) => Response | Promise<Response>

/** Which pixels are in trouble, and what becomes of their requests. */
type Troubles = Readonly<Record<string, Trouble>>

const HANGING: Troubles = { px_0: never }
const ALL_KINDS: Troubles = {
  px_0: never,
  px_1: () => errorResponse(500, 'broken'),
  px_2: () => errorResponse(429, 'slow down', { 'retry-after': '1' }),
  px_3: () => Promise.reject(new TypeError('fetch failed')),
  px_4: (sent, virtual, judge) => after(29_000, virtual, sent).then(judge),
  px_5: trickle,
  px_6: () => errorResponse(400, 'Invalid event.'),
  px_7: () => errorResponse(401, 'Unauthorized'),
}
/** Brings so many times what another does. */
const FLOODING = { px_8: 100 }

let calmLags: Promise<number[]> | undefined

/** What the others' lags are while all is well; measured once. */
function whenCalm(context: TestContext): Promise<number[]> {
  calmLags ??= lagsOfOthers(context, {})
  return calmLags
}

const CASES: readonly (readonly [name: string, troubles: Troubles, shares?: Readonly<Record<string, number>>])[] = [
  ['one that times out on each request', HANGING],
  ['one of each kind of trouble, and one that floods', ALL_KINDS, FLOODING],
]

for (const [name, troubles, shares] of CASES) {
  /**
   * - 100 pixels are brought events for a while: once all of them are well, once some are in trouble
   * - the 99th percentile of the others, from acceptance to delivery, is at most twice what it is without them
   */
  test(`of 100 pixels none is slowed by ${name}`, async (context) => {
    const calm = percentile99(await whenCalm(context))
    const troubled = percentile99(await lagsOfOthers(context, troubles, shares))
    assert.ok(calm > 0)
    assert.ok(troubled <= 2 * calm, `${troubled} ms, and ${calm} ms without`)
  })
}

/** Milliseconds from acceptance to delivery, of each event of the pixels from the tenth on, which are always well. */
async function lagsOfOthers(
  context: TestContext,
  troubles: Troubles,
  shares: Readonly<Record<string, number>> = {},
): Promise<number[]> {
  const lags: number[] = []
  const answer: Answering = (sent, judge) => (troubles[sent.pixel] ?? answered)(sent, virtual, judge)
  const pixels = PIXELS.map((pixelId) => ({ pixelId, preflight: 'novel' as const }))
  const virtual = await startVirtual(context, { pixels, answer, emulator: { keep: 'count' } })
  const others = new Set(PIXELS.slice(10))
  virtual.engine.events.on('event:delivered', ({ pixel, lagMs }) => {
    if (others.has(pixel)) lags.push(lagMs)
  })
  for (let round = 0; round < ROUNDS; round++) {
    const batches = PIXELS.map((pixel) =>
      virtual.bring(virtualOrders(EVENTS_A_ROUND * (shares[pixel] ?? 1), `r${round}`), pixel),
    )
    await Promise.all(batches)
    await virtual.run(ROUND_MS)
  }
  await virtual.run(MINUTE_MS)
  assert.equal(lags.length, others.size * ROUNDS * EVENTS_A_ROUND, 'everything of the others was delivered')
  return lags
}

function percentile99(lags: readonly number[]): number {
  return [...lags].sort((a, b) => a - b)[Math.floor(lags.length * 0.99)] ?? 0
}

/** 50 to 149 ms, by what is sent, so that a percentile means something. */
async function answered(sent: Sent, virtual: Virtual, judge: () => Promise<Response>): Promise<Response> {
  await after(50 + (sent.text.length % 100), virtual, sent)
  return judge()
}

function never({ signal }: Sent): Promise<Response> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
}

function trickle(sent: Sent, virtual: Virtual): Response {
  const bytes = new TextEncoder().encode('{"accepted_events":1234567890123456789012345678901234567890}')
  let at = 0
  const body = new ReadableStream({
    async pull(controller) {
      await after(SECOND_MS, virtual, sent)
      controller.enqueue(bytes.subarray(at, ++at))
    },
  })
  return new Response(body)
}

/**
 * - two pixels are held for their keys; then the API of the first hangs, and that of the second is well again
 * - the second is found to be well when it is probed, although the probe of the first never ends
 */
test('a held pixel whose probe hangs keeps no other from being probed', async (context) => {
  const virtual = await startVirtual(context, {
    pixels: [{ pixelId: 'hanging' }, { pixelId: 'well' }],
    answer(sent, judge) {
      if (virtual.time.elapsedMs < MINUTE_MS) return errorResponse(401, 'Unauthorized')
      return sent.pixel === 'hanging' ? never(sent) : judge()
    },
  })
  await virtual.bring(virtualOrders(1), 'hanging')
  await virtual.bring(virtualOrders(1), 'well')
  await virtual.run(MINUTE_MS)
  assert.equal((await virtual.store.holds()).length, 2)
  await virtual.run(30 * MINUTE_MS)
  const held = (await virtual.store.holds()).map(({ pixel }) => pixel)
  assert.deepEqual([held, virtual.emulator.summary().stored], [['hanging'], 1])
})
