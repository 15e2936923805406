import { asksForPause, nextPace, type Pace, requestsAtATime, startPace } from '../delivery/pace.ts'
import type { Verdict } from '../delivery/verdict.ts'
import type { Runtime } from './runtime.ts'

/** Lets requests out at the pace that the answers allow. One for each client, since one client is one pixel. */
export interface Gate {
  /** Waits for a turn. False when the signal aborted first; then nothing was taken. */
  enter(signal: AbortSignal): Promise<boolean>
  leave(): void
  /** `leftMs`: when the request that was answered left. */
  learn(verdict: Verdict, leftMs: number, delayMs: number): void
}

export function createGate(maxInFlight: number, runtime: Runtime): Gate {
  let pace: Pace = startPace(maxInFlight)
  let inFlight = 0
  let wake: (() => void)[] = []
  const wakeAll = (): void => {
    const waiting = wake
    wake = []
    for (const resume of waiting) resume()
  }
  const changed = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const resume = (): void => {
        signal.removeEventListener('abort', resume)
        resolve()
      }
      wake.push(resume)
      signal.addEventListener('abort', resume)
    })

  return {
    async enter(signal) {
      for (;;) {
        if (signal.aborted) return false
        const pauseMs = pace.pausedUntilMs - runtime.now()
        if (pauseMs > 0) await runtime.sleep(pauseMs, signal)
        else if (inFlight >= requestsAtATime(pace)) await changed(signal)
        else {
          inFlight += 1
          return true
        }
      }
    },
    leave() {
      inFlight -= 1
      wakeAll()
    },
    learn(verdict, leftMs, delayMs) {
      // A send ends soon, with or without an answer: only the API itself may make others wait.
      const pauseMs = asksForPause(verdict) ? delayMs : 0
      pace = nextPace(pace, verdict, { nowMs: runtime.now(), leftMs, delayMs: () => pauseMs, maxInFlight })
      wakeAll()
    },
  }
}
