import { ISSUES } from 'waybill'
import type { Reason, Verdict } from 'waybill/delivery'
import type { Hold } from '../store/index.ts'
import type { Line, Plant } from './line.ts'

const ENGINE = 'waybill'
const OPERATOR_CODE = 'held_by_operator'

/** What an operator holds, an operator resumes. */
export function isOperatorHold({ code, by }: Pick<Hold, 'code' | 'by'>): boolean {
  return by !== ENGINE || code === OPERATOR_CODE
}

/** Nothing of this pixel goes out until somebody acts, a probe passes, or its key changes. Nothing of it is refused. */
export async function holdPixel(
  { plant, config }: Line,
  { code, message }: Extract<Verdict, { kind: 'hold' }>,
): Promise<void> {
  const pixel = config.pixelId
  // The answer to a request of before must not put a hold that probes may lift in the place of the operator's.
  if (await isHeldByOperator(plant, pixel)) return
  const { about, fix } = ISSUES[code]
  const said = message === '' ? about : `${about} (${message})`
  await hold(plant, pixel, { code, message: said, hint: fix, by: ENGINE })
}

/** An operator's hold, kept with who and why. A line that is halted too starts no further request. */
export async function holdByOperator(
  { plant, pixel, line }: Held,
  { reason, by }: { readonly reason: string; readonly by: string },
): Promise<void> {
  await hold(plant, pixel, { code: OPERATOR_CODE, message: reason, hint: `waybill resume ${pixel}`, by })
  line?.halt('held')
}

/** What is held, by its pixel: the line is there only where the pixel is configured. */
interface Held {
  readonly plant: Plant
  readonly pixel: string
  readonly line: Line | undefined
}

async function hold(
  { store, clock, events }: Plant,
  pixel: string,
  { hint, ...why }: Omit<Hold, 'atMs'> & { readonly hint: string },
): Promise<void> {
  await store.holdPixel(pixel, { ...why, atMs: clock.now() })
  const { code, message, by } = why
  events.emit('pixel:held', { pixel, code, message, hint, ...byOperator(by) })
}

async function isHeldByOperator({ store }: Plant, pixel: string): Promise<boolean> {
  return (await store.holds()).some((one) => one.pixel === pixel && one.shape === undefined && isOperatorHold(one))
}

function byOperator(by: string): { readonly by?: string } {
  return by === ENGINE ? {} : { by }
}

/** Lifts a hold of the engine's own; that of an operator stays. */
export async function resumePixel({ plant, config }: Line, why: string): Promise<void> {
  if (!(await isHeldByOperator(plant, config.pixelId))) await resume(plant, config.pixelId, why, ENGINE)
}

/** Lifts whatever hold there is; `false` when there was none. */
export async function resumeByOperator({ plant, pixel, line }: Held, by: string): Promise<boolean> {
  const wasHeld = await resume(plant, pixel, 'an operator resumed it', by)
  line?.goOn('held')
  return wasHeld
}

async function resume({ store, clock, events }: Plant, pixel: string, why: string, by: string): Promise<boolean> {
  const wasHeld = await store.resumePixel(pixel, { by, nowMs: clock.now() })
  if (wasHeld) events.emit('pixel:resumed', { pixel, why, ...byOperator(by) })
  return wasHeld
}

/** The API refuses all of a shape for one reason: what is left of it waits until one of it passes. */
export function holdShape({ plant, config, holdsUnderWay }: Line, shape: string, { code, message }: Reason): void {
  if (holdsUnderWay.has(shape)) return
  const pixel = config.pixelId
  const said = `Every event of this kind is refused with ${code}: ${message}`
  const hold = { code: 'unexplained_rejection', message: said, atMs: plant.clock.now(), by: ENGINE }
  const work = plant.store.holdShape(pixel, shape, hold).finally(() => holdsUnderWay.delete(shape))
  holdsUnderWay.set(shape, work)
  plant.events.emit('shape:held', { pixel, shape, code, message: said })
}

/** Lifts the hold of a shape and forgets what led to it, or the next refusal would bring it back; `false` when there was none. */
export async function resumeShape({ plant, pixel, line }: Held, shape: string, by: string = ENGINE): Promise<boolean> {
  await line?.holdsUnderWay.get(shape)
  line?.watch.passed(shape)
  const wasHeld = await plant.store.resumeShape(pixel, shape, { by, nowMs: plant.clock.now() })
  if (wasHeld) plant.events.emit('shape:resumed', { pixel, shape, ...byOperator(by) })
  return wasHeld
}

/** Refusals in a row, over however many batches, after which a shape is held: those that alarm and those that would decide. */
const STREAK_THAT_HOLDS = 12

/**
 * Where events of a shape trickle in, each refused in a batch of its own, there was nothing left to probe with. When the
 * streak is as long as alarm and probes together, the shape is held all the same and its refusals are taken back.
 */
export async function reconsider(line: Line, shape: string, reason: Reason): Promise<void> {
  const { watch, plant, config } = line
  const length = watch.streakOf(shape)
  if (length < STREAK_THAT_HOLDS || watch.isHeld(shape)) return
  watch.hold(shape)
  holdShape(line, shape, reason)
  await Promise.all(line.holdsUnderWay.values())
  const selection = { state: 'refused', pixel: config.pixelId, code: reason.code, shape } as const
  await plant.store.replay(selection, { by: ENGINE, nowMs: plant.clock.now(), limit: length })
}
