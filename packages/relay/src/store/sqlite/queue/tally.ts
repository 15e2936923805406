import { APART, isLive, READY, WAITING } from '../../state.ts'
import type { Database } from '../database.ts'

/** Shape of counts that are kept for the whole pixel. */
const WHOLE = 0
const KINDS = 12

interface PixelTally {
  /** By shape, then by kind up to `WAITING`. Only shapes that have any. */
  readonly live: Map<number, number[]>
  /** By kind, from `DELIVERED` on. */
  readonly kinds: number[]
}

interface Change {
  readonly pixel: number
  readonly shape: number
  readonly kind: number
  readonly events: number
}

/** How many events are where, without counting rows: kept in memory, written with each transaction as a handful of sums. */
export class Tally {
  readonly #pixels: Map<number, PixelTally> = new Map()
  /** Of the transaction, by pixel, shape and kind. */
  readonly #changes: Map<number, Map<number, number[]>> = new Map()
  readonly #write: (change: Change) => void

  constructor(database: Database) {
    for (const row of database.prepare('SELECT pixel, shape, kind, events FROM tally').all()) this.#apply(row as Change)
    const statement = database.prepare(`
      INSERT INTO tally (pixel, shape, kind, events) VALUES (?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET events = events + excluded.events`)
    this.#write = ({ pixel, shape, kind, events }) => statement.run(pixel, shape, kind, events)
  }

  /** Notes a change; it counts from `commit()` on. */
  add(pixel: number, shape: number, kind: number, events: number): void {
    const kept = isLive(kind) ? shape : WHOLE
    const shapes = this.#changes.get(pixel) ?? new Map<number, number[]>()
    this.#changes.set(pixel, shapes)
    const kinds = shapes.get(kept) ?? new Array<number>(KINDS).fill(0)
    shapes.set(kept, kinds)
    kinds[slot(kind)] = (kinds[slot(kind)] ?? 0) + events
  }

  move(pixel: number, shape: number, from: number, to: number, events: number = 1): void {
    this.add(pixel, shape, from, -events)
    this.add(pixel, shape, to, events)
  }

  write(): void {
    for (const change of this.#listChanges()) this.#write(change)
  }

  commit(): void {
    for (const change of this.#listChanges()) this.#apply(change)
    this.#changes.clear()
  }

  rollBack(): void {
    this.#changes.clear()
  }

  pixels(): number[] {
    return [...this.#pixels.keys()]
  }

  /** Shapes with events that have not ended. */
  shapes(pixel: number): number[] {
    return [...(this.#pixels.get(pixel)?.live.keys() ?? [])]
  }

  ready(pixel: number, shape: number): number {
    return this.of(pixel, shape, READY)
  }

  waiting(pixel: number, shape: number): number {
    return this.of(pixel, shape, WAITING)
  }

  apart(pixel: number, shape: number): number {
    return this.of(pixel, shape, APART)
  }

  /** Of a state that has not ended. */
  of(pixel: number, shape: number, state: number): number {
    return this.#pixels.get(pixel)?.live.get(shape)?.[slot(state)] ?? 0
  }

  /** Those of a shape that have not ended. */
  all(pixel: number, shape: number): number {
    return this.ready(pixel, shape) + this.waiting(pixel, shape) + this.apart(pixel, shape)
  }

  /** Of an ended state, of `ACCEPTED`, or of a pruned kind. */
  kind(pixel: number, kind: number): number {
    return this.#pixels.get(pixel)?.kinds[slot(kind)] ?? 0
  }

  #listChanges(): Change[] {
    return [...this.#changes].flatMap(([pixel, shapes]) =>
      [...shapes].flatMap(([shape, kinds]) =>
        kinds.map((events, at) => ({ pixel, shape, kind: kindAt(at), events })).filter(({ events }) => events !== 0),
      ),
    )
  }

  #apply({ pixel, shape, kind, events }: Change): void {
    const tally = this.#pixels.get(pixel) ?? { live: new Map(), kinds: new Array<number>(KINDS).fill(0) }
    this.#pixels.set(pixel, tally)
    if (!isLive(kind)) {
      tally.kinds[slot(kind)] = (tally.kinds[slot(kind)] ?? 0) + events
      return
    }
    const live: number[] = tally.live.get(shape) ?? [0, 0, 0]
    live[slot(kind)] = (live[slot(kind)] ?? 0) + events
    if (live.every((count) => count === 0)) tally.live.delete(shape)
    else tally.live.set(shape, live)
  }
}

/** Kinds begin at `APART`, lists at 0. */
function slot(kind: number): number {
  return kind - APART
}

function kindAt(at: number): number {
  return at + APART
}
