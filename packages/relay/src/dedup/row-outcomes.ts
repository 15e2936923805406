import { ROW_CLASSES, type RowClass } from './row-class.ts'

const FIRST_ROWS = 4_096

/** What became of each row, and which other row that is about: 5 bytes a row. Rows are numbered from 1. */
export class RowOutcomes {
  #classes = new Uint8Array(FIRST_ROWS)
  #others = new Uint32Array(FIRST_ROWS)
  #rows = 0

  get rows(): number {
    return this.#rows
  }

  /** Takes a new row in and gives its number. */
  add(rowClass?: RowClass): number {
    this.#rows += 1
    if (this.#rows >= this.#classes.length) this.#grow()
    if (rowClass !== undefined) this.#classes[this.#rows] = codeOf(rowClass)
    return this.#rows
  }

  isOpen(row: number): boolean {
    return this.#classes[row] === 0
  }

  classOf(row: number): RowClass | undefined {
    return ROW_CLASSES[this.#classes[row]! - 1]
  }

  /** The row that makes a pair with this one, that this one repeats, or that has its id under another name; 0 for none. */
  otherOf(row: number): number {
    return this.#others[row]!
  }

  /** Notes that the channel has the row's id under another name too, without settling it. */
  note(row: number, other: number): void {
    this.#others[row] = other
  }

  settle(row: number, rowClass: RowClass, other: number = 0): void {
    this.#classes[row] = codeOf(rowClass)
    this.#others[row] = other
  }

  #grow(): void {
    const [classes, others] = [this.#classes, this.#others]
    this.#classes = new Uint8Array(classes.length * 2)
    this.#others = new Uint32Array(others.length * 2)
    this.#classes.set(classes)
    this.#others.set(others)
  }
}

/** 0 is an open row. */
function codeOf(rowClass: RowClass): number {
  return ROW_CLASSES.indexOf(rowClass) + 1
}
