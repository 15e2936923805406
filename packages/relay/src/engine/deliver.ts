import { MAX_AGE_MS } from 'waybill'
import { drive, MINUTE_MS, NEAR_END_MS, PROBES_THAT_DECIDE, proveShapes, STREAK_THAT_HOLDS } from 'waybill/delivery'
import { leaseBatch } from './lease-batch.ts'
import type { LeasedBatch } from './leased-batch.ts'
import type { PixelDelivery } from './pixel-delivery.ts'

/** One batch of one pixel, from the queue to its end. False when nothing is due. */
export async function deliverOnce(pixel: PixelDelivery): Promise<boolean> {
  if (await validateExamples(pixel)) return true
  const batch = (await leaseEnding(pixel)) ?? (await leaseDue(pixel))
  if (batch === undefined) return false
  await carry(batch, async () => {
    const validated = pixel.config.preflight === 'always' ? await validateAll(batch) : batch.events
    await sendAll(batch, validated)
  })
  return true
}

/** Asks what is suspected, each by itself, beside the lanes that deliver. False when nothing of it is due. */
export async function askSuspects(pixel: PixelDelivery): Promise<boolean> {
  const batch = await leaseBatch(pixel, { apart: true, limit: SUSPECTS_AT_A_TIME })
  if (batch === undefined) return false
  await carry(batch, () => drive(batch, batch.events, { purpose: 'deliver', areSuspects: true }))
  return true
}

/**
 * Has an example of each new shape validated; the other events of the lease stand in where one is refused. What was validated is delivered
 * before more is validated. One lane at a time does it, so that the known good flow runs beside it.
 */
async function validateExamples(pixel: PixelDelivery): Promise<boolean> {
  if (pixel.config.preflight !== 'novel' || pixel.isValidating) return false
  pixel.isValidating = true
  try {
    const exceptShapes = pixel.learned.knownShapes
    const batch = await leaseBatch(pixel, { exceptShapes, perShape: EXAMPLES_PER_SHAPE, spread: PROBES_THAT_DECIDE })
    if (batch === undefined) return false
    await carry(batch, async () => {
      const proven = await proveShapes(batch, batch.events, (event) => batch.isOpen(event))
      if (proven === undefined) return
      await sendAll(
        batch,
        batch.events.filter((event) => proven.has(event.shape)),
      )
      // With one lane the known flow has its turn between two rounds of examples.
      if (pixel.config.concurrency === 1) await deliverKnown(pixel)
    })
    return true
  } finally {
    pixel.isValidating = false
  }
}

async function deliverKnown(pixel: PixelDelivery): Promise<void> {
  const batch = (await leaseEnding(pixel)) ?? (await leaseDue(pixel))
  if (batch !== undefined) await carry(batch, () => sendAll(batch, batch.events))
}

async function validateAll(batch: LeasedBatch): Promise<readonly LeasedBatch['events'][number][]> {
  const all = []
  for (const part of batch.cut(batch.events, 'validate')) {
    const { isWhole, validated } = await drive(batch, part, { purpose: 'validate' })
    all.push(...validated)
    if (!isWhole) break
  }
  return all
}

async function sendAll(batch: LeasedBatch, events: readonly LeasedBatch['events'][number][]): Promise<void> {
  const open = events.filter((event) => batch.isOpen(event))
  for (const part of batch.cut(open, 'deliver')) {
    const { isWhole } = await drive(batch, part, { purpose: 'deliver' })
    if (!isWhole) return
  }
}

async function carry(batch: LeasedBatch, work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } finally {
    await batch.finish()
  }
}

/** Enough of each new shape for the systemic rule to come to its verdict: refusals in a row, and probes spread over the rest of it. */
const EXAMPLES_PER_SHAPE = STREAK_THAT_HOLDS
const SUSPECTS_AT_A_TIME = 100

/** What ends soon travels alone, so that an answer about its age concerns no other. */
function leaseEnding(pixel: PixelDelivery): Promise<LeasedBatch | undefined> {
  // A whole minute, as queues are ordered: of one that is cut, all of it would be looked through.
  const timestampBeforeMs = Math.ceil((pixel.parts.clock.now() - MAX_AGE_MS + NEAR_END_MS) / MINUTE_MS) * MINUTE_MS
  return leaseBatch(pixel, { ...knownOnly(pixel), timestampBeforeMs })
}

/** Where the pixel may wait for a fuller request, only what fills one or has waited for long. */
function leaseDue(pixel: PixelDelivery): Promise<LeasedBatch | undefined> {
  return pixel.patience.lease((asking) => {
    const unless = asking && { unlessFullAcceptedByMs: pixel.parts.clock.now() - asking.waitedMs }
    return leaseBatch(pixel, { ...knownOnly(pixel), ...unless })
  })
}

function knownOnly({ config, learned }: PixelDelivery): { shapes?: readonly string[] } {
  return config.preflight === 'novel' ? { shapes: learned.knownShapes } : {}
}
