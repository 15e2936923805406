import { type Issue, issue } from '../contract/issue.ts'
import type { RelayResult } from '../delivery/verdict.ts'
import type { Job } from './job.ts'
import type { Prepared } from './prepare.ts'

/** A relay takes the good events over and says of each other one what is wrong with it. */
export function settleResults(
  group: readonly Prepared[],
  results: readonly RelayResult[],
  job: Job,
  validateOnly: boolean,
): void {
  const byIndex = new Map(results.map((result) => [result.index, result]))
  group.forEach((event, index) => {
    const result = byIndex.get(index)
    const issues = readIssues(result?.issues ?? [], job)
    if (result?.status === 'refused' || endedBefore(result, issues)) job.ledger.settle(event, 'refused', issues)
    else if (result?.status === 'conflict')
      job.ledger.settle(event, 'refused', [issue('conflicting_repeat', ''), ...issues])
    // What was only validated is in nobody's queue.
    else if (!validateOnly) job.ledger.settle(event, 'queued', issues)
  })
}

/** A repeat of what waits or was delivered has nothing wrong with it; an error says that the first one ended undelivered. */
function endedBefore(result: RelayResult | undefined, issues: readonly Issue[]): boolean {
  return result?.status === 'duplicate' && issues.some(({ severity }) => severity === 'error')
}

function readIssues(values: readonly unknown[], { scrub }: Job): Issue[] {
  return values.filter(isRecord).flatMap(({ code, path, message, severity }): Issue[] => {
    if (typeof code !== 'string' || typeof message !== 'string') return []
    const where = typeof path === 'string' ? scrub(path) : ''
    const weight = severity === 'warning' ? 'warning' : 'error'
    return [{ code: scrub(code), path: where, message: scrub(message), severity: weight }]
  })
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
