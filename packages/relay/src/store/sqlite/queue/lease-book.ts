import { APART } from '../../state.ts'
import type { QueuedRow } from './parts.ts'

interface Held {
  readonly rows: Map<number, QueuedRow>
  /** By the monotonic clock. */
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
  readonly #sending: Map<number, Map<number, Sending>> = new Map()
  readonly #monotonicMs: () => number
  #lastToken: number

  constructor(run: number, monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs
    this.#lastToken = run * TOKENS_PER_RUN
  }

  open(rows: readonly QueuedRow[], forMs: number): number {
    const token = ++this.#lastToken
    const untilMs = this.#monotonicMs() + forMs
    for (const row of rows) this.put(token, row, untilMs)
    return token
  }

  has(row: number): boolean {
    return this.#tokens.has(row)
  }

  holds(token: number, row: number): boolean {
    return this.#tokens.get(row) === token
  }

  rows(token: number): number[] {
    return [...(this.#leases.get(token)?.rows.keys() ?? [])]
  }

  extend(token: number, forMs: number): boolean {
    const lease = this.#leases.get(token)
    if (lease !== undefined) lease.untilMs = Math.max(lease.untilMs, this.#monotonicMs() + forMs)
    return lease !== undefined
  }

  /** When a lease ends; one that is over has ended. */
  untilMs(token: number): number {
    return this.#leases.get(token)?.untilMs ?? Number.NEGATIVE_INFINITY
  }

  /** Gives a lease a row, or gives it back after a transaction that failed. */
  put(token: number, leased: QueuedRow, untilMs: number): void {
    const lease = this.#leases.get(token) ?? { rows: new Map(), untilMs }
    this.#leases.set(token, lease)
    lease.rows.set(leased.row, leased)
    this.#tokens.set(leased.row, token)
    this.#count(leased, 1)
  }

  /** Takes a row out of its lease; `undefined` when the token does not hold it. */
  take(token: number, row: number): QueuedRow | undefined {
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
  overdue(): number[] {
    const nowMs = this.#monotonicMs()
    return [...this.#leases].filter(([, { untilMs }]) => untilMs <= nowMs).map(([token]) => token)
  }

  tokens(): number[] {
    return [...this.#leases.keys()]
  }

  allRows(): number[] {
    return [...this.#tokens.keys()]
  }

  /** For whoever reads the rows elsewhere: how many are leased, and, if asked, which. */
  live(withRows: boolean): { readonly sending: [number, number, number][]; readonly rows: Float64Array | undefined } {
    const sending = [...this.#sending].flatMap(([pixel, shapes]) =>
      [...shapes].flatMap(([shape, { ready, apart }]): [number, number, number][] =>
        ready + apart === 0 ? [] : [[pixel, shape, ready + apart]],
      ),
    )
    return { sending, rows: withRows ? Float64Array.from(this.#tokens.keys()) : undefined }
  }

  /** How many of a shape are leased that come from the queue. */
  sending(pixel: number, shape: number): number {
    return this.#sending.get(pixel)?.get(shape)?.ready ?? 0
  }

  sendingApart(pixel: number, shape: number): number {
    return this.#sending.get(pixel)?.get(shape)?.apart ?? 0
  }

  #count({ pixel, shape, state }: QueuedRow, by: number): void {
    const shapes = this.#sending.get(pixel) ?? new Map<number, Sending>()
    this.#sending.set(pixel, shapes)
    const sending = shapes.get(shape) ?? { ready: 0, apart: 0 }
    sending[state === APART ? 'apart' : 'ready'] += by
    shapes.set(shape, sending)
  }
}

interface Sending {
  ready: number
  apart: number
}
