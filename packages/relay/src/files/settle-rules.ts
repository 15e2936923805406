import { HOUR_MS, MINUTE_MS, SECOND_MS } from 'waybill/delivery'
import {
  AMOUNT,
  type AmountStyle,
  settleAmounts,
  settleTimes,
  TIME,
  type TimeStyle,
  zoneOfHeader,
} from 'waybill/sources'
import type { PlanOptions, PlanStep, SettledStep } from './column-plan.ts'
import type { ColumnProfile } from './column-profile.ts'
import { type Doubt, mapLine, withFirstValues } from './doubt.ts'
import { type Cells, mayBeClock } from './guess.ts'
import { requireTimeZone } from './map-settings.ts'
import { type CellRules, PLAIN_AMOUNTS } from './reading-rules.ts'

export interface Settled {
  readonly steps: readonly SettledStep[]
  readonly doubts: readonly Doubt[]
  /** How the texts of any other column are read. */
  rulesOf(at: number | undefined): CellRules
}

/** Finds out from whole columns, and from what the map says, how their numbers and times are written. */
export function settleRules(steps: readonly PlanStep[], columns: readonly string[], options: PlanOptions): Settled {
  const doubts: Doubt[] = []
  const amounts = amountsOf(steps, options, doubts)
  const given = givenTimes(options)
  const rulesOf = (at: number | undefined): CellRules => ({
    ...amounts,
    time: timesFor(at === undefined ? [] : [at], columns, given),
  })
  const settled = steps.map((step): SettledStep => {
    const places = step.parts.filter((part) => typeof part === 'number')
    const time = timesFor(places, columns, given)
    if (step.field.kind !== 'timestamp') return { ...step, rules: { ...amounts, time } }
    return { ...step, rules: { ...amounts, ...timeOfStep(step, places, time, options, doubts) } }
  })
  return { steps: settled, doubts, rulesOf }
}

/** One sign for all amounts of a file, as far as its columns agree on one. */
function amountsOf(
  steps: readonly PlanStep[],
  { mapping, cells }: PlanOptions,
  doubts: Doubt[],
): Pick<CellRules, 'amount' | 'amountUnit'> {
  const { decimal, thousands, amountUnit } = mapping ?? {}
  const given = { ...(decimal && { decimal }), ...(thousands && { thousands }) }
  const places = steps.flatMap(({ field, parts }) =>
    field.kind === 'decimal' && typeof parts[0] === 'number' ? [parts[0]] : [],
  )
  const evidence = places.reduce((bits, at) => bits | (cells?.profiles[at]?.amounts ?? 0), 0)
  const settled = settleAmounts(evidence, given)
  if (!settled.ok) doubts.push(twoSigns(places, cells!, evidence))
  doubts.push(...bareIntegers(places, cells, amountUnit))
  const amount: AmountStyle = settled.ok ? settled.style : PLAIN_AMOUNTS
  return amountUnit === undefined ? { amount } : { amount, amountUnit }
}

function twoSigns(places: readonly number[], { profiles }: Cells, evidence: number): Doubt {
  const own = places.map((at) => profiles[at]!).filter(({ filled }) => filled > 0)
  const both = (evidence & AMOUNT.POINT) !== 0 && (evidence & AMOUNT.COMMA) !== 0
  const why = both
    ? 'writes numbers both with a point and with a comma as the decimal sign'
    : 'holds numbers with two readings, such as 1.234'
  return {
    code: 'ambiguous_amount',
    about: 'amount',
    message: `${own.length === 1 ? 'Column' : 'Columns'} ${withFirstValues(own)} ${why}.`,
    lines: [mapLine('decimal', '.'), mapLine('decimal', ',')],
  }
}

/** In a format that has numbers 2599 may be dollars or cents; a fraction anywhere in the column says that it is no cents. */
function bareIntegers(places: readonly number[], cells: Cells | undefined, unit: string | undefined): Doubt[] {
  if (unit !== undefined || cells === undefined) return []
  const fraction = AMOUNT.POINT | AMOUNT.COMMA | AMOUNT.EITHER_POINT | AMOUNT.EITHER_COMMA
  return places.flatMap((at): Doubt[] => {
    const profile = cells.profiles[at]!
    if (profile.bareIntegers === 0 || (profile.amounts & fraction) !== 0) return []
    return [bareInteger(`Column ${withFirstValues([profile])}`, profile.column, profile.firstBareInteger)]
  })
}

/** Of numbers without a decimal point in `what`, of which the first stands in this row. */
export function bareInteger(what: string, about: string, line: number): Doubt {
  return {
    code: 'ambiguous_amount',
    about,
    message: `${what} holds integers (ambiguous_amount; the first in row ${line}): they may count cents or whole units of the currency.`,
    lines: [mapLine('amountUnit', 'minor'), mapLine('amountUnit', 'major')],
  }
}

type Given = TimeStyle & { readonly timeOfDay?: string | undefined }

function givenTimes({ mapping, timeZone, fileZone }: PlanOptions): Given {
  const { timestampUnit, dateOrder, datePatterns, timeOfDay } = mapping ?? {}
  const zone = timeZone ?? mapping?.timeZone ?? fileZone
  return {
    ...(timestampUnit && { unit: timestampUnit }),
    ...(dateOrder && { order: dateOrder }),
    ...(datePatterns && { patterns: datePatterns }),
    ...(zone !== undefined && { zone: requireTimeZone(zone) }),
    timeOfDay,
  }
}

