import { issue } from '../contract/issue.ts'
import type { PlanContext, Settlement, Suspicion } from '../delivery/batch.ts'
import type { Asked, DrivePort, Purpose, Waiting } from '../delivery/drive/port.ts'
import type { RelaySaid } from '../delivery/drive/relay-answer.ts'
import type { Answer } from '../delivery/verdict.ts'
import { ageOf } from '../delivery/window.ts'
import { cut } from './cut.ts'
import type { Job } from './job.ts'
import { apiIssue, deliveryIssue } from './outcome.ts'
import type { Prepared } from './prepare.ts'
import { monotonicMs } from './runtime.ts'
import { envelope } from './settings.ts'
import { stateOf, timeLeftMs, tooLate } from './window.ts'

/** The driver's port onto one call of `send`, whose account is the ledger. */
export function createPort(job: Job): DrivePort<Prepared> {
  const { settings, memory, gate, signal, ledger } = job
  const { runtime } = settings
  return {
    learned: memory.learned,
    gate,
    now: () => runtime.now(),
    monotonic: () => monotonicMs(runtime),
    random: () => runtime.random(),
    post: (body, { timeoutMs }) =>
      job.post(body, { timeoutMs: Math.max(1, Math.min(timeoutMs, job.deadlineMs - monotonicMs(runtime))), signal }),
    timeoutMs: settings.timeoutMs,
    signal,
    waitSignal: signal,
    isRelay: settings.endpointIsRelay,
    endsValidated: job.validateOnly,
    envelope: (validateOnly) => envelope(settings, validateOnly),
    wires: (events) => events.map(({ json }) => json),
    mayLeave: (event) => mayLeave(event, job),
    timeLeftMs: (events) => timeLeftMs(events, job),
    mayBegin: () => !signal.aborted,
    leaving: (events, purpose) => countAttempt(events, purpose, job),
    asked: (request) => noteAnswer(request, job),
    commit: () => {},
    pause: (waiting) => pause(waiting, job),
    hold: ({ code, message }) => job.stop(deliveryIssue(code, job.scrub(message))),
    settleRelayed: (event, said, purpose) => settleRelayed(event, said, job, purpose),
    markMiscounted(events) {
      for (const event of events) ledger.mark(event, issue('count_mismatch', ''))
    },
    context: () => planContext(job),
    cut: (events, purpose) => cut(events, job, purpose === 'validate'),
  }
}

function planContext(job: Job): PlanContext<Prepared> {
  const { memory, settings, ledger } = job
  const { runtime } = settings
  return {
    learned: memory.learned,
    shapeOf: ({ shape }) => shape,
    keyOf: ({ id }) => id,
    bytesOf: ({ bytes }) => bytes,
    timestampOf: ({ timestampMs }) => timestampMs,
    cut: (events) => cut(events, job, false),
    isSettled: (event) => ledger.isSettled(event) || job.suspects.has(event),
    suspicionOf: (event) => job.asked.get(event),
    settle: (event, settlement) => settle(event, settlement, job),
    ageOf: ({ timestampMs }) => ageOf(timestampMs, runtime.now()),
    now: () => runtime.now(),
    canaries: settings.canary,
    finality: job.validateOnly ? 'first' : 'confirmed',
    notJudging({ message }, eventsPass) {
      if (!eventsPass) job.stop(deliveryIssue('not_judging', job.scrub(message)))
    },
    wayIsBroken: () => job.stop(deliveryIssue('everything_too_large')),
    shapeIsRefused(shape, reason) {
      memory.suspend(shape, reason)
      job.held.add(shape)
      for (const event of job.refused.get(shape) ?? [])
        ledger.revise(event, 'failed', [issue('unexplained_rejection', ''), apiIssue(reason, job.scrub)])
    },
  }
}

export function settle(event: Prepared, settlement: Settlement, job: Job): void {
  const { ledger, memory, scrub } = job
  switch (settlement.kind) {
    case 'delivered': {
      memory.release(event.shape)
      job.refused.delete(event.shape)
      const remarks = settlement.contradicted ? [issue('contradicted_rejection', '')] : []
      return ledger.settle(event, job.validateOnly ? 'validated' : 'delivered', remarks)
    }
    case 'refused':
      job.refused.set(event.shape, [...(job.refused.get(event.shape) ?? []), event])
      return ledger.settle(event, 'refused', [apiIssue(settlement.reason, scrub)])
    case 'expired':
      return ledger.settle(event, 'refused', [apiIssue(settlement.reason, scrub)])
    case 'unexplained':
      return ledger.settle(event, 'failed', [issue('unexplained_rejection', ''), apiIssue(settlement.reason, scrub)])
    case 'open':
      // What stopped the whole send is the reason of everybody.
      if (!job.signal.aborted) ledger.fail(event, apiIssue(settlement.reason, scrub))
      return
    case 'suspect': {
      const { suspicion: kind, times, reason } = settlement
      job.suspects.set(event, { kind, times, firstMs: job.settings.runtime.now(), ...reason })
    }
  }
}

