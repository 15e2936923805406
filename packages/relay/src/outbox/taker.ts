import { WaybillError } from 'waybill'
import type { IntakeResult, Judged, Lifecycle, LifecycleEvents, Runtime } from '../engine/index.ts'
import { conflictAccounts } from '../sources/index.ts'
import type { NewEvent, Store } from '../store/index.ts'
import { type Claim, connectOutbox, MOST_OPEN_MS, type OutboxDatabase } from './database.ts'
import { Frontier } from './frontier.ts'
import { type JudgeOptions, judgeRow } from './judge.ts'
import { waitMsAfter, waitMsAfterFailures } from './pace.ts'
import type { OutboxRow } from './row.ts'
import { type OutboxSource, sourceOf } from './source.ts'
import { Watch, type WatchOptions } from './watch.ts'

export interface TakerOptions extends Pick<JudgeOptions, 'rulesOf'>, Pick<WatchOptions, 'onLooked'> {
  readonly outbox: OutboxSource
  readonly store: Pick<Store, 'accept'>
  readonly events: LifecycleEvents
  readonly runtime: Runtime
  /** Keeps what was judged; resolves when it is on disk. */
  readonly keep: (judged: Judged) => Promise<readonly IntakeResult[]>
  readonly now: () => number
  readonly fallbackPixel: () => string
  /** So much waits that nothing more may be taken. */
  readonly isFull: () => boolean | Promise<boolean>
  readonly connect?: typeof connectOutbox
}

/** Rows of one claim: what they come to is on disk long before the transaction would end by itself. */
const ROWS_AT_A_TIME = 250
/** Commit and answer need what is left of the transaction's time. */
const KEEP_MS = MOST_OPEN_MS - 1_000

/** Takes what waits in one shop's outbox into the relay, for as long as it runs. States: started → stopping → stopped. */
export class OutboxTaker {
  readonly #options: TakerOptions
  readonly #frontier = new Frontier()
  readonly #watch: Watch
  readonly #stopping = new AbortController()
  readonly #done: Promise<void>
  #wake = new AbortController()
  #database: OutboxDatabase | undefined
  #failures = 0

  constructor(options: TakerOptions) {
    this.#options = options
    this.#watch = new Watch(options)
    this.#done = this.#run()
  }

  /** Resolves when nothing is open any more. What was not committed waits in the shop's database. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    this.#wake.abort()
    await this.#done
  }

  async #run(): Promise<void> {
    const { runtime } = this.#options
    let workedMs = runtime.monotonic()
    while (!this.#stopping.signal.aborted) {
      this.#wake = new AbortController()
      const rows = await this.#look()
      if (rows > 0) workedMs = runtime.monotonic()
      if (rows === ROWS_AT_A_TIME) continue
      const waitMs =
        this.#failures > 0 ? waitMsAfterFailures(this.#failures) : waitMsAfter(runtime.monotonic() - workedMs)
      if (!this.#stopping.signal.aborted) await runtime.sleep(waitMs, this.#wake.signal)
    }
    await this.#database?.close().catch(() => {})
  }

  /** One look; gives how many rows it took. */
  async #look(): Promise<number> {
    const { connect = connectOutbox, outbox, runtime, isFull } = this.#options
    try {
      this.#database ??= await connect(outbox.url, () => this.#wake.abort())
      await this.#watch.look(this.#database)
      const rows = (await isFull()) ? 0 : await this.#take(this.#database, runtime.monotonic())
      this.#failures = 0
      return rows
    } catch (error) {
      this.#failures += 1
      this.#database?.drop()
      this.#database = undefined
      this.#watch.failed(error)
      return 0
    }
  }

  async #take(database: OutboxDatabase, startedMs: number): Promise<number> {
    const claim = await database.claim(this.#frontier.from(startedMs), ROWS_AT_A_TIME)
    if (claim === undefined) return 0
    await this.#keepInTime(claim, startedMs + KEEP_MS)
    await claim.commit()
    this.#frontier.took(claim.rows.at(-1)!.place, startedMs)
    return claim.rows.length
  }

  /** Where the store is away, or too slow, the rows go back at once. */
  async #keepInTime(claim: Claim, untilMs: number): Promise<void> {
    const { runtime } = this.#options
    const over = new AbortController()
    const late = runtime.sleep(Math.max(1, untilMs - runtime.monotonic()), over.signal).then(() => {
      if (!over.signal.aborted) throw new LateStoreError()
    })
    try {
      await Promise.race([this.#keep(claim.rows), late])
    } catch (error) {
      await claim.rollback().catch(() => {})
      throw error
    } finally {
      over.abort()
    }
  }

  async #keep(rows: readonly OutboxRow[]): Promise<void> {
    const { outbox, rulesOf, fallbackPixel, now } = this.#options
    const nowMs = now()
    const options = { outbox, rulesOf, fallbackPixel: fallbackPixel(), nowMs }
    const judged = rows.map((row) => judgeRow(row, options))
    const pixels = [...new Set(judged.map(({ pixel }) => pixel))]
    await Promise.all(
      pixels.map((pixel) =>
        this.#keepOfPixel(
          pixel,
          judged.filter((event) => event.pixel === pixel),
          nowMs,
        ),
      ),
    )
  }

  async #keepOfPixel(pixel: string, events: readonly NewEvent[], nowMs: number): Promise<void> {
    const { outbox, keep, store, events: told } = this.#options
    const source = sourceOf(outbox)
    const results = await keep({ pixel, source, nowMs, events })
    const conflicts = conflictsOf(results)
    const accounts = conflictAccounts(conflicts, { pixel, source }, nowMs)
    if (accounts.length > 0) await store.accept(accounts, nowMs)
    const count = (status: IntakeResult['status']): number => results.filter((one) => one.status === status).length
    told.emit('source:called', {
      pixel,
      source,
      accepted: count('accepted'),
      duplicates: count('duplicate'),
      refused: count('refused'),
      remembered: 0,
      skipped: [],
      conflicts,
    })
  }
}

function conflictsOf(results: readonly IntakeResult[]): Lifecycle['source:called']['conflicts'] {
  return results
    .filter(({ status }) => status === 'conflict')
    .map(({ id, issues }) => ({ code: 'conflicting_repeat', message: issues[0]?.message ?? '', ref: id }))
}

/** The store did not answer while the shop's transaction may be open. */
export class LateStoreError extends WaybillError {
  override readonly name: string = 'LateStoreError'

  constructor() {
    super('store_late', `the store did not keep the events within ${KEEP_MS / 1_000} s`)
  }
}
