import type { Selection, Store } from '../../store/index.ts'

export interface PacedReplaysOptions {
  readonly store: Pick<Store, 'replay' | 'search'>
  readonly now: () => number
  readonly wake: () => void
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  /** Aborted when the relay stops: what was not replayed stays as it is. */
  readonly signal: AbortSignal
  readonly onFailure: (error: unknown) => void
}

const SECOND_MS = 1_000
const PAGE = 1_000

/** Replays that go on after their request was answered, so many events a second. */
export class PacedReplays {
  readonly #options: PacedReplaysOptions

  constructor(options: PacedReplaysOptions) {
    this.#options = options
  }

  /** Picks the events now, so that one refused again is not replayed twice; resolves with their number when the first second is done. */
  async start(selection: Selection, pace: { by: string; limit: number; ratePerSecond: number }): Promise<number> {
    const rows = 'rows' in selection ? selection.rows.slice(0, pace.limit) : await this.#find(selection, pace.limit)
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
    const { store, now, wake } = this.#options
    if (rows.length === 0) return
    await store.replay({ rows }, { by, nowMs: now(), limit: rows.length })
    wake()
  }

  async #find(selection: Exclude<Selection, { rows: unknown }>, limit: number): Promise<number[]> {
    const { shape, sinceMs, ...search } = selection
    const rows: number[] = []
    let cursor: string | undefined
    do {
      const page = await this.#options.store.search({ ...search, ...(cursor ? { cursor } : {}), limit: PAGE })
      for (const { row, shape: own, endedMs = 0 } of page.items) {
        if ((shape === undefined || own === shape) && (sinceMs === undefined || endedMs >= sinceMs)) rows.push(row)
      }
      cursor = page.cursor
    } while (cursor !== undefined && rows.length < limit)
    return rows.slice(0, limit)
  }
}
