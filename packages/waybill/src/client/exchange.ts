import { type Issue, issue } from '../contract/issue.ts'
import { retryDelayMs } from '../delivery/backoff.ts'
import type { GroupAnswer } from '../delivery/batch.ts'
import { mapPositions } from '../delivery/positions.ts'
import { type Answer, judgeAnswer, type Verdict } from '../delivery/verdict.ts'
import type { Job } from './job.ts'
import { deliveryIssue } from './outcome.ts'
import type { Prepared } from './prepare.ts'
import { settleResults } from './relay-answer.ts'
import type { Settings } from './settings.ts'
import { timeLeftMs } from './window.ts'

/** A group of events and how it is to be sent. */
export interface Shipment {
  readonly group: readonly Prepared[]
  readonly validateOnly: boolean
  /** Asked of each event at the moment of each attempt; one that may not leave has its outcome when this returns. */
  readonly mayLeave: (event: Prepared) => boolean
}

/** The judgement of a group's content, or why there is none: attempts used up, or the whole send stopped. */
export type Exchanged = GroupAnswer | { readonly kind: 'gave_up'; readonly why: Issue } | { readonly kind: 'stopped' }

/** What was sent in one attempt, and what that came to. */
interface Attempt {
  readonly live: readonly Prepared[]
  readonly verdict: Verdict
}

/** Sends one group until its content has been judged. Positions in the answer are those of the group. */
export async function exchange(shipment: Shipment, job: Job): Promise<Exchanged> {
  let recounted = false
  for (let failures = 0; ; ) {
    const attempt = await once(shipment, job, failures + 1)
    if (attempt === undefined) return { kind: 'stopped' }
    const { live, verdict } = attempt
    switch (verdict.kind) {
      case 'delivered':
        if (recounted) remarkMismatch(live, job)
        return verdict
      case 'recount':
        if (recounted) {
          remarkMismatch(live, job)
          return { kind: 'delivered' }
        }
        recounted = true
        break
      case 'refused':
        return inGroup(verdict, live, shipment)
      case 'too_large':
        shrinkBodies(live, job)
        return verdict
      case 'results':
        settleResults(live, verdict.results, job, shipment.validateOnly)
        return { kind: 'delivered' }
      case 'hold':
        job.stop(deliveryIssue(verdict.code, job.scrub(verdict.message)))
        return { kind: 'stopped' }
      case 'retry':
        failures += 1
        if (failures >= job.settings.maxAttempts) return giveUp(live, verdict.why, failures, job)
    }
  }
}

/** One request and what it means; waits out the pause that follows a passing fault. `undefined`: the send was stopped. */
async function once(shipment: Shipment, job: Job, number: number): Promise<Attempt | undefined> {
  const { settings, gate, signal, memory } = job
  const { runtime } = settings
  if (!(await gate.enter(signal))) return undefined
  const leftMs = runtime.now()
  let live: readonly Prepared[]
  let answer: Answer
  try {
    live = shipment.group.filter(shipment.mayLeave)
    if (live.length === 0) return { live, verdict: { kind: 'delivered' } }
    answer = await request(live, job, shipment.validateOnly)
  } finally {
    gate.leave()
  }
  if (answer.kind === 'failure' && signal.aborted) return undefined
  const nowMs = runtime.now()
  memory.clockAheadMs = clockAheadMs(answer, nowMs) ?? memory.clockAheadMs
  const verdict = judgeAnswer(answer, live.length, nowMs)
  const retryAfterMs = verdict.kind === 'retry' ? verdict.retryAfterMs : undefined
  const delayMs = retryDelayMs(number, {
    retryAfterMs,
    timeLeftMs: timeLeftMs(live, job, nowMs),
    random: runtime.random,
  })
  gate.learn(verdict, leftMs, delayMs)
  logAnswer(live.length, shipment.validateOnly, number, verdict, settings)
  if (verdict.kind === 'retry' && number < settings.maxAttempts) await runtime.sleep(delayMs, signal)
  return { live, verdict }
}

function request(live: readonly Prepared[], job: Job, validateOnly: boolean): Promise<Answer> {
  const { settings, deadlineMs, signal } = job
  // A preflight is no attempt at delivery.
  if (!validateOnly || job.validateOnly) for (const event of live) event.attempts += 1
  const timeoutMs = Math.max(1, Math.min(settings.timeoutMs, deadlineMs - settings.runtime.now()))
  return job.post(bodyOf(live, settings, validateOnly), { timeoutMs, signal })
}

/** Beyond this a clock is wrong, perhaps that of a proxy, and no event may expire by it. */
const MOST_CLOCK_SKEW_MS = 60_000

function clockAheadMs(answer: Answer, nowMs: number): number | undefined {
  const aheadMs = answer.kind === 'response' ? Date.parse(answer.date ?? '') - nowMs : Number.NaN
  return Math.abs(aheadMs) <= MOST_CLOCK_SKEW_MS ? aheadMs : undefined
}

function logAnswer(
  events: number,
  validateOnly: boolean,
  attempt: number,
  { kind }: Verdict,
  { logger, pixelId }: Settings,
): void {
  logger.debug?.({ pixelId, events, validateOnly, attempt, verdict: kind }, 'request answered')
}

function bodyOf(group: readonly Prepared[], settings: Settings, validateOnly: boolean): string {
  return `${envelope(settings, validateOnly)}${group.map(({ json }) => json).join()}]}`
}

/** The body of a request up to its first event. */
export function envelope({ integrationSource }: Settings, validateOnly: boolean): string {
  const source = integrationSource === undefined ? '' : `"integration_source":${JSON.stringify(integrationSource)},`
  return `{"validate_only":${validateOnly},${source}"events":[`
}

const SMALLEST_LIMIT_BYTES = 1_000
/** A little more than half, so that two requests take the place of one that was too large, and not three. */
const SHARE_THAT_MAY_FIT = 0.55

function shrinkBodies(live: readonly Prepared[], { memory }: Job): void {
  const sentBytes = live.reduce((sum, { bytes }) => sum + bytes + 1, 0)
  const limit = Math.max(SMALLEST_LIMIT_BYTES, Math.floor(sentBytes * SHARE_THAT_MAY_FIT))
  memory.maxBodyBytes = Math.min(memory.maxBodyBytes, limit)
}

function inGroup(
  verdict: Extract<Verdict, { kind: 'refused' }>,
  live: readonly Prepared[],
  { group }: Shipment,
): GroupAnswer {
  if (live.length === group.length) return verdict
  return mapPositions(
    verdict,
    live.map((event) => group.indexOf(event)),
  )
}

function remarkMismatch(live: readonly Prepared[], { ledger }: Job): void {
  for (const event of live) ledger.mark(event, issue('count_mismatch', ''))
}

function giveUp(live: readonly Prepared[], why: string, failures: number, job: Job): Exchanged {
  const { logger, pixelId } = job.settings
  logger.warn?.({ pixelId, events: live.length, why }, 'gave up on a request')
  const said = `${why}; ${failures} ${failures === 1 ? 'attempt' : 'attempts'}`
  return { kind: 'gave_up', why: deliveryIssue('gave_up', said) }
}
