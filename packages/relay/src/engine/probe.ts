import { askCanary, type CanaryAnswer, exchange, HOUR_MS, type HoldCode } from 'waybill/delivery'
import type { HeldPart, LeaseQuery } from '../store/index.ts'
import { isOperatorHold, resumePixel, resumeShape } from './hold.ts'
import { leaseBatch } from './lease-batch.ts'
import { type LeasedBatch, onlyOnce } from './leased-batch.ts'
import type { EngineParts } from './parts.ts'
import type { PixelDelivery } from './pixel-delivery.ts'
import { createHoldSchedule, type HoldSchedule, type Told, type Turn } from './probe-schedule.ts'
import { RequestPort } from './request-port.ts'
import { Waker } from './waker.ts'

/**
 * Tries held pixels and shapes until the engine stops: whoever puts right what held them need not tell us. A probe refuses nobody: what
 * it asked goes back as it was. It can last as long as an API hangs, so each goes on its own.
 */
export async function probeHolds(parts: EngineParts, pixels: ReadonlyMap<string, PixelDelivery>): Promise<void> {
  const schedule = createHoldSchedule(parts.runtime.monotonic(), () => parts.runtime.random())
  const underWay = new Set<string>()
  const waker = new Waker(parts.runtime, parts.pauseSignal)
  let isTimeNew = false
  const stops = [
    parts.events.on('pixel:held', () => waker.wake()),
    parts.events.on('shape:held', () => waker.wake()),
    parts.events.on('pixel:claimed', () => waker.wake()),
    parts.events.on('holds:changed', () => waker.wake()),
    parts.events.on('clock:confirmed', () => {
      isTimeNew = true
      waker.wake()
    }),
  ]
  while (!parts.isStopping()) {
    const holds = await parts.store.holds()
    schedule.see(holds, parts.runtime.monotonic())
    // An API that refused everything may have done so for the time that it was told.
    if (isTimeNew) schedule.hasten('not_judging' satisfies HoldCode, holds, parts.runtime.monotonic())
    isTimeNew = false
    for (const hold of holds) probeWhenDue(hold, { parts, pixels, schedule, underWay, waker })
    await waker.wait(Math.min(LOOK_EVERY_MS, schedule.waitMs(holds, parts.runtime.monotonic())))
  }
  for (const stop of stops) stop()
}

/** For what nobody told of: a hold whose pixel comes into the configuration. */
const LOOK_EVERY_MS = 60_000

interface Probing {
  readonly parts: EngineParts
  readonly pixels: ReadonlyMap<string, PixelDelivery>
  readonly schedule: HoldSchedule
  readonly underWay: Set<string>
  readonly waker: Waker
}

function probeWhenDue(hold: HeldPart, { parts, pixels, schedule, underWay, waker }: Probing): void {
  const pixel = pixels.get(hold.pixel)
  const key = JSON.stringify([hold.pixel, hold.shape])
  if (pixel === undefined || pixel.isHalted || isOperatorHold(hold) || underWay.has(key)) return
  const turn = schedule.take(hold, parts.runtime.monotonic())
  if (turn === undefined) return
  underWay.add(key)
  pixel.probes += 1
  parts.background(async () => {
    try {
      const told = await probe(pixel, hold, turn)
      if (told === 'something') return
      schedule.untold(hold, told, parts.runtime.monotonic())
      waker.wake()
    } finally {
      pixel.probes -= 1
      underWay.delete(key)
    }
  })
}

/** What a turn came to, for the schedule. */
async function probe(pixel: PixelDelivery, hold: HeldPart, turn: Turn): Promise<Told> {
  const { shape, code } = hold
  if (shape !== undefined) {
    await probeShape(pixel, shape, turn)
    return 'something'
  }
  const isOver = await (code === COUNTS_NONE ? countsOne(pixel, turn.number) : isJudging(pixel, code, turn.number))
  if (isOver === 'only refused' || isOver === 'nothing to ask') return isOver
  if (isOver) await resumePixel(pixel, 'a probe passed')
  return 'something'
}

const COUNTS_NONE: HoldCode = 'counts_none'

/** Where turns are seldom, one bad event does not use up the turn of the others: all places are asked, until one passes. */
async function probeShape(pixel: PixelDelivery, shape: string, { number, isSeldom }: Turn): Promise<void> {
  const tries = isSeldom ? ORDERS.length : 1
  let said: 'passed' | 'refused' | undefined = 'refused'
  for (let tried = 0; tried < tries && said === 'refused'; tried++)
    said = await askOne(pixel, number + tried, { shapes: [shape] }, isTaken)
  if (said !== 'passed') return
  // Asked for examples again, the bad ones before it would bring the hold back.
  pixel.learned.eventPassed(shape)
  pixel.learned.noteMixed(shape, pixel.parts.clock.now() + HOUR_MS)
  await resumeShape({ parts: pixel.parts, pixel: pixel.id, delivery: pixel }, shape)
}

