import { ISSUES } from 'waybill'
import type { Reason, Verdict } from 'waybill/delivery'
import type { Hold } from '../store/index.ts'
import type { EngineParts } from './parts.ts'
import type { PixelDelivery } from './pixel-delivery.ts'

const ENGINE = 'waybill'
const OPERATOR_CODE = 'held_by_operator'

/** What an operator holds, an operator resumes. */
export function isOperatorHold({ code, by }: Pick<Hold, 'code' | 'by'>): boolean {
  return by !== ENGINE || code === OPERATOR_CODE
}

/** Nothing of this pixel goes out until somebody acts, a probe passes, or its key changes. Nothing of it is refused. */
export async function holdPixel(
  { parts, id: pixel }: PixelDelivery,
  { code, message }: Extract<Verdict, { kind: 'hold' }>,
): Promise<void> {
  // The answer to a request of before must not put a hold that probes may lift in the place of the operator's.
  if (await isHeldByOperator(parts, pixel)) return
  const { about, fix } = ISSUES[code]
  const said = message === '' ? about : `${about} (${message})`
  await hold(parts, pixel, { code, message: said, hint: fix, by: ENGINE })
}

/** An operator's hold, kept with who and why. A pixel that is halted too starts no further request. */
export async function holdByOperator(
  { parts, pixel, delivery }: Held,
  { reason, by }: { readonly reason: string; readonly by: string },
): Promise<void> {
  await hold(parts, pixel, { code: OPERATOR_CODE, message: reason, hint: `waybill resume ${pixel}`, by })
  delivery?.halt('held')
}

/** What is held, by its pixel: its delivery is there only where the pixel is configured. */
export interface Held {
  readonly parts: EngineParts
  readonly pixel: string
  readonly delivery: PixelDelivery | undefined
}

async function hold(
  { store, clock, events }: EngineParts,
  pixel: string,
  { hint, ...why }: Omit<Hold, 'atMs'> & { readonly hint: string },
): Promise<void> {
  await store.holdPixel(pixel, { ...why, atMs: clock.now() })
  const { code, message, by } = why
  events.emit('pixel:held', { pixel, code, message, hint, ...byOperator(by) })
}

async function isHeldByOperator({ store }: EngineParts, pixel: string): Promise<boolean> {
  return (await store.holds()).some((one) => one.pixel === pixel && one.shape === undefined && isOperatorHold(one))
}

function byOperator(by: string): { readonly by?: string } {
  return by === ENGINE ? {} : { by }
}

/** Lifts a hold of the engine's own; that of an operator stays. */
export async function resumePixel({ parts, id }: PixelDelivery, why: string): Promise<void> {
  if (!(await isHeldByOperator(parts, id))) await resume(parts, id, why, ENGINE)
}

/** Lifts whatever hold there is; `false` when there was none. */
export async function resumeByOperator({ parts, pixel, delivery }: Held, by: string): Promise<boolean> {
  const wasHeld = await resume(parts, pixel, 'an operator resumed it', by)
  delivery?.goOn('held')
  return wasHeld
}

async function resume({ store, clock, events }: EngineParts, pixel: string, why: string, by: string): Promise<boolean> {
  const wasHeld = await store.resumePixel(pixel, { by, nowMs: clock.now() })
  if (wasHeld) events.emit('pixel:resumed', { pixel, why, ...byOperator(by) })
  return wasHeld
}

/**
 * The API refuses all of a shape: what is left of it waits until one of it passes. What was refused for good of the same row of refusals
 * is taken back: the events were not at fault.
 */
export function holdShape(
  { parts, id: pixel, holdsUnderWay, learned }: PixelDelivery,
  shape: string,
  why: Reason,
): void {
  const key = `shape ${shape}`
  if (holdsUnderWay.has(key)) return
  const { code, message } = why
  const said = `Every event of this kind is refused with ${code}: ${message}`
  const { store, clock, events } = parts
  const { refused } = learned.streakOf(shape)
  learned.endStreak(shape)
  learned.forget(shape)
  const hold = { code: 'unexplained_rejection', message: said, atMs: clock.now(), by: ENGINE }
  const takeBack = async (): Promise<void> => {
    if (refused === 0) return
    const selection = { state: 'refused', pixel, shape } as const
    await store.replay(selection, { by: ENGINE, nowMs: clock.now(), limit: refused })
  }
  const work = store.holdShape(pixel, shape, hold).then(takeBack)
  holdsUnderWay.set(
    key,
    work.finally(() => holdsUnderWay.delete(key)),
  )
  events.emit('shape:held', { pixel, shape, code, message: said })
}

/** Lifts the hold of a shape and forgets what led to it, or the next refusal would bring it back; `false` when there was none. */
export async function resumeShape(
  { parts, pixel, delivery }: Held,
  shape: string,
  by: string = ENGINE,
): Promise<boolean> {
  await delivery?.holdsUnderWay.get(`shape ${shape}`)
  delivery?.learned.endStreak(shape)
  const wasHeld = await parts.store.resumeShape(pixel, shape, { by, nowMs: parts.clock.now() })
  if (wasHeld) parts.events.emit('shape:resumed', { pixel, shape, ...byOperator(by) })
  return wasHeld
}
