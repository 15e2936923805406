import { CURRENCIES } from 'waybill'
import { AMOUNT, TIME } from 'waybill/sources'
import type { ColumnPlan, PlanStep } from './column-plan.ts'
import type { ColumnProfile } from './column-profile.ts'
import { isReportColumn } from './csv-record.ts'
import { type Doubt, mapLine, withFirstValues } from './doubt.ts'
import type { KnownExport } from './exports/index.ts'
import { slotOf } from './field.ts'
import { currenciesOfHeader } from './header-currency.ts'
import { countsMinorUnits } from './header-words.ts'
import type { Mapping } from './mapping.ts'
import { statusOf } from './status.ts'
import type { SurveyReading } from './survey-reading.ts'
import { guessField, isValueName, valueRank } from './synonym.ts'

interface Found {
  readonly plan: ColumnPlan
  readonly counts: SurveyReading
  readonly mapping: Mapping | undefined
  readonly known: KnownExport | undefined
}

const MOST_SHOWN = 3
const AMOUNT_SLOT = 'data.amount.0'
const CURRENCY_SLOT = 'data.currency.0'
/** A place in a list of an object: `items.0.price`. */
const IN_A_LIST = /\.\d+(?:\.|$)/

/** What every event needs and no column gives, and the value of orders where a column looks like it: said before anything is sent. */
export function missingFields({ plan, counts, mapping, known }: Found): Doubt[] {
  const leftOut = [...counts.leftOut.values()].reduce((sum, rows) => sum + rows, 0)
  if (counts.rows === counts.wholeEvents + counts.unreadable + leftOut) return []
  const asked = new Set(plan.doubts.map(({ about }) => about))
  const free = plan.ignored.flatMap((column): ColumnProfile[] => {
    const profile = counts.profiles[plan.columns.indexOf(column)]
    return profile === undefined || profile.filled === 0 || isReportColumn(column) || IN_A_LIST.test(column)
      ? []
      : [profile]
  })
  const needed = NEEDED.filter(({ name }) => !asked.has(name)).flatMap(({ name, lines }): Doubt[] => {
    const step = stepOf(plan, 'event', name)
    if (step !== undefined && !isEmpty(step, counts)) return []
    return [missing(name, step, lines(free))]
  })
  const isSettled =
    asked.has('amount') || known !== undefined || mapping?.entries.some(({ field }) => slotOf(field) === AMOUNT_SLOT)
  const value =
    isSettled === true || needed.some(({ about }) => about === 'type') ? [] : unnamedValue(plan, free, counts)
  const isCurrencySaid = asked.has('currency') || mapping?.entries.some(({ field }) => slotOf(field) === CURRENCY_SLOT)
  const currency =
    isCurrencySaid === true ? [] : [...unnamedCurrency(plan, free, counts), ...foreignCurrency(plan, counts)]
  return [...needed, ...value, ...currency]
}

interface Needed {
  readonly name: string
  /** The lines of a map of which one probably settles it. */
  readonly lines: (free: readonly ColumnProfile[]) => string[]
}

const NEEDED: readonly Needed[] = [
  { name: 'id', lines: (free) => idColumns(free).map(({ column }) => mapLine('id', column)) },
  {
    name: 'type',
    lines: () => [mapLine('type', { value: 'order_created' }), mapLine('type', { value: 'lead_created' })],
  },
  {
    name: 'timestamp',
    lines: (free) =>
      free
        .filter((profile) => (profile.times & TIME.UNREADABLE) === 0 && isCalledTime(profile))
        .slice(0, MOST_SHOWN)
        .map(({ column }) => mapLine('timestamp', column)),
  },
]

/** Any number may be one of seconds, or a spreadsheet's day. */
const SURE_TIME = TIME.OFFSET | TIME.LOCAL | TIME.DATE_ONLY
const EPOCH = TIME.EPOCH_S | TIME.EPOCH_MS | TIME.EPOCH_US
const CALLED_TIME = /\b_?ts\b|time|date|stamp|epoch|unix|datum|zeit|fecha|hora|heure|data|tijd/i

