import type { Mark, Verdict } from '../../page/index.ts'
import type { Flows } from '../../store/index.ts'
import { judge, type KnownFacts } from './judge.ts'

/** A part of the flows, as the store serves it. */
export interface FlowPart {
  readonly key: string
  readonly bytes: Uint8Array
}

/** A verdict that is asked for: which parts it needs, and those that are brought along. */
export interface Judging<AnyMark extends Mark> {
  readonly keys: readonly string[]
  readonly fresh: readonly FlowPart[]
  readonly known: KnownFacts<AnyMark>
}

/** The verdict, or the parts that are missing for it. */
export type Judged<AnyMark extends Mark> =
  | { readonly verdict: Verdict<AnyMark> }
  | { readonly missing: readonly string[] }

/** Two ranges of 300 pixels, with five weeks before each. */
const MOST_PARTS = 150

/** Makes verdicts, and remembers the parts of flows that are over: what happened then stays as it is. */
export class Judge<AnyMark extends Mark> {
  readonly #parts = new Map<string, Flows>()

  judge({ keys, fresh, known }: Judging<AnyMark>): Judged<AnyMark> {
    for (const { key, bytes } of fresh) this.#keep(key, JSON.parse(new TextDecoder().decode(bytes)) as Flows)
    const missing = keys.filter((key) => !this.#parts.has(key))
    if (missing.length > 0) return { missing }
    const parts = keys.map((key) => this.#parts.get(key)!)
    for (const [at, key] of keys.entries()) this.#keep(key, parts[at]!)
    return { verdict: judge(parts, known) }
  }

  /** The last that were used stay. */
  #keep(key: string, flows: Flows): void {
    this.#parts.delete(key)
    this.#parts.set(key, flows)
    for (const oldest of this.#parts.keys()) {
      if (this.#parts.size <= MOST_PARTS) return
      this.#parts.delete(oldest)
    }
  }
}
