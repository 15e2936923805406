import { readAmount } from 'waybill/sources'
import { cleanCell } from './cell.ts'
import type { ColumnPlan, PlanStep, SettledStep } from './column-plan.ts'
import { nameInMap } from './csv-record.ts'
import { type Doubt, listed, mapLine } from './doubt.ts'
import { stepText } from './event.ts'
import { idStep } from './field.ts'
import type { Condition } from './where.ts'

/** In English, German, French, Spanish, Italian, Dutch and Portuguese. */
const TOTALS =
  /^(?:(?:grand|sub)[ -]?totals?|totals?|totale?n?|sum|summe|(?:tages|monats|end)summe|gesamt(?:summe|betrag|umsatz)?|zwischensumme|insgesamt|total g[ée]n[ée]ral|sous[ -]total|totaux|somme|suma(?: total)?|totales|totale complessivo|somma|subtotale|totaal|eindtotaal|subtotaal|total geral|soma)(?:$|[\s:(])/i

/** Whether a text is a word for a total, alone or with something behind it: `Total`, `Subtotal 28 Nov`, `Summe (12)`. `Total-1` is none. */
export function saysTotal(text: string): boolean {
  return TOTALS.test(text)
}

/** Ids that are totals by more than their word, and those that are by their word alone. */
export interface Totals {
  readonly proven: readonly string[]
  readonly open: readonly string[]
  /** Whether there are more of them than can be named. */
  readonly isTooMany: boolean
}

interface Seen {
  isSum: boolean
  /** Columns that are empty in each of its rows. */
  empty: readonly number[]
}

export const NO_TOTALS: Totals = { proven: [], open: [], isTooMany: false }
const MOST_IDS = 500
/** Columns that are looked at for gaps. */
const MOST_COLUMNS = 50
const LESS_THAN_A_CENT = 0.005

/**
 * Finds rows below the orders that sum them up, by the word in the column of the id and by what else says so: an amount that is the sum
 * of the rows above, or gaps where no order has one, in a row whose id looks like no other.
 */
export class TotalsFinder {
  readonly #at: number | undefined
  readonly #amount: SettledStep | undefined
  readonly #seen = new Map<string, Seen>()
  readonly #sum = { ofAll: 0, sinceTotal: 0 }
  readonly #addsUp: boolean
  #others = 0
  #rows = 0
  #isTooMany = false
  #haveBlanks = false
  #haveDigits = true
  #full: number[] | undefined

  /** What a map asks of the id's column settles it. Adding up costs time, so that it is done where there is something to be decided. */
  constructor(plan: ColumnPlan, said: readonly Condition[], addsUp: boolean) {
    const at = idColumn(plan)
    const isSaid = plan.where.some((each) => each.at === at && said.includes(each.condition))
    this.#at = isSaid ? undefined : at
    this.#amount = plan.steps.find(({ field }) => field.part === 'data' && field.key === 'amount')
    this.#addsUp = addsUp
  }

  add(cells: readonly string[]): void {
    if (this.#at === undefined) return
    const id = cleanCell(cells[this.#at] ?? '')
    const amount = this.#addsUp ? this.#amountOf(cells) : 0
    if (mayBeWord(id) && saysTotal(id)) this.#addTotal(id, cells, amount)
    else this.#addOther(id, cells, amount)
  }

  found(): Totals {
    // Where all ids have the word it is what these ids are called by.
    if (this.#rows === 0 || (this.#others === 0 && this.#rows > 1)) return NO_TOTALS
    const ids = [...this.#seen]
    const proven = ids.filter(([id, seen]) => seen.isSum || (this.#isUnlikeOthers(id) && this.#hasGap(seen)))
    return {
      proven: proven.map(([id]) => id),
      open: ids.filter((each) => !proven.includes(each)).map(([id]) => id),
      isTooMany: this.#isTooMany,
    }
  }

  #addTotal(id: string, cells: readonly string[], amount: number): void {
    this.#rows += 1
    const seen = this.#seen.get(id)
    const isSum = this.#isSum(amount)
    this.#sum.sinceTotal = 0
    if (seen === undefined && this.#seen.size >= MOST_IDS) this.#isTooMany = true
    else if (seen === undefined) this.#seen.set(id, { isSum, empty: emptyOf(cells) })
    else {
      seen.isSum &&= isSum
      seen.empty = seen.empty.filter((at) => isEmpty(cells[at]))
    }
  }

  #addOther(id: string, cells: readonly string[], amount: number): void {
    this.#others += 1
    this.#sum.ofAll += amount
    this.#sum.sinceTotal += amount
    this.#haveBlanks ||= id.includes(' ')
    this.#haveDigits &&= id === '' || isDigit(id.charCodeAt(id.length - 1)) || /\d/.test(id)
    this.#full ??= cells.slice(0, MOST_COLUMNS).map((_, at) => at)
    for (const at of this.#full) {
      if (isFilled(cells[at])) continue
      this.#full = this.#full.filter((each) => !isEmpty(cells[each]))
      break
    }
  }

  #isSum(amount: number): boolean {
    if (!this.#addsUp || amount === 0) return false
    return [this.#sum.ofAll, this.#sum.sinceTotal].some((sum) => Math.abs(sum - amount) < LESS_THAN_A_CENT)
  }

  #amountOf(cells: readonly string[]): number {
    const text = this.#amount === undefined ? undefined : stepText(this.#amount, cells)
    const read = text === undefined ? undefined : readAmount(text, this.#amount!.rules.amount)
    return read?.ok === true ? Number(read.value.decimal) : 0
  }

  #isUnlikeOthers(id: string): boolean {
    return /[\s:(]/.test(id) ? !this.#haveBlanks : this.#haveDigits && !/\d/.test(id)
  }

  #hasGap({ empty }: Seen): boolean {
    return empty.some((at) => this.#full?.includes(at) === true)
  }
}

/** The condition that leaves totals out, as a map would have it. */
export function withoutTotals(columns: readonly string[], at: number, ids: readonly string[]): Record<string, unknown> {
  return { [nameInMap(columns[at]!, columns)]: { not: ids } }
}

/** The column that alone gives the id. */
export function idColumn({ steps }: { readonly steps: readonly PlanStep[] }): number | undefined {
  const parts = idStep(steps)?.parts ?? []
  const places = parts.filter((part) => typeof part === 'number')
  return places.length === 1 ? places[0] : undefined
}

/** Rows that only their word calls totals, for a person to say. */
export function undecidedTotals(plan: ColumnPlan, { open, isTooMany }: Totals): Doubt[] {
  const at = idColumn(plan)
  if (at === undefined || (open.length === 0 && !isTooMany)) return []
  const column = plan.columns[at]!
  const shown = listed(open.slice(0, MOST_SHOWN).map((id) => `"${id.slice(0, LONGEST_SHOWN)}"`))
  const more = open.length > MOST_SHOWN || isTooMany ? ', …' : ''
  const where = withoutTotals(plan.columns, at, [...leftOut(plan, at), ...open])
  const asOrders = mapLine('where', { [Object.keys(where)[0]!]: { empty: false } })
  const choice = isTooMany
    ? 'They are too many to be named: delete them from the file. The line sends them as orders.'
    : 'The first line leaves them out, the second one sends them as orders.'
  return [
    {
      code: 'ambiguous_rows',
      about: column,
      message: `Column "${column}" has words for totals among the ids (${shown}${more}), and nothing else tells whether these rows are totals or orders. ${choice}`,
      lines: isTooMany ? [asOrders] : [mapLine('where', where), asOrders],
      ...(isTooMany ? {} : { where }),
    },
  ]
}

/** Those that the plan leaves out already. */
function leftOut({ where }: ColumnPlan, at: number): readonly string[] {
  const written = where.find((each) => each.at === at)?.condition.written
  return (written as { readonly not?: readonly string[] } | undefined)?.not ?? []
}

/** What a person should know of totals that were found. */
export function totalsNote(ids: readonly string[], column: string): string[] {
  if (ids.length === 0) return []
  const shown = ids.slice(0, MOST_SHOWN).map((id) => `"${id.slice(0, LONGEST_SHOWN)}"`)
  const more = ids.length - shown.length
  const all = more > 0 ? `${shown.join(', ')} and ${more.toLocaleString('en-US')} more` : listed(shown)
  return [`rows that are totals by "${column}" and by what else they hold are no conversions: ${all}`]
}

const MOST_SHOWN = 6
const LONGEST_SHOWN = 40
/** What the words begin with: most ids begin with something else. */
const FIRST_LETTERS = 'EGIMSTZegimstz'

function mayBeWord(id: string): boolean {
  return id !== '' && FIRST_LETTERS.includes(id[0]!)
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

/** Whether a cell is surely not empty, by its first character. */
function isFilled(cell: string | undefined): boolean {
  return cell !== undefined && cell.charCodeAt(0) > 0x20 && cell.charCodeAt(0) < 0x7f
}

function emptyOf(cells: readonly string[]): number[] {
  return cells.slice(0, MOST_COLUMNS).flatMap((cell, at) => (isEmpty(cell) ? [at] : []))
}

function isEmpty(cell: string | undefined): boolean {
  return cell === undefined || cell === '' || cell.trim() === ''
}
