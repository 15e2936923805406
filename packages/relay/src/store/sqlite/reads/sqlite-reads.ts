import { Worker } from 'node:worker_threads'
import { tooSlow } from '../../answers/moment.ts'
import { StoreClosedError, StoreCursorError, StoreError } from '../../errors.ts'
import type { Answers, Asks, QuestionName, Reads, Served, ServeOptions } from '../../reads/index.ts'
import type { Asked, ThreadOptions, Told } from './asked.ts'
import type { Live } from './moment.ts'

export interface SqliteReadsOptions extends ThreadOptions {
  /** What lies in memory; `withRows`: also which rows are leased. */
  readonly live: (withRows: boolean) => Live
  /** A thread that does not come back in this time is replaced. */
  readonly replaceMs: number
  /** Why nothing is answered any more. */
  readonly stopped: () => StoreError | undefined
}

interface Pending {
  readonly resolve: (told: Told) => void
  readonly reject: (error: Error) => void
}

/** Questions about rows, whose answers tell which are on their way. */
const ABOUT_ROWS: ReadonlySet<QuestionName> = new Set(['events', 'event', 'faults'])
const MAX_HEAP_MB = 256

/** Answers beside the thread that delivers, in a thread of its own on a connection that only reads. It begins with the first question. */
export class SqliteReads implements Reads {
  readonly #options: SqliteReadsOptions
  readonly #pending: Map<number, Pending> = new Map()
  #worker: Worker | undefined
  /** It takes as long to start as the machine makes it; from then on its time counts. */
  #isReady = false
  #watch: NodeJS.Timeout | undefined
  #lastNumber = 0
  #answered = 0

  constructor(options: SqliteReadsOptions) {
    this.#options = options
  }

  async ask<Name extends QuestionName>(name: Name, asks: Asks<Name>): Promise<Answers<Name>> {
    return (await this.#send(name, asks, undefined)).value as Answers<Name>
  }

  async serve<Name extends QuestionName>(
    name: Name,
    asks: Asks<Name>,
    { encoding = 'identity', beside }: ServeOptions = {},
  ): Promise<Served> {
    const { body, commit } = await this.#send(name, asks, { encoding, beside })
    return { body: body!, encoding, commit: commit! }
  }

  async close(): Promise<void> {
    const worker = this.#worker
    this.#end(new StoreClosedError('The store is closed.'))
    await worker?.terminate()
  }

  #send(name: QuestionName, asks: unknown, serve: Asked['serve']): Promise<Told> {
    return new Promise((resolve, reject) => {
      const error = this.#options.stopped()
      if (error !== undefined) return reject(error)
      const worker = this.#worker ?? this.#start()
      const number = ++this.#lastNumber
      const live = this.#options.live(ABOUT_ROWS.has(name))
      this.#pending.set(number, { resolve, reject })
      const asked: Asked = { number, name, asks, live, serve }
      worker.postMessage(asked, live.rows === undefined ? [] : [live.rows.buffer as ArrayBuffer])
      this.#watchOver()
    })
  }

  #start(): Worker {
    const { path, timeZone, limitMs } = this.#options
    const file = new URL(import.meta.url.endsWith('.ts') ? './thread.ts' : './thread.js', import.meta.url)
    const workerData: ThreadOptions = { path, timeZone, limitMs }
    const worker = new Worker(file, { workerData, resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB } })
    worker.unref()
    worker.on('message', (told: 'ready' | Told) => this.#hear(told))
    worker.on('error', (error) => this.#replace(worker, failed(error)))
    worker.on('exit', () => this.#replace(worker, failed(new Error('it ended'))))
    this.#worker = worker
    this.#isReady = false
    return worker
  }

  #hear(told: 'ready' | Told): void {
    if (told === 'ready') {
      this.#isReady = true
      return this.#watchOver()
    }
    const pending = this.#pending.get(told.number)
    this.#pending.delete(told.number)
    this.#answered++
    this.#watchOver(true)
    if (told.error === undefined) pending?.resolve(told)
    else pending?.reject(errorOf(told.error))
  }

  /** Questions are answered one after the other: where none is for so long, the first of them does not come back. */
  #watchOver(isNew: boolean = false): void {
    if (!this.#isReady || (this.#watch !== undefined && !isNew)) return
    clearTimeout(this.#watch)
    this.#watch = undefined
    if (this.#pending.size === 0) return
    const answered = this.#answered
    this.#watch = setTimeout(() => {
      this.#watch = undefined
      if (this.#answered === answered) this.#replace(this.#worker, tooSlow())
    }, this.#options.replaceMs)
    this.#watch.unref()
  }

  #replace(worker: Worker | undefined, error: Error): void {
    if (worker === undefined || worker !== this.#worker) return
    this.#end(error)
    void worker.terminate()
  }

  #end(error: Error): void {
    this.#worker = undefined
    clearTimeout(this.#watch)
    this.#watch = undefined
    const pending = [...this.#pending.values()]
    this.#pending.clear()
    for (const { reject } of pending) reject(error)
  }
}

function failed(cause: unknown): StoreError {
  const text = cause instanceof Error ? cause.message : String(cause)
  return new StoreError(`The thread that reads for people failed: ${text}`, { cause, hint: 'Ask again.' })
}

function errorOf({ kind, message }: NonNullable<Told['error']>): Error {
  if (kind === 'too_slow') return tooSlow(message)
  if (kind === 'cursor')
    return new StoreCursorError(message, { hint: 'Take it from the page before, or leave it out.' })
  return kind === 'type' ? new TypeError(message) : new StoreError(message)
}
