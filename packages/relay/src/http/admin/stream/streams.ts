import type { Readable } from 'node:stream'
import type { Lifecycle, LifecycleEvents } from '../../../engine/index.ts'
import { type StreamFilter, wants } from './filter.ts'
import { messagesOf, TYPES } from './message.ts'
import { createReader, type Reader } from './reader.ts'

export interface StreamsOptions {
  readonly events: Pick<LifecycleEvents, 'on'>
  /** Unix milliseconds. */
  readonly now: () => number
  /** Resolves early when the signal aborts; never rejects. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  /** Aborted when the relay stops: then every reader is told, and ends. */
  readonly signal: AbortSignal
  /** Readers at a time. Default 16. */
  readonly maxReaders?: number
  /** Text that may wait for one reader, in UTF-16 units. Default 1,000,000. */
  readonly maxWaiting?: number
}

/** Before anything on the way takes a quiet connection for a dead one. */
const BEAT_EVERY_MS = 15_000
const BEAT = ':\n\n'

/** The engine's lifecycle events for whoever watches. While nobody does, nothing is listened to. */
export class Streams {
  readonly #options: StreamsOptions
  readonly #readers = new Map<Reader, StreamFilter>()
  #quiet: AbortController | undefined

  constructor(options: StreamsOptions) {
    this.#options = options
    options.signal.addEventListener('abort', () => this.#endAll(), { once: true })
  }

  /** The body of a stream of server-sent events, or `undefined` when there are as many readers as may be. */
  open(filter: StreamFilter): Readable | undefined {
    const { maxReaders = 16, maxWaiting = 1_000_000, signal } = this.#options
    if (signal.aborted || this.#readers.size >= maxReaders) return undefined
    const reader = createReader({
      maxWaiting,
      lostLine: (lost) => this.#line('stream:lost', { lost }),
      onGone: () => this.#forget(reader),
    })
    this.#readers.set(reader, filter)
    if (this.#quiet === undefined) this.#listen()
    reader.send(this.#line('stream:opened'))
    return reader.body
  }

  #listen(): void {
    const quiet = new AbortController()
    this.#quiet = quiet
    const { events } = this.#options
    const ends = TYPES.map((type) => events.on(type, (details: Lifecycle[typeof type]) => this.#tell(type, details)))
    quiet.signal.addEventListener('abort', () => {
      for (const end of ends) end()
    })
    void this.#beat(quiet.signal)
  }

  #tell<Type extends keyof Lifecycle>(type: Type, details: Lifecycle[Type]): void {
    const filters = [...this.#readers.values()]
    const withSingles = filters.some(({ idPrefix }) => idPrefix !== undefined)
    for (const message of messagesOf(type, details, withSingles)) {
      let line: string | undefined
      for (const [reader, filter] of this.#readers) {
        if (!wants(filter, message)) continue
        line ??= this.#line(message.type, message.about)
        reader.send(line)
      }
    }
  }

  #line(type: string, about: object = {}): string {
    return `data: ${JSON.stringify({ type, atMs: this.#options.now(), ...about })}\n\n`
  }

  async #beat(signal: AbortSignal): Promise<void> {
    for (;;) {
      await this.#options.sleep(BEAT_EVERY_MS, signal)
      if (signal.aborted) return
      for (const reader of this.#readers.keys()) reader.beat(BEAT)
    }
  }

  #forget(reader: Reader): void {
    this.#readers.delete(reader)
    if (this.#readers.size > 0) return
    this.#quiet?.abort()
    this.#quiet = undefined
  }

  #endAll(): void {
    for (const reader of [...this.#readers.keys()]) reader.end(this.#line('stream:ended'))
  }
}
