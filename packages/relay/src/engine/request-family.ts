import type { RequestPlace, RequestRecord } from '../store/index.ts'

/** Groups that are remembered: the smallest ones are the last. */
const MAX_KEPT = 200

interface Group {
  readonly step: number
  readonly rows: ReadonlySet<number>
}

/** The requests of one lease, and which of them each is a part of: who sank the batch can be seen later. */
export class RequestFamily {
  readonly #lease: number
  /** Those that did not settle all of their events. */
  readonly #groups: Group[] = []
  #step = 0

  constructor(lease: number) {
    this.#lease = lease
  }

  place({ rows, verdict }: Pick<RequestRecord, 'rows' | 'verdict'>): RequestPlace {
    const step = ++this.#step
    const parent = this.#parentOf(rows)
    if (verdict !== 'delivered') {
      this.#groups.push({ step, rows: new Set(rows) })
      if (this.#groups.length > MAX_KEPT) this.#groups.splice(1, 1)
    }
    return { lease: this.#lease, step, ...(parent !== undefined && { parent }) }
  }

  /** The smallest group that all of the rows were in; of equal ones the latest, which this is another try of. */
  #parentOf(rows: readonly number[]): number | undefined {
    let found: Group | undefined
    for (const group of this.#groups) {
      if (found !== undefined && group.rows.size > found.rows.size) continue
      if (rows.every((row) => group.rows.has(row))) found = group
    }
    return found?.step
  }
}
