import { CURRENCIES } from 'waybill'
import { isBelowZero, readAmount } from 'waybill/sources'
import { cleanCell } from './cell.ts'
import type { ColumnPlan, SettledStep } from './column-plan.ts'
import { type Asks, ColumnProfile } from './column-profile.ts'
import { CutIdsFinder } from './cut-ids.ts'
import { stepText } from './event.ts'
import { flatten, lookUp, type Scalar } from './flatten.ts'
import type { Cells } from './guess.ts'
import { Hash64 } from './hash64.ts'
import { wholeKey } from './mapper.ts'
import { OrderBook } from './order-book.ts'
import { OrderWalk } from './order-walk.ts'
import type { JsonObject, Row } from './row.ts'
import type { TableRow } from './table-rows.ts'
import type { TotalsFinder } from './totals.ts'
import { asksOf } from './watched.ts'

/** Rows of one order that are told apart to see whether one is said again. */
const MAX_ORDER_ROWS = 10_000

/** What one reading of a file under one plan found, row by row; nothing of a row is kept but hashes. */
export class SurveyReading implements Cells {
  readonly profiles: ColumnProfile[] = []
  readonly book: OrderBook = new OrderBook()
  /** Why rows are left out → how many. */
  readonly leftOut: Map<string, number> = new Map()
  rows = 0
  wholeEvents = 0
  /** Rows that cannot be read: they say nothing of columns. */
  unreadable = 0
  /** Orders of several lines, and those whose lines have different amounts. */
  ordersOfLines = 0
  ordersOfAmounts = 0
  /** Whether an amount is below zero. */
  hasRefunds = false
  /** Orders of which no line says the amount, though a column is for it. */
  ordersWithoutAmount = 0
  /** Where no column gives the currency: amounts, and those that do not name their own. */
  amounts = 0
  amountsAlone = 0
  /** The first row in which an item of a list has a price without a fraction. */
  firstBareItem = 0
  readonly cutIds: CutIdsFinder
  readonly totals: TotalsFinder | undefined
  readonly #plan: ColumnPlan
  readonly #columns: readonly string[]
  readonly #walk: OrderWalk
  readonly #hash = new Hash64()
  readonly #order = { key: undefined as string | undefined, group: undefined as string | undefined, high: 0, low: 0 }
  readonly #lines = new Set<string>()
  #orderNumber: number | undefined
  readonly #amounts: { first: string; lines: number; differ: boolean; isMissing: boolean } = {
    first: '',
    lines: 0,
    differ: false,
    isMissing: false,
  }
  readonly #amount: SettledStep | undefined
  readonly #type: SettledStep | undefined
  readonly #currency: SettledStep | undefined
  readonly #decimals: readonly { readonly at: number; readonly column: string }[]
  #pairs: { readonly one: number; readonly other: number }[] = []
  readonly #different = new Set<string>()
  #asks: (Asks | undefined)[] = []

  constructor(plan: ColumnPlan, columns: readonly string[], totals?: TotalsFinder) {
    this.totals = totals
    this.#plan = plan
    this.cutIds = new CutIdsFinder(plan)
    this.#columns = columns
    this.#walk = new OrderWalk(plan)
    const stepOf = (key: string): SettledStep | undefined =>
      plan.steps.find(({ field }) => field.part === 'data' && field.key === key)
    this.#amount = stepOf('amount')
    this.#currency = stepOf('currency')
    this.#type = plan.steps.find(({ field }) => field.part === 'event' && field.key === 'type')
    this.#decimals = plan.steps.flatMap(({ field, parts, column }) =>
      field.kind === 'decimal' && typeof parts[0] === 'number' ? [{ at: parts[0], column }] : [],
    )
  }

  /** After the sample only columns that may matter are looked at. */
  watch(): void {
    this.#asks = asksOf(this.#columns, this.profiles, this.#plan)
  }

  readonly areEqual = (one: number, other: number): boolean => {
    const [low, high] = one < other ? [one, other] : [other, one]
    return !this.#different.has(`${low} ${high}`)
  }

  /** Columns that might say the same: only these are compared. */
  compare(pairs: readonly (readonly [number, number])[]): void {
    this.#pairs = pairs.map(([one, other]) => ({ one, other }))
  }

  /** Profiles for columns that no row has had yet. */
  fill(columns: readonly string[]): void {
    for (let at = this.profiles.length; at < columns.length; at++) this.profiles.push(new ColumnProfile(columns[at]!))
  }

  takeWhole(object: JsonObject): void {
    this.rows += 1
    this.wholeEvents += 1
    this.#endOrder()
    this.#orderNumber = undefined
    const key = wholeKey(object)
    if (key === undefined) return
    this.#hashLeaves(flatten(object))
    this.book.add(key, this.#hash)
  }

  takeAside(row: Row): void {
    this.rows += 1
    if (row.aside === undefined) this.unreadable += 1
    else this.#leaveOut(row.aside)
  }

  take(row: Row, table: TableRow): void {
    this.rows += 1
    const { cells } = table
    const { key, group, order, leftOutBy } = this.#walk.next(cells)
    if (leftOutBy !== undefined) return this.#leaveOut(`"${leftOutBy}"`)
    this.#profile(cells)
    this.totals?.add(cells)
    if (this.#currency === undefined && this.#amount !== undefined) this.#noteCurrency(this.#amount, cells)
    if (table.leaves !== undefined) this.#noteNumbers(row, table.leaves, cells)
    // Its first row may have been left out, so that this one is the first that counts.
    const isFurther = order !== undefined && order === this.#orderNumber
    if (!isFurther) this.#endOrder()
    this.#orderNumber = order
    this.#hashRow(table)
    if (isFurther) this.#addLine(cells)
    else this.#beginOrder(key, group, cells)
  }

  /** Call after the last row. */
  end(): void {
    this.#endOrder()
  }

  #leaveOut(why: string): void {
    this.leftOut.set(why, (this.leftOut.get(why) ?? 0) + 1)
  }

  #profile(cells: readonly string[]): void {
    if (this.profiles.length < cells.length) this.fill(this.#columns)
    const isSample = this.#asks.length === 0
    for (let at = 0; at < cells.length; at++) {
      const asks = isSample || at >= this.#asks.length ? EVERYTHING : this.#asks[at]
      if (asks !== undefined) this.profiles[at]!.add(cleanCell(cells[at]!), asks)
    }
    for (const { one, other } of this.#pairs) {
      if (cleanCell(cells[one] ?? '') !== cleanCell(cells[other] ?? '')) this.#different.add(`${one} ${other}`)
    }
    if (this.#different.size > 0 && this.#pairs.length > 0)
      this.#pairs = this.#pairs.filter(({ one, other }) => !this.#different.has(`${one} ${other}`))
  }

  #noteCurrency(step: SettledStep, cells: readonly string[]): void {
    const text = stepText(step, cells) ?? ''
    if (text === '') return
    this.amounts += 1
    const read = readAmount(text, step.rules.amount)
    if (read.ok && read.value.currency === undefined) this.amountsAlone += 1
  }

  /** A number without a fraction may count cents, save nothing at all and what has no cents. */
  #noteNumbers(row: Row, leaves: ReadonlyMap<string, Scalar>, cells: readonly string[]): void {
    const hasCents = this.#hasCents(cells)
    if (!hasCents) return
    for (const { at, column } of this.#decimals)
      if (isBareInteger(leaves.get(column))) this.profiles[at]?.addBareInteger(row.line)
    const { items } = this.#plan
    if (items === undefined || this.firstBareItem > 0 || row.object === undefined) return
    const price = items.keys.find(([field]) => field.key === 'amount')?.[1]
    const list = price === undefined ? undefined : lookUp(row.object, items.each)
    if (Array.isArray(list) && list.some((item) => isBareInteger(lookUp(item, price!)))) this.firstBareItem = row.line
  }

  #hasCents(cells: readonly string[]): boolean {
    const currency = this.#currency === undefined ? undefined : stepText(this.#currency, cells)
    return CURRENCIES.get(currency?.toUpperCase() ?? '') !== 0
  }

  #beginOrder(key: string | undefined, group: string | undefined, cells: readonly string[]): void {
    this.cutIds.add(cells)
    const order = this.#order
    order.key = key
    order.group = group
    order.high = this.#hash.high
    order.low = this.#hash.low
    this.#amounts.lines = 1
    this.#amounts.differ = false
    const amount = this.#amountText(cells)
    this.#amounts.isMissing = this.#amount !== undefined && amount === '' && this.#isOrder(cells)
    this.#amounts.first = this.#isRefund(amount) ? '' : amount
  }

  #isOrder(cells: readonly string[]): boolean {
    const word = this.#type === undefined ? '' : (stepText(this.#type, cells) ?? '')
    return (this.#type?.values?.meaningOf(word) ?? word) === 'order_created'
  }

  #addLine(cells: readonly string[]): void {
    const order = this.#order
    if (this.#lines.size === 0) this.#lines.add(`${order.high} ${order.low}`)
    const line = `${this.#hash.high} ${this.#hash.low}`
    if (this.#lines.has(line) || this.#lines.size > MAX_ORDER_ROWS) return
    this.#lines.add(line)
    // In any order of the lines the sum is the same.
    order.high = (order.high + this.#hash.high) | 0
    order.low = (order.low + this.#hash.low) | 0
    this.#amounts.lines += 1
    const amount = this.#amountText(cells)
    if (amount !== '') this.#amounts.isMissing = false
    if (this.#isRefund(amount)) return
    if (amount !== '' && this.#amounts.first !== '' && amount !== this.#amounts.first) this.#amounts.differ = true
  }

  /** What is paid back says nothing of whether the amount is that of a line. */
  #isRefund(amount: string): boolean {
    const isRefund = isBelowZero(amount)
    this.hasRefunds ||= isRefund
    return isRefund
  }

  #endOrder(): void {
    const { key, group, high, low } = this.#order
    if (this.#amounts.lines > 1) this.ordersOfLines += 1
    if (this.#amounts.differ) this.ordersOfAmounts += 1
    if (this.#amounts.isMissing) this.ordersWithoutAmount += 1
    if (group !== undefined) this.book.add(`\0${group}`, { high, low })
    if (key !== undefined) this.book.add(key, { high, low })
    this.#order.key = undefined
    this.#order.group = undefined
    this.#amounts.lines = 0
    this.#amounts.differ = false
    this.#amounts.isMissing = false
    this.#lines.clear()
  }

  #amountText(cells: readonly string[]): string {
    const text = this.#amount === undefined ? '' : (stepText(this.#amount, cells) ?? '')
    // 8900 and 8900.00 are one amount.
    return FRACTION_OF_ZEROS.test(text) ? text.replace(FRACTION_OF_ZEROS, '$1').replace(/[.,]$/, '') : text
  }

  #hashRow({ cells, leaves }: TableRow): void {
    if (leaves !== undefined) return this.#hashLeaves(leaves)
    this.#hash.reset()
    for (const cell of cells) this.#hash.add(cell)
    this.#hash.end()
  }

  /** Whatever the order of the keys. */
  #hashLeaves(leaves: ReadonlyMap<string, Scalar>): void {
    let high = 0
    let low = 0
    for (const [path, value] of leaves) {
      const one = this.#hash.reset().add(path).add(String(value)).end()
      high = (high + one.high) | 0
      low = (low + one.low) | 0
    }
    this.#hash.high = high
    this.#hash.low = low
  }
}

const FRACTION_OF_ZEROS = /([.,]\d{0,8}?)0{1,8}$/
const EVERYTHING: Asks = { amounts: true, times: true, words: true }

function isBareInteger(value: unknown): boolean {
  return typeof value === 'number' && value !== 0 && Number.isInteger(value)
}
