import { countLineBreaks, isBlank, linesOf, MAX_RECORD_CHARACTERS } from './csv-record.ts'

/** One record of a table's text. `raw` is the text of one that cannot be taken apart, with the reason why. */
export type Scanned =
  | { readonly line: number; readonly cells: string[] }
  | { readonly line: number; readonly raw: string; readonly fault: 'stray_quote' | 'too_long' }

/** What is kept of one that is too long, so that a person finds it. */
const KEPT_CHARACTERS = 1_000

const QUOTE = 0x22
const FEED = 0x0a
const RETURN = 0x0d

/**
 * Takes the text of a table apart, piece by piece: cells between delimiters, in quotation marks where they hold a delimiter, a line
 * break or a mark, which is doubled then. A mark that is out of place costs the line on which its record starts and no other.
 * Blank records are left out.
 */
export class CsvScanner {
  readonly #delimiter: string
  #text = ''
  #at = 0
  #line = 1
  #isLast = false
  /** Places found ahead, so that each is looked for once; the text's length where there is none. */
  #nextQuote = -1
  #nextFeed = -1
  #nextReturn = -1
  /** The record that is being read has grown too long: what it began with is forgotten. */
  #overlong: { readonly line: number; readonly raw: string; readonly isOpen: boolean } | undefined
  /** The line of the quotation mark that opens the cell in which the text ended last. */
  #openLine = 1
  #isUnclosed = false

  constructor(delimiter: string) {
    this.#delimiter = delimiter
  }

  /** Line of a quotation mark that is never closed, once that is known; nothing behind it was read. */
  get unclosedLine(): number | undefined {
    return this.#isUnclosed ? this.#openLine : undefined
  }

  /** The records that are complete now. With `isLast` the text has ended. */
  push(piece: string, isLast: boolean): Scanned[] {
    this.#startAt(this.#at < this.#text.length ? this.#text.slice(this.#at) + piece : piece)
    this.#isLast = isLast
    const records: Scanned[] = []
    while (this.#at < this.#text.length && !this.#isUnclosed) {
      const end = this.#lineEnd(this.#at)
      const goesOn = this.#quoteFrom(this.#at) < end.at ? this.#takeQuoted(records, end) : this.#takePlain(records, end)
      if (!goesOn) break
    }
    return records
  }

