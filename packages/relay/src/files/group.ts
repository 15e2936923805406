import { isDeepStrictEqual } from 'node:util'
import { isBelowZero } from 'waybill/sources'
import { isBelow, sumOf, times } from './decimal.ts'
import type { MappedRow } from './event.ts'
import { hasErrors, type Issue } from './issue.ts'
import type { Repeats } from './order-book.ts'
import {
  amountBelowItems,
  amountOfLines,
  disagreeing,
  refundAmong,
  saidOtherwise,
  scattered,
  tooMany,
} from './order-issues.ts'
import type { Row } from './row.ts'

/** One event as the file has it, with all of its rows. */
export interface Candidate {
  /**
   * `duplicate`: rows that say again what rows before them said; `left out`: rows that are no conversion, by the map or as part of the
   * sheet. Both are counted, never sent.
   */
  readonly kind: 'event' | 'duplicate' | 'left out'
  readonly rows: readonly Row[]
  /** The event in the friendly form, to be checked; `undefined` where no row could be read. */
  readonly input: unknown
  /** Faults of cells and rows. One of severity `error` refuses the event and all of its rows. */
  readonly issues: readonly Issue[]
  /** The column of an amount below zero. */
  readonly refundIn?: string
  /** Why rows are left out: the column, or what they are in the sheet. */
  readonly why?: string
}

/** What the whole file says of its orders, and what an issue has to name. */
export interface OrderKnowledge {
  readonly repeats: Repeats
  /** The column of a place in the event, such as `data.amount`. */
  columnOf(place: string): string
  /** What makes rows one order: the column to sort by. */
  readonly orderColumn: string
  /** Whether the amounts of the lines are added up. */
  readonly isSum: boolean
  /** Whether other orders of the file show that the amount is that of a line, which no map denies. */
  readonly isAmountOfLines: boolean
  /** Whether a row of the file has an amount below zero. */
  readonly hasRefunds: boolean
}

/** Neighbouring rows of one order that are held at once. A file whose id column is the same everywhere must not fill the memory. */
const MAX_GROUP_ROWS = 10_000

type Values = Readonly<Record<string, unknown>>

/** What rows are compared by: the event without its items, and the items. */
interface Split {
  readonly event: Values
  readonly data: Values
  readonly contents: readonly Values[]
}

/**
 * Makes one event of neighbouring rows of one order, and of their items its items. Rows that contradict each other refuse all of it; so
 * does a faulty cell, and an order whose rows stand in several places. Only a row equal in every cell is a repeat. Holds one order.
 */
export class Grouper {
  readonly #known: OrderKnowledge
  #group: Group | undefined
  #order: number | undefined

  constructor(known: OrderKnowledge) {
    this.#known = known
  }

  /** The candidates that are complete now that this row is known. */
  push(mapped: MappedRow): Candidate[] {
    const { row, order, input, issues } = mapped
    if (row.aside !== undefined) return [{ kind: 'left out', rows: [row], input, issues: [], why: row.aside }]
    if (mapped.leftOutBy !== undefined)
      return [{ kind: 'left out', rows: [row], input, issues: [], why: `"${mapped.leftOutBy}"` }]
    if (input === undefined) return [{ kind: 'event', rows: [row], input, issues }]
    if (order !== undefined && this.#group !== undefined && this.#order === order) return this.#group.add(mapped)
    const done = this.end()
    this.#group = new Group(mapped, this.#known)
    this.#order = order
    return order === undefined ? [...done, ...this.end()] : done
  }

  /** The last event, when there are no more rows. */
  end(): Candidate[] {
    const group = this.#group
    this.#group = undefined
    return group === undefined ? [] : [group.candidate()]
  }
}

class Group {
  readonly #known: OrderKnowledge
  readonly #first: MappedRow
  readonly #rows: Row[]
  /** A list of its own as soon as there is one more. */
  #issues: readonly Issue[]
  /** Made when a second row arrives: most events have one row only. */
  #split: Split | undefined
  #contents: Values[] | undefined
  /** Where they are added up. */
  #amounts: unknown[] | undefined
  #seen: Set<string> | undefined
  #isRefused: boolean

