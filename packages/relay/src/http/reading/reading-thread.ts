import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Judged } from '../../engine/index.ts'
import { type Columns, fromColumns } from './columns.ts'
import type { ReadingJob } from './job.ts'
import { packOf } from './pack.ts'

/** What the thread answers to the pack of this number. */
export interface Done {
  readonly number: number
  readonly columns: Columns
}

export interface ReadingThreadOptions {
  /** Told once, when the thread ends by itself. */
  readonly onFailed: (error: unknown) => void
  /** Unix milliseconds. */
  readonly now: () => number
  readonly cores?: number
}

/** Measured: a dozen small bodies are read faster than they are handed over and back. */
const MIN_PACK_BYTES = 8_000
/** Goes at once, while the next ones come in. Measured: with 50 kB each way to the thread and back counts, and twice that is no faster. */
const FULL_PACK_BYTES = 500_000
/** The thread reads one while the next waits for it. More would only lie there, each body a second time in memory. */
const MAX_PACKS = 2
/**
 * Fewer events than this are given back together with those of the pack that the thread has already, where that is read within a
 * millisecond: all that is given back at a time shares a commit, and half as many commits save more than the wait costs.
 */
const FEW_EVENTS = 128
const SHORT_PACK_BYTES = 100_000
/** From here on it is worth waiting until the thread has started: read here, it would stop everything else for as long. */
const LARGE_BYTES = 1_000_000
/** Room for the largest body that is let in, or for the largest pack, parsed and judged. */
const MAX_HEAP_MB = 256
const MAX_YOUNG_MB = 16

interface Pending {
  readonly job: ReadingJob
  readonly resolve: (judged: Judged | undefined) => void
}

interface Sent {
  readonly bodies: readonly Pending[]
  readonly bytes: number
  readonly nowMs: number
}

/** A pack that was read, and is not given back yet. */
interface Read {
  readonly sent: Sent
  readonly columns: Columns
}

/** What debuggers, profiles and tests know the thread by. */
export const READING_THREAD = 'waybill reading'

/**
 * Reads and judges bodies beside the main thread, which commits and sends meanwhile: large ones, and small ones when many come at a
 * time. It begins with the first pack that is large enough. Where it cannot run, or ends, nothing is lost but speed: every body that it
 * gives no events for is read by whoever asked.
 */
export class ReadingThread {
  readonly #options: Required<ReadingThreadOptions>
  readonly #sent: Map<number, Sent> = new Map()
  #held: Read | undefined
  readonly #gathered: Pending[] = []
  #gatheredBytes = 0
  #isEndScheduled = false
  #worker: Worker | undefined
  #state: 'unstarted' | 'starting' | 'ready' | 'gone'
  #lastNumber = 0

  constructor(options: ReadingThreadOptions) {
    this.#options = { cores: availableParallelism(), ...options }
    this.#state = this.#options.cores > 1 ? 'unstarted' : 'gone'
  }

