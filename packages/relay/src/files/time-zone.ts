import { MappingError } from './errors.ts'

const MS_PER_DAY = 86_400_000
/** Every offset that the tz database still uses begins and ends on a quarter of an hour. */
const MS_PER_QUARTER_HOUR = 900_000
const CACHED_OFFSETS = 10_000

/** What a local time on the wall means: one instant, none (the clock skipped it), or two (the clock showed it twice). */
export type Instants = readonly number[]

/** A zone that turns local times into instants. */
export interface TimeZone {
  readonly name: string
  /** Instants in epoch milliseconds, earliest first, at which this zone's clock shows the given local time (as if it were UTC). */
  instantsOf(localMs: number): Instants
}

/** Throws `MappingError` for a name that is not in the IANA list. */
export function createTimeZone(name: string): TimeZone {
  const format = formatterOf(name)
  const offsets = new Map<number, number>()
  const offsetAt = (instantMs: number): number => {
    const quarter = Math.floor(instantMs / MS_PER_QUARTER_HOUR)
    const known = offsets.get(quarter)
    if (known !== undefined) return known
    if (offsets.size >= CACHED_OFFSETS) offsets.clear()
    const offset = wallClock(format, instantMs) - Math.floor(instantMs / 1000) * 1000
    offsets.set(quarter, offset)
    return offset
  }
  return { name, instantsOf: (localMs) => instants(localMs, offsetAt) }
}

function instants(localMs: number, offsetAt: (instantMs: number) => number): Instants {
  // A day on either side is beyond any offset, so one of the two holds before a change of the clock and one after it.
  const offsets = new Set([offsetAt(localMs - MS_PER_DAY), offsetAt(localMs + MS_PER_DAY)])
  const found = [...offsets].map((offset) => localMs - offset).filter((ms) => ms + offsetAt(ms) === localMs)
  return found.sort((a, b) => a - b)
}

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  } catch (cause) {
    throw new MappingError(
      `Unknown time zone "${timeZone}". Use an IANA name such as Europe/Berlin or America/New_York.`,
      {
        cause,
      },
    )
  }
}

function wallClock(format: Intl.DateTimeFormat, instantMs: number): number {
  const parts: Record<string, number> = {}
  for (const { type, value } of format.formatToParts(instantMs)) parts[type] = Number(value)
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
  return Date.UTC(year, month - 1, day, hour, minute, second)
}