/** What a header says of its zone wins: no option moves a time that is UTC. */
function timesFor(places: readonly number[], columns: readonly string[], { timeOfDay: _, ...style }: Given): TimeStyle {
  const named = places.map((at) => zoneOfHeader(columns[at]!)).find((zone) => zone !== undefined)
  return named === undefined ? style : { ...style, zone: requireTimeZone(named) }
}

function timeOfStep(
  step: PlanStep,
  places: readonly number[],
  given: TimeStyle,
  { cells, mapping }: PlanOptions,
  doubts: Doubt[],
): Pick<CellRules, 'time'> {
  const evidence = places.reduce((bits, at) => bits | (cells?.profiles[at]?.times ?? 0), 0)
  const settled = settleTimes(evidence, given)
  if (!settled.ok && cells !== undefined) doubts.push(twoOrders(places, cells))
  const time = settled.ok ? settled.style : given
  const isDays = places.length === 1 && holdsDays(evidence, given)
  if (isDays && mapping?.timeOfDay === undefined)
    doubts.push(datesOnly(step.column, evidence, cells?.profiles.filter(mayBeClock) ?? []))
  // Beside day and clock a third column may hold the zone.
  const isWhole = places.length === 1 || (evidence & TIME.UNREADABLE) === 0
  if (isWhole) doubts.push(...unreadTimes(step.column, evidence, time))
  return { time: { ...time, ...daysOf(isDays, mapping?.timeOfDay) } }
}

/** Whether no time of a column says more than its day. What only a pattern can read is known by the pattern. */
function holdsDays(evidence: number, { patterns }: TimeStyle): boolean {
  if (patterns !== undefined) return patterns.every((pattern) => !/[Hh]/.test(pattern))
  if ((evidence & (TIME.DAYTIME | TIME.CLOCK_ONLY)) !== 0) return false
  return (evidence & (TIME.DATE_ONLY | MIDNIGHTS)) !== 0
}

function daysOf(isDays: boolean, timeOfDay: string | undefined): Pick<TimeStyle, 'isDays' | 'ofDay'> {
  return { ...(isDays && { isDays }), ...(timeOfDay !== undefined && { ofDay: clockMsOf(timeOfDay) }) }
}

function clockMsOf(timeOfDay: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = timeOfDay.split(':').map(Number)
  return hours * HOUR_MS + minutes * MINUTE_MS + seconds * SECOND_MS
}

/** Times of which none can be read, because nobody said their zone or their unit. */
function unreadTimes(column: string, evidence: number, { zone, unit, patterns }: TimeStyle): Doubt[] {
  const says = evidence & ~(ORDERS | TIME.UNREADABLE | TIME.CLOCK_ONLY | TIME.DAYTIME)
  if (zone === undefined && patterns === undefined && says !== 0 && (says & ~WITHOUT_ZONE) === 0)
    return [
      {
        code: 'timestamp_without_offset',
        about: 'timestamp',
        message: `Column "${column}" holds local times that do not say how far they are from UTC. Name their zone, here or with --time-zone.`,
        lines: [mapLine('timeZone', 'Europe/Berlin')],
      },
    ]
  const found = UNITS.find(([bit]) => says === bit)
  if (unit !== undefined || found === undefined) return []
  const [, named, code, words] = found
  return [
    {
      code,
      about: 'timestamp',
      message: `Column "${column}" holds ${words}; milliseconds are expected where nothing else is said.`,
      lines: [mapLine('timestampUnit', named)],
    },
  ]
}

const UNITS: readonly (readonly [bit: number, unit: string, code: string, words: string])[] = [
  [TIME.EPOCH_S, 's', 'timestamp_in_seconds', 'seconds'],
  [TIME.EPOCH_US, 'us', 'timestamp_in_microseconds', 'microseconds'],
  [TIME.EPOCH_NS, 'ns', 'invalid_timestamp', 'nanoseconds'],
]
const ORDERS = TIME.DAY_FIRST | TIME.MONTH_FIRST | TIME.EITHER_ORDER
const WITHOUT_ZONE = TIME.LOCAL | TIME.DATE_ONLY | TIME.SERIAL
/** How a midnight is written. */
const MIDNIGHTS = TIME.LOCAL | TIME.OFFSET | TIME.EPOCH_S | TIME.EPOCH_MS | TIME.EPOCH_US

function twoOrders(places: readonly number[], { profiles }: Cells): Doubt {
  return {
    code: 'ambiguous_date',
    about: 'timestamp',
    message: `Column ${withFirstValues(places.map((at) => profiles[at]!))} holds dates that do not say which number is the day.`,
    lines: [mapLine('dateFormat', 'day-first'), mapLine('dateFormat', 'month-first')],
  }
}

const MOST_CLOCKS = 2

function datesOnly(column: string, evidence: number, clocks: readonly ColumnProfile[]): Doubt {
  const what =
    (evidence & TIME.DATE_ONLY) === 0 ? 'no time of day but midnight, as dates have it' : 'dates without a time of day'
  const settled =
    clocks.length === 0 ? 'say which time to take' : 'name a column that has it, or say which time to take'
  return {
    code: 'date_without_time',
    about: 'timestamp',
    message: `Column "${column}" holds ${what}. The time of a conversion is part of it: ${settled}.`,
    lines: [
      ...clocks.slice(0, MOST_CLOCKS).map((clock) => mapLine('timestamp', `{${column}} {${clock.column}}`)),
      mapLine('timeOfDay', '12:00'),
    ],
  }
}
