import type { Slot } from './edges.ts'
import { type Cell, columnsOf, otherOf, type RollUpKey } from './key.ts'
import type { RollUpStatements } from './statements.ts'

/** What comes after so many keys of one minute is counted under `other`: whatever clients invent costs no more room. */
export const MAX_KEYS = 2_000
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
  admit({ minute, key, flow, ends }: Cell, finest: Slot): RollUpKey {
    const text = columnsOf(key).join(' ')
    const kept = this.#minutes.get(minute)
    if (kept?.keys.has(text)) return key
    if (this.#statements.has(finest, key)) {
      kept?.keys.add(text)
      return key
    }
    // What was counted under `other` is taken out of it again.
    if (flow === 0 && ends < 0) return otherOf(key)
    const known = kept ?? this.#load(minute)
    if (known.size >= MAX_KEYS) return otherOf(key)
    known.keys.add(text)
    known.size++
    this.#added.push({ minute: known, key: text })
    return key
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

  #load(minute: number): Minute {
    const loaded = { keys: new Set<string>(), size: this.#statements.count(minute) }
    this.#minutes.set(minute, loaded)
    return loaded
  }
}
