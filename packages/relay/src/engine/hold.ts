import { ISSUES } from 'waybill'
import type { Reason, Verdict } from 'waybill/delivery'
import type { Line } from './line.ts'

const ENGINE = 'waybill'

/** Nothing of this pixel goes out until somebody acts, a probe passes, or its key changes. Nothing of it is refused. */
export async function holdPixel(
  { plant, config }: Line,
  { code, message }: Extract<Verdict, { kind: 'hold' }>,
): Promise<void> {
  const pixel = config.pixelId
  const { about, fix } = ISSUES[code]
  const said = message === '' ? about : `${about} (${message})`
  await plant.store.holdPixel(pixel, { code, message: said, atMs: plant.clock.now(), by: ENGINE })
  plant.events.emit('pixel:held', { pixel, code, message: said, hint: fix })
}

export async function resumePixel({ plant, config }: Line, why: string): Promise<void> {
  const pixel = config.pixelId
  if (await plant.store.resumePixel(pixel, { by: ENGINE, nowMs: plant.clock.now() }))
    plant.events.emit('pixel:resumed', { pixel, why })
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

export async function resumeShape({ plant, config, watch }: Line, shape: string): Promise<void> {
  const pixel = config.pixelId
  watch.passed(shape)
  if (await plant.store.resumeShape(pixel, shape, { by: ENGINE, nowMs: plant.clock.now() }))
    plant.events.emit('shape:resumed', { pixel, shape })
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
