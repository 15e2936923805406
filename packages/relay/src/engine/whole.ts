import { MAX_AGE_MS, MAX_EVENTS_PER_REQUEST } from 'waybill'
import { sendWhole, type Whole, type WholeEnd, windowMarginMs, windowState } from 'waybill/delivery'
import type { Store } from '../store/index.ts'
import { AHEAD_MARGIN_MS } from './due.ts'
import type { PixelDelivery } from './pixel-delivery.ts'
import { ENVELOPE_BYTES, RequestPort } from './request-port.ts'

/** Where somebody keeps a note; waits for as long as the store cannot be written. */
export type Notes = Pick<Store, 'setMeta'>

/** Events without accounts, of which whoever brings them keeps note. */
export interface WholeDelivery extends Pick<Whole, 'body' | 'events' | 'bytes' | 'shapes'> {
  /** Their own times, Unix milliseconds. */
  readonly oldestMs: number
  readonly newestMs: number
  /** Before they leave. */
  leaving(notes: Notes): Promise<void>
  /** As soon as that is known. */
  ended(notes: Notes, end: WholeEnd): Promise<void>
}

/** Delivers events in one request, where nothing of them is new to the pixel and nothing stands in their way. */
export async function deliverWhole(pixel: PixelDelivery, whole: WholeDelivery): Promise<WholeEnd> {
  if (!mayGoWhole(pixel, whole)) return 'apart'
  const { store, clock } = pixel.parts
  let hasLeft = false
  const end = await sendWhole(new RequestPort(pixel), {
    ...whole,
    timeLeftMs: whole.oldestMs + MAX_AGE_MS - clock.now(),
    leaving: async () => {
      await whole.leaving(store)
      hasLeft = true
    },
  })
  if (hasLeft) await whole.ended(store, end)
  return end
}

/** Every shape was seen to pass, one request holds all of it, and by some claim on what time it is all times lie well inside the window. */
function mayGoWhole(
  { config, learned, parts: { clock, isStopping } }: PixelDelivery,
  { shapes, events, bytes, oldestMs, newestMs }: WholeDelivery,
): boolean {
  if (isStopping() || config.preflight === 'always') return false
  if (events > MAX_EVENTS_PER_REQUEST || bytes > learned.maxBodyBytes - ENVELOPE_BYTES) return false
  if (config.preflight === 'novel' && !shapes.every((shape) => learned.isKnown(shape))) return false
  const marginMs = windowMarginMs(clock.uncertaintyMs)
  const isOpen = (timeMs: number, nowMs: number): boolean =>
    windowState(timeMs, nowMs, marginMs, AHEAD_MARGIN_MS) === 'open'
  return clock.claims().some((nowMs) => isOpen(oldestMs, nowMs) && isOpen(newestMs, nowMs))
}
