import { DAY_MS } from '../../duration.ts'

/** Day 0 of a spreadsheet: 30 December 1899. */
const DAY_ZERO_MS = Date.UTC(1899, 11, 30)
/** A day that a tool wrote with its midnight, and what stands behind it. */
const MIDNIGHT =
  /^(\S.*?)(?:t| +)(?:00?:00(?::00(?:[.,]0+)?)?|12:00(?::00)? ?am) ?(?:z|([+-]\d\d(?::?\d\d)?))? +(\d.*)$/i
const DAY_NUMBER = /^(\d{5})(?:[.,]0+)? +(?=\d)/
/** The day on which spreadsheets begin to count: nobody meant it, only the clock beside it. */
const FIRST_DAY =
  /(^| )(?:1899-12-3[01]|1900-01-0[01]|(?:12[/.]3[01]|3[01][/.]12)[/.]1899|(?:0?1[/.]0|0[/.]0?1)[/.]1900)(?:t| +)(?=\d)/i
/** How a part of a day and such a first day begin. */
const MAY_BEGIN = '013'
/** A clock as a part of a day. */
const PART_OF_A_DAY = /(^| )(0(?:[.,]\d+)?)$/

/** Whether a text is a clock in the way of spreadsheets: a part of a day, or on the day on which they begin to count. */
export function isSpreadsheetClock(text: string): boolean {
  // Asked of every time of a file: those of this century begin with a 2.
  if (!MAY_BEGIN.includes(text.charAt(0))) return false
  return PART_OF_A_DAY.test(text) || (FIRST_DAY.exec(text)?.index ?? -1) === 0
}

/**
 * A day and a clock of two columns put together, as they are usually written: without the midnight, the number or the first day that a
 * spreadsheet put there. How far a midnight said to be from UTC is said of the clock; a `Z` is not, since tools put it behind any day.
 * `undefined` where there is nothing of it.
 */
export function plainDayAndClock(text: string): string | undefined {
  if (!/\S\s+\S/.test(text)) return undefined
  const plain = text
    .replace(
      MIDNIGHT,
      (_all, day: string, offset: string | undefined, clock: string) => `${day} ${clock}${offset ?? ''}`,
    )
    .replace(
      DAY_NUMBER,
      (_all, days: string) => `${new Date(DAY_ZERO_MS + Number(days) * DAY_MS).toISOString().slice(0, 10)} `,
    )
    .replace(FIRST_DAY, '$1')
    .replace(PART_OF_A_DAY, (_all, before: string, part: string) => `${before}${clockText(part)}`)
  return plain === text ? undefined : plain
}

/** To the second: what is behind it is the rounding of the part. */
function clockText(part: string): string {
  const seconds = Math.min(Math.round(Number(part.replace(',', '.')) * 86_400), 86_399)
  return new Date(seconds * 1_000).toISOString().slice(11, 19)
}
