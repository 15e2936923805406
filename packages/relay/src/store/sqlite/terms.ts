import type { Database, Row } from './database.ts'
import type { Undo } from './queue/undo.ts'

/** Repeating texts as small numbers. What a client invents without end (custom event names) must not fill the memory. */
const MAX_CACHED = 20_000

export class Terms {
  readonly #undo: Undo
  readonly #select: (text: string) => number | undefined
  readonly #selectText: (term: number) => string
  readonly #insert: (text: string) => number
  readonly #terms: Map<string, number> = new Map()
  readonly #texts: Map<number, string> = new Map()

  constructor(database: Database, undo: Undo) {
    this.#undo = undo
    const select = database.prepare('SELECT term FROM term WHERE text = ?')
    const selectText = database.prepare('SELECT text FROM term WHERE term = ?')
    const insert = database.prepare('INSERT INTO term (text) VALUES (?) RETURNING term')
    this.#select = (text) => (select.get(text) as Row | undefined)?.['term'] as number | undefined
    this.#selectText = (term) => (selectText.get(term) as Row)['text'] as string
    this.#insert = (text) => (insert.get(text) as Row)['term'] as number
  }

  /** The number of a text, which is given one where it has none. Inside a transaction only. */
  of(text: string): number {
    return this.find(text) ?? this.#make(text)
  }

  #make(text: string): number {
    const term = this.#insert(text)
    this.#undo.add(() => this.#forget(term, text))
    this.#remember(term, text)
    return term
  }

  find(text: string): number | undefined {
    const cached = this.#terms.get(text)
    if (cached !== undefined) return cached
    const term = this.#select(text)
    if (term !== undefined) this.#remember(term, text)
    return term
  }

  text(term: number): string {
    const cached = this.#texts.get(term)
    if (cached !== undefined) return cached
    const text = this.#selectText(term)
    this.#remember(term, text)
    return text
  }

  #remember(term: number, text: string): void {
    if (this.#terms.size >= MAX_CACHED) {
      this.#terms.clear()
      this.#texts.clear()
    }
    this.#terms.set(text, term)
    this.#texts.set(term, text)
  }

  #forget(term: number, text: string): void {
    this.#terms.delete(text)
    this.#texts.delete(term)
  }
}
