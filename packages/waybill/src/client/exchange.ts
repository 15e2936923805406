import { type Issue, issue } from '../contract/issue.ts'
import { retryDelayMs } from '../delivery/backoff.ts'
import type { GroupAnswer } from '../delivery/batch.ts'
import { type Answer, judgeAnswer, type RelayResult, type Verdict } from '../delivery/verdict.ts'
import type { Gate } from './gate.ts'
import type { Ledger } from './ledger.ts'
import { deliveryIssue, type Scrub } from './outcome.ts'
import type { PixelMemory } from './pixel-memory.ts'
import type { Prepared } from './prepare.ts'
import type { Settings } from './settings.ts'
import type { Post } from './transport.ts'

/** Everything one call of `send` works with. */
export interface Job {
  readonly settings: Settings
  readonly post: Post
  readonly gate: Gate
  readonly memory: PixelMemory
  readonly ledger: Ledger
  readonly scrub: Scrub
  readonly validateOnly: boolean
  readonly deadlineMs: number
  /** Aborted by the caller, by the deadline, or by an answer that concerns every event. */
  readonly signal: AbortSignal
  /** Ends the whole send; what has no outcome yet failed for this reason. */
  stop(why: Issue): void
}

/**
 * Sends one group until its content has been judged. `undefined` when that cannot be had: the send was stopped, or the
 * attempts are used up and the events of the group have failed.
 */
export async function exchange(
  group: readonly Prepared[],
  job: Job,
  validateOnly: boolean,
): Promise<GroupAnswer | undefined> {
  const body = bodyOf(group, job.settings, validateOnly)
  let counted = false
  for (let failures = 0; ; ) {
    const verdict = await once(body, group, job, validateOnly, failures + 1)
    switch (verdict?.kind) {
      case undefined:
        return undefined
      case 'delivered':
      case 'refused':
        return verdict
      case 'too_large':
        job.memory.maxBodyBytes = Math.max(1_000, Math.floor(Math.min(job.memory.maxBodyBytes, body.length) / 2))
        return verdict
      case 'results':
        settleResults(group, verdict.results, job)
        return { kind: 'delivered' }
      case 'recount':
        if (counted) {
          for (const event of group) job.ledger.mark(event, issue('count_mismatch', ''))
          return { kind: 'delivered' }
        }
        counted = true
        break
      case 'hold':
        job.stop(deliveryIssue(verdict.code, job.scrub(verdict.message)))
        return undefined
      case 'retry':
        failures += 1
        if (failures >= job.settings.maxAttempts) {
          giveUp(group, verdict.why, failures, job)
          return undefined
        }
    }
  }
}

/** One request and what it means; waits out the pause that follows a passing fault. */
async function once(
  body: string,
  group: readonly Prepared[],
  job: Job,
  validateOnly: boolean,
  attempt: number,
): Promise<Verdict | undefined> {
  const { settings, gate, signal } = job
  const { runtime } = settings
  if (!(await gate.enter(signal))) return undefined
  let answer: Answer
  try {
    if (!validateOnly || job.validateOnly) for (const event of group) event.attempts += 1
    const timeoutMs = Math.max(1, Math.min(settings.timeoutMs, job.deadlineMs - runtime.now()))
    answer = await job.post(body, { timeoutMs, signal })
  } finally {
    gate.leave()
  }
  const nowMs = runtime.now()
  const verdict = judgeAnswer(answer, group.length, nowMs)
  const retryAfterMs = verdict.kind === 'retry' ? verdict.retryAfterMs : undefined
  const timeLeftMs = Math.max(0, job.deadlineMs - nowMs)
  const delayMs = retryDelayMs(attempt, { retryAfterMs, timeLeftMs, random: runtime.random })
  gate.learn(verdict, delayMs)
  settings.logger.debug?.(
    { pixelId: settings.pixelId, events: group.length, validateOnly, attempt, verdict: verdict.kind },
    'request answered',
  )
  if (verdict.kind === 'retry' && attempt < settings.maxAttempts) await runtime.sleep(delayMs, signal)
  return verdict
}

function bodyOf(group: readonly Prepared[], settings: Settings, validateOnly: boolean): string {
  return `${envelope(settings, validateOnly)}${group.map(({ json }) => json).join()}]}`
}

/** The body of a request up to its first event. */
export function envelope({ integrationSource }: Settings, validateOnly: boolean): string {
  const source = integrationSource === undefined ? '' : `"integration_source":${JSON.stringify(integrationSource)},`
  return `{"validate_only":${validateOnly},${source}"events":[`
}

function giveUp(group: readonly Prepared[], why: string, failures: number, job: Job): void {
  const said = `${why}; ${failures} ${failures === 1 ? 'attempt' : 'attempts'}`
  job.settings.logger.warn?.({ pixelId: job.settings.pixelId, events: group.length, why }, 'gave up on a request')
  for (const event of group) job.ledger.fail(event, deliveryIssue('gave_up', said))
}

/** A relay takes the good events over and says of each other one what is wrong with it. */
function settleResults(group: readonly Prepared[], results: readonly RelayResult[], job: Job): void {
  const byIndex = new Map(results.map((result) => [result.index, result]))
  group.forEach((event, index) => {
    const result = byIndex.get(index)
    const issues = (result?.issues ?? []).filter(isIssue)
    if (result?.status === 'refused') job.ledger.settle(event, 'refused', issues)
    else if (result?.status === 'conflict')
      job.ledger.settle(event, 'refused', [issue('conflicting_repeat', ''), ...issues])
    else job.ledger.settle(event, 'queued', issues)
  })
}

function isIssue(value: unknown): value is Issue {
  return typeof value === 'object' && value !== null && 'code' in value && 'message' in value
}
