import { cellText, flatten, keysOfList, lookUp, type Scalar } from './flatten.ts'
import type { OpenFile } from './open-file.ts'
import { isWholeEvent, type JsonObject, type Row } from './row.ts'

/** Leaves beyond this many are not looked at: a hostile file can have any number of keys. */
const MAX_COLUMNS = 20_000

const PLACE = /^(.+?)\.(\d{1,6})(?:\.|$)/
const MAX_KEYS_SHOWN = 5

/** The cells of a row as a table has them. */
export interface TableRow {
  readonly cells: readonly string[]
  /** Of an object: its leaves as they were. */
  readonly leaves?: ReadonlyMap<string, Scalar>
}

/** Shows rows of any format as lines of one table; the keys of objects become columns as they come up. */
export class TableRows {
  readonly columns: string[]
  readonly isTyped: boolean
  readonly #isMapped: boolean
  readonly #places = new Map<string, number>()
  /** Names of a map that are no leaves, such as a place in a list; they are looked up. */
  readonly #asked: readonly string[]
  readonly #found = new Set<string>()
  readonly #keys = new Map<string, { readonly list: string; readonly keys: Set<string> }>()

  constructor(file: Pick<OpenFile, 'columns' | 'format'>, asked: readonly string[], isMapped: boolean) {
    this.isTyped = file.format !== 'csv' && file.format !== 'tsv'
    this.columns = [...(file.columns ?? [])]
    this.#isMapped = isMapped
    this.#asked = this.isTyped ? asked : []
    for (const [at, column] of this.columns.entries()) this.#places.set(column, at)
  }

  isWhole(row: Row): row is Row & { readonly object: JsonObject } {
    return row.object !== undefined && !this.#isMapped && isWholeEvent(row.object)
  }

  cellsOf(row: Row): TableRow {
    if (row.object === undefined) return { cells: row.cells ?? [] }
    const leaves = flatten(row.object)
    const cells: string[] = new Array(this.columns.length).fill('')
    for (const [path, value] of leaves) {
      const at = this.#placeOf(path)
      if (at !== undefined) cells[at] = cellText(value)
    }
    for (const name of this.#asked) {
      if (leaves.has(name)) continue
      const value = lookUp(row.object, name)
      if (value === undefined || (typeof value === 'object' && value !== null)) continue
      this.#found.add(name)
      this.#watchPlace(name, row.object)
      const at = this.#placeOf(name)
      if (at !== undefined) cells[at] = cellText(value)
    }
    return { cells: Array.from(cells, (cell) => cell ?? ''), leaves }
  }

  /** Names that were found by looking them up, such as `items.0.sku`. */
  lookedUp(): ReadonlySet<string> {
    return this.#found
  }

  /** Names of a place in a list of keys and values that is another key in another row, with both keys. */
  movedPlaces(): readonly { readonly name: string; readonly list: string; readonly keys: readonly string[] }[] {
    return [...this.#keys].flatMap(([name, { list, keys }]) => (keys.size > 1 ? [{ name, list, keys: [...keys] }] : []))
  }

  #watchPlace(name: string, object: JsonObject): void {
    const [, list, place] = PLACE.exec(name) ?? []
    if (list === undefined) return
    const key = keysOfList(lookUp(object, list))?.[Number(place)]
    if (key === undefined) return
    const known = this.#keys.get(name) ?? { list, keys: new Set<string>() }
    if (known.keys.size < MAX_KEYS_SHOWN) known.keys.add(key)
    this.#keys.set(name, known)
  }

  #placeOf(path: string): number | undefined {
    const known = this.#places.get(path)
    if (known !== undefined) return known
    if (this.columns.length >= MAX_COLUMNS) return undefined
    this.columns.push(path)
    this.#places.set(path, this.columns.length - 1)
    return this.columns.length - 1
  }
}
