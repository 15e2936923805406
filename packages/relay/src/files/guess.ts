import { type ContractSetting, CURRENCIES, EVENT_NAMES } from 'waybill'
import { AMOUNT, TIME } from 'waybill/sources'
import type { ColumnProfile } from './column-profile.ts'
import { isReportColumn, nameInMap } from './csv-record.ts'
import { type Doubt, mapLine, withFirstValues } from './doubt.ts'
import { typeCalled } from './exports/advertising.ts'
import { type Field, findField, slotOf } from './field.ts'
import { namesClock } from './header-words.ts'
import { saysStatus, statusWord } from './status.ts'
import { guessField, isValueName, nameRank, valueRank } from './synonym.ts'

/** What a guess goes by beside the names of columns. */
export interface Cells {
  readonly profiles: readonly ColumnProfile[]
  /** Whether two columns say the same in every row. */
  areEqual(one: number, other: number): boolean
}

export interface GuessInput {
  readonly columns: readonly string[]
  /** Absent where only the names are known. */
  readonly cells: Cells | undefined
  readonly contract: ContractSetting
  /** Columns that are spoken for, and places of the event that are filled. */
  isTaken(at: number): boolean
  isFilled(slot: string): boolean
  /** Whether any word is a type, as where two exports are compared. */
  readonly takesAnyType?: boolean | undefined
  /** Whether a map made for this very export says the rest: only what decides is looked for. */
  readonly isKnown?: boolean | undefined
  /** Places whose words a map explains, so that any word will do. */
  isExplained(slot: string): boolean
}

/** A field with the column, or the two columns put together, that probably hold it. */
export interface Guess {
  readonly field: Field
  readonly at: number
  /** The column of the time of day. */
  readonly clockAt?: number
  readonly exact: boolean
}

interface Contender {
  readonly field: Field
  readonly at: number
  readonly exact: boolean
}

/** Places that are counted by or paid for: one wrong column, and the conversion is wrong for good. */
export const DECISIVE: readonly string[] = [
  'event.id.0',
  'event.type.0',
  'event.timestamp.0',
  'data.amount.0',
  'data.currency.0',
]
const LABELS: Readonly<Record<string, string>> = {
  'event.id.0': 'id',
  'event.type.0': 'type',
  'event.timestamp.0': 'time',
  'data.amount.0': 'amount',
  'data.currency.0': 'currency',
}
/** What the first generation of the contract has no place for. */
export const NEWER: ReadonlySet<string> = new Set(['phone', 'firstName', 'lastName', 'region', 'androidAdvertisingId'])

/** Which columns probably hold what: by their names, and by what their cells say. What has two answers is a doubt, not a guess. */
export function guessColumns(input: GuessInput): { guesses: Guess[]; doubts: Doubt[] } {
  const contenders = contendersOf(input)
  const guesses: Guess[] = []
  const doubts: Doubt[] = []
  for (const slot of DECISIVE) {
    if (input.isFilled(slot)) continue
    const own = contenders.filter(({ field }) => slotOf(field) === slot)
    const found = decide(slot, own, input, contenders)
    if (found.guess !== undefined) guesses.push(found.guess)
    if (found.doubt !== undefined) doubts.push(found.doubt)
  }
  if (input.isKnown === true) return { guesses, doubts }
  const taken = new Set(guesses.flatMap(({ at, clockAt }) => [at, clockAt]))
  const filled = new Set<string>()
  for (const one of [...contenders].sort((a, b) => compare(a, b, input))) {
    const slot = slotOf(one.field)
    if (DECISIVE.includes(slot) || taken.has(one.at) || filled.has(slot) || input.isFilled(slot)) continue
    if (!suits(one, input)) continue
    filled.add(slot)
    taken.add(one.at)
    guesses.push(one)
  }
  return { guesses, doubts }
}

/** Pairs of columns that might hold the same decisive thing, so that it matters whether they ever differ. */
export function contendersBySlot(columns: readonly string[]): [one: number, other: number][] {
  const bySlot = new Map<string, number[]>()
  for (const [at, column] of columns.entries()) {
    const field = findField(column.trim()) ?? guessField(column)
    const slot = field === undefined ? undefined : slotOf(field)
    if (slot !== undefined && DECISIVE.includes(slot)) bySlot.set(slot, [...(bySlot.get(slot) ?? []), at])
  }
  return [...bySlot.values()].flatMap((places) =>
    places.flatMap((one, index) => places.slice(index + 1).map((other): [number, number] => [one, other])),
  )
}