  #startAt(text: string): void {
    this.#text = text
    this.#at = 0
    this.#nextQuote = this.#nextFeed = this.#nextReturn = -1
  }

  /** Takes a record without quotation marks; false where the text ends before it does. */
  #takePlain(records: Scanned[], end: LineEnd): boolean {
    if (!end.isWhole) return this.#wait(false)
    const text = this.#text.slice(this.#at, end.at)
    if (this.#overlong !== undefined || text.length > MAX_RECORD_CHARACTERS) this.#pushTooLong(records, text)
    else if (text.length > 0) this.#pushCells(records, text.split(this.#delimiter))
    this.#line += 1
    this.#at = end.next
    return true
  }

  #takeQuoted(records: Scanned[], firstEnd: LineEnd): boolean {
    const record = this.#readQuoted(firstEnd)
    if (record === 'open' || record === 'more') return this.#wait(record === 'open')
    if (record === 'stray') return this.#setLineAside(records)
    const text = this.#text.slice(this.#at, record.end.at)
    if (this.#overlong !== undefined || text.length > MAX_RECORD_CHARACTERS) this.#pushTooLong(records, text)
    else this.#pushCells(records, record.cells)
    this.#line += record.end.at === firstEnd.at ? 1 : linesOf(record.cells)
    this.#at = record.end.next
    return true
  }

  #pushCells(records: Scanned[], cells: string[]): void {
    if (!isBlank(cells)) records.push({ line: this.#line, cells })
  }

  #readQuoted(firstEnd: LineEnd): { readonly cells: string[]; readonly end: LineEnd } | 'more' | 'open' | 'stray' {
    const text = this.#text
    const cells: string[] = []
    let at = this.#at
    let line = firstEnd
    for (;;) {
      at = this.#takePlainCells(cells, at, line)
      let end: number
      if (text.charCodeAt(at) === QUOTE) {
        const close = closingQuote(text, at + 1)
        if (close < 0) return this.#leaveOpen(at)
        if (close === text.length - 1 && !this.#isLast) return this.#leaveOpen(at)
        const inner = text.slice(at + 1, close)
        cells.push(inner.includes('"') ? inner.replaceAll('""', '"') : inner)
        end = close + 1
      } else {
        if (line.at < at) line = this.#lineEnd(at)
        const delimiter = text.indexOf(this.#delimiter, at)
        end = delimiter < 0 || delimiter > line.at ? line.at : delimiter
        if (this.#quoteFrom(at) < end && !isFormula(text, at, end)) return 'stray'
        if (end === line.at && !line.isWhole) return 'more'
        cells.push(text.slice(at, end))
      }
      if (end >= text.length) return { cells, end: { at: end, next: end, isWhole: true } }
      const lineEnd = this.#breakAt(end)
      if (lineEnd !== undefined) return lineEnd.isWhole ? { cells, end: lineEnd } : 'more'
      if (!text.startsWith(this.#delimiter, end)) return 'stray'
      at = end + this.#delimiter.length
    }
  }

  /** Takes the cells that end before the next mark and on this line; gives where the next one begins. */
  #takePlainCells(cells: string[], from: number, line: LineEnd): number {
    const text = this.#text
    const end = Math.min(this.#quoteFrom(from), line.at)
    let at = from
    for (;;) {
      const delimiter = text.indexOf(this.#delimiter, at)
      if (delimiter < 0 || delimiter >= end) return at
      cells.push(text.slice(at, delimiter))
      at = delimiter + this.#delimiter.length
    }
  }

  #leaveOpen(openedAt: number): 'open' {
    if (this.#overlong === undefined)
      this.#openLine = this.#line + countLineBreaks(this.#text.slice(this.#at, openedAt))
    return 'open'
  }

  /** The record goes on in the next piece, if there is one. */
  #wait(isOpen: boolean): false {
    if (this.#isLast) this.#isUnclosed = isOpen
    else if (this.#text.length - this.#at > MAX_RECORD_CHARACTERS) this.#forget(isOpen)
    return false
  }

  /** Keeps of a record that is too long only what the rest of it is read by: whether a cell is open, and a sign that may be half of two. */
  #forget(isOpen: boolean): void {
    const text = this.#text.slice(this.#at)
    const end = /["\r]*$/.exec(text)![0]
    this.#overlong = { line: this.#line, raw: text.slice(0, KEPT_CHARACTERS), ...this.#overlong, isOpen }
    this.#line += countLineBreaks(text.slice(0, text.length - end.length))
    this.#startAt((isOpen ? '"' : 'x') + end)
  }

  #pushTooLong(records: Scanned[], text: string): void {
    const { line, raw } = this.#overlong ?? { line: this.#line, raw: text.slice(0, KEPT_CHARACTERS) }
    records.push({ line, raw, fault: 'too_long' })
    this.#overlong = undefined
  }

  /** The record starts on a line with a mark that is out of place: that line is set aside. */
  #setLineAside(records: Scanned[]): boolean {
    if (this.#overlong?.isOpen === true) {
      // What closed the long cell opened the next one: its own mark is the one that is missing.
      this.#isUnclosed = true
      return false
    }
    const end = this.#lineEnd(this.#at)
    if (!end.isWhole) return this.#wait(false)
    const raw = this.#text.slice(this.#at, end.at)
    if (this.#overlong === undefined && raw.length <= MAX_RECORD_CHARACTERS) {
      records.push({ line: this.#line, raw, fault: 'stray_quote' })
    } else this.#pushTooLong(records, raw)
    this.#line += 1
    this.#at = end.next
    return true
  }

  #quoteFrom(at: number): number {
    if (this.#nextQuote < at) this.#nextQuote = found(this.#text.indexOf('"', at), this.#text)
    return this.#nextQuote
  }

  /** The first line break from here; at the end of the text the line is whole only if nothing more comes. */
  #lineEnd(at: number): LineEnd {
    const text = this.#text
    if (this.#nextFeed < at) this.#nextFeed = found(text.indexOf('\n', at), text)
    if (this.#nextReturn < at) this.#nextReturn = found(text.indexOf('\r', at), text)
    const end = Math.min(this.#nextFeed, this.#nextReturn)
    return this.#breakAt(end) ?? { at: end, next: end, isWhole: this.#isLast }
  }

  #breakAt(at: number): LineEnd | undefined {
    const text = this.#text
    const code = text.charCodeAt(at)
    if (code === FEED) return { at, next: at + 1, isWhole: true }
    if (code !== RETURN) return undefined
    if (text.charCodeAt(at + 1) === FEED) return { at, next: at + 2, isWhole: true }
    // A carriage return at the very end may be half of a line break.
    return { at, next: at + 1, isWhole: at + 1 < text.length || this.#isLast }
  }
}

interface LineEnd {
  readonly at: number
  /** Where the next record starts. */
  readonly next: number
  readonly isWhole: boolean
}

function found(at: number, text: string): number {
  return at < 0 ? text.length : at
}

/** `="00123"`, by which exports keep a spreadsheet from making a number of a text. */
function isFormula(text: string, at: number, end: number): boolean {
  return text.startsWith('="', at) && text.indexOf('"', at + 2) === end - 1
}

/** The mark that closes a cell; -1 where the text has none. */
function closingQuote(text: string, from: number): number {
  let at = text.indexOf('"', from)
  while (at >= 0 && text.charCodeAt(at + 1) === QUOTE) at = text.indexOf('"', at + 2)
  return at
}
