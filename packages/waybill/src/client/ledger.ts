import type { Issue } from '../contract/issue.ts'
import type { Outcome, OutcomeStatus } from './outcome.ts'
import type { Prepared } from './prepare.ts'

/** The account of one send: an outcome for each input, the first one that is certain wins. */
export interface Ledger {
  isSettled(event: Prepared): boolean
  settle(event: Prepared, status: OutcomeStatus, issues?: readonly Issue[]): void
  fail(event: Prepared, why: Issue): void
  /** Takes a refusal back: the event was not at fault after all. */
  revise(event: Prepared, status: OutcomeStatus, issues: readonly Issue[]): void
  /** Takes an outcome that was certain before anything was sent. */
  record(outcome: Outcome): void
  /** Adds a remark to whatever the event's outcome will be. */
  mark(event: Prepared, remark: Issue): void
  /** Gives an event that says the same as another the outcome of that one, with warnings of its own. */
  repeat(event: Prepared, first: Prepared): void
  /** Outcomes in input order; what has none yet failed for this reason. */
  close(events: readonly Prepared[], why: Issue): void
  outcomes(): Outcome[]
}

export function createLedger(count: number): Ledger {
  const outcomes: (Outcome | undefined)[] = new Array(count)
  const remarks = new Map<number, Issue[]>()
  const settle = (event: Prepared, status: OutcomeStatus, issues: readonly Issue[] = []): void => {
    if (outcomes[event.index] !== undefined) return
    const { index, id, warnings, attempts } = event
    outcomes[index] = { index, id, status, issues: [...issues, ...(remarks.get(index) ?? []), ...warnings], attempts }
  }
  return {
    isSettled: ({ index }) => outcomes[index] !== undefined,
    settle,
    fail: (event, why) => settle(event, 'failed', [why]),
    revise(event, status, issues) {
      outcomes[event.index] = undefined
      settle(event, status, issues)
    },
    record(outcome) {
      outcomes[outcome.index] = outcome
    },
    mark({ index }, remark) {
      const said = remarks.get(index) ?? []
      if (!said.some(({ code }) => code === remark.code)) remarks.set(index, [...said, remark])
    },
    close(events, why) {
      for (const event of events) settle(event, 'failed', [why])
    },
    repeat({ index, warnings }, first) {
      const told = outcomes[first.index]!
      const said = told.issues.filter((one) => !first.warnings.includes(one))
      outcomes[index] = { ...told, index, issues: [...said, ...warnings] }
    },
    outcomes: () => outcomes as Outcome[],
  }
}
