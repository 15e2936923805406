import { DAY_MS, MINUTE_MS } from '../../duration.ts'
import { ABBREVIATIONS, NAMED_ZONES } from './zone-names.ts'

/** Every offset that the tz database still uses begins and ends on a quarter of an hour. */
const MS_PER_QUARTER_HOUR = 15 * MINUTE_MS
const CACHED_OFFSETS = 10_000
const CACHED_ZONES = 200

/** What a local time on the wall means: one instant, none (the clock skipped it), or two (the clock showed it twice). */
export type Instants = readonly number[]

/** A zone that turns local times into instants. */
export interface TimeZone {
  /** IANA name. Example: `'Europe/Berlin'`. */
  readonly name: string
  /** Instants in epoch milliseconds, earliest first, at which this zone's clock shows the given local time (as if it were UTC). */
  instantsOf(localMs: number): Instants
}

const OFFSET = /^(?:utc|gmt)? ?([+-])(\d{1,2})(?::?(\d\d))?$/
/** `(GMT+01:00) Berlin`: the city knows when its clock changes, the bracket does not. */
const IN_FRONT = /^\((?:gmt|utc)[^)]*\) ?/
const BEHIND = / ?\([^)]*\)$/

const zones = new Map<string, TimeZone | undefined>()

/**
 * The zone of a name: IANA's, an offset (`-0500`, `GMT+1`), an abbreviation with one meaning (`EST`), or a name as Google's and other
 * systems show it (`(GMT+01:00) Berlin`, `Eastern Time (US & Canada)`). `undefined` for any other.
 */
export function createTimeZone(name: string): TimeZone | undefined {
  if (zones.has(name)) return zones.get(name)
  if (zones.size >= CACHED_ZONES) zones.clear()
  const zone = zoneOf(name.trim())
  zones.set(name, zone)
  return zone
}

/** The offset that a text says, in minutes: `+0530`, `UTC-5`, `Z`, `EST`. */
export function offsetMinutesOf(text: string): number | undefined {
  const word = text.toLowerCase()
  if (Object.hasOwn(ABBREVIATIONS, word)) return ABBREVIATIONS[word]
  const [, sign, hours, minutes = '0'] = OFFSET.exec(word) ?? []
  if (sign === undefined || Number(hours) > 14 || Number(minutes) > 59) return undefined
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes))
}

const WORDS = /[\p{Lu}]?\p{Ll}+|\p{Lu}+(?!\p{Ll})|[+-]?[\d:]+/gu
const IN_BRACKETS = /[([]\s*([^()[\]]+?)\s*[)\]]/
/** Zones as a bracket behind a header names them; a city alone may be where a shop is. */
const NAMES_A_ZONE = /^(?:[a-z]{3,4}|[a-z]+(?:\/[a-z_]+)+|.+ time|(?:utc|gmt)? ?[+-]\d.*)$/i

/**
 * The zone that a header says: `UTC` for `Created (UTC)`, `created_at_utc`, `Date (GMT)`; an offset for `Time (UTC+2)`; another zone where it
 * stands in brackets (`Created (PST)`, `Paid (Europe/Berlin)`) or as a word in capitals (`Paid at CET`).
 */
export function zoneOfHeader(header: string): string | undefined {
  const words = header.match(WORDS) ?? []
  const at = words.findIndex((word) => /^(?:utc|gmt)$/i.test(word))
  if (at >= 0) {
    const next = words[at + 1]
    return next !== undefined && /^[+-]\d/.test(next) ? `UTC${next}` : 'UTC'
  }
  const inBrackets = IN_BRACKETS.exec(header)?.[1]
  if (inBrackets !== undefined && NAMES_A_ZONE.test(inBrackets) && createTimeZone(inBrackets) !== undefined)
    return inBrackets
  const isLower = /\p{Ll}/u.test(header)
  return words.find((word) => isLower && /^[A-Z]{3,4}$/.test(word) && Object.hasOwn(ABBREVIATIONS, word.toLowerCase()))
}

function zoneOf(name: string): TimeZone | undefined {
  if (name === '') return undefined
  const shown = name.toLowerCase().replace(IN_FRONT, '')
  const minutes = Object.hasOwn(NAMED_ZONES, shown) ? undefined : offsetMinutesOf(name)
  if (minutes !== undefined) return fixedZone(name, minutes)
  const known = ianaZone(name)
  if (known !== undefined) return known
  const plain = shown.replace(BEHIND, '')
  const names = [shown, plain, ...plain.split(',').map((city) => city.trim())]
  const found = names.map((each) => NAMED_ZONES[each] ?? zonesByCity().get(each)).find((zone) => zone !== undefined)
  return found === undefined ? undefined : ianaZone(found)
}

function fixedZone(name: string, minutes: number): TimeZone {
  return { name, instantsOf: (localMs) => [localMs - minutes * MINUTE_MS] }
}

let cities: ReadonlyMap<string, string> | undefined

/** IANA's zones by their city in small letters. A runtime that cannot list them knows none. */
function zonesByCity(): ReadonlyMap<string, string> {
  const all = typeof Intl.supportedValuesOf === 'function' ? Intl.supportedValuesOf('timeZone') : []
  cities ??= new Map(
    all.map((zone) => [
      zone
        .slice(zone.lastIndexOf('/') + 1)
        .replaceAll('_', ' ')
        .toLowerCase(),
      zone,
    ]),
  )
  return cities
}

function ianaZone(name: string): TimeZone | undefined {
  // What a runtime makes of three letters (IST, BST, ACT) is not what people mean by them.
  if (name.length < 4) return undefined
  const format = formatterOf(name)
  if (format === undefined) return undefined
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
  const before = offsetAt(localMs - DAY_MS)
  const after = offsetAt(localMs + DAY_MS)
  if (before === after) return [localMs - before]
  const found = [localMs - before, localMs - after].filter((ms) => ms + offsetAt(ms) === localMs)
  return found.sort((a, b) => a - b)
}

function formatterOf(timeZone: string): Intl.DateTimeFormat | undefined {
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
  } catch {
    return undefined
  }
}

function wallClock(format: Intl.DateTimeFormat, instantMs: number): number {
  const parts: Record<string, number> = {}
  for (const { type, value } of format.formatToParts(instantMs)) parts[type] = Number(value)
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
  return Date.UTC(year, month - 1, day, hour, minute, second)
}
