import type { Row } from '../files/index.ts'

/** Headers of a Pixel ID, reduced to letters and digits. The API's own parameter is `pid`. */
const NAMES: ReadonlySet<string> = new Set(['pixelid', 'pixel', 'pid'])

/** Keys that are remembered as being it or not: a hostile file can have any number of them. */
const KNOWN_KEYS = 1_000

function isPixelName(name: string): boolean {
  return NAMES.has(name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, ''))
}

/** Reads the Pixel ID of the rows of one file; empty where a row says none. */
export class PixelColumn {
  readonly #at: number
  readonly #known = new Map<string, boolean>()
  /** The column, once it was found; objects may name it in any row. */
  name: string | undefined

  constructor(columns: readonly string[] = []) {
    this.#at = columns.findIndex(isPixelName)
    this.name = columns[this.#at]
  }

  read({ cells, object }: Row): string {
    if (cells !== undefined) return (cells[this.#at] ?? '').trim()
    if (object === undefined) return ''
    const key = Object.keys(object).find((each) => this.#isPixel(each))
    this.name ??= key
    const value = key === undefined ? undefined : object[key]
    return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : ''
  }

  #isPixel(key: string): boolean {
    const known = this.#known.get(key)
    if (known !== undefined) return known
    if (this.#known.size >= KNOWN_KEYS) this.#known.clear()
    this.#known.set(key, isPixelName(key))
    return isPixelName(key)
  }
}