  /** The judged events of a usual body; `undefined` when the caller has to read it. */
  read(job: ReadingJob): Promise<Judged | undefined> | undefined {
    // Nothing is gained by sending nothing.
    if (this.#state === 'gone' || job.bytes.length === 0) return undefined
    return new Promise((resolve) => {
      this.#gathered.push({ job, resolve })
      this.#gatheredBytes += job.bytes.length
      this.#scheduleEnd()
      if (this.#gatheredBytes >= FULL_PACK_BYTES && this.#state === 'ready') this.#send()
    })
  }

  /** What is under way is left to whoever asked. */
  async close(): Promise<void> {
    const worker = this.#worker
    this.#end()
    await worker?.terminate()
  }

  /** Bodies that come until then go together. */
  #scheduleEnd(): void {
    if (this.#isEndScheduled) return
    this.#isEndScheduled = true
    setImmediate(() => {
      this.#isEndScheduled = false
      this.#endTurn()
    })
  }

  /** At the end of a turn: few small bodies are given back, and so are all where there is no thread yet, unless they are large. */
  #endTurn(): void {
    const isWorthIt = this.#gatheredBytes >= MIN_PACK_BYTES
    if (isWorthIt && this.#state === 'unstarted') this.#tryStart()
    if (this.#state === 'starting' && this.#gatheredBytes >= LARGE_BYTES) return
    if (!isWorthIt && this.#isBackSoon()) return
    if (!isWorthIt || this.#state !== 'ready') giveBack(this.#take(Number.POSITIVE_INFINITY))
    else this.#send()
  }

  /** What is worth it. While the thread has enough to do, it stays for the next time. */
  #send(): void {
    while (this.#gatheredBytes >= MIN_PACK_BYTES && this.#sent.size < MAX_PACKS) this.#post(this.#take(FULL_PACK_BYTES))
  }

  /** The first that were gathered, until they have so many bytes. */
  #take(bytes: number): readonly Pending[] {
    let [count, taken] = [0, 0]
    while (count < this.#gathered.length && taken < bytes) taken += this.#gathered[count++]!.job.bytes.length
    this.#gatheredBytes -= taken
    return this.#gathered.splice(0, count)
  }

  #post(bodies: readonly Pending[]): void {
    const number = ++this.#lastNumber
    const nowMs = this.#options.now()
    const pack = packOf(
      bodies.map(({ job }) => job),
      nowMs,
    )
    this.#sent.set(number, { bodies, bytes: pack.bytes.length, nowMs })
    this.#worker!.postMessage({ number, pack }, [pack.bytes.buffer])
  }

  /** Where there may be no more threads, making one throws. */
  #tryStart(): void {
    try {
      this.#start()
    } catch (error) {
      this.#fail(error)
    }
  }

  #start(): void {
    this.#state = 'starting'
    const file = new URL(import.meta.url.endsWith('.ts') ? './thread.ts' : './thread.js', import.meta.url)
    const resourceLimits = { maxOldGenerationSizeMb: MAX_HEAP_MB, maxYoungGenerationSizeMb: MAX_YOUNG_MB }
    this.#worker = new Worker(file, { name: READING_THREAD, resourceLimits })
    this.#worker.unref()
    this.#worker.on('message', (message: 'ready' | Done) => this.#hear(message))
    this.#worker.on('error', (error) => this.#fail(error))
    this.#worker.on('exit', (code) => this.#fail(new Error(`The reading thread ended with code ${code}.`)))
  }

  #hear(message: 'ready' | Done): void {
    if (this.#state === 'gone') return
    if (message === 'ready') {
      this.#state = 'ready'
      this.#endTurn()
      return
    }
    const sent = this.#sent.get(message.number)!
    this.#sent.delete(message.number)
    this.#send()
    const read: Read = { sent, columns: message.columns }
    if (this.#mayHold(read)) this.#held = read
    else {
      this.#giveHeld()
      give(read)
    }
    if (this.#gathered.length > 0) this.#scheduleEnd()
  }

  /** Once, until the next pack is back. */
  #mayHold({ columns }: Read): boolean {
    return this.#held === undefined && columns.ids.length < FEW_EVENTS && this.#isBackSoon()
  }

  /** The thread has something to read, and gives it back within a moment. */
  #isBackSoon(): boolean {
    return this.#sent.size > 0 && [...this.#sent.values()].every(({ bytes }) => bytes <= SHORT_PACK_BYTES)
  }

  #giveHeld(): void {
    if (this.#held !== undefined) give(this.#held)
    this.#held = undefined
  }

  #fail(error: unknown): void {
    if (this.#state === 'gone') return
    this.#end()
    this.#options.onFailed(error)
  }

  #end(): void {
    this.#state = 'gone'
    this.#giveHeld()
    for (const { bodies } of this.#sent.values()) giveBack(bodies)
    this.#sent.clear()
    this.#endTurn()
  }
}

/** The judged events to whoever asked. */
function give({ sent: { bodies, nowMs }, columns }: Read): void {
  const read = fromColumns(
    columns,
    bodies.map(({ job }) => job),
  )
  for (const [at, { job, resolve }] of bodies.entries()) {
    const events = read[at]
    const { pixel, source } = job
    resolve(events && { pixel, source, nowMs, events })
  }
}

function giveBack(bodies: readonly Pending[]): void {
  for (const { resolve } of bodies) resolve(undefined)
}
