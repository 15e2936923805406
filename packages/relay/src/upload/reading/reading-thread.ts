import { Worker } from 'node:worker_threads'
import { FilesError } from '../../files/index.ts'
import type { ReadingJob } from './job.ts'
import type { Pack } from './pack.ts'
import type { Said } from './said.ts'

/** Rows become texts here and are gone: room for more only makes the process larger. V8 splits it into three parts. */
const MAX_YOUNG_MB = 12

/** What of the file was read, beside the events. */
export interface Seen {
  bytesRead: number
}

/** A thread that reads one file, begun before it is known how the file is read: it takes a while until it has loaded what it runs. */
export class ReadingThread {
  readonly #worker: Worker
  readonly #messages: Messages

  constructor() {
    const file = new URL(import.meta.url.endsWith('.ts') ? './thread.ts' : './thread.js', import.meta.url)
    this.#worker = new Worker(file, { resourceLimits: { maxYoungGenerationSizeMb: MAX_YOUNG_MB } })
    this.#messages = new Messages(this.#worker)
  }

  /** Call once. */
  async *read(job: ReadingJob, seen: Seen): AsyncGenerator<Pack> {
    this.#worker.postMessage(job)
    for (;;) {
      const said = await this.#messages.next()
      if (said.kind === 'end') return
      if (said.kind === 'fault') throw new FilesError(said.message, {}, said.code)
      seen.bytesRead = said.pack.bytesRead
      yield said.pack
      this.#worker.postMessage('more')
    }
  }

  async end(): Promise<void> {
    await this.#worker.terminate()
  }
}

/**
 * The events of a file in their order, read and judged by a thread of their own while this one keeps and sends those before. Throws
 * `FilesError` where the file cannot be read further, after the events before that. Ends the thread when nobody asks for more.
 */
export async function* readBeside(
  job: ReadingJob,
  seen: Seen,
  thread: ReadingThread = new ReadingThread(),
): AsyncGenerator<Pack> {
  try {
    yield* thread.read(job, seen)
  } finally {
    await thread.end()
  }
}

/** What a thread said, one after the other; a thread that broke is a fault of this program, and is thrown. */
class Messages {
  readonly #heard: Said[] = []
  #broken: Error | undefined
  #onHeard = (): void => {}

  constructor(worker: Worker) {
    worker.on('message', (said: Said) => {
      this.#heard.push(said)
      this.#onHeard()
    })
    worker.on('error', (error) => this.#break(error))
    worker.on('exit', (code) => this.#break(new Error(`The thread that reads the file ended with code ${code}.`)))
  }

  async next(): Promise<Said> {
    for (;;) {
      const said = this.#heard.shift()
      if (said !== undefined) return said
      if (this.#broken !== undefined) throw this.#broken
      await new Promise<void>((resolve) => {
        this.#onHeard = resolve
      })
    }
  }

  #break(error: unknown): void {
    this.#broken ??= error instanceof Error ? error : new Error(String(error))
    this.#onHeard()
  }
}
