import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../duration.ts'
import { isWeekday, monthOf } from './month-names.ts'
import { withPlainSpaces } from './reading.ts'
import { createTimeZone, offsetMinutesOf, type TimeZone } from './time-zone.ts'

/** A day as it is written. Of `numbers` nobody said yet which is the day; `year` is whole. */
export type WrittenDay =
  | { readonly year: number; readonly month: number; readonly day: number }
  | { readonly year: number; readonly numbers: readonly [number, number] }

/** A time as it is written: a day, a clock in milliseconds after midnight, and how far from UTC. Any of them may be missing. */
export interface WrittenTime {
  readonly day: WrittenDay | undefined
  readonly clockMs: number | undefined
  readonly offsetMinutes?: number
  readonly zone?: TimeZone
}

const MAX_CHARACTERS = 100

const WEEKDAY = /^(\p{L}{2,12})\.?,? +/u
const SEPARATOR = /^(?:,? *(?:t(?=\d)|@|at |um |à |a las |a la |- )? *)/
const CLOCK =
  /^(\d{1,2})(?:(?:[:.]| ?h ?)(\d\d)(?:(?:[:.]|m ?)(\d\d)(?:[.,](\d{1,12}))?s?)?|(?= ?[ap]\.? ?m\b))(?: uhr| h(?=$| ))?/
const COMPACT_CLOCK = /^(\d\d)(\d\d)(\d\d)?(?:[.,](\d{1,12}))?(?=$|[ z+-])/
const HALF = /^ ?([ap])\.? ?m\b\.?/

type DayReader = (parts: readonly string[]) => WrittenDay | undefined

const named: DayReader = ([year = '', name = '', day = '']) => {
  const month = monthOf(name)
  return month === undefined ? undefined : { year: wholeYear(year), month, day: Number(day) }
}

/** Ways to write a day, each with its parts in the order in which its reader takes them. */
const DAYS: readonly (readonly [looks: RegExp, order: readonly number[], read: DayReader])[] = [
  [/^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d)/, [1, 3, 4], ([year, month, day]) => numbered(year, month, day)],
  [/^(\d{4})(\d\d)(\d\d)(?=$|t\d| |\d{4}(?:\d\d)?$)/, [1, 2, 3], ([year, month, day]) => numbered(year, month, day)],
  [/^(\d{1,2})\.(\d{1,2})\.(\d{4}|\d\d)(?!\d)/, [3, 2, 1], ([year, month, day]) => numbered(year, month, day)],
  [
    /^(\d{1,2})([-/])(\d{1,2})\2(\d{4}|\d\d)(?!\d)/,
    [4, 1, 3],
    ([year = '', first, second]) => ({ year: wholeYear(year), numbers: [Number(first), Number(second)] }),
  ],
  [
    /^(\d{1,2})(?:st|nd|rd|th|er|º|\.)?(?: de |[ -]?)(\p{L}{3,12})\.?(?: del? |,? |-)(\d{4}|\d\d)(?!\d)/u,
    [3, 2, 1],
    named,
  ],
  [/^(\p{L}{3,12})\.?[ -](\d{1,2})(?:st|nd|rd|th)?(?:,| |-) ?(\d{4})(?!\d)/u, [3, 1, 2], named],
  [/^(\p{L}{3,12})-(\d{1,2})-(\d\d)(?!\d)/u, [3, 1, 2], named],
  [/^(\d{4})[- ](\p{L}{3,12})\.?[- ](\d{1,2})(?!\d)/u, [1, 2, 3], named],
]

/** Takes a time apart. `undefined` for a text that is none, or names an hour or a zone that does not exist. */
export function parseWrittenTime(text: string): WrittenTime | undefined {
  if (text.length > MAX_CHARACTERS) return undefined
  const cell = withPlainSpaces(text).toLowerCase().replace(/ {2,}/g, ' ')
  const [, word = ''] = WEEKDAY.exec(cell) ?? []
  const rest = isWeekday(word) ? cell.replace(WEEKDAY, '') : cell
  const found = dayOf(rest)
  const behind = found === undefined ? rest : rest.slice(found.length).replace(SEPARATOR, '')
  const clock = behind === '' ? undefined : clockOf(behind, found !== undefined)
  if (behind !== '' && clock === undefined) return undefined
  if (found === undefined && clock === undefined) return undefined
  const place = placeOf(clock?.rest ?? '', text)
  return place && { day: found?.day, clockMs: clock?.ms, ...place }
}

function dayOf(text: string): { readonly day: WrittenDay; readonly length: number } | undefined {
  for (const [looks, order, read] of DAYS) {
    const parts = looks.exec(text)
    const day = parts === null ? undefined : read(order.map((at) => parts[at]!))
    if (day !== undefined) return { day, length: parts![0].length }
  }
  return undefined
}

function numbered(year = '', month = '', day = ''): WrittenDay {
  return { year: wholeYear(year), month: Number(month), day: Number(day) }
}

/** Two digits are of this century: no conversion is older. */
function wholeYear(year: string): number {
  return year.length === 2 ? 2000 + Number(year) : Number(year)
}

function clockOf(text: string, mayBeCompact: boolean): { readonly ms: number; readonly rest: string } | undefined {
  const parts = CLOCK.exec(text) ?? (mayBeCompact ? COMPACT_CLOCK.exec(text) : null)
  if (parts === null) return undefined
  const [whole, hours = '', minutes = '0', seconds = '0', fraction = ''] = parts
  const rest = text.slice(whole.length)
  const half = HALF.exec(rest)
  const hour = half === null ? Number(hours) : hourOfHalf(Number(hours), half[1]!)
  if (hour === undefined || hour > 23 || Number(minutes) > 59 || Number(seconds) > 60) return undefined
  const ms = Number(fraction.slice(0, 3).padEnd(3, '0'))
  return {
    ms: hour * HOUR_MS + Number(minutes) * MINUTE_MS + Number(seconds) * SECOND_MS + ms,
    rest: rest.slice(half?.[0].length ?? 0).trim(),
  }
}

/** `3 pm`, and `15:04 PM` of those who write both. */
export function hourOfHalf(hour: number, half: string): number | undefined {
  if (hour > 12) return half === 'p' ? hour : undefined
  return (hour % 12) + (half === 'p' ? 12 : 0)
}

/** What stands behind the clock: an offset, the name of a zone, or both with the name in brackets. */
function placeOf(rest: string, text: string): Pick<WrittenTime, 'offsetMinutes' | 'zone'> | undefined {
  if (rest === '') return {}
  const bare = /^\(([^)]*)\)$/.exec(rest)?.[1] ?? rest
  const offsetMinutes = offsetMinutesOf(bare) ?? offsetMinutesOf(bare.replace(/ ?\([^)]*\)$/, ''))
  if (offsetMinutes !== undefined) return { offsetMinutes }
  const zone = createTimeZone(text.slice(text.toLowerCase().lastIndexOf(bare)))
  return zone && { zone }
}
