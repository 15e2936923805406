import { aloneDelayMs } from '../delivery/backoff.ts'
import { drive } from '../delivery/drive/drive.ts'
import { exchange } from '../delivery/drive/exchange.ts'
import { PROBES_THAT_DECIDE, spread } from '../delivery/suspects.ts'
import { type Pass, unsettled } from './chunks.ts'
import type { Job } from './job.ts'
import { createPort, failSuspect, settle } from './port.ts'
import { withPreflight } from './preflight.ts'
import type { Prepared } from './prepare.ts'
import { monotonicMs } from './runtime.ts'

/** Delivers prepared events: known-good shapes at once, new ones after the API has seen an example of each. */
export async function deliverAll(events: readonly Prepared[], job: Job): Promise<void> {
  const pass: Pass = { job, port: createPort(job) }
  await trySuspended(events, pass)
  await withPreflight(unsettled(events, job), pass)
  await askSuspects(pass)
}

/** A passing fault is mostly over by then, and nobody waits longer for a few. */
const ROUNDS_FOR_SUSPECTS = 3

/** Asks what is suspected again, each by itself, with a pause in between; what is suspect even then has failed. */
async function askSuspects({ job, port }: Pass): Promise<void> {
  const { suspects, asked, settings, signal } = job
  const { runtime } = settings
  for (let round = 1; round <= ROUNDS_FOR_SUSPECTS && suspects.size > 0 && !signal.aborted; round++) {
    const delayMs = aloneDelayMs(round - 1, () => runtime.random())
    if (delayMs > job.deadlineMs - monotonicMs(runtime)) break
    await runtime.sleep(delayMs, signal)
    for (const [event, suspicion] of suspects) asked.set(event, suspicion)
    suspects.clear()
    await drive(port, [...asked.keys()], { purpose: job.validateOnly ? 'validate' : 'deliver', areSuspects: true })
    for (const [event, suspicion] of asked)
      if (!job.ledger.isSettled(event) && !suspects.has(event)) suspects.set(event, suspicion)
    asked.clear()
  }
  for (const [event, suspicion] of suspects) failSuspect(event, suspicion, job)
}

/** Shapes that an earlier send found refused as a whole: a few events of each go first, and the first that passes frees the rest. */
async function trySuspended(events: readonly Prepared[], pass: Pass): Promise<void> {
  const { suspended } = pass.job.memory
  if (suspended.size === 0) return
  const shapes = new Set(events.map(({ shape }) => shape).filter((shape) => suspended.has(shape)))
  for (const shape of shapes) {
    await tryShape(
      events.filter((event) => event.shape === shape),
      pass,
    )
  }
}

async function tryShape(events: readonly Prepared[], { job, port }: Pass): Promise<void> {
  const { shape } = events[0]!
  let reason = job.memory.suspended.get(shape)!
  for (const event of spread(events, PROBES_THAT_DECIDE)) {
    const answer = await exchange(port, [event], job.validateOnly ? 'validate' : 'deliver', false)
    if (answer === undefined) return
    if (answer.kind === 'refused') reason = answer.events[0] ?? answer.reason
    else if (answer.kind === 'delivered' && !job.ledger.isSettled(event)) {
      job.memory.learned.eventPassed(shape)
      return settle(event, { kind: 'delivered', contradicted: false }, job)
    }
  }
  for (const event of unsettled(events, job)) settle(event, { kind: 'unexplained', reason }, job)
}
