import { createSystemicWatch, PROBES_THAT_DECIDE, spread } from '../delivery/systemic.ts'
import type { Job } from './job.ts'
import { withPreflight } from './preflight.ts'
import type { Prepared } from './prepare.ts'
import { askGroup, type Pass, settle } from './send.ts'

/** Delivers prepared events: known-good shapes at once, new ones after the API has seen an example of each. */
export async function deliverAll(events: readonly Prepared[], job: Job): Promise<void> {
  const pass: Pass = { job, watch: createSystemicWatch() }
  await trySuspended(events, pass)
  await withPreflight(unsettled(events, job), pass)
  for (const { item, reason } of pass.watch.flush()) settle(item, { kind: 'refused', reason }, job)
}

const unsettled = (events: readonly Prepared[], { ledger }: Job): readonly Prepared[] =>
  events.filter((event) => !ledger.isSettled(event))

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

async function tryShape(events: readonly Prepared[], pass: Pass): Promise<void> {
  const { job } = pass
  let reason = job.memory.suspended.get(events[0]!.shape)!
  for (const event of new Set(spread(events, PROBES_THAT_DECIDE))) {
    const answer = await askGroup([event], pass, job.validateOnly)
    if (answer.kind === 'stopped' || answer.kind === 'gave_up') return
    if (answer.kind === 'refused') reason = answer.reason
    else if (answer.kind === 'delivered' && !job.ledger.isSettled(event))
      return settle(event, { kind: 'delivered', contradicted: false }, job)
  }
  for (const event of unsettled(events, job)) settle(event, { kind: 'unexplained', reason }, job)
}
