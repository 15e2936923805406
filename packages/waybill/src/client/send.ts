import { issue } from '../contract/issue.ts'
import type { PlanContext, Settlement } from '../delivery/batch.ts'
import { chunk } from '../delivery/chunk.ts'
import { planBatch } from '../delivery/plan.ts'
import type { SystemicWatch } from '../delivery/systemic.ts'
import { type Exchanged, envelope, exchange } from './exchange.ts'
import type { Job } from './job.ts'
import { apiIssue } from './outcome.ts'
import type { Prepared } from './prepare.ts'
import { stateOf, tooLate } from './window.ts'

/** One send's state beyond its job: what looks like a fault of a whole shape. */
export interface Pass {
  readonly job: Job
  readonly watch: SystemicWatch<Prepared>
}

/** Cuts events into requests and runs them side by side; the gate limits how many at a time. */
export async function sendChunks(events: readonly Prepared[], pass: Pass, validateOnly: boolean): Promise<void> {
  const { settings } = pass.job
  const chunks = cut(events, pass.job, validateOnly)
  let next = 0
  const lane = async (): Promise<void> => {
    for (let mine = chunks[next++]; mine !== undefined; mine = chunks[next++]) {
      // Cut again: since the first time the API may have found a body too large, or an event come near its end.
      for (const batch of cut(mine, pass.job, validateOnly)) await sendBatch(batch, pass, validateOnly)
    }
  }
  await Promise.all(Array.from({ length: Math.min(settings.concurrency, chunks.length) }, lane))
}

/** Cuts events into requests by what is known now; those near their end get requests of their own. */
export function cut(events: readonly Prepared[], job: Job, validateOnly: boolean): Prepared[][] {
  const limits = {
    maxBodyBytes: job.memory.maxBodyBytes,
    envelopeBytes: envelope(job.settings, validateOnly).length + 2,
  }
  const ending = new Set(events.filter((event) => stateOf(event, job) === 'ending'))
  const others = ending.size === 0 ? events : events.filter((event) => !ending.has(event))
  // What expires soonest goes before what is merely old.
  return [...chunk([...ending], limits), ...chunk(others, limits)]
}

/**
 * Drives the plan of one batch: the next group out, its answer in, until every event of the batch is settled or no answer can be
 * had. Gives the events that the API validated where that was all it was asked; `undefined` when it was cut short.
 */
export async function sendBatch(
  batch: readonly Prepared[],
  pass: Pass,
  validateOnly: boolean,
  reserve: readonly Prepared[] = batch,
): Promise<ReadonlySet<Prepared> | undefined> {
  const { job, watch } = pass
  const validated = new Set<Prepared>()
  const plan = planBatch(batch, planContext(pass, validateOnly, validated, reserve))
  for (let step = plan.next(); !step.done; ) {
    const answer = await askGroup(step.value, pass, validateOnly)
    if (answer.kind === 'stopped') return undefined
    if (answer.kind === 'gave_up') {
      const open = batch.filter((event) => !validated.has(event) && !watch.isSuspect(event))
      job.ledger.close(open, answer.why)
      return undefined
    }
    step = plan.next(answer)
  }
  return validated
}

function planContext(
  pass: Pass,
  validateOnly: boolean,
  validated: Set<Prepared>,
  reserve: readonly Prepared[],
): PlanContext<Prepared> {
  const { job, watch } = pass
  return {
    watch,
    reserve,
    trust: job.memory.trust,
    shapeOf: ({ shape }) => shape,
    cut: (events) => cut(events, job, validateOnly),
    isSettled: (event) => validated.has(event) || job.ledger.isSettled(event),
    settle(event, settlement) {
      if (settlement.kind === 'delivered' && validateOnly && !job.validateOnly) validated.add(event)
      else settle(event, settlement, job)
    },
  }
}

export function settle(event: Prepared, settlement: Settlement, job: Job): void {
  if (settlement.kind === 'delivered') {
    job.memory.remember(event.shape)
    const remarks = settlement.contradicted ? [issue('contradicted_rejection', '')] : []
    return job.ledger.settle(event, job.validateOnly ? 'validated' : 'delivered', remarks)
  }
  const said = apiIssue(settlement.reason, job.scrub)
  if (settlement.kind !== 'unexplained') return job.ledger.settle(event, 'refused', [said])
  job.memory.suspend(event.shape, settlement.reason)
  job.ledger.settle(event, 'failed', [issue('unexplained_rejection', ''), said])
}

/** Sends what of the group may leave, looked at anew for each attempt. */
export function askGroup(group: readonly Prepared[], pass: Pass, validateOnly: boolean): Promise<Exchanged> {
  return exchange({ group, validateOnly, mayLeave: (event) => mayLeave(event, pass) }, pass.job)
}

function mayLeave(event: Prepared, { job, watch }: Pass): boolean {
  if (job.ledger.isSettled(event)) return false
  const held = watch.isHeld(event.shape) ? job.memory.suspended.get(event.shape) : undefined
  if (held !== undefined) settle(event, { kind: 'unexplained', reason: held }, job)
  else if (stateOf(event, job) === 'closed') job.ledger.settle(event, 'refused', [tooLate()])
  else return true
  return false
}
