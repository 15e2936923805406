import { type Match, matches as matchesAll } from '../../answers/match.ts'
import type { ListedEvent } from '../../reads/index.ts'
import { APART } from '../../state.ts'
import type { Suspicion } from '../../suspicion.ts'
import { SUMMARY_COLUMNS, type SummaryColumns, summaryOf } from '../operations/show.ts'
import { seenState } from '../seen-state.ts'
import { suspicionOf } from '../sql/suspicion.ts'
import type { Terms } from '../terms.ts'
import type { SqliteMoment } from './moment.ts'

/** Columns of `event` that a list shows. */
export interface ListedColumns extends SummaryColumns {
  readonly amount: number | null
  readonly currency: number | null
}

export const LISTED: string = `${SUMMARY_COLUMNS}, amount, currency`

export function listed(moment: SqliteMoment, event: ListedColumns): ListedEvent {
  const terms = moment.terms as Pick<Terms, 'text'>
  const suspicion = event.state === APART ? suspicionAt(moment, event.row) : undefined
  return {
    ...summaryOf(event, { terms, standing: moment, suspicion }),
    amount: event.amount ?? undefined,
    currency: event.currency === null ? undefined : terms.text(event.currency),
  }
}

function suspicionAt(moment: SqliteMoment, row: number): Suspicion | undefined {
  const found = moment.row('SELECT kind, times, first_ms, code, message FROM suspicion WHERE row = ?', row)
  return found && suspicionOf(found)
}

export function matches(moment: SqliteMoment, event: ListedColumns, match: Match): boolean {
  const beside = {
    id: () => event.id,
    isApart: () => event.state === APART,
    seen: () => seenState(moment, event),
    hasIdentity: (identity: string) => hasIdentity(moment, event.row, identity),
  }
  return matchesAll(event, beside, match)
}

/** Digests have a length of their own and stand nowhere else. */
function hasIdentity(moment: SqliteMoment, row: number, identity: string): boolean {
  return moment.row('SELECT 1 FROM body WHERE row = ? AND instr(wire, ?) > 0', row, identity) !== undefined
}
