import { MAX_AGE_MS, MAX_AHEAD_MS } from 'waybill'
import { APART_MS, askCanary, backoffMs, type CanaryAnswer, type Claim, MINUTE_MS, SECOND_MS } from 'waybill/delivery'
import type { EngineParts } from './parts.ts'
import type { PixelDelivery } from './pixel-delivery.ts'
import { RequestPort } from './request-port.ts'
import { Waker } from './waker.ts'

/** Near enough to the window's ends that a clock a minute off is told apart, far enough that an answer may take its time. */
const NEAR_END_MS = 9 * MINUTE_MS
const BEYOND_MS = MAX_AHEAD_MS + MINUTE_MS
const FAR_END_MS = MAX_AGE_MS - 5 * MINUTE_MS
/** While all is well: whoever looks at the clock in between tells of a doubt. */
const LOOK_EVERY_MS = 60_000
const ROUNDS_AT_ONCE = 3
const FIRST_WAIT_MS = 3_000
/** Longer than any pace that is set, shorter than the pauses of an API that is away. */
const TURN_MS = 15 * SECOND_MS

/**
 * Asks what time it is while that is in doubt, once for each endpoint, with a canary: any verdict on it carries the API's `Date`. Where two
 * answers differ from this machine's clock, or none has a `Date`, the window itself is asked. Runs until the engine stops.
 */
export async function askTimeWhileInDoubt(
  parts: EngineParts,
  pixels: ReadonlyMap<string, PixelDelivery>,
): Promise<void> {
  const asked = new EndpointPixels(pixels)
  let rounds = 0
  let sinceMs = parts.runtime.monotonic()
  const waker = new Waker(parts.runtime, parts.pauseSignal)
  const stop = parts.events.on('clock:doubted', () => waker.wake())
  // Where something is delivered anyway its answers tell the time, and nobody has to ask.
  await waker.wait(FIRST_WAIT_MS)
  while (!parts.isStopping()) {
    if (parts.clock.isConfirmed()) {
      rounds = 0
      await waker.wait(LOOK_EVERY_MS)
      if (parts.clock.isAgainstMachine) await askWhetherStill(parts, asked, waker)
      sinceMs = parts.runtime.monotonic()
      continue
    }
    rounds += 1
    await askEach(parts, asked)
    if (parts.clock.isSilent) parts.clock.judgeSilence(await newestMs(parts))
    if (!parts.clock.isConfirmed()) await waker.wait(delayAfter(rounds, parts, sinceMs))
  }
  stop()
}

/** Two answers are mostly enough; an API that answers without telling is asked as seldom as one that does not answer. */
function delayAfter(rounds: number, { runtime }: EngineParts, sinceMs: number): number {
  if (rounds <= ROUNDS_AT_ONCE) return APART_MS
  const random = (): number => (1 + runtime.random()) / 2
  return Math.max(APART_MS, backoffMs(rounds, random, runtime.monotonic() - sinceMs))
}

/** A claim that counts against the machine: where one answer differs from it, a second one tells soon whether it still holds. */
async function askWhetherStill(parts: EngineParts, asked: EndpointPixels, waker: Waker): Promise<void> {
  await askEach(parts, asked)
  if (!parts.clock.isContradicted) return
  await waker.wait(APART_MS)
  await askEach(parts, asked)
}

/** One pixel stands for each endpoint, for as long as it is answered: a fault may concern it alone, and the next takes its place. */
class EndpointPixels {
  readonly #pixels: ReadonlyMap<string, PixelDelivery>
  /** By endpoint: how many did without an answer. */
  readonly #passedOver = new Map<string, number>()

  constructor(pixels: ReadonlyMap<string, PixelDelivery>) {
    this.#pixels = pixels
  }

