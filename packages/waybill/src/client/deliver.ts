import { createSystemicWatch } from '../delivery/systemic.ts'
import type { Job } from './exchange.ts'
import { apiIssue } from './outcome.ts'
import { withPreflight } from './preflight.ts'
import type { Prepared } from './prepare.ts'
import { askGroup, type Pass, settle } from './send.ts'

/** Delivers prepared events: known-good shapes at once, new ones after the API has seen an example of each. */
export async function deliverAll(events: readonly Prepared[], job: Job): Promise<void> {
  const pass: Pass = { job, watch: createSystemicWatch() }
  const ready = await trySuspended(events, pass)
  await withPreflight(ready, pass)
  for (const { item, reason } of pass.watch.flush()) job.ledger.settle(item, 'refused', [apiIssue(reason, job.scrub)])
}

/** Shapes that an earlier send found refused as a whole: one event of each goes first, and its outcome is that of all. */
async function trySuspended(events: readonly Prepared[], pass: Pass): Promise<readonly Prepared[]> {
  const { job } = pass
  const { suspended } = job.memory
  if (suspended.size === 0) return events
  for (const shape of new Set(events.map((event) => event.shape).filter((shape) => suspended.has(shape)))) {
    const ofShape = events.filter((event) => event.shape === shape)
    const answer = await askGroup(ofShape.slice(0, 1), pass, job.validateOnly)
    if (answer === undefined) break
    if (answer.kind === 'delivered') {
      suspended.delete(shape)
      settle(ofShape[0]!, { kind: 'delivered', contradicted: false }, job)
    } else {
      const reason = suspended.get(shape)!
      for (const event of ofShape) settle(event, { kind: 'unexplained', reason }, job)
    }
  }
  return events.filter((event) => !job.ledger.isSettled(event))
}
