import { isPassing, StoreAwayError } from '../../errors.ts'
import type { Acceptance, NewEvent } from '../../event.ts'
import type { Core } from '../core.ts'
import { accept } from './accept.ts'

/** Events that are kept together at most: a statement that takes no more than a moment. */
const MOST_EVENTS = 5_000
/** Written at a time at most: while one is made or waited for, the database writes the other. */
const MOST_RUNNING = 2

interface Call {
  readonly events: readonly NewEvent[]
  readonly nowMs: number
  /** Of a repeat. */
  readonly rows: readonly number[] | undefined
  readonly resolve: (acceptances: readonly Acceptance[]) => void
  readonly reject: (error: unknown) => void
}

/** Calls that come while others are being written are written together: many small ones cost little more than a large one. */
export class GatheredIntake {
  readonly #core: Core
  readonly #waiting: Call[] = []
  #running = 0

  constructor(core: Core) {
    this.#core = core
  }

  submit(events: readonly NewEvent[], nowMs: number, rows?: readonly number[]): Promise<readonly Acceptance[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ events, nowMs, rows, resolve, reject })
      if (this.#running < MOST_RUNNING) void this.#run()
    })
  }

  async #run(): Promise<void> {
    this.#running++
    while (this.#waiting.length > 0) await this.#write(this.#next())
    this.#running--
  }

  #next(): Call[] {
    const calls = [this.#waiting.shift()!]
    let events = calls[0]!.events.length
    while (this.#waiting.length > 0 && events + this.#waiting[0]!.events.length <= MOST_EVENTS) {
      events += this.#waiting[0]!.events.length
      calls.push(this.#waiting.shift()!)
    }
    return calls
  }

  async #write(calls: readonly Call[]): Promise<void> {
    const brought = calls.flatMap(({ events, nowMs, rows }) =>
      events.map((event, at) => ({ event, nowMs, row: rows?.[at] })),
    )
    try {
      const acceptances = await accept(this.#core, brought)
      let at = 0
      for (const { events, resolve } of calls) {
        resolve(acceptances.slice(at, at + events.length))
        at += events.length
      }
    } catch (error) {
      // What is wrong with one must not fail the others.
      if (calls.length > 1 && !isPassing(error)) for (const call of calls) await this.#write([call])
      else failEach(calls, error)
    }
  }
}

/** Each with the rows of its own events, where they may have been written. */
function failEach(calls: readonly Call[], error: unknown): void {
  let at = 0
  for (const { events, reject } of calls) {
    const rows = error instanceof StoreAwayError ? error.rows?.slice(at, at + events.length) : undefined
    at += events.length
    if (rows === undefined) reject(error)
    else reject(new StoreAwayError((error as StoreAwayError).message, { cause: error, rows }))
  }
}
