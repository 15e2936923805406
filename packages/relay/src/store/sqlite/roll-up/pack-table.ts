import type { Slot } from '../../roll-up/edges.ts'
import type { PackOfPixels } from '../../roll-up/pack.ts'
import type { Database } from '../database.ts'
import { prepared } from '../prepared.ts'

/** Tables of numbers whose older part is packed. */
export type Packed = 'rollup' | 'latency'

/** Some of what is counted at a time, of one kind. */
export interface Pack {
  readonly kind: number
  readonly cells: Uint8Array
}

type FoundPack = Slot & Pack & { readonly seq: number }

/** The packs of a table. What changes them runs inside a transaction. */
export class PackTable {
  readonly #database: Database
  readonly #name: string

  constructor(database: Database, table: Packed) {
    this.#database = database
    this.#name = `${table}_pack`
  }

  of({ grain, time }: Slot, kind: number): Pack[] {
    const sql = `SELECT kind, cells FROM ${this.#name} WHERE grain = ? AND time = ? AND kind = ?`
    return this.#run(sql).all(grain, time, kind) as unknown as Pack[]
  }

  /** Of all kinds. */
  within(grain: number, from: number, until: number): Pack[] {
    const sql = `SELECT kind, cells FROM ${this.#name} WHERE grain = ? AND time >= ? AND time < ?`
    return this.#run(sql).all(grain, from, until) as unknown as Pack[]
  }

  /** In place of those that there are. */
  put(slot: Slot, kind: number, packs: readonly PackOfPixels[]): void {
    const { grain, time } = slot
    this.#run(`DELETE FROM ${this.#name} WHERE grain = ? AND time = ? AND kind = ?`).run(grain, time, kind)
    const insert = this.#run(
      `INSERT INTO ${this.#name} (grain, time, kind, first, last, cells) VALUES (?, ?, ?, ?, ?, ?)`,
    )
    for (const { first, last, cells } of packs) insert.run(grain, time, kind, first, last, cells)
  }

  clear({ grain, time }: Slot): void {
    this.#run(`DELETE FROM ${this.#name} WHERE grain = ? AND time = ?`).run(grain, time)
  }

  /** Takes the first that there is out; `undefined`: none is left. */
  takeFirst(): FoundPack | undefined {
    const sql = `SELECT seq, grain, time, kind, cells FROM ${this.#name} ORDER BY seq LIMIT 1`
    const found = this.#run(sql).get() as unknown as FoundPack | undefined
    if (found !== undefined) this.#run(`DELETE FROM ${this.#name} WHERE seq = ?`).run(found.seq)
    return found
  }

  /** Of before a time, so many at most; how many were there. */
  drop(grain: number, before: number, limit: number): number {
    const old = `SELECT seq FROM ${this.#name} WHERE grain = ? AND time < ? LIMIT ${limit}`
    return Number(this.#run(`DELETE FROM ${this.#name} WHERE seq IN (${old})`).run(grain, before).changes)
  }

  #run(sql: string): ReturnType<typeof prepared> {
    return prepared(this.#database, sql)
  }
}
