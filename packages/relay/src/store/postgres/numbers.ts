import type { Session } from './connection/database.ts'

/** As the sequences of the schema say it. */
const BLOCK = 1_000
/** A block is used for so long: numbers of one day stay near each other. */
const USED_FOR_MS = 10 * 60_000

/** Numbers that nobody else gets, taken from a sequence in blocks. They rise; over all relays they do not. */
export class Numbers {
  readonly #session: Session
  readonly #sequence: string
  readonly #monotonicMs: () => number
  #next = 0
  #end = 0
  #takenMs = 0

  constructor(session: Session, sequence: 'row_block' | 'request_block', monotonicMs: () => number) {
    this.#session = session
    this.#sequence = sequence
    this.#monotonicMs = monotonicMs
  }

  /** So many, rising. */
  async take(count: number): Promise<number[]> {
    if (this.#monotonicMs() - this.#takenMs > USED_FOR_MS) this.#next = this.#end
    const taken: number[] = []
    while (taken.length < count) {
      if (this.#next === this.#end) await this.#takeBlocks(Math.ceil((count - taken.length) / BLOCK))
      while (taken.length < count && this.#next < this.#end) taken.push(this.#next++)
    }
    return taken
  }

  /** Others may come in between: what is not next to the block before is left. */
  async #takeBlocks(blocks: number): Promise<void> {
    const sql = `select nextval('waybill_store.${this.#sequence}') as first from generate_series(1, $1)`
    const rows = await this.#session.query<{ first: number }>(sql, [blocks])
    const firsts = rows.map(({ first }) => first)
    let run = 1
    while (run < firsts.length && firsts[run] === firsts[run - 1]! + BLOCK) run++
    this.#next = firsts[0]!
    this.#end = firsts[0]! + run * BLOCK
    this.#takenMs = this.#monotonicMs()
  }
}
