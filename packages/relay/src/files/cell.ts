import { type DecimalSign, readAmount } from './amount.ts'
import type { CellKind } from './field.ts'
import { fault, type Issue } from './issue.ts'
import { readTimestamp, type TimestampRules } from './timestamp.ts'

export interface CellRules extends TimestampRules {
  readonly decimal: DecimalSign
}

type Report = (issue: Issue) => void
type Reader = (text: string, column: string, rules: CellRules, report: Report) => unknown

const NUMBER = /^-?\d+(?:\.\d+)?$/
const FLAGS: Readonly<Record<string, boolean>> = { true: true, false: false, 1: true, 0: false, yes: true, no: false }

/** What a cell's text becomes, by kind. Text that cannot be read is reported and passed on as it is. */
export const readers: Readonly<Record<CellKind, Reader>> = {
  text: (text) => text,
  exact: (text) => text,
  timestamp: (text, column, rules, report) => {
    const { ms, issue } = readTimestamp(text.trim(), column, rules)
    if (issue !== undefined) report(issue)
    return ms ?? text
  },
  decimal: (text, column, rules, report) => {
    const { decimal, issue } = readAmount(text.trim(), column, rules.decimal)
    if (issue !== undefined) report(issue)
    return decimal ?? text
  },
  minorUnits: (text, column, _rules, report) => ({ amount: readMinorUnits(text.trim(), column, report) }),
  quantity: (text) => (NUMBER.test(text.trim()) ? Number(text) : text),
  flag: (text) => {
    const word = text.trim().toLowerCase()
    return Object.hasOwn(FLAGS, word) ? FLAGS[word] : text
  },
}

/** Whether a cell says that its field is absent. Only an opaque reference may consist of spaces. */
export function isAbsent(text: string, kind: CellKind): boolean {
  return text === '' || (kind !== 'exact' && text.trim() === '')
}

/** A number with a fraction is passed on, so that the event's check can say what minor units are. */
function readMinorUnits(text: string, column: string, report: Report): number | string {
  const value = Number(text)
  if (NUMBER.test(text) && Math.abs(value) <= Number.MAX_SAFE_INTEGER) return value
  const message = `Column "${column}" is no number of minor units (cents).`
  report(
    fault(
      'invalid_amount',
      column,
      message,
      'Write whole minor units (2599), or name the column "amount" and write 25.99.',
    ),
  )
  return text
}
