import type { Slot } from '../../roll-up/edges.ts'
import { admit, type Cell, columnsOf, type RollUpKey } from '../../roll-up/key.ts'
import type { RollUpStatements } from './statements.ts'

/** Minutes whose keys lie in memory; of others the file is asked. */
const MAX_MINUTES = 4

interface Minute {
  /** Those that are known to be there. */
  readonly keys: Set<string>
  /** How many there are. */
  size: number
}

/** Which keys a minute has, so that each minute has no more than so many. */
export class KeysOfMinute {
  readonly #statements: Pick<RollUpStatements, 'has' | 'count'>
  readonly #minutes: Map<number, Minute> = new Map()
  /** Of the transaction. */
  #added: { readonly minute: Minute; readonly key: string }[] = []

  constructor(statements: Pick<RollUpStatements, 'has' | 'count'>) {
    this.#statements = statements
  }

  /** The key itself, or the one where it is counted. `finest`: where the minute is counted now. */
  admit(cell: Cell, finest: Slot): RollUpKey {
    const { minute, key } = cell
    const text = columnsOf(key).join(' ')
    const kept = this.#minutes.get(minute)
    if (kept?.keys.has(text)) return key
    const isThere = this.#statements.has(finest, key)
    if (isThere) kept?.keys.add(text)
    const where = admit(cell, isThere, () => (kept ?? this.#load(minute)).size)
    if (!isThere && where === key) this.#add(kept ?? this.#load(minute), text)
    return where
  }

  commit(): void {
    this.#added = []
    while (this.#minutes.size > MAX_MINUTES) this.#minutes.delete(Math.min(...this.#minutes.keys()))
  }

  rollBack(): void {
    for (const { minute, key } of this.#added) {
      minute.keys.delete(key)
      minute.size--
    }
    this.#added = []
  }

  #add(minute: Minute, key: string): void {
    minute.keys.add(key)
    minute.size++
    this.#added.push({ minute, key })
  }

  #load(minute: number): Minute {
    const known = this.#minutes.get(minute)
    if (known !== undefined) return known
    const loaded = { keys: new Set<string>(), size: this.#statements.count(minute) }
    this.#minutes.set(minute, loaded)
    return loaded
  }
}
