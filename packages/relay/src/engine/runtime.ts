/** Clock, chance and waiting, so that a simulation can move them. */
export interface Runtime {
  /** Wall clock, Unix milliseconds. It may jump. */
  now(): number
  /** Milliseconds that only ever go forward. */
  monotonic(): number
  /** 0 ≤ x < 1. */
  random(): number
  /** Resolves after `ms`, or at once when `signal` aborts; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** Longer timers overflow; whoever waits longer looks again. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

export const systemRuntime: Runtime = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
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