  constructor(first: MappedRow, known: OrderKnowledge) {
    this.#known = known
    this.#first = first
    this.#rows = [first.row]
    this.#issues = first.issues
    this.#isRefused = hasErrors(first.issues)
  }

  add(mapped: MappedRow): Candidate[] {
    const { row, input, issues } = mapped
    if (this.#rows.length >= MAX_GROUP_ROWS) return this.#overflow(mapped)
    this.#seen ??= new Set([wholeText(this.#first.row)])
    const text = wholeText(row)
    if (this.#seen.has(text)) return [{ kind: 'duplicate', rows: [row], input, issues: [] }]
    this.#seen.add(text)
    this.#rows.push(row)
    this.#note(issues)
    // What an unreadable cell would have said is unknown, so nothing can contradict it: the event is refused whole.
    if (!this.#isRefused) this.#join(split(input as Values))
    return []
  }

  candidate(): Candidate {
    const { key, group, input } = this.#first
    const { repeats } = this.#known
    const ofGroup = group === undefined ? 'once' : repeats.meet(`\0${group}`)
    const ofKey = key === undefined ? 'once' : repeats.meet(key)
    const event = this.#rows.length === 1 ? (input as Values) : this.#joined()
    if (ofGroup === 'differs' || ofKey === 'differs') this.#note([this.#severalPlaces(event)])
    else if (ofGroup === 'again' || ofKey === 'again') return { kind: 'duplicate', rows: this.#rows, input, issues: [] }
    if (this.#seen !== undefined && !this.#isRefused) this.#judgeAmount(event)
    const whole: Candidate = { kind: 'event', rows: this.#rows, input: event, issues: this.#issues }
    if (!this.#known.hasRefunds || this.#first.isWhole || !isRefund(split(event).data['amount'])) return whole
    return { ...whole, refundIn: this.#known.columnOf('data.amount') }
  }

  #join(whole: Split): void {
    const first = this.#firstSplit()
    const { amount, ...rest } = whole.data
    const later = this.#known.isSum ? { ...whole, data: rest } : whole
    const place = differenceOf(first.event, later.event, '') ?? differenceOf(first.data, later.data, 'data.')
    if (place === 'data.amount') this.#note([this.#twoAmounts(first, whole)])
    else if (place !== undefined) this.#note([disagreeing(this.#known.columnOf(place), false)])
    else {
      this.#split = { ...first, event: merged(first.event, later.event), data: merged(first.data, later.data) }
      this.#contents!.push(...later.contents)
      this.#amounts?.push(amount)
    }
  }

  #twoAmounts(first: Split, later: Split): Issue {
    const column = this.#known.columnOf('data.amount')
    const hasRefund = [first, later].some(({ data }) => isRefund(data['amount']))
    return hasRefund ? refundAmong(column) : disagreeing(column, true)
  }

  #note(issues: readonly Issue[]): void {
    if (issues.length === 0) return
    this.#issues = [...this.#issues, ...issues]
    this.#isRefused ||= hasErrors(issues)
  }

  #overflow({ row, input }: MappedRow): Candidate[] {
    const issue = tooMany(MAX_GROUP_ROWS)
    if (!this.#isRefused) this.#note([issue])
    return [{ kind: 'event', rows: [row], input, issues: [issue] }]
  }

  #severalPlaces(event: Values): Issue {
    const { orderColumn, hasRefunds, columnOf } = this.#known
    const refunds = hasRefunds ? columnOf('data.amount') : undefined
    const hasItems = this.#rows.length > 1 || split(event).contents.length > 0
    return hasItems ? scattered(orderColumn, refunds) : saidOtherwise(orderColumn, refunds)
  }

  #judgeAmount(event: Values): void {
    const { isSum, isAmountOfLines, columnOf } = this.#known
    if (isSum) return
    const { data, contents } = split(event)
    if (data['amount'] === undefined) return
    if (isAmountOfLines) return this.#note([amountOfLines(columnOf('data.amount'))])
    const items = sumOfItems(contents)
    if (items !== undefined && typeof data['amount'] === 'string' && isBelow(data['amount'], items) === true)
      this.#note([amountBelowItems(columnOf('data.amount'))])
  }

  #firstSplit(): Split {
    if (this.#split !== undefined) return this.#split
    this.#split = this.#withoutSum(split(this.#first.input as Values))
    this.#contents = [...this.#split.contents]
    return this.#split
  }

  #withoutSum(whole: Split): Split {
    if (!this.#known.isSum) return whole
    const { amount, ...data } = whole.data
    this.#amounts = [amount]
    return { ...whole, data }
  }

  #joined(): Values {
    const { event, data } = this.#firstSplit()
    const amount = this.#amounts === undefined ? undefined : sumOfAmounts(this.#amounts)
    return {
      ...event,
      data: {
        ...data,
        ...(amount === undefined ? {} : { amount }),
        ...(this.#contents!.length === 0 ? {} : { contents: this.#contents }),
      },
    }
  }
}

function wholeText({ cells, object, raw }: Row): string {
  return cells === undefined ? JSON.stringify(object ?? raw) : cells.join('\0')
}

function split(input: Values): Split {
  const { data, ...event } = input
  const { contents = [], ...rest } = (data ?? {}) as { contents?: readonly Values[] }
  return { event, data: rest, contents }
}

/** The first place at which the later row says something else; what only one of the two says is no difference. */
function differenceOf(first: Values, later: Values, prefix: string): string | undefined {
  for (const [key, value] of Object.entries(later)) {
    const other = first[key]
    if (other === undefined) continue
    if (isPlain(value) && isPlain(other)) {
      const inner = differenceOf(other, value, `${prefix}${key}.`)
      if (inner !== undefined) return inner
    } else if (!isSame(key, value, other)) return `${prefix}${key}`
  }
  return undefined
}

/** 8900 and 8900.00 are one amount. */
function isSame(key: string, one: unknown, other: unknown): boolean {
  if (isDeepStrictEqual(one, other)) return true
  if (key !== 'amount' || typeof one !== 'string' || typeof other !== 'string') return false
  return isBelow(one, other) === false && isBelow(other, one) === false
}

/** Decimals, or minor units. */
function isRefund(amount: unknown): boolean {
  if (typeof amount === 'string') return isBelowZero(amount)
  return isPlain(amount) && Number(amount['amount']) < 0
}

function merged(first: Values, later: Values): Values {
  const added = Object.entries(later).filter(
    ([key, value]) => first[key] === undefined || (isPlain(value) && isPlain(first[key])),
  )
  if (added.length === 0) return first
  const all = added.map(([key, value]): [string, unknown] => [
    key,
    isPlain(first[key]) ? merged(first[key], value as Values) : value,
  ])
  return { ...first, ...Object.fromEntries(all) }
}

function isPlain(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Decimals, or minor units; what cannot be added up is left to the check of the event. */
function sumOfAmounts(amounts: readonly unknown[]): unknown {
  const said = amounts.filter((amount) => amount !== undefined)
  if (said.every((amount) => typeof amount === 'string')) return said.length === 0 ? undefined : sumOf(said)
  const units = said.map((amount) => (isPlain(amount) ? amount['amount'] : Number.NaN))
  return { amount: units.reduce<number>((sum, each) => sum + Number(each), 0) }
}

/** What the items cost together; `undefined` where one has no price. */
function sumOfItems(contents: readonly Values[]): string | undefined {
  const prices = contents.map(({ amount, quantity = 1 }) =>
    typeof amount === 'string' && typeof quantity === 'number' ? times(amount, quantity) : undefined,
  )
  return prices.length > 0 && prices.every((price) => price !== undefined) ? sumOf(prices) : undefined
}
