import type { Session } from './connection/database.ts'
import { fromText, toText } from './text.ts'

/** Kept in memory, twice over: names and codes that clients invent must not fill it. */
const MOST_KEPT = 50_000
/** Stands for a text that was never kept: no number is it. */
export const NO_TERM = -1
/** Stands for none. */
export const NONE = 0

const SELECT = 'select term, text from waybill_store.term where text = any ($1::text[])'
const INSERT = 'insert into waybill_store.term (text) select unnest($1::text[]) on conflict do nothing'
const SELECT_TEXTS = 'select term, text from waybill_store.term where term = any ($1::integer[])'

interface TermRow {
  readonly term: number
  readonly text: string
}

/** Texts that repeat, and their numbers. None is ever changed or dropped. */
export class Terms {
  readonly #session: Session
  /** What was asked for lately, and what was before that. */
  #new: Generation = makeGeneration()
  #old: Generation = makeGeneration()

  constructor(session: Session) {
    this.#session = session
  }

  /** Makes sure that these have a number. By transactions of its own: a number once taken is there, whatever becomes of what needs it. */
  async keep(texts: Iterable<string>): Promise<void> {
    const missing = await this.#missing(texts)
    if (missing.length === 0) return
    await this.#session.query(INSERT, [missing.map(toText)])
    await this.find(missing)
  }

  /** Looks up those that have a number. Inside a transaction by its session: a second connection might never come. */
  async find(texts: Iterable<string>, session: Session = this.#session): Promise<void> {
    const unknown = [...new Set(texts)].filter((text) => !this.#has(text))
    if (unknown.length > 0) this.#note(await session.query<TermRow>(SELECT, [unknown.map(toText)]))
  }

  /** Looks up texts of numbers that came out of a table. */
  async load(numbers: Iterable<number | null>, session: Session = this.#session): Promise<void> {
    const unknown = new Set<number>()
    for (const number of numbers)
      if (number !== null && number > NONE && this.#textOf(number) === undefined) unknown.add(number)
    if (unknown.size > 0) this.#note(await session.query<TermRow>(SELECT_TEXTS, [[...unknown]]))
  }

  /** Of a text that `keep` was given. */
  number(text: string): number {
    const number = this.#numberOf(text)
    if (number === undefined) throw new Error('A text has no number, although one was made sure of.')
    return number
  }

  /** Of a text that `find` was given; `NO_TERM` where it was never kept. */
  found(text: string): number {
    return this.#numberOf(text) ?? NO_TERM
  }

  /** Of a number that `load` was given. */
  text(number: number): string {
    const text = this.#textOf(number)
    if (text === undefined) throw new Error(`No text is known of term ${number}.`)
    return text
  }

  async #missing(texts: Iterable<string>): Promise<string[]> {
    const wanted = [...new Set(texts)]
    await this.find(wanted)
    return wanted.filter((text) => !this.#has(text))
  }

  #numberOf(text: string): number | undefined {
    return this.#new.numbers.get(text) ?? this.#old.numbers.get(text)
  }

  #textOf(number: number): string | undefined {
    return this.#new.texts.get(number) ?? this.#old.texts.get(number)
  }

  /** What is asked for is among the new ones from then on, so that a call finds all that it made sure of. */
  #has(text: string): boolean {
    const number = this.#numberOf(text)
    if (number !== undefined) this.#keep(text, number)
    return number !== undefined
  }

  #note(rows: readonly TermRow[]): void {
    for (const { term, text } of rows) this.#keep(fromText(text), term)
  }

  #keep(text: string, number: number): void {
    if (this.#new.numbers.size >= MOST_KEPT) [this.#old, this.#new] = [this.#new, makeGeneration()]
    this.#new.numbers.set(text, number)
    this.#new.texts.set(number, text)
  }
}

interface Generation {
  readonly numbers: Map<string, number>
  readonly texts: Map<number, string>
}

function makeGeneration(): Generation {
  return { numbers: new Map(), texts: new Map() }
}