/** Numbers are times only where the column is called so. */
function isCalledTime({ column, times }: ColumnProfile): boolean {
  return (times & SURE_TIME) !== 0 || ((times & EPOCH) !== 0 && CALLED_TIME.test(column))
}

const FOR_EXAMPLE: Readonly<Record<string, string>> = {
  id: mapLine('id', 'the column of the order number'),
  timestamp: mapLine('timestamp', 'the column of the time'),
}

function missing(name: string, step: PlanStep | undefined, lines: readonly string[]): Doubt {
  const why =
    step === undefined
      ? `No column gives ${name}`
      : `Column "${step.column}", which is to give ${name}, is empty in every row`
  return {
    code: 'missing_field',
    about: name,
    message: `${why}, and no event can be sent without it.`,
    lines: lines.length > 0 ? lines : [FOR_EXAMPLE[name] ?? ''].filter((line) => line !== ''),
  }
}

/** Columns that say something in each row, and not the same: first those that are called like a number of something. */
function idColumns(free: readonly ColumnProfile[]): ColumnProfile[] {
  const rows = Math.max(...free.map(({ filled }) => filled))
  const fitting = free.filter((profile) => {
    const different = profile.words()?.size ?? Number.POSITIVE_INFINITY
    const isMoneyOrTime = isCalledTime(profile) || (profile.amounts & FRACTION) !== 0
    return (
      profile.filled === rows &&
      (different > 1 || CALLED_ID.test(profile.column)) &&
      !isMoneyOrTime &&
      !isPerson(profile) &&
      statusOf(profile) === undefined
    )
  })
  return [...fitting]
    .sort((a, b) => Number(CALLED_ID.test(b.column)) - Number(CALLED_ID.test(a.column)))
    .slice(0, MOST_SHOWN)
}

const FRACTION = AMOUNT.POINT | AMOUNT.COMMA
const CALLED_ID = /(?:id|nr|no|num|number|nummer|numero|ref|reference|referenz|key|code|name|uuid|guid|token)\W*$/i
/** An address, a name, a place: what is called a name and has no digits is none of an order. */
function isPerson({ column, first }: ColumnProfile): boolean {
  if (first.some((value) => value.includes('@'))) return true
  const hasDigits = first.some((value) => /\d/.test(value))
  return !hasDigits && (/name$/i.test(column) || guessField(column)?.part === 'user')
}

/** Orders without a value, in a file that has a column of money which nobody named. */
function unnamedValue(plan: ColumnPlan, free: readonly ColumnProfile[], counts: SurveyReading): Doubt[] {
  const step = stepOf(plan, 'data', 'amount')
  const isEmptyColumn = step !== undefined && isEmpty(step, counts)
  if ((step !== undefined && !isEmptyColumn) || !mayBeOrders(plan)) return []
  const money = free
    .filter((profile) => mayBeValue(profile))
    .sort((one, other) => valueRank(one.column) - valueRank(other.column))
  if (isEmptyColumn && counts.ordersWithoutAmount > 0) return [emptyAmount(step.column, money)]
  if (money.length === 0) return []
  const shown = money.slice(0, MOST_SHOWN)
  const isOfLines = counts.ordersOfLines > 0 || plan.steps.some(({ field }) => field.part === 'item')
  const hint = shown.some(({ column }) => MILLIONTHS.test(column))
    ? ' Millionths are read by no map: add a column with the amounts themselves.'
    : ''
  return [
    {
      code: 'ambiguous_column',
      about: 'amount',
      message: `No column gives the amount of an order, which cannot be added later, and ${withFirstValues(shown)} ${shown.length === 1 ? 'looks' : 'look'} like money.${hint}`,
      lines: [...shown.flatMap(({ column }) => amountLines(column, isOfLines)), mapLine('amount', null)],
    },
  ]
}

/** A workbook whose formulas were never calculated has such a column. */
function emptyAmount(column: string, money: readonly ColumnProfile[]): Doubt {
  const others = money.slice(0, MOST_SHOWN).flatMap((profile) => amountLines(profile.column, false))
  return {
    code: 'ambiguous_column',
    about: 'amount',
    message: `Column "${column}", which is to give the amount, is empty in every row, and the amount of an order cannot be added later. Formulas have to be calculated before a workbook is saved.`,
    lines: [...others, mapLine('amount', null)],
  }
}

