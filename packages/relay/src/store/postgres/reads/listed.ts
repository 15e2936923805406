import { type Match, matches as matchesAll } from '../../answers/match.ts'
import type { Moment } from '../../answers/moment.ts'
import type { Reading, Row } from '../../answers/reading.ts'
import type { ListedEvent } from '../../reads/index.ts'
import { idOf } from '../account-columns.ts'
import { SITUATION, type Situation, seen, summarise } from '../situation.ts'

/** In the order of the rows that are given; what is gone is left out. */
export function* situationsAt(moment: Moment, rows: readonly number[]): Reading<Situation[]> {
  if (rows.length === 0) return []
  const found = yield* moment.all(`${SITUATION} where a.row = any ('{${rows.join()}}'::bigint[])`)
  const byRow = new Map((found as unknown as Situation[]).map((each) => [each.row, each]))
  return rows.map((row) => byRow.get(row)).filter((each) => each !== undefined)
}

export function listed({ terms }: Pick<Moment, 'terms'>, event: Situation): ListedEvent {
  return {
    ...summarise(terms, event),
    amount: event.amount ?? undefined,
    currency: event.currency === null ? undefined : terms.text(event.currency),
  }
}

/** What is asked of the content was asked of the database. */
export function matches({ terms }: Pick<Moment, 'terms'>, event: Situation, match: Match): boolean {
  const beside = {
    id: () => idOf(event),
    isApart: () => event.kind !== null,
    seen: () => seen(terms, event),
    hasIdentity: () => true,
  }
  return matchesAll(event, beside, match)
}

export function numbersIn(rows: readonly Row[], column: string): number[] {
  return rows.map((row) => row[column] as number)
}
