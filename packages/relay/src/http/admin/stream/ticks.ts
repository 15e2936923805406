import type { Readable } from 'node:stream'
import { createReader, type Reader } from './reader.ts'

export interface TicksOptions {
  /** What a tick says of some pixels; `undefined`: of all. */
  readonly make: (pixels: readonly string[] | undefined) => Promise<object>
  /** Unix milliseconds. */
  readonly now: () => number
  /** Resolves early when the signal aborts; never rejects. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  /** Aborted when the relay stops. */
  readonly signal: AbortSignal
  /** Readers at a time. Default 200. */
  readonly maxReaders?: number
}

const EVERY_MS = 1_000
/** A tick is short, and an old one is worth nothing. */
const MAX_WAITING = 100_000

interface Group {
  readonly pixels: readonly string[] | undefined
  readonly readers: Set<Reader>
  last: string | undefined
  isMaking: boolean
}

/**
 * One `tick` a second for whoever looks at the page: made once for each set of pixels that is being read, however many read it. While
 * nobody does, nothing is made.
 */
export class Ticks {
  readonly #options: TicksOptions
  readonly #groups = new Map<string, Group>()
  #stop: AbortController | undefined

  constructor(options: TicksOptions) {
    this.#options = options
    options.signal.addEventListener('abort', () => this.#endAll(), { once: true })
  }

  /** The body of a stream of ticks, or `undefined` when there are as many readers as may be. */
  open(pixels: readonly string[] | undefined): Readable | undefined {
    const { maxReaders = 200, signal } = this.#options
    const count = [...this.#groups.values()].reduce((sum, { readers }) => sum + readers.size, 0)
    if (signal.aborted || count >= maxReaders) return undefined
    const group = this.#groupOf(pixels)
    const reader = createReader({
      maxWaiting: MAX_WAITING,
      lostLine: (lost) => this.#line({ type: 'stream:lost', lost }),
      onGone: () => this.#forget(reader, group),
    })
    group.readers.add(reader)
    reader.send(this.#line({ type: 'stream:opened' }))
    if (group.last !== undefined) reader.send(group.last)
    else void this.#tell(group)
    if (this.#stop === undefined) void this.#run()
    return reader.body
  }

  #groupOf(pixels: readonly string[] | undefined): Group {
    const key = pixels === undefined ? '*' : JSON.stringify([...pixels].sort())
    const known = this.#groups.get(key)
    if (known !== undefined) return known
    const group: Group = { pixels, readers: new Set(), last: undefined, isMaking: false }
    this.#groups.set(key, group)
    return group
  }

  async #run(): Promise<void> {
    const stop = new AbortController()
    this.#stop = stop
    for (;;) {
      await this.#options.sleep(EVERY_MS, stop.signal)
      if (stop.signal.aborted) return
      for (const group of this.#groups.values()) void this.#tell(group)
    }
  }

  /** A tick that takes longer than a second is not made twice at a time. */
  async #tell(group: Group): Promise<void> {
    if (group.isMaking) return
    group.isMaking = true
    try {
      group.last = this.#line({ type: 'tick', ...(await this.#options.make(group.pixels)) })
      for (const reader of group.readers) reader.send(group.last)
    } catch {
      // The store may be busy for a moment; the page shows how old its figures are.
    } finally {
      group.isMaking = false
    }
  }

  #line(about: object): string {
    return `data: ${JSON.stringify({ ...about, atMs: this.#options.now() })}\n\n`
  }

  #forget(reader: Reader, group: Group): void {
    group.readers.delete(reader)
    for (const [key, one] of this.#groups) if (one === group && group.readers.size === 0) this.#groups.delete(key)
    if (this.#groups.size > 0) return
    this.#stop?.abort()
    this.#stop = undefined
  }

  #endAll(): void {
    const readers = [...this.#groups.values()].flatMap((group) => [...group.readers])
    for (const reader of readers) reader.end(this.#line({ type: 'stream:ended' }))
  }
}