/** A column of numbers that is called as the amount is one even where none can be read: its rows are refused, and not sent without a value. */
function mayBeValue({ column, amounts, times, first }: ColumnProfile): boolean {
  if ((times & SURE_TIME) !== 0) return false
  const isReadable = amounts !== 0 && (amounts & AMOUNT.UNREADABLE) === 0
  if (IN_OTHER_LETTERS.test(column)) return isReadable && (amounts & ~AMOUNT.WHOLE) !== 0
  const field = guessField(column)
  const isNamedSo = field !== undefined && slotOf(field) === AMOUNT_SLOT
  return isNamedSo ? first.some((value) => /\p{N}/u.test(value)) : isReadable && isValueName(column)
}

/** Names in letters that the lists of names do not know: their cells alone speak. */
const IN_OTHER_LETTERS = /^(?!.*\p{Script=Latin}).*\p{L}/u
const MILLIONTHS = /micros\W*$/i

/** A file with items may have the amount of each; added up they are that of the order. */
function amountLines(column: string, isOfLines: boolean): string[] {
  if (MILLIONTHS.test(column)) return []
  const name = countsMinorUnits(column) ? 'data.amount' : 'amount'
  return [...(isOfLines ? [mapLine(name, { sum: column })] : []), mapLine(name, column)]
}

/** Amounts of which none says its currency: each of their rows would be refused. */
function unnamedCurrency(plan: ColumnPlan, free: readonly ColumnProfile[], counts: SurveyReading): Doubt[] {
  const amount = stepOf(plan, 'data', 'amount')
  if (amount === undefined || stepOf(plan, 'data', 'currency') !== undefined) return []
  if (counts.amountsAlone === 0 || counts.amountsAlone < counts.amounts) return []
  const named = free.filter((profile) => isCurrency(profile)).slice(0, MOST_SHOWN)
  const [code = 'USD'] = currenciesOfHeader(amount.column)
  return [
    {
      code: 'missing_currency',
      about: 'currency',
      message: `No column gives the currency of the amounts in "${amount.column}", and none of them names its own.`,
      lines:
        named.length > 0
          ? named.map(({ column }) => mapLine('currency', column))
          : [mapLine('currency', { value: code })],
    },
  ]
}

function isCurrency(profile: ColumnProfile): boolean {
  const words = [...(profile.words()?.keys() ?? [])]
  return words.length > 0 && words.every((word) => CURRENCIES.has(word.toUpperCase()))
}

/** A column of amounts that has one currency in its name, beside a column that says another, as a converted amount has. */
function foreignCurrency(plan: ColumnPlan, counts: SurveyReading): Doubt[] {
  const amount = stepOf(plan, 'data', 'amount')
  const currency = stepOf(plan, 'data', 'currency')
  const [at] = currency?.parts ?? []
  if (amount === undefined || currency === undefined || typeof at !== 'number') return []
  const profile = counts.profiles[at]!
  const [code, ...more] = currenciesOfHeader(amount.column)
  const others = [...(profile.words()?.keys() ?? [])].filter((word) => word.toUpperCase() !== code)
  if (code === undefined || more.length > 0 || others.length === 0) return []
  return [
    {
      code: 'currency_mismatch',
      about: 'currency',
      message: `The amounts in "${amount.column}" have ${code} in their name, and column ${withFirstValues([profile])} says others.`,
      lines: [mapLine('currency', { value: code }), mapLine('currency', currency.column)],
    },
  ]
}

function mayBeOrders({ steps }: ColumnPlan): boolean {
  const type = steps.find(({ field }) => field.part === 'event' && field.key === 'type')
  return type === undefined || typeof type.parts[0] !== 'string' || type.parts[0] === 'order_created'
}

function stepOf({ steps }: ColumnPlan, part: string, key: string): PlanStep | undefined {
  return steps.find(({ field }) => field.part === part && field.key === key)
}

function isEmpty({ parts }: PlanStep, { profiles }: SurveyReading): boolean {
  const [at] = parts
  return parts.length === 1 && typeof at === 'number' && (profiles[at]?.filled ?? 0) === 0
}
