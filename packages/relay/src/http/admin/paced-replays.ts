import { SECOND_MS } from 'waybill/delivery'
import type { Operator } from '../../engine/index.ts'
import type { Selection } from '../../store/index.ts'

export interface PacedReplaysOptions {
  readonly operator: Pick<Operator, 'replay' | 'rowsOf'>
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  /** Aborted when the relay stops: what was not replayed stays as it is. */
  readonly signal: AbortSignal
  readonly onFailure: (error: unknown) => void
}

/** Replays that go on after their request was answered, so many events a second. */
export class PacedReplays {
  readonly #options: PacedReplaysOptions

  constructor(options: PacedReplaysOptions) {
    this.#options = options
  }

  /** Picks the events now, so that one refused again is not replayed twice; resolves with their number when the first second is done. */
  async start(selection: Selection, pace: { by: string; limit: number; ratePerSecond: number }): Promise<number> {
    const rows = await this.#options.operator.rowsOf(selection, pace.limit)
    const slice = Math.max(1, Math.floor(pace.ratePerSecond))
    // Below one a second, the pauses grow instead.
    const pauseMs = (slice / pace.ratePerSecond) * SECOND_MS
    await this.#replay(rows.slice(0, slice), pace.by)
    void this.#goOn(rows.slice(slice), slice, pauseMs, pace.by).catch(this.#options.onFailure)
    return rows.length
  }

  async #goOn(rows: readonly number[], slice: number, pauseMs: number, by: string): Promise<void> {
    const { sleep, signal } = this.#options
    for (let at = 0; at < rows.length; at += slice) {
      await sleep(pauseMs, signal)
      if (signal.aborted) return
      await this.#replay(rows.slice(at, at + slice), by)
    }
  }

  async #replay(rows: readonly number[], by: string): Promise<void> {
    if (rows.length > 0) await this.#options.operator.replay({ rows }, { by, limit: rows.length })
  }
}
