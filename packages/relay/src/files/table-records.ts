import { CURRENCIES } from 'waybill'
import { AMOUNT, amountEvidence } from 'waybill/sources'
import { brokenInTwo, linesOf, ofAnotherTable, wrongCount } from './csv-record.ts'
import type { Row } from './row.ts'
import { isName, widthOf } from './table-head.ts'
import { saysTotal } from './totals.ts'

/** Rows that may be the foot of a report are held until it is known whether the table goes on; more of them are rows. */
const MAX_HELD_ROWS = 100

/**
 * Brings the records of a table to the width of its header, and says which are none: the totals, the header again, the foot of a
 * report. Nothing is set aside on one sign alone.
 */
export class TableRecords {
  readonly #header: readonly string[]
  readonly #width: number
  readonly #named: readonly number[]
  readonly #isReport: boolean
  readonly #counts = { beyond: 0, missing: 0, totals: 0, header: 0, footer: 0, other: 0 }
  /** The row before, while it may be the first half of a row that a line break parts. */
  #short: Row | undefined
  #foot: Row[] = []
  #last: Row
  /** The line in which another table begins below this one. */
  #other: number | undefined

  constructor(header: Row, columns: readonly string[]) {
    this.#header = (header.cells ?? []).map((cell) => cell.trim())
    this.#width = columns.length
    this.#named = [1, columns.length - 1].filter((at) => at > 0 && this.#header[at])
    this.#isReport = columns.includes('codes') && columns.includes('reasons')
    this.#last = header
  }