function contendersOf({ columns, contract, isTaken }: GuessInput): Contender[] {
  return columns.flatMap((column, at): Contender[] => {
    if (isTaken(at) || isReportColumn(column)) return []
    const exact = findField(column.trim())
    const field = exact ?? guessField(column)
    if (field === undefined) return []
    if (exact === undefined && contract === '2026-06' && NEWER.has(field.key)) return []
    return [{ field, at, exact: exact !== undefined }]
  })
}

/** Filled columns first, exact names before others, then those that say something of each person, then by how surely they are named. */
function compare(one: Contender, other: Contender, input: GuessInput): number {
  const [left, right] = [rank(one, input), rank(other, input)]
  const place = left.findIndex((part, index) => part !== right[index])
  return place < 0 ? one.at - other.at : left[place]! - right[place]!
}

function rank({ field, exact, at }: Contender, { cells, columns }: GuessInput): readonly number[] {
  const profile = cells?.profiles[at]
  const isEmpty = profile !== undefined && profile.filled === 0
  const isOneForAll = PERSONAL.has(field.key) && (profile?.filled ?? 0) > 1 && profile?.words()?.size === 1
  const name = field.part === 'user' && !exact ? nameRank(columns[at]!, field) : 0
  return [isEmpty, !exact, isOneForAll].map(Number).concat(name)
}

/** What is of one person each: an address that all rows share is of somebody who sells. */
const PERSONAL: ReadonlySet<string> = new Set(['email', 'externalId', 'phone'])

/** Whether the cells of a column can be what its name says. */
function suits({ field, at, exact }: Contender, { cells }: GuessInput): boolean {
  const profile = cells?.profiles[at]
  if (profile === undefined || profile.filled === 0 || exact) return true
  if (field.key === 'region' || field.key === 'country' || field.key === 'city') return !saysStatus(profile)
  if (field.kind === 'quantity' || field.kind === 'decimal') return (profile.amounts & ~AMOUNT.UNREADABLE) !== 0
  return true
}

interface Decision {
  readonly guess?: Guess
  readonly doubt?: Doubt
}

function decide(slot: string, own: readonly Contender[], input: GuessInput, all: readonly Contender[]): Decision {
  const { cells } = input
  const byName = [...own].sort((a, b) => Number(b.exact) - Number(a.exact) || a.at - b.at)
  if (byName.length === 0) return {}
  if (cells === undefined) return { guess: byName[0]! }
  const filled = byName.filter(({ at }) => cells.profiles[at]!.filled > 0)
  if (filled.length === 0) return { guess: byName[0]! }
  if (slot === 'event.timestamp.0') {
    const joined = dayAndClock(filled, cells)
    if (joined !== undefined) return { guess: joined }
  }
  const isAnyWordFit = input.isExplained(slot) || (slot === 'event.type.0' && input.takesAnyType === true)
  const fitting = filled.filter(({ at }) => isAnyWordFit || FITS[slot]!(cells.profiles[at]!))
  if (fitting.length === 0)
    return { ...(slot === 'event.type.0' ? { doubt: foreignType(filled[0]!, cells) } : lone(slot, filled)) }
  const different = fitting.filter(
    ({ at }, index) => !fitting.slice(0, index).some((other) => cells.areEqual(at, other.at)),
  )
  if (different.length > 1) return { doubt: several(slot, different, input) }
  const [only] = different as [Contender]
  const rivals = slot === 'data.amount.0' ? betterAmounts(only, input, all) : []
  if (rivals.length === 0) return { guess: only }
  return { doubt: several(slot, [only, ...rivals.map((at) => ({ ...only, at }))], input) }
}

/** A single name is what it says even where its cells are wrong: then its rows are refused with the reason. No guess makes an amount of words. */
function lone(slot: string, filled: readonly Contender[]): Decision {
  const exact = filled.filter((one) => one.exact)
  if (exact.length === 1) return { guess: exact[0]! }
  return slot === 'event.timestamp.0' && filled.length === 1 ? { guess: filled[0]! } : {}
}

const SHOWN_WORDS = 8

type Fits = (profile: ColumnProfile) => boolean

const ANY_TIME =
  TIME.EPOCH_S | TIME.EPOCH_MS | TIME.EPOCH_US | TIME.EPOCH_NS | TIME.SERIAL | TIME.OFFSET | TIME.LOCAL | TIME.DATE_ONLY

