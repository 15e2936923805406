import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { NewEvent } from '../../store/index.ts'
import { type Columns, fromColumns } from './columns.ts'
import type { ReadingJob } from './job.ts'

/** What the thread answers to the job of this number; without columns where the body is not a usual one. */
export interface Done {
  readonly number: number
  readonly columns: Columns | undefined
}

/** Measured: a body of one event is read faster than it is handed over and back. */
const MIN_BYTES = 8_000
/** Room for the largest body that is let in, parsed. */
const MAX_HEAP_MB = 256
const MAX_YOUNG_MB = 16

interface Pending {
  readonly job: ReadingJob
  readonly resolve: (events: NewEvent[] | undefined) => void
}

/**
 * Reads and judges large bodies beside the main thread, which commits and sends meanwhile. It begins with the first large body. Where it
 * cannot run, or ends, nothing is lost but speed: every body that it gives no events for is read by whoever asked.
 */
export class ReadingThread {
  readonly #onFailed: (error: unknown) => void
  readonly #pending: Map<number, Pending> = new Map()
  #worker: Worker | undefined
  #state: 'unstarted' | 'starting' | 'ready' | 'gone'
  #lastNumber = 0

  /** `onFailed`: told once, when the thread ends by itself. */
  constructor(onFailed: (error: unknown) => void, cores: number = availableParallelism()) {
    this.#onFailed = onFailed
    this.#state = cores > 1 ? 'unstarted' : 'gone'
  }

  /** Whether a body is for this thread. The first that is large enough starts it, and is not. */
  takes(bytes: Uint8Array): boolean {
    if (bytes.length < MIN_BYTES) return false
    if (this.#state === 'unstarted') this.#start()
    return this.#state === 'ready'
  }

  /** The events of a usual body that the thread `takes`; `undefined` when the caller has to read it. */
  read(job: ReadingJob): Promise<NewEvent[] | undefined> {
    return new Promise((resolve) => {
      const number = ++this.#lastNumber
      this.#pending.set(number, { job, resolve })
      // A copy of its own: the rest of a pooled buffer would go along, and the caller may have to read the body itself.
      const bytes = new Uint8Array(job.bytes)
      this.#worker!.postMessage({ number, job: { ...job, bytes } }, [bytes.buffer])
    })
  }

  /** What is under way is left to whoever asked. */
  async close(): Promise<void> {
    const worker = this.#worker
    this.#end()
    await worker?.terminate()
  }

  #start(): void {
    this.#state = 'starting'
    const file = new URL(import.meta.url.endsWith('.ts') ? './thread.ts' : './thread.js', import.meta.url)
    const resourceLimits = { maxOldGenerationSizeMb: MAX_HEAP_MB, maxYoungGenerationSizeMb: MAX_YOUNG_MB }
    this.#worker = new Worker(file, { resourceLimits })
    this.#worker.unref()
    this.#worker.on('message', (message: 'ready' | Done) => this.#hear(message))
    this.#worker.on('error', (error) => this.#fail(error))
    this.#worker.on('exit', (code) => this.#fail(new Error(`The reading thread ended with code ${code}.`)))
  }

  #hear(message: 'ready' | Done): void {
    if (this.#state === 'gone') return
    if (message === 'ready') {
      this.#state = 'ready'
      return
    }
    const { job, resolve } = this.#pending.get(message.number)!
    this.#pending.delete(message.number)
    resolve(message.columns && fromColumns(message.columns, job))
  }

  #fail(error: unknown): void {
    if (this.#state === 'gone') return
    this.#end()
    this.#onFailed(error)
  }

  #end(): void {
    this.#state = 'gone'
    for (const { resolve } of this.#pending.values()) resolve(undefined)
    this.#pending.clear()
  }
}
