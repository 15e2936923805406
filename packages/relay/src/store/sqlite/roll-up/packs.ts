import type { Slot } from '../../roll-up/edges.ts'
import type { RollUpKey } from '../../roll-up/key.ts'
import {
  eachCell,
  eachCount,
  type PackedCell,
  type PackedCount,
  type PackOfPixels,
  packCells,
  packCounts,
} from '../../roll-up/pack.ts'
import { ACCEPTED } from '../../state.ts'
import type { Database } from '../database.ts'
import type { Undo } from '../queue/undo.ts'
import { PackKeys } from './pack-keys.ts'
import { type Pack, PackTable } from './pack-table.ts'

type Sums<Each> = { -readonly [Name in keyof Each]: Each[Name] }

/** More pixels than a store has, times this, are whole numbers still. */
const PER_PIXEL = 2 ** 24
/** Packs whose keys lie in memory: a change of many accounts concerns few times. */
const MAX_SEEN = 8

/** Numbers of one time, summed by kind and key. */
export class CellSums {
  readonly #keys: PackKeys
  readonly #kinds: Map<number, Map<number, Sums<PackedCell>>> = new Map()

  constructor(keys: PackKeys) {
    this.#keys = keys
  }

  /** The cell is changed by what is added later. */
  add(kind: number, added: Sums<PackedCell>): void {
    const cells = placeIn(this.#kinds, kind)
    const at = added.pixel * PER_PIXEL + added.key
    const cell = cells.get(at)
    if (cell === undefined) {
      cells.set(at, added)
      return
    }
    cell.flow += added.flow
    cell.ends += added.ends
    cell.flowMoney += added.flowMoney
    cell.endsMoney += added.endsMoney
  }

  /** The columns of a row: its key, then its numbers. Inside a transaction, because the key may be new. */
  addRow(row: readonly number[]): void {
    const pixel = row[1]!
    const key = { name: row[2]!, shape: row[3]!, source: row[4]!, code: row[5]!, currency: row[6]! }
    const number = this.#keys.numberOf(pixel, key)
    this.add(row[0]!, { pixel, key: number, flow: row[7]!, ends: row[8]!, flowMoney: row[9]!, endsMoney: row[10]! })
  }

  addPack({ kind, cells }: Pack): void {
    eachCell(cells, (pixel, key, flow, ends, flowMoney, endsMoney) =>
      this.add(kind, { pixel, key, flow, ends, flowMoney, endsMoney }),
    )
  }

  *packs(): IterableIterator<readonly [kind: number, packs: readonly PackOfPixels[]]> {
    // At an acceptance a key leads to accounts also where nothing is counted there: one that went on under it, and ended elsewhere.
    for (const [kind, cells] of this.#kinds)
      yield [kind, packCells([...cells.values()].filter((cell) => kind === ACCEPTED || isAny(cell)))]
  }
}

function isAny({ flow, ends, flowMoney, endsMoney }: PackedCell): boolean {
  return flow !== 0 || ends !== 0 || flowMoney !== 0 || endsMoney !== 0
}

function placeIn<Each>(kinds: Map<number, Map<number, Each>>, kind: number): Map<number, Each> {
  const known = kinds.get(kind)
  if (known !== undefined) return known
  const made = new Map<number, Each>()
  kinds.set(kind, made)
  return made
}

/** Counts of one time, summed by kind and bucket. */
export class CountSums {
  readonly #kinds: Map<number, Map<number, Sums<PackedCount>>> = new Map()

  /** The count is changed by what is added later. */
  add(kind: number, added: Sums<PackedCount>): void {
    const counts = placeIn(this.#kinds, kind)
    const at = added.pixel * PER_PIXEL + added.bucket
    const count = counts.get(at)
    if (count === undefined) counts.set(at, added)
    else count.events += added.events
  }

  /** The columns of a row. */
  addRow(row: readonly number[]): void {
    this.add(row[0]!, { pixel: row[1]!, bucket: row[2]!, events: row[3]! })
  }

  addPack({ kind, cells }: Pack): void {
    eachCount(cells, (pixel, bucket, events) => this.add(kind, { pixel, bucket, events }))
  }

  *packs(): IterableIterator<readonly [kind: number, packs: readonly PackOfPixels[]]> {
    for (const [kind, counts] of this.#kinds) yield [kind, packCounts([...counts.values()])]
  }
}

/** What is packed of the roll-up. */
export class Packs {
  readonly rollup: PackTable
  readonly latency: PackTable
  readonly keys: PackKeys
  readonly #undo: Undo
  readonly #seen: Map<string, ReadonlySet<number>> = new Map()

  constructor(database: Database, undo: Undo) {
    this.#undo = undo
    this.rollup = new PackTable(database, 'rollup')
    this.latency = new PackTable(database, 'latency')
    this.keys = new PackKeys(database, undo)
  }

  /** Whether a key is counted at a time. */
  has(slot: Slot, { kind, pixel, ...key }: RollUpKey): boolean {
    const number = this.keys.find(pixel, key)
    return number !== undefined && this.#keysAt(slot, kind).has(pixel * PER_PIXEL + number)
  }

  /** After packs changed. Inside a transaction. */
  changed(): void {
    this.#seen.clear()
    this.#undo.add(() => this.#seen.clear())
  }

  #keysAt(slot: Slot, kind: number): ReadonlySet<number> {
    const at = `${slot.grain} ${slot.time} ${kind}`
    const seen = this.#seen.get(at)
    if (seen !== undefined) return seen
    const keys = new Set<number>()
    for (const { cells } of this.rollup.of(slot, kind))
      eachCell(cells, (pixel, key) => void keys.add(pixel * PER_PIXEL + key))
    if (this.#seen.size >= MAX_SEEN) this.#seen.clear()
    this.#seen.set(at, keys)
    return keys
  }
}