/** What is still suspect when nothing more is asked has failed: the next send asks again. */
export function failSuspect(event: Prepared, { kind, code, message }: Suspicion, { ledger, scrub }: Job): void {
  const said = apiIssue({ code, message, path: '' }, scrub)
  const isOurs = kind === 'fails' || kind === 'too_large'
  ledger.settle(event, 'failed', isOurs ? [said] : [issue('unconfirmed_rejection', ''), said])
}

function mayLeave(event: Prepared, job: Job): boolean {
  const { ledger, memory, held } = job
  if (ledger.isSettled(event) || job.suspects.has(event)) return false
  const reason = held.has(event.shape) ? memory.suspended.get(event.shape) : undefined
  if (reason !== undefined) settle(event, { kind: 'unexplained', reason }, job)
  else if (stateOf(event, job) === 'closed') ledger.settle(event, 'refused', [tooLate()])
  else return true
  return false
}

/** A preflight is no attempt at delivery. */
function countAttempt(events: readonly Prepared[], purpose: Purpose, { validateOnly }: Job): void {
  if (purpose === 'deliver' || validateOnly) for (const event of events) event.attempts += 1
}

function noteAnswer({ what, items, answer, verdict }: Asked<Prepared>, { settings, memory, fault }: Job): void {
  fault.why = verdict.kind === 'retry' ? verdict.why : undefined
  memory.clockAheadMs = clockAheadMs(answer, settings.runtime.now()) ?? memory.clockAheadMs
  const { logger, pixelId } = settings
  logger.debug?.({ pixelId, events: items.length, what, verdict: verdict.kind }, 'request answered')
}

/** Beyond this a clock is wrong, perhaps that of a proxy, and no event may expire by it. */
const MOST_CLOCK_SKEW_MS = 60_000

function clockAheadMs(answer: Answer, nowMs: number): number | undefined {
  const aheadMs = answer.kind === 'response' ? Date.parse(answer.date ?? '') - nowMs : Number.NaN
  return Math.abs(aheadMs) <= MOST_CLOCK_SKEW_MS ? aheadMs : undefined
}

/** A wait is taken whole, or the send of these events ends at once: nobody presses harder because the time is short. */
async function pause({ verdict, attempts, delayMs, group }: Waiting<Prepared>, job: Job): Promise<boolean> {
  const { settings, signal } = job
  const { runtime, maxAttempts } = settings
  if (attempts >= maxAttempts) return giveUp(group, `${verdict.why}; ${counted(attempts)}`, job)
  if (delayMs > job.deadlineMs - monotonicMs(runtime)) {
    const asked =
      verdict.retryAfterMs !== undefined &&
      ` and asks to wait ${Math.ceil(delayMs / 1_000)} s, which is more than is left`
    return giveUp(group, verdict.why + (asked || `; no time is left after ${counted(attempts)}`), job)
  }
  await runtime.sleep(delayMs, signal)
  return !signal.aborted
}

function counted(attempts: number): string {
  return `${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`
}

function giveUp(group: readonly Prepared[], why: string, { ledger, settings }: Job): false {
  const { logger, pixelId } = settings
  logger.warn?.({ pixelId, events: group.length, why }, 'gave up on a request')
  ledger.close(group, deliveryIssue('gave_up', why))
  return false
}

function settleRelayed(event: Prepared, { status, issues }: RelaySaid, job: Job, purpose: Purpose): void {
  const { scrub, ledger } = job
  const said = issues.map(({ code, path, message, severity }) => {
    return { code: scrub(code), path: scrub(path), message: scrub(message), severity }
  })
  if (status === 'refused') ledger.settle(event, 'refused', said)
  else if (status === 'conflict') ledger.settle(event, 'refused', [issue('conflicting_repeat', ''), ...said])
  // What was only validated is in nobody's queue.
  else if (purpose === 'deliver') ledger.settle(event, 'queued', said)
}