const FITS: Readonly<Record<string, Fits>> = {
  'event.id.0': () => true,
  'event.type.0': (profile) => wordsOf(profile).some((word) => EVENT_NAMES.some((name) => name === word.toLowerCase())),
  'event.timestamp.0': ({ times }) => (times & ANY_TIME) !== 0,
  'data.amount.0': ({ amounts }) => (amounts & ~AMOUNT.UNREADABLE) !== 0,
  'data.currency.0': (profile) => wordsOf(profile).some((word) => CURRENCIES.has(word.toUpperCase())),
}

function wordsOf(profile: ColumnProfile): string[] {
  return [...(profile.words()?.keys() ?? [])]
}

/** `Date` and `Time`, each with its half: only together are they a time. The day may be written with its midnight. */
function dayAndClock(filled: readonly Contender[], { profiles }: Cells): Guess | undefined {
  const isDay = ({ at }: Contender): boolean => isDayOnly(profiles[at]!)
  const days = filled.filter(isDay)
  const clocks = profiles.flatMap((profile, at) => (isClock(profile) && namesClock(profile.column) ? [at] : []))
  const others = filled.filter((one) => !isDay(one) && !clocks.includes(one.at))
  if (days.length !== 1 || clocks.length !== 1 || others.length > 0) return undefined
  const [{ field, at }] = days as [Contender]
  return { field, at, clockAt: clocks[0]!, exact: false }
}

function isDayOnly({ times }: ColumnProfile): boolean {
  return (times & DAYS) !== 0 && (times & ~(DAYS | ORDERS)) === 0
}

/** Whether all that a column says is the time of day. */
function isClock({ filled, times }: ColumnProfile): boolean {
  return filled > 0 && (times & ~ORDERS) === TIME.CLOCK_ONLY
}

/** Whether a column may hold the time of day that a day lacks: `0.00` is read as one too, and is one only where the name says so. */
export function mayBeClock(profile: ColumnProfile): boolean {
  return isClock(profile) && (namesClock(profile.column) || profile.first.some((value) => /\d[:h]\d/i.test(value)))
}

/** How a day is written; anything but its midnight would have said so. */
const DAYS = TIME.DATE_ONLY | TIME.LOCAL | TIME.OFFSET | TIME.SERIAL
const ORDERS = TIME.DAY_FIRST | TIME.MONTH_FIRST | TIME.EITHER_ORDER
const FRACTION = AMOUNT.POINT | AMOUNT.COMMA
const NET = /\bnet\b|netto/i

const MOST_RIVALS = 3

/** A column of whole numbers may count items while money with cents stands elsewhere; from a net amount fees may be gone. */
function betterAmounts(
  { at, exact }: Contender,
  { columns, cells, isTaken }: GuessInput,
  all: readonly Contender[],
): number[] {
  const { profiles } = cells!
  const isNet = NET.test(columns[at]!)
  if (exact || ((profiles[at]!.amounts & ~AMOUNT.WHOLE) !== 0 && !isNet)) return []
  const known = new Set(all.map((one) => one.at))
  return columns
    .flatMap((column, other) => {
      if (known.has(other) || isTaken(other) || !isValueName(column)) return []
      return (profiles[other]!.amounts & FRACTION) === 0 ? [] : [other]
    })
    .sort((one, other) => valueRank(columns[one]!) - valueRank(columns[other]!))
    .slice(0, MOST_RIVALS)
}

function several(slot: string, contenders: readonly Contender[], { columns, cells }: GuessInput): Doubt {
  const label = LABELS[slot]!
  const field = contenders[0]!.field.name
  const own = contenders.map(({ at }) => cells!.profiles[at]!)
  const count = own.length === 2 ? 'Two' : 'Several'
  return {
    code: 'ambiguous_column',
    about: field,
    message: `${count} columns could be the ${label}: ${withFirstValues(own)}.`,
    lines: own.map(({ column }) => mapLine(field, nameInMap(column, columns))),
  }
}

/** A column that is called as the type is, and says other words. */
function foreignType({ at }: Contender, { profiles }: Cells): Doubt {
  const profile = profiles[at]!
  const words = wordsOf(profile)
  const shown = words.length === 0 ? ['Purchase'] : words.slice(0, SHOWN_WORDS)
  const example = Object.fromEntries(
    shown.map((word) => [word, typeCalled(word) ?? (statusWord(word) === 'done' ? 'order_created' : null)]),
  )
  return {
    code: 'ambiguous_column',
    about: 'type',
    column: profile.column,
    message: `No column gives the type: ${withFirstValues([profile])} has none of the API's event names. Say what each word means; null leaves its rows out.`,
    lines: [mapLine('type', { column: profile.column, values: example }), mapLine('type', { value: 'order_created' })],
  }
}
