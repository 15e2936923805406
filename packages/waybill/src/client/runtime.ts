/** Clock, chance and waiting, so that tests move time instead of passing it. */
export interface Runtime {
  /** Unix milliseconds. */
  now(): number
  /** 0 ≤ x < 1. */
  random(): number
  /** Resolves after `ms`, or at once when `signal` aborts; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** A timer set for longer fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

export const systemRuntime: Runtime = {
  now: () => Date.now(),
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
