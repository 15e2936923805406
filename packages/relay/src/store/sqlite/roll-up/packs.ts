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
  readonly #kinds: Map<number, Map<number, Sums<PackedCell>>> = new Map()

  add(kind: number, { pixel, key, flow, ends, flowMoney, endsMoney }: PackedCell): void {
    const cells = this.#kinds.get(kind) ?? new Map<number, Sums<PackedCell>>()
    this.#kinds.set(kind, cells)
    const at = pixel * PER_PIXEL + key
    const cell = cells.get(at)
    if (cell === undefined) {
      cells.set(at, { pixel, key, flow, ends, flowMoney, endsMoney })
      return
    }
    cell.flow += flow
    cell.ends += ends
    cell.flowMoney += flowMoney
    cell.endsMoney += endsMoney
  }

  addPack({ kind, cells }: Pack): void {
    eachCell(cells, (pixel, key, flow, ends, flowMoney, endsMoney) =>
      this.add(kind, { pixel, key, flow, ends, flowMoney, endsMoney }),
    )
  }

  *packs(): IterableIterator<readonly [kind: number, packs: readonly PackOfPixels[]]> {
    for (const [kind, cells] of this.#kinds)
      yield [kind, packCells(kind === ACCEPTED ? [...cells.values()] : [...cells.values()].filter(isAny))]
  }
}

/** At an acceptance a key leads to accounts also where nothing is counted there: one that went on under it, and ended elsewhere. */
function isAny({ flow, ends, flowMoney, endsMoney }: PackedCell): boolean {
  return flow !== 0 || ends !== 0 || flowMoney !== 0 || endsMoney !== 0
}

/** Counts of one time, summed by kind and bucket. */
export class CountSums {
  readonly #kinds: Map<number, Map<number, Sums<PackedCount>>> = new Map()

  add(kind: number, { pixel, bucket, events }: PackedCount): void {
    const counts = this.#kinds.get(kind) ?? new Map<number, Sums<PackedCount>>()
    this.#kinds.set(kind, counts)
    const at = pixel * PER_PIXEL + bucket
    const count = counts.get(at)
    if (count === undefined) counts.set(at, { pixel, bucket, events })
    else count.events += events
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
