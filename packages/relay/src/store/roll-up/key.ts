/** What is counted together at one time. Numbers of terms; 0 stands for none, or for `other`. */
export interface RollUpKey {
  readonly kind: number
  readonly pixel: number
  readonly name: number
  readonly shape: number
  readonly source: number
  readonly code: number
  readonly currency: number
}

/** A key's values in the order of the tables' columns. */
export function columnsOf({ kind, pixel, name, shape, source, code, currency }: RollUpKey): KeyColumns {
  return [kind, pixel, name, shape, source, code, currency]
}

export type KeyColumns = [
  kind: number,
  pixel: number,
  name: number,
  shape: number,
  source: number,
  code: number,
  currency: number,
]

/** Where all goes that has no room of its own: pixel, kind and currency stay exact. */
export function otherOf({ kind, pixel, currency }: RollUpKey): RollUpKey {
  return { kind, pixel, name: 0, shape: 0, source: 0, code: 0, currency }
}

/** What comes after so many keys of one minute is counted under `other`: whatever clients invent costs no more room. */
export const MAX_KEYS = 2_000

/**
 * Where a change is counted: under its key, or under `other`. `isThere`: that key has a row at the time of the change; `size`: how many
 * keys its minute has.
 */
export function admit({ key, flow, ends }: Cell, isThere: boolean, size: () => number): RollUpKey {
  if (isThere) return key
  // What was counted under `other` is taken out of it again.
  if (flow === 0 && ends < 0) return otherOf(key)
  return size() >= MAX_KEYS ? otherOf(key) : key
}

/** All pixels together, by source and code. */
export function wholeOf({ kind, source, code, currency }: RollUpKey): RollUpKey {
  return { kind, pixel: 0, name: 0, shape: 0, source, code, currency }
}

/** How much more, or less. */
export interface Change {
  readonly flow: number
  readonly ends: number
  /** Minor units. */
  readonly flowMoney: number
  readonly endsMoney: number
}

/** A change of one key at one minute, gathered over a transaction. */
export interface Cell {
  readonly minute: number
  readonly key: RollUpKey
  flow: number
  ends: number
  flowMoney: number
  endsMoney: number
}

/** Changes by minute and key, summed. */
export class Cells {
  readonly #cells: Map<string, Cell> = new Map()

  add(minute: number, key: RollUpKey, { flow, ends, flowMoney, endsMoney }: Change): void {
    const { kind, pixel, name, shape, source, code, currency } = key
    const at = `${minute} ${kind} ${pixel} ${name} ${shape} ${source} ${code} ${currency}`
    const cell = this.#cells.get(at)
    if (cell === undefined) {
      this.#cells.set(at, { minute, key, flow, ends, flowMoney, endsMoney })
      return
    }
    cell.flow += flow
    cell.ends += ends
    cell.flowMoney += flowMoney
    cell.endsMoney += endsMoney
  }

  values(): IterableIterator<Cell> {
    return this.#cells.values()
  }

  clear(): void {
    this.#cells.clear()
  }
}