  take(batch: readonly Row[]): Row[] {
    const rows: Row[] = []
    for (const row of batch) {
      if (this.#isPlain(row)) rows.push(row)
      else this.#takeUnusual(row, rows)
      this.#last = row
    }
    return rows
  }

  /** The table has ended: what was held is its foot. */
  end(): Row[] {
    const rows: Row[] = []
    this.#flushShort(rows)
    for (const row of this.#foot) rows.push({ ...this.#padded(row), aside: 'footer' })
    this.#counts.footer += this.#foot.length
    this.#foot = []
    return rows
  }

  /** What a person should know of the rows, once they were all read. */
  notes(): string[] {
    const { beyond, missing, totals, header, footer, other } = this.#counts
    return [
      told(beyond, 'has empty cells', 'have empty cells', 'behind the last column'),
      told(missing, 'lacks cells at its end, which is', 'lack cells at their end, which are', 'read as empty'),
      told(totals, 'is a total', 'are totals', 'and no conversion'),
      told(header, 'is the header again', 'are the header again', 'and no conversion'),
      told(footer, 'is the foot', 'are the foot', 'of the report and no conversion'),
      told(
        other,
        'belongs',
        'belong',
        `to another table that begins in line ${this.#other}, and cannot be sent with this one`,
      ),
    ].filter((note) => note !== '')
  }

  #isPlain({ line, cells }: Row): boolean {
    if (cells === undefined || cells.length !== this.#width) return false
    if (this.#short !== undefined || this.#foot.length > 0 || this.#other !== undefined) return false
    if (line > this.#last.line + 1 || this.#saysNames(cells)) return false
    return cells[0] !== '' && cells[0] !== this.#header[0] && (!cells.includes('') || !isTotals(cells))
  }

  /** The names of the second or the last column are looked for in each row: whose else is one of another table. */
  #saysNames(cells: readonly string[]): boolean {
    return this.#named.some((at) => cells[at] === this.#header[at])
  }

  #takeUnusual(row: Row, rows: Row[]): void {
    if (this.#other !== undefined || this.#beginsAnother(row)) this.#takeOther(row, rows)
    else if (row.cells === undefined) {
      this.#release(rows)
      rows.push(row)
    } else if (this.#mayBeFoot(row, row.cells)) this.#hold(row, rows)
    else {
      const first = this.#short
      this.#release(rows, first !== undefined && this.#arePartsOfOne(first, row))
      if (first !== undefined && this.#arePartsOfOne(first, row)) rows.push(brokenInTwo(row, this.#width))
      else this.#takeCells(row, row.cells, rows)
    }
  }

  #takeCells(row: Row, cells: readonly string[], rows: Row[]): void {
    if (this.#isHeaderAgain(cells)) rows.push(this.#aside(row, 'header'))
    else if (isTotals(cells)) rows.push(this.#aside(row, 'totals'))
    else if (cells.length === this.#width) rows.push(row)
    else if (widthOf(cells) > this.#width || this.#isReport) {
      rows.push({ ...row, issues: [wrongCount(cells.length, this.#width)] })
    } else if (cells.length > this.#width) {
      this.#counts.beyond += 1
      rows.push({ ...row, cells: cells.slice(0, this.#width) })
    } else this.#short = row
  }

  #takeOther(row: Row, rows: Row[]): void {
    if (this.#other === undefined) this.#release(rows)
    this.#other ??= row.line
    this.#counts.other += 1
    rows.push({ ...row, issues: row.issues ?? [ofAnotherTable(this.#other)] })
  }

  /** Names of columns, and no row: some of them are those of this table, or there are three of them behind a gap. */
  #beginsAnother(row: Row): boolean {
    const cells = (row.cells ?? []).map((cell) => cell.trim())
    const names = cells.filter((cell) => cell !== '')
    if (names.length < 2 || !names.every((name) => isName(name) && !/\d/.test(name))) return false
    if (this.#isHeaderAgain(cells) || isTotals(cells)) return false
    const known = cells.filter((cell, at) => cell !== '' && cell === this.#header[at]).length
    return known > 1 || (row.line > this.#lineAfterLast() && known + names.length > 2)
  }

  #aside(row: Row, aside: 'totals' | 'header'): Row {
    this.#counts[aside] += 1
    return { ...this.#padded(row), aside }
  }

  #padded(row: Row): Row {
    const cells = row.cells ?? []
    return { ...row, cells: Array.from({ length: this.#width }, (_, at) => cells[at] ?? '') }
  }

  #isHeaderAgain(cells: readonly string[]): boolean {
    return this.#header.length > 1 && this.#header.every((name, at) => name === (cells[at]?.trim() ?? ''))
  }

  /** One cell where there are columns for more, after a gap or with words in it. Whether it is the foot, the end of the file says. */
  #mayBeFoot({ line }: Row, cells: readonly string[]): boolean {
    if (this.#width < 3 || widthOf(cells) !== 1 || this.#foot.length >= MAX_HELD_ROWS) return false
    return this.#foot.length > 0 || line > this.#lineAfterLast() || /\s/.test(cells[0]!.trim())
  }

  #lineAfterLast(): number {
    const { line, cells } = this.#last
    return line + (cells === undefined ? 1 : linesOf(cells))
  }

  #hold(row: Row, rows: Row[]): void {
    this.#flushShort(rows)
    this.#foot.push(row)
  }

  /** The table goes on: what was held belongs to it. */
  #release(rows: Row[], isBroken: boolean = false): void {
    if (isBroken) {
      rows.push(brokenInTwo(this.#short!, this.#width))
      this.#short = undefined
    }
    this.#flushShort(rows)
    for (const row of this.#foot) rows.push(this.#asRow(row))
    this.#foot = []
  }

  #flushShort(rows: Row[]): void {
    if (this.#short !== undefined) rows.push(this.#asRow(this.#short))
    this.#short = undefined
  }

  #asRow(row: Row): Row {
    if (this.#isReport) return { ...row, issues: [wrongCount(row.cells?.length ?? 0, this.#width)] }
    if ((row.cells?.length ?? 0) < this.#width) this.#counts.missing += 1
    return this.#padded(row)
  }

  #arePartsOfOne(first: Row, second: Row): boolean {
    const [one, two] = [first.cells?.length ?? 0, second.cells?.length ?? 0]
    return one > 1 && two > 1 && two < this.#width && one + two - 1 === this.#width && !isTotals(second.cells ?? [])
  }
}

/** A word for a total in the first cell that holds anything, nothing but numbers and currencies in the others, and some empty. */
function isTotals(cells: readonly string[]): boolean {
  const first = cells.find((cell) => cell !== '' && cell.trim() !== '')
  if (first === undefined || !saysTotal(first.trim())) return false
  const [, ...others] = cells.filter((cell) => cell.trim() !== '')
  if (others.length === 0) return false
  return others.every((cell) => CURRENCIES.has(cell.trim().toUpperCase()) || isAmount(cell))
}

function isAmount(cell: string): boolean {
  return (amountEvidence(cell) & AMOUNT.UNREADABLE) === 0
}

function told(count: number, one: string, many: string, rest: string): string {
  return count === 0 ? '' : `${count.toLocaleString('en-US')} ${count === 1 ? `row ${one}` : `rows ${many}`} ${rest}`
}
