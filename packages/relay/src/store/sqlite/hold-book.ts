import type { HeldPart, Hold } from '../hold.ts'
import type { Database, Row } from './database.ts'
import type { Undo } from './queue/undo.ts'
import type { Terms } from './terms.ts'

/** Shape of a hold on the whole pixel. */
export const WHOLE_PIXEL = 0

/** Holds, kept in memory beside their few rows, because every lease asks for them. */
export class HoldBook {
  readonly #holds: Map<number, Map<number, Hold>> = new Map()
  readonly #undo: Undo
  readonly #insert: (pixel: number, shape: number, hold: Hold) => void
  readonly #delete: (pixel: number, shape: number) => void

  constructor(database: Database, undo: Undo) {
    this.#undo = undo
    const insert = database.prepare(
      'INSERT OR REPLACE INTO hold (pixel, shape, code, message, at_ms, by) VALUES (?, ?, ?, ?, ?, ?)',
    )
    const remove = database.prepare('DELETE FROM hold WHERE pixel = ? AND shape = ?')
    this.#insert = (pixel, shape, { code, message, atMs, by }) => insert.run(pixel, shape, code, message, atMs, by)
    this.#delete = (pixel, shape) => remove.run(pixel, shape)
    for (const row of database.prepare('SELECT * FROM hold').all() as Row[]) this.#load(row)
  }

  get(pixel: number, shape: number): Hold | undefined {
    return this.#holds.get(pixel)?.get(shape)
  }

  /** The hold that covers an event: its pixel's, or its shape's. */
  covering(pixel: number, shape: number): Hold | undefined {
    const shapes = this.#holds.get(pixel)
    return shapes?.get(WHOLE_PIXEL) ?? shapes?.get(shape)
  }

  /** Shapes of a pixel that are on hold themselves. */
  shapes(pixel: number): number[] {
    return [...(this.#holds.get(pixel)?.keys() ?? [])].filter((shape) => shape !== WHOLE_PIXEL)
  }

  /** Inside a transaction. */
  set(pixel: number, shape: number, hold: Hold): void {
    const before = this.get(pixel, shape)
    this.#insert(pixel, shape, hold)
    this.#keep(pixel, shape, hold)
    this.#undo.add(() => this.#keep(pixel, shape, before))
  }

  /** Inside a transaction; `false` when there was none. */
  remove(pixel: number, shape: number): boolean {
    const before = this.get(pixel, shape)
    if (before === undefined) return false
    this.#delete(pixel, shape)
    this.#keep(pixel, shape, undefined)
    this.#undo.add(() => this.#keep(pixel, shape, before))
    return true
  }

  list(terms: Terms): HeldPart[] {
    return [...this.#holds].flatMap(([pixel, shapes]) =>
      [...shapes].map(([shape, hold]) => ({
        ...hold,
        pixel: terms.text(pixel),
        shape: shape === WHOLE_PIXEL ? undefined : terms.text(shape),
      })),
    )
  }

  #keep(pixel: number, shape: number, hold: Hold | undefined): void {
    const shapes = this.#holds.get(pixel) ?? new Map<number, Hold>()
    this.#holds.set(pixel, shapes)
    if (hold === undefined) shapes.delete(shape)
    else shapes.set(shape, hold)
  }

  #load(row: Row): void {
    this.#keep(row['pixel'] as number, row['shape'] as number, {
      code: row['code'] as string,
      message: row['message'] as string,
      atMs: row['at_ms'] as number,
      by: row['by'] as string,
    })
  }
}
