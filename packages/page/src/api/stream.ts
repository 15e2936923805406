import type { Tick } from './shapes.ts'

/** What is heard of the relay: one stream for all tabs of a browser; the tab that holds the lock reads it and tells the others. */

export interface Heard {
  readonly tick: Tick | undefined
  /** When anything was last heard. */
  readonly atMs: number | undefined
  readonly isLost: boolean
}

const NAME = 'waybill-stream'
const ADDRESS = '/api/stream?tick=true'
const SILENT_MS = 5_000
const LOOK_EVERY_MS = 1_000
const FIRST_PAUSE_MS = 1_000
const MOST_PAUSE_MS = 10_000

type Listener = () => void

export class Stream {
  #heard: Heard = { tick: undefined, atMs: undefined, isLost: false }
  readonly #listeners = new Set<Listener>()
  #startedMs = Date.now()

  /** Begins to listen; the answer ends it. */
  open(): () => void {
    const end = new AbortController()
    const channel = new BroadcastChannel(NAME)
    this.#startedMs = Date.now()
    channel.onmessage = ({ data }: MessageEvent<Tick>) => this.#hear(data)
    const looking = setInterval(() => this.#look(), LOOK_EVERY_MS)
    void this.#lead(channel, end.signal)
    return () => {
      clearInterval(looking)
      end.abort()
      channel.close()
    }
  }

  readonly get = (): Heard => this.#heard

  readonly subscribe = (listener: Listener): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Without locks each tab reads a stream of its own. */
  async #lead(channel: BroadcastChannel, signal: AbortSignal): Promise<void> {
    if (navigator.locks === undefined) return this.#read(channel, signal)
    // Who no longer waits for the lock is told so by an error.
    await navigator.locks.request(NAME, { signal }, () => this.#read(channel, signal)).catch(() => {})
  }

  async #read(channel: BroadcastChannel, signal: AbortSignal): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS
    while (!signal.aborted) {
      const hasHeard = await this.#readOnce(channel, signal)
      pauseMs = hasHeard ? FIRST_PAUSE_MS : Math.min(pauseMs * 2, MOST_PAUSE_MS)
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
  }

  #readOnce(channel: BroadcastChannel, signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      let hasHeard = false
      const source = new EventSource(ADDRESS)
      const end = (): void => {
        source.close()
        resolve(hasHeard)
      }
      source.onerror = end
      signal.addEventListener('abort', end)
      source.onmessage = ({ data }: MessageEvent<string>) => {
        const line = JSON.parse(data) as Tick | { readonly type: string }
        if (line.type === 'stream:ended') return end()
        if (line.type !== 'tick') return
        hasHeard = true
        if (!signal.aborted) channel.postMessage(line)
        this.#hear(line as Tick)
      }
    })
  }

  #hear(tick: Tick): void {
    this.#tell({ tick, atMs: Date.now(), isLost: false })
  }

  #look(): void {
    const since = Date.now() - (this.#heard.atMs ?? this.#startedMs)
    const isLost = since > SILENT_MS
    if (isLost !== this.#heard.isLost) this.#tell({ ...this.#heard, isLost })
  }

  #tell(heard: Heard): void {
    this.#heard = heard
    for (const listener of this.#listeners) listener()
  }
}
