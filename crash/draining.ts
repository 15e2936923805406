/** Waits until nothing is left to deliver. */
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Longer than what is suspected alone waits for its next turn, five minutes, and than a few probes of what is held, a minute each: where the
 * API fails by chance, several in a row may meet a fault, and who only waits for the next one is not stuck.
 */
const STUCK_AFTER_MS = 330_000
const LOOK_EVERY_MS = 250
const SAY_EVERY_MS = 10_000

export interface Draining {
  /** How many events are left. */
  readonly left: () => number | Promise<number>
  readonly say?: ((text: string) => void) | undefined
  readonly stuckAfterMs?: number
  /** Milliseconds that only go forward. */
  readonly monotonic?: () => number
  readonly wait?: (ms: number) => Promise<unknown>
}

/** Waits for as long as it becomes less; gives what is left. How long that takes is the machine's affair. */
export async function untilDrained({
  left,
  say,
  stuckAfterMs = STUCK_AFTER_MS,
  monotonic = () => performance.now(),
  wait = sleep,
}: Draining): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  let [lessAtMs, saidAtMs] = [monotonic(), monotonic()]
  for (;;) {
    const now = await left()
    if (now === 0) return 0
    const nowMs = monotonic()
    if (now < least) [least, lessAtMs] = [now, nowMs]
    if (nowMs - lessAtMs >= stuckAfterMs) return now
    if (nowMs - saidAtMs >= SAY_EVERY_MS) {
      say?.(`${now} left`)
      saidAtMs = nowMs
    }
    await wait(LOOK_EVERY_MS)
  }
}
