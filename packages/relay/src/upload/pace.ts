/** Waits until so many events may go out; at once when the signal is aborted. */
export type Pace = (events: number) => Promise<void>

/** Keeps to a number of events per second; infinity waits for nothing. */
export function createPace(eventsPerSecond: number, signal: AbortSignal): Pace {
  let nextMs = 0
  return async (events) => {
    const now = performance.now()
    if (now < nextMs) await pause(nextMs - now, signal)
    nextMs = Math.max(now, nextMs) + (events / eventsPerSecond) * 1_000
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
    if (signal.aborted) done()
  })
}
