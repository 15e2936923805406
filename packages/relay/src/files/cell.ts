import { meansNothing, type NothingScope } from 'waybill/identity'
import { damagedId, type FieldKind, readAmount, readTime } from 'waybill/sources'
import { fault, type Issue } from './issue.ts'
import type { CellRules } from './reading-rules.ts'

type Report = (issue: Issue) => void
type Reader = (text: string, column: string, rules: CellRules, report: Report) => unknown

const NUMBER = /^-?\d+(?:\.\d+)?$/
const WHOLE = /^-?\d+$/
const FLAGS: Readonly<Record<string, boolean>> = { true: true, false: false, 1: true, 0: false, yes: true, no: false }
/** What spreadsheets put before a number that is to stay a text, and around one. */
const APOSTROPHE = /^'(?=[\d+=@(-])/
const AS_FORMULA = /^="([^"]*)"$/
const OTHER_SPACES = /[\u00a0\u2007\u202f]/g
/** What nobody sees at the ends of a cell, where copying left it: an id with it matches no other. */
const INVISIBLE_ENDS =
  /^[\s\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+|[\s\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+$/g

/** A cell as it is meant: trimmed, without a spreadsheet's marks, and empty where it holds a word for nothing. */
export function cleanCell(text: string, scope: NothingScope = 'text'): string {
  const cell = isBare(text) ? text : withoutMarks(text)
  return meansNothing(cell, scope) ? '' : cell
}

/** What a cleaned cell becomes, by kind. Text that cannot be read is reported and passed on as it is. */
export const readers: Readonly<Record<FieldKind, Reader>> = {
  text: (text) => text,
  exact: (text) => text,
  currency: (text) => text,
  id: (text, column, _rules, report) => {
    const damage = damagedId(text)
    if (damage !== undefined) report(fault('invalid_cell', column, `Column "${column}" ${damage.what}.`, damage.hint))
    return text
  },
  timestamp: readTimeCell,
  decimal: readDecimalCell,
  minorUnits: (text, column, _rules, report) => ({ amount: readMinorUnits(text, column, report) }),
  quantity: (text) => (NUMBER.test(text) ? Number(text) : text),
  flag: (text) => {
    const word = text.toLowerCase()
    return Object.hasOwn(FLAGS, word) ? FLAGS[word] : text
  },
}

/** An amount whose cell names its currency too. */
export class PricedAmount {
  readonly decimal: string
  readonly currency: string
  constructor(decimal: string, currency: string) {
    this.decimal = decimal
    this.currency = currency
  }
}

function readTimeCell(text: string, column: string, { time }: CellRules, report: Report): unknown {
  const read = readTime(text, time)
  if (!read.ok) {
    report(fault(read.code ?? 'invalid_timestamp', column, `Column "${column}" ${read.what}.`, read.hint))
    return text
  }
  if (read.value.warning === 'ambiguous_local_time') report(twice(column, time.zone?.name ?? ''))
  if (read.value.warning === 'lone_day') report(loneDay(column))
  return read.value.ms
}

function twice(column: string, zone: string): Issue {
  const message = `Column "${column}" holds a local time that occurred twice in ${zone}; the earlier one is taken.`
  const hint = 'Export times with an offset to be exact.'
  return { code: 'ambiguous_local_time', path: column, message, severity: 'warning', hint }
}

function loneDay(column: string): Issue {
  const message = `Column "${column}" holds a day without a time of day, where others have one; midnight is taken.`
  const hint = 'Fix the cell, or say which time to take in a map: "timeOfDay": "12:00".'
  return { code: 'invalid_timestamp', path: column, message, severity: 'warning', hint }
}

function readDecimalCell(text: string, column: string, { amount, amountUnit }: CellRules, report: Report): unknown {
  if (amountUnit === 'minor') return { amount: readMinorUnits(text, column, report) }
  const read = readAmount(text, amount)
  if (!read.ok) {
    report(fault('invalid_amount', column, `Column "${column}" ${read.what}.`, read.hint))
    return text
  }
  const { decimal, currency } = read.value
  return currency === undefined ? decimal : new PricedAmount(decimal, currency)
}

/** A number with a fraction is passed on, so that the event's check can say what minor units are. */
function readMinorUnits(text: string, column: string, report: Report): number | string {
  const value = Number(text)
  if (NUMBER.test(text) && (Math.abs(value) <= Number.MAX_SAFE_INTEGER || !WHOLE.test(text))) return value
  const message = `Column "${column}" is no number of minor units (cents).`
  const hint = 'Write whole minor units (2599), or name the column "amount" and write 25.99.'
  report(fault('invalid_amount', column, message, hint))
  return text
}

/** Nearly every cell is: it begins and ends with what no mark and no space is. */
function isBare(text: string): boolean {
  if (text === '') return true
  const first = text.charCodeAt(0)
  const last = text.charCodeAt(text.length - 1)
  return first > 0x3d && first < 0x7f ? last > 0x20 && last < 0x7f : isDigit(first) && last > 0x20 && last < 0x7f
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

function withoutMarks(text: string): string {
  const trimmed = text.replace(INVISIBLE_ENDS, '').replace(OTHER_SPACES, ' ')
  const formula = AS_FORMULA.exec(trimmed)
  return (formula?.[1] ?? trimmed.replace(APOSTROPHE, '')).trim()
}
