import { amountEvidence, timeEvidence } from 'waybill/sources'

/** Different values of one column that are counted; a column with more is no list of words. */
const MAX_WORDS = 60
/** A longer text is no word of a status. */
const MAX_WORD_CHARACTERS = 60
const SHOWN_VALUES = 3

/** What of a column is looked at: it is done for every cell of a file. */
export interface Asks {
  readonly amounts: boolean
  readonly times: boolean
  readonly words: boolean
}

const EVERYTHING: Asks = { amounts: true, times: true, words: true }

/** What all cells of one column say together. */
export class ColumnProfile {
  readonly column: string
  /** Cells that say something. */
  filled = 0
  amounts = 0
  times = 0
  /** Numbers of a typed format that have no fraction and could be minor units, and where the first of them stands. */
  bareIntegers = 0
  firstBareInteger = 0
  /** The first values, to be shown. */
  readonly first: string[] = []
  readonly #words = new Map<string, number>()
  #hasTooMany = false

  constructor(column: string) {
    this.column = column
  }

  /** Takes a cleaned cell; an empty one says nothing. Without `asks` everything is looked at. */
  add(cell: string, asks: Asks = EVERYTHING): void {
    if (cell === '') return
    this.filled += 1
    if (asks.amounts) this.amounts |= amountEvidence(cell)
    if (asks.times) this.times |= timeEvidence(cell)
    if (this.first.length < SHOWN_VALUES) this.first.push(cell)
    if (asks.words) this.#addWord(cell)
  }

  /** A number of a typed format, without a fraction: it may count cents. */
  addBareInteger(line: number): void {
    if (this.bareIntegers === 0) this.firstBareInteger = line
    this.bareIntegers += 1
  }

  /** The different values with how often each stands there; `undefined` where they are too many for a list of words. */
  words(): ReadonlyMap<string, number> | undefined {
    return this.#hasTooMany ? undefined : this.#words
  }

  #addWord(cell: string): void {
    if (this.#hasTooMany) return
    const known = this.#words.get(cell)
    if (known !== undefined) this.#words.set(cell, known + 1)
    else if (cell.length <= MAX_WORD_CHARACTERS && this.#words.size < MAX_WORDS) this.#words.set(cell, 1)
    else this.#hasTooMany = true
  }
}
