import { issue } from '../contract/issue.ts'
import type { Ledger } from './ledger.ts'
import type { Prepared } from './prepare.ts'

export interface Repeats {
  /** The first of each id and name: what is to be sent. */
  readonly firsts: readonly Prepared[]
  /** Gives each event that says the same as an earlier one the outcome of that one, once there is one. */
  settleSame(): void
}

/**
 * The API counts one event of each id and name, and does not say which one. What says the same again need not travel; what says something else under
 * the same id is refused at once, whatever becomes of the first.
 */
export function withoutRepeats(events: readonly Prepared[], ledger: Ledger): Repeats {
  const byKey = new Map<string, Prepared>()
  const same: (readonly [again: Prepared, first: Prepared])[] = []
  for (const event of events) {
    const first = byKey.get(event.key)
    if (first === undefined) byKey.set(event.key, event)
    else if (saysTheSame(first.json, event.json)) same.push([event, first])
    else ledger.settle(event, 'refused', [issue('conflicting_repeat', '')])
  }
  return {
    firsts: [...byKey.values()],
    settleSame() {
      for (const [again, first] of same) ledger.repeat(again, first)
    },
  }
}

/** The order in which keys are written says nothing. */
function saysTheSame(left: string, right: string): boolean {
  return left === right || JSON.stringify(JSON.parse(left, sorted)) === JSON.stringify(JSON.parse(right, sorted))
}

function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)))
}
