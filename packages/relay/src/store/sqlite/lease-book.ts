/** A leased event: what is needed to find its place in the queue again. */
export interface LeasedRow {
  readonly row: number
  readonly pixel: number
  readonly shape: number
  readonly minute: number
}

interface Held {
  readonly rows: Map<number, LeasedRow>
  untilMs: number
}

/** Leases of one run; the run's number is kept in the file and stands above them, so that tokens rise for the life of the file. */
const TOKENS_PER_RUN = 2 ** 31

/**
 * Leases live in memory only. The file has one owner, so a lease cannot outlive it: leasing costs no write, and the leases of
 * an owner that died are gone without anything to clean up.
 */
export class LeaseBook {
  readonly #leases: Map<number, Held> = new Map()
  readonly #tokens: Map<number, number> = new Map()
  readonly #sending: Map<number, Map<number, number>> = new Map()
  #lastToken: number

  constructor(run: number) {
    this.#lastToken = run * TOKENS_PER_RUN
  }

  open(rows: readonly LeasedRow[], untilMs: number): number {
    const token = ++this.#lastToken
    this.#leases.set(token, { rows: new Map(), untilMs })
    for (const row of rows) this.put(token, row)
    return token
  }

  has(row: number): boolean {
    return this.#tokens.has(row)
  }

  holds(token: number, row: number): boolean {
    return this.#tokens.get(row) === token
  }

  rows(token: number): LeasedRow[] {
    return [...(this.#leases.get(token)?.rows.values() ?? [])]
  }

  extend(token: number, untilMs: number): boolean {
    const lease = this.#leases.get(token)
    if (lease !== undefined) lease.untilMs = untilMs
    return lease !== undefined
  }

  /** Gives a lease a row, or gives it back after a transaction that failed. */
  put(token: number, leased: LeasedRow): void {
    const lease = this.#leases.get(token) ?? { rows: new Map(), untilMs: 0 }
    this.#leases.set(token, lease)
    lease.rows.set(leased.row, leased)
    this.#tokens.set(leased.row, token)
    this.#count(leased, 1)
  }

  /** Takes a row out of its lease; `undefined` when the token does not hold it. */
  take(token: number, row: number): LeasedRow | undefined {
    const lease = this.#leases.get(token)
    const leased = lease?.rows.get(row)
    if (lease === undefined || leased === undefined) return undefined
    lease.rows.delete(row)
    if (lease.rows.size === 0) this.#leases.delete(token)
    this.#tokens.delete(row)
    this.#count(leased, -1)
    return leased
  }

  /** Tokens of leases that ran out. */
  overdue(nowMs: number): number[] {
    return [...this.#leases].filter(([, { untilMs }]) => untilMs <= nowMs).map(([token]) => token)
  }

  tokens(): number[] {
    return [...this.#leases.keys()]
  }

  allRows(): number[] {
    return [...this.#tokens.keys()]
  }

  sending(pixel: number, shape: number): number {
    return this.#sending.get(pixel)?.get(shape) ?? 0
  }

  #count({ pixel, shape }: LeasedRow, by: number): void {
    const shapes = this.#sending.get(pixel) ?? new Map<number, number>()
    this.#sending.set(pixel, shapes)
    shapes.set(shape, (shapes.get(shape) ?? 0) + by)
  }
}