/**
 * What is only validated may be refused all the same when it is sent, and then all of the shape would be: the hold ends with a real one. It goes
 * back as it was where it is refused.
 */
async function isTaken(batch: LeasedBatch): Promise<'passed' | 'refused' | undefined> {
  const sent = await batch.sendForReal()
  if (sent === 'delivered') return 'passed'
  return sent === 'refused' ? 'refused' : undefined
}

/** Refusing an event shows that key, pixel and way are right again; but not, by itself, that the API is judging. */
async function isJudging(pixel: PixelDelivery, code: string, turn: number): Promise<boolean> {
  const said = (await askOne(pixel, turn, {})) ?? (await askLeast(pixel))
  if (said === 'passed') return true
  if (said !== 'refused') return false
  return code !== ('not_judging' satisfies HoldCode) || (await askLeast(pixel)) === 'passed'
}

async function askLeast(pixel: PixelDelivery): Promise<CanaryAnswer['said'] | undefined> {
  return (await askCanary(new RequestPort(pixel, { mayHold: false }), {}))?.said
}

const ORDERS = ['newest', 'oldest', 'between'] as const

/**
 * Probes take turns among the newest, the oldest and one between. `undefined`: nothing waits, or there was no answer. `then`: what else has to
 * pass with an event that the API would take.
 */
async function askOne(
  pixel: PixelDelivery,
  turn: number,
  which: Partial<LeaseQuery>,
  then?: (batch: LeasedBatch) => Promise<'passed' | 'refused' | undefined>,
): Promise<'passed' | 'refused' | undefined> {
  const batch = await leaseOne(pixel, { probe: { order: ORDERS[turn % ORDERS.length]! }, ...which })
  if (batch === undefined) return undefined
  try {
    const said = await askOnce(batch)
    if (said?.kind === 'delivered') {
      if (!batch.events.every((event) => batch.isOpen(event))) return undefined
      const really = then === undefined ? 'passed' : await then(batch)
      if (really !== 'passed') return really
      // Its shape is known again: what is left of it travels together, and is not shown one by one.
      for (const { shape } of batch.events) pixel.learned.eventPassed(shape)
      return 'passed'
    }
    return said?.kind === 'refused' ? 'refused' : undefined
  } finally {
    await batch.finish()
  }
}

/** One request and no more: what may pass by itself is left to the next probe. */
function askOnce(batch: LeasedBatch): ReturnType<typeof exchange> {
  return exchange(onlyOnce(batch), batch.events, 'validate', false)
}

/** So many events are asked in one turn while each is refused for itself, or not sent. */
const TRIES_A_TURN = 8

/**
 * Really sends one event, best one that was never sent, since only a count can show that the account counts again. One that is refused
 * shows nothing: another takes its place at once, best of another shape, since what the account does not read is refused whole. So does
 * one that its time did not let leave.
 */
async function countsOne(pixel: PixelDelivery, turn: number): Promise<boolean | Exclude<Told, 'something'>> {
  const refused = new Set<string>()
  for (let tries = 0; tries < TRIES_A_TURN; tries++) {
    const batch = await leaseToCount(pixel, turn, [...refused])
    if (batch === undefined) break
    const told = await counts(pixel, batch)
    if (typeof told === 'boolean') return told
    if (told === 'refused') refused.add(batch.events[0]!.shape)
  }
  return refused.size === 0 ? 'nothing to ask' : 'only refused'
}

async function leaseToCount(
  pixel: PixelDelivery,
  turn: number,
  exceptShapes: readonly string[],
): Promise<LeasedBatch | undefined> {
  const neverSent = { order: 'newest', neverSent: true } as const
  return (
    (await leaseOne(pixel, { probe: neverSent, exceptShapes })) ??
    (await leaseOne(pixel, { probe: neverSent })) ??
    // Where each was sent once, a count of none says nothing; one that counts shows it all the same.
    (await leaseOne(pixel, { probe: { order: ORDERS[turn % ORDERS.length]! }, exceptShapes })) ??
    // Nothing waits but what is suspected.
    (await leaseOne(pixel, { probe: {}, apart: true, exceptShapes }))
  )
}

async function counts(pixel: PixelDelivery, batch: LeasedBatch): Promise<boolean | 'refused' | 'not sent'> {
  let isCounted = false
  const stop = pixel.parts.events.on('event:delivered', ({ row, mark }) => {
    if (row === batch.events[0]!.row && mark === undefined) isCounted = true
  })
  try {
    const sent = await batch.sendForReal()
    if (sent === 'refused' || sent === 'not sent') return sent
  } finally {
    await batch.finish()
    stop()
  }
  return isCounted
}

function leaseOne(pixel: PixelDelivery, which: Partial<LeaseQuery>): Promise<LeasedBatch | undefined> {
  return leaseBatch(pixel, { limit: 1, ...which })
}
