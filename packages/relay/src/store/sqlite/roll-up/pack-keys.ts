import type { RollUpKey } from '../../roll-up/key.ts'
import type { Database } from '../database.ts'
import type { Undo } from '../queue/undo.ts'

/** A key beside its pixel and kind. */
export type PackKey = Omit<RollUpKey, 'kind' | 'pixel'>

interface OfPixel {
  /** By number. */
  readonly keys: PackKey[]
  readonly numbers: Map<Place, number>
}

/** What a key is looked up by, for each row of the roll-up that is packed. */
type Place = number | string

/** What clients invent without end must not fill the memory. */
const MAX_CACHED = 100_000

/** Keys in packs as small numbers, rising from 0 for each pixel. */
export class PackKeys {
  readonly #undo: Undo
  readonly #select: (pixel: number) => PackKey[]
  readonly #insert: (pixel: number, key: number, columns: PackKey) => void
  readonly #pixels: Map<number, OfPixel> = new Map()
  #cached = 0

  constructor(database: Database, undo: Undo) {
    this.#undo = undo
    const select = database.prepare(
      'SELECT name, shape, source, code, currency FROM rollup_key WHERE pixel = ? ORDER BY key',
    )
    const insert = database.prepare('INSERT INTO rollup_key VALUES (?, ?, ?, ?, ?, ?, ?)')
    this.#select = (pixel) => select.all(pixel) as unknown as PackKey[]
    this.#insert = (pixel, key, { name, shape, source, code, currency }) =>
      void insert.run(pixel, key, name, shape, source, code, currency)
  }

  /** The key of a number that a pack has. */
  at(pixel: number, number: number): PackKey {
    // Others may have been added since: they are never changed.
    return this.#of(pixel).keys[number] ?? this.#load(pixel).keys[number]!
  }

  find(pixel: number, key: PackKey): number | undefined {
    return this.#of(pixel).numbers.get(placeOf(key))
  }

  /** Its number, which it is given where it has none. Inside a transaction. */
  numberOf(pixel: number, key: PackKey): number {
    const known = this.#of(pixel)
    const number = known.numbers.get(placeOf(key))
    if (number !== undefined) return number
    const next = known.keys.length
    this.#insert(pixel, next, key)
    this.#undo.add(() => this.#forget())
    this.#add(known, key)
    return next
  }

  #of(pixel: number): OfPixel {
    return this.#pixels.get(pixel) ?? this.#load(pixel)
  }

  #load(pixel: number): OfPixel {
    if (this.#cached > MAX_CACHED) this.#forget()
    const loaded: OfPixel = { keys: [], numbers: new Map() }
    for (const key of this.#select(pixel)) this.#add(loaded, key)
    this.#pixels.set(pixel, loaded)
    return loaded
  }

  #add({ keys, numbers }: OfPixel, key: PackKey): void {
    numbers.set(placeOf(key), keys.length)
    keys.push(key)
    this.#cached++
  }

  #forget(): void {
    this.#pixels.clear()
    this.#cached = 0
  }
}

/** Texts are numbered from 1 on: of five that are small one number is made, which is found far sooner than a text, the smaller the sooner. */
const SMALL = 64
const MEDIUM = 1_024

function placeOf(key: PackKey): Place {
  if (areBelow(SMALL, key)) return asOne(SMALL, key)
  if (areBelow(MEDIUM, key)) return -asOne(MEDIUM, key)
  const { name, shape, source, code, currency } = key
  return `${name} ${shape} ${source} ${code} ${currency}`
}

function areBelow(limit: number, { name, shape, source, code, currency }: PackKey): boolean {
  return name < limit && shape < limit && source < limit && code < limit && currency < limit
}

function asOne(limit: number, { name, shape, source, code, currency }: PackKey): number {
  return (((name * limit + shape) * limit + source) * limit + code) * limit + currency
}
