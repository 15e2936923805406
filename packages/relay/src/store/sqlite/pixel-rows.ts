import type { Database } from './database.ts'
import type { Undo } from './queue/undo.ts'
import type { Statements } from './sql/index.ts'
import { BLOCK_ROWS } from './sql/pixel-rows.ts'

/** Rows below this are not in blocks yet; while it is there, the index of the older version is, and is read. */
export const UNLISTED = 'store.unlisted'
/** Blocks that one call makes. */
const BLOCKS_PER_CALL = 40

/** Which rows are a pixel's: listed with what accepted them, and made blocks later. */
export class PixelRows {
  readonly #database: Database
  readonly #statements: Statements
  readonly #undo: Undo
  /** The first that was accepted and is not listed: rows of a transaction that failed are given again. */
  #from: number | undefined
  /** Listed by this run and in no block. A hint: it may be too many after a transaction that failed, and too few after a start. */
  readonly #waiting: Map<number, number> = new Map()
  readonly #full: Set<number> = new Set()
  #unlisted: number | undefined
  /** The pixel of the older version's index that is taken over. */
  #taking: number | undefined

  constructor(database: Database, statements: Statements, undo: Undo) {
    this.#database = database
    this.#statements = statements
    this.#undo = undo
    const unlisted = statements.meta.get(UNLISTED)
    this.#unlisted = unlisted === undefined ? undefined : Number(unlisted)
    if (unlisted === undefined) dropIndex(database)
  }

  /** Every row of an account is in a block or listed. */
  get areAll(): boolean {
    return this.#unlisted === undefined
  }

  /** Inside a transaction, of what was accepted. */
  add(pixel: number, row: number): void {
    this.#from ??= row
    const waiting = (this.#waiting.get(pixel) ?? 0) + 1
    this.#waiting.set(pixel, waiting)
    if (waiting >= BLOCK_ROWS) this.#full.add(pixel)
  }

  /** Inside the transaction, after all that it accepts. */
  write(last: number): void {
    if (this.#from !== undefined) this.#statements.pixelRows.list(this.#from, last)
  }

  committed(): void {
    this.#from = undefined
  }

  /** Inside a transaction: makes some blocks; true while more are to be made. */
  pack(): boolean {
    return this.#unlisted === undefined ? this.#packFull() : this.#takeOld(this.#unlisted)
  }

  #packFull(): boolean {
    let left = BLOCKS_PER_CALL
    for (const pixel of this.#full) {
      for (; left > 0 && this.#statements.pixelRows.pack(pixel); left--) this.#less(pixel)
      if (left === 0) return true
      this.#full.delete(pixel)
      this.#undo.add(() => void this.#full.add(pixel))
    }
    return false
  }

  #less(pixel: number): void {
    this.#waiting.set(pixel, Math.max(0, (this.#waiting.get(pixel) ?? 0) - BLOCK_ROWS))
  }

  #takeOld(below: number): boolean {
    const { pixelRows, meta } = this.#statements
    const taking = this.#taking
    this.#undo.add(() => {
      this.#taking = taking
      this.#unlisted = below
    })
    let pixel = taking ?? pixelRows.nextOld(-1)
    for (let done = 0; pixel !== undefined && done < BLOCKS_PER_CALL; done++)
      if (!pixelRows.takeOld(pixel, below)) pixel = pixelRows.nextOld(pixel)
    this.#taking = pixel
    if (pixel !== undefined) return true
    meta.remove(UNLISTED)
    this.#unlisted = undefined
    dropIndex(this.#database)
    return true
  }
}

function dropIndex(database: Database): void {
  database.exec('DROP INDEX IF EXISTS event_pixel')
}
