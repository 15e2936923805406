import { minuteAt } from '../../roll-up/edges.ts'
import type { Counted } from '../roll-up/roll-up.ts'
import type { QueuedRow } from './parts.ts'

type CountedRow = Pick<QueuedRow, 'pixel' | 'shape' | 'facts'>

/** Calls back for each run of neighbours that are counted together, with the first of them. */
export function eachCounted<Row extends CountedRow>(
  rows: readonly Row[],
  areAlike: (a: Row, b: Row) => boolean,
  visit: (accounts: Counted, first: Row) => void,
): void {
  for (let at = 0; at < rows.length; ) {
    const first = rows[at]!
    const { pixel, shape, facts } = first
    const { name, source, currency } = facts
    const acceptedMinute = minuteAt(facts.acceptedMs)
    let [events, money] = [0, 0]
    for (; at < rows.length && isCountedWith(first, acceptedMinute, rows[at]!) && areAlike(first, rows[at]!); at++) {
      events++
      money += rows[at]!.facts.amount
    }
    visit({ pixel, shape, name, source, currency, acceptedMinute, events, money }, first)
  }
}

function isCountedWith(first: CountedRow, acceptedMinute: number, row: CountedRow): boolean {
  const { facts } = row
  return (
    row.pixel === first.pixel &&
    row.shape === first.shape &&
    facts.name === first.facts.name &&
    facts.source === first.facts.source &&
    facts.currency === first.facts.currency &&
    minuteAt(facts.acceptedMs) === acceptedMinute
  )
}
