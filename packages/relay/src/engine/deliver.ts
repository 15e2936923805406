import { MAX_AGE_MS, MAX_EVENTS_PER_REQUEST } from 'waybill'
import { chunk, NEAR_END_MS, planBatch } from 'waybill/delivery'
import type { Lease, LeaseQuery } from '../store/index.ts'
import { BatchRun, type Purpose } from './batch-run.ts'
import type { Line, Traveller } from './line.ts'

/** One batch of one pixel, from the queue to its end. False when nothing is due. */
export async function deliverOnce(line: Line): Promise<boolean> {
  const examples = await leaseExamples(line)
  if (examples !== undefined) return sendExamples(line, examples)
  const lease = (await leaseEnding(line)) ?? (await leaseDue(line))
  if (lease === undefined) return false
  await travel(line, lease, async (run) => {
    if (line.config.preflight === 'always') await send(run, run.travellers, 'validate')
    await send(run, ready(run), 'deliver')
  })
  return true
}

/** What may be delivered: all, or, where the API was asked first, what it would take. */
function ready(run: BatchRun): readonly Traveller[] {
  if (run.line.config.preflight !== 'always') return run.travellers
  const validated = [...run.validated]
  run.validated.clear()
  return validated
}

/**
 * Has an example of each new shape validated; the other events of the lease stand in where one is refused. The good ones go
 * back to the queue, to travel with the rest of their shape.
 */
async function sendExamples(line: Line, lease: Lease): Promise<true> {
  const shapes = new Set(lease.events.map(({ shape }) => shape))
  for (const shape of shapes) line.validating.add(shape)
  try {
    await travel(line, lease, validateExamples)
  } finally {
    for (const shape of shapes) line.validating.delete(shape)
  }
  return true
}

/** Until each shape has an example that the API would take, or none is left. */
async function validateExamples(run: BatchRun): Promise<void> {
  const proven = new Set<string>()
  for (let unproven = run.travellers; unproven.length > 0; ) {
    const examples = [...new Map(unproven.map((event) => [event.shape, event] as const).reverse()).values()]
    const before = unproven.length
    if (!(await send(run, examples, 'validate', unproven))) return
    for (const { shape } of run.validated) proven.add(shape)
    unproven = unproven.filter((traveller) => !proven.has(traveller.shape) && run.isOpen(traveller))
    if (unproven.length === before) return
  }
}

async function travel(line: Line, lease: Lease, work: (run: BatchRun) => Promise<void>): Promise<void> {
  const run = new BatchRun(line, lease)
  try {
    await work(run)
  } finally {
    await run.finish()
  }
  // What was put off could be leased again at once, until the API says what time it is.
  if (run.isInDoubt) await line.plant.runtime.sleep(LOOK_AGAIN_MS, line.plant.pauseSignal)
}

/**
 * Drives the plan of each body that the events fill: the next group out, its answer in, what is certain committed. `reserve`:
 * events that may be tried when a whole shape seems to fail. False when the batch must end.
 */
export async function send(
  run: BatchRun,
  travellers: readonly Traveller[],
  purpose: Purpose,
  reserve?: readonly Traveller[],
): Promise<boolean> {
  const limits = { maxBodyBytes: run.line.maxBodyBytes, envelopeBytes: ENVELOPE_BYTES }
  for (const body of chunk(travellers, limits)) {
    const plan = planBatch(body, { ...run.context(purpose), ...(reserve && { reserve }) })
    for (let step = plan.next(); !step.done; ) {
      const answer = await run.ask(step.value, purpose)
      if (answer === undefined) return false
      step = plan.next(answer)
      await run.commit()
    }
  }
  return true
}

/** More than the body needs around its events. */
export const ENVELOPE_BYTES = 200
/** Enough of each new shape for the systemic rule to come to its verdict: eight refusals and four probes. */
const EXAMPLES_PER_SHAPE = 12
const LEASE_MS = 60_000
const LOOK_AGAIN_MS = 60_000
const MINUTE_MS = 60_000

/** As much as one request takes, and no more in memory. */
function query({ plant, config, maxBodyBytes }: Line): LeaseQuery {
  const most = { limit: MAX_EVENTS_PER_REQUEST, maxBytes: maxBodyBytes }
  return { pixel: config.pixelId, ...most, nowMs: plant.clock.now(), leaseMs: LEASE_MS }
}

/** Events of the shapes that the API has not yet taken: they travel apart from the known good. */
function leaseExamples(line: Line): Promise<Lease | undefined> | undefined {
  if (line.config.preflight !== 'novel') return undefined
  const exceptShapes = [...line.knownShapes, ...line.validating]
  return line.plant.store.lease({ ...query(line), exceptShapes, perShape: EXAMPLES_PER_SHAPE })
}

/** What ends soon travels alone, so that an answer about its age concerns no other. */
function leaseEnding(line: Line): Promise<Lease | undefined> {
  // A whole minute, as queues are ordered: of one that is cut, all of it would be looked through.
  const timestampBeforeMs = Math.ceil((line.plant.clock.now() - MAX_AGE_MS + NEAR_END_MS) / MINUTE_MS) * MINUTE_MS
  return line.plant.store.lease({ ...query(line), ...knownOnly(line), timestampBeforeMs })
}

function leaseDue(line: Line): Promise<Lease | undefined> {
  return line.plant.store.lease({ ...query(line), ...knownOnly(line) })
}

function knownOnly(line: Line): { shapes?: readonly string[] } {
  return line.config.preflight === 'novel' ? { shapes: line.knownShapes } : {}
}
