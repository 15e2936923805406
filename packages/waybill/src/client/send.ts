import { type Issue, issue } from '../contract/issue.ts'
import type { GroupAnswer, PlanContext, Settlement } from '../delivery/batch.ts'
import { chunk } from '../delivery/chunk.ts'
import { planBatch } from '../delivery/plan.ts'
import type { SystemicWatch } from '../delivery/systemic.ts'
import { windowMarginMs, windowState } from '../delivery/window.ts'
import { envelope, exchange, type Job } from './exchange.ts'
import { apiIssue } from './outcome.ts'
import type { Prepared } from './prepare.ts'

/** One send's state beyond its job: what looks like a fault of a whole shape. */
export interface Pass {
  readonly job: Job
  readonly watch: SystemicWatch<Prepared>
}

/** Cuts events into requests and runs them side by side; the gate limits how many at a time. */
export async function sendChunks(events: readonly Prepared[], pass: Pass, validateOnly: boolean): Promise<void> {
  const { settings, memory } = pass.job
  const marginMs = windowMarginMs(settings.timeoutMs)
  const now = settings.runtime.now()
  const ending = (event: Prepared): boolean => windowState(event.timestampMs, now, marginMs) === 'ending'
  const limits = { maxBodyBytes: memory.maxBodyBytes, envelopeBytes: envelope(settings, validateOnly).length + 2 }
  const groups = [events.filter((event) => !ending(event)), events.filter(ending)]
  const chunks = groups.flatMap((group) => chunk(group, limits))
  let next = 0
  const lane = async (): Promise<void> => {
    for (let mine = chunks[next++]; mine !== undefined; mine = chunks[next++]) await sendBatch(mine, pass, validateOnly)
  }
  await Promise.all(Array.from({ length: Math.min(settings.concurrency, chunks.length) }, lane))
}

/**
 * Drives the plan of one batch: the next group out, its answer in, until every event of the batch is settled or nothing more
 * can be learned. Gives the events that the API validated, where that was all it was asked.
 */
export async function sendBatch(
  batch: readonly Prepared[],
  pass: Pass,
  validateOnly: boolean,
  reserve: readonly Prepared[] = batch,
): Promise<ReadonlySet<Prepared>> {
  const validated = new Set<Prepared>()
  const plan = planBatch(batch, planContext(pass, validateOnly, validated, reserve))
  for (let step = plan.next(); !step.done; ) {
    const answer = await askGroup(step.value, pass, validateOnly)
    if (answer === undefined) {
      plan.return()
      break
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
  job.memory.suspended.set(event.shape, settlement.reason)
  job.ledger.settle(event, 'failed', [issue('unexplained_rejection', ''), said])
}

/** Sends what of the group may leave now, and gives the answer with positions of the whole group. */
export async function askGroup(
  group: readonly Prepared[],
  pass: Pass,
  validateOnly: boolean,
): Promise<GroupAnswer | undefined> {
  const { job, watch } = pass
  const positions: number[] = []
  const live = group.filter((event, position) => {
    const may = !watch.isHeld(event.shape) && !job.ledger.isSettled(event) && isInWindow(event, job)
    if (may) positions.push(position)
    return may
  })
  if (live.length === 0) return { kind: 'delivered' }
  const answer = await exchange(live, job, validateOnly)
  if (answer?.kind !== 'refused' || live.length === group.length) return answer
  return { ...answer, events: answer.events.map((event) => ({ ...event, position: positions[event.position]! })) }
}

/** The window is looked at when the event leaves, not when it came. */
function isInWindow(event: Prepared, job: Job): boolean {
  const { settings, ledger } = job
  const state = windowState(event.timestampMs, settings.runtime.now(), windowMarginMs(settings.timeoutMs))
  if (state === 'closed') ledger.settle(event, 'refused', [tooLate()])
  return state !== 'closed'
}

const tooLate = (): Issue =>
  issue('event_timestamp_too_old', 'timestamp_ms', {
    message: 'The 7 days end before a request could be answered, so the event was not sent.',
  })
