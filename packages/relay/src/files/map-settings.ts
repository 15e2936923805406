import { createTimeZone } from 'waybill/sources'
import { MappingError } from './errors.ts'

export type DateOrder = 'day-first' | 'month-first'

/** How texts are read, as far as a map says so. What it leaves open is found out from the file, or asked. */
export interface MapSettings {
  readonly timestampUnit?: 's' | 'ms' | 'us'
  readonly decimal?: '.' | ','
  readonly thousands?: ',' | '.' | ' ' | "'"
  /** Of numbers without a decimal sign. */
  readonly amountUnit?: 'minor' | 'major'
  readonly dateOrder?: DateOrder
  readonly datePatterns?: readonly string[]
  readonly timeZone?: string
  /** For a file with dates only: `12:00`. */
  readonly timeOfDay?: string
}

const CHOICES: Readonly<Record<string, readonly string[]>> = {
  timestampUnit: ['ms', 's', 'us'],
  decimal: ['.', ','],
  thousands: [',', '.', ' ', "'"],
  amountUnit: ['major', 'minor'],
}
const DATE_ORDERS: readonly string[] = ['day-first', 'month-first'] satisfies readonly DateOrder[]

/** The keys of a map that are no fields. */
export const MAP_PARTS: readonly string[] = [
  ...Object.keys(CHOICES),
  'dateFormat',
  'timeZone',
  'timeOfDay',
  'where',
  'values',
  'ignore',
  'groupBy',
  'contents',
]

/** Judges the settings among a map's keys. Throws `MappingError`. */
export function settingsOf(top: Readonly<Record<string, unknown>>): MapSettings {
  for (const [key, allowed] of Object.entries(CHOICES)) {
    if (top[key] === undefined || allowed.includes(top[key] as string)) continue
    throw new MappingError(`"${key}" has to be ${oneOf(allowed)}.`)
  }
  const { timestampUnit, decimal, thousands, amountUnit } = top as MapSettings
  if (decimal !== undefined && (decimal as string) === thousands)
    throw new MappingError('"decimal" and "thousands" are two signs: one text cannot be both.')
  return {
    ...present({ timestampUnit, decimal, thousands, amountUnit }),
    ...dateFormatOf(top['dateFormat']),
    ...present({ timeZone: zoneOf(top['timeZone']), timeOfDay: timeOfDayOf(top['timeOfDay']) }),
  }
}

/** Names a zone that exists. Throws `MappingError` for one that does not. */
export function requireTimeZone(name: string): NonNullable<ReturnType<typeof createTimeZone>> {
  const zone = createTimeZone(name)
  if (zone !== undefined) return zone
  throw new MappingError(`Unknown time zone "${name}". Use an IANA name such as Europe/Berlin or America/New_York.`)
}

function dateFormatOf(written: unknown): Pick<MapSettings, 'dateOrder' | 'datePatterns'> {
  if (written === undefined) return {}
  const all: readonly unknown[] = Array.isArray(written) ? written : [written]
  const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== ''
  const orders = all.filter((value) => DATE_ORDERS.includes(value as string)) as DateOrder[]
  const patterns = all.filter(isText).filter((value) => !DATE_ORDERS.includes(value))
  if (
    all.length === 0 ||
    !all.every(isText) ||
    orders.length > 1 ||
    !patterns.every((pattern) => /y/.test(pattern) && /d/i.test(pattern))
  )
    throw new MappingError(
      `"dateFormat" has to be ${oneOf(DATE_ORDERS)}, a pattern such as "dd.MM.yyyy HH:mm", or a list of patterns.`,
    )
  return {
    ...(orders[0] === undefined ? {} : { dateOrder: orders[0] }),
    ...(patterns.length === 0 ? {} : { datePatterns: patterns }),
  }
}

function zoneOf(written: unknown): string | undefined {
  return written === undefined ? undefined : requireTimeZone(String(written)).name
}

function timeOfDayOf(written: unknown): string | undefined {
  if (written === undefined) return undefined
  if (typeof written === 'string' && /^(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?$/.test(written))
    return written.padStart(5, '0')
  throw new MappingError(
    '"timeOfDay" is the time at which the orders of a file with dates only are taken to have been made, as "12:00".',
  )
}

function oneOf(allowed: readonly string[]): string {
  return allowed.map((value) => `"${value}"`).join(' or ')
}

function present<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }
}
