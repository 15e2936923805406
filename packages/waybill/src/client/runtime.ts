/** Clock, chance and waiting, so that tests move time instead of passing it. */
export interface Runtime {
  /** Unix milliseconds. */
  now(): number
  /** Milliseconds of a clock that never jumps: pauses and deadlines go by it. Default: `now`. */
  monotonic?(): number
  /** A random number, 0 ≤ x < 1. */
  random(): number
  /** Resolves after `ms`, or at once when `signal` aborts; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** Where a warning goes that nobody else would hear. Default: the console. */
  warn?(message: string): void
}

/** A timer set for longer fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** Some runtimes have no console. */
export const warnOnConsole = (message: string): void => globalThis.console?.warn?.(message)

/** Milliseconds of the clock that waits go by. */
export function monotonicMs(runtime: Runtime): number {
  return runtime.monotonic?.() ?? runtime.now()
}

export const systemRuntime: Runtime = {
  now: () => Date.now(),
  // Not every runtime has the other clock.
  monotonic: () => globalThis.performance?.now() ?? Date.now(),
  random: () => Math.random(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const done = (): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, Math.min(ms, LONGEST_TIMER_MS))
      signal?.addEventListener('abort', done)
    }),
}