  get all(): readonly PixelDelivery[] {
    const byEndpoint = new Map<string, PixelDelivery[]>()
    for (const pixel of this.#pixels.values()) {
      const { endpoint } = pixel.config
      if (!pixel.isHalted) byEndpoint.set(endpoint, [...(byEndpoint.get(endpoint) ?? []), pixel])
    }
    return [...byEndpoint].map(([endpoint, list]) => {
      // Whoever was told to wait would be waited for, while another could ask.
      const free = list.filter(({ gate }) => !gate.isPaused('canary'))
      const among = free.length > 0 ? free : list
      return among[(this.#passedOver.get(endpoint) ?? 0) % among.length]!
    })
  }

  passOver({ config: { endpoint } }: PixelDelivery): void {
    this.#passedOver.set(endpoint, (this.#passedOver.get(endpoint) ?? 0) + 1)
  }
}

/** Endpoints side by side: one that hangs, or that asks for pauses without end, keeps no other from being asked. */
async function askEach({ clock }: EngineParts, asked: EndpointPixels): Promise<void> {
  const pixels = asked.all
  await Promise.all(pixels.map((pixel) => askOf(pixel, asked)))
  if (pixels.length > 0) clock.asked()
}

async function askOf(pixel: PixelDelivery, asked: EndpointPixels): Promise<void> {
  const { clock, isStopping } = pixel.parts
  const answer = await ask(pixel)
  const isAnswered = answer !== undefined && answer.said !== 'unknown'
  if (!isAnswered) asked.passOver(pixel)
  if (isStopping() || (isAnswered && clock.isConfirmed())) return
  if (clock.mustAskWindow) await askWindow(pixel)
}

/** `undefined` also where the pixel has no turn to give for now: whoever delivers takes each that its API leaves. */
async function ask(pixel: PixelDelivery, timestampMs?: number): Promise<CanaryAnswer | undefined> {
  const { runtime, pauseSignal } = pixel.parts
  const turn = new AbortController()
  const hasTurn = new AbortController()
  void runtime.sleep(TURN_MS, hasTurn.signal).then(() => turn.abort())
  const waitSignal = AbortSignal.any([pauseSignal, turn.signal])
  try {
    return await askCanary(new RequestPort(pixel, { mayHold: false, waitSignal }), { timestampMs })
  } finally {
    hasTurn.abort()
  }
}

/**
 * Sends two canaries for each claim, one near each end of the window. Where no claim has both pass, as with a window that is shorter than
 * specified, the near end has to tell alone: a claim lies there whose canary a minute before it passes and a minute behind it does not.
 */
async function askWindow(pixel: PixelDelivery): Promise<void> {
  const { clock } = pixel.parts
  const from = pixel.config.endpoint
  const [near, whole]: [Claim[], Claim[]] = [[], []]
  for (const claim of clock.openClaims()) {
    const isNear = await passesAt(claim, NEAR_END_MS, pixel)
    const isFar = isNear === true ? await passesAt(claim, -FAR_END_MS, pixel) : isNear
    if (isFar === undefined) return
    if (isNear) near.push(claim)
    if (isFar) whole.push(claim)
  }
  if (whole.length > 0 || near.length === 0) return clock.judgeWindows(whole, { from })
  const atEnd: Claim[] = []
  for (const claim of near) {
    const isBeyond = await passesAt(claim, BEYOND_MS, pixel)
    if (isBeyond === undefined) return
    if (!isBeyond) atEnd.push(claim)
  }
  clock.judgeWindows(atEnd, { from, isShort: true, isJudging: true })
}

/** Whether a canary stamped so far from a claim passes; `undefined` where the answer says nothing. */
async function passesAt(claim: Claim, byMs: number, pixel: PixelDelivery): Promise<boolean | undefined> {
  const { monotonicMs } = pixel.parts.clock.moment()
  const timestampMs = Math.round(monotonicMs + claim.offsetMs + byMs)
  const answer = await ask(pixel, timestampMs)
  if (answer === undefined || answer.said === 'unknown' || answer.said === 'too_large') return undefined
  return answer.said === 'passed'
}

async function newestMs({ store }: EngineParts): Promise<number> {
  const { items } = await store.search({ limit: 1 })
  return items[0]?.acceptedMs ?? 0
}
