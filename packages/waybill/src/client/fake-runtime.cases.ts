/** Virtual time for tests: waiting costs none, and happens in the order in which it would end. */
import { seededRandom } from '../delivery/plan.cases.ts'
import type { Runtime } from './runtime.ts'

export const START_MS: number = Date.UTC(2026, 2, 19, 4)

export interface FakeRuntimeOptions {
  readonly startMs?: number
  readonly seed?: number
  /** While true, time stands still: somebody else, as a real server, has the turn. */
  readonly isBusy?: () => boolean
}

export interface FakeRuntime extends Runtime {
  /** Virtual time that has passed. */
  elapsedMs(): number
  /** Sleeps that have not ended. */
  sleeping(): number
  /** Moves the clock alone, as an operator or a time server does; nobody wakes. */
  setClock(ms: number): void
}

interface Sleeper {
  readonly dueMs: number
  readonly wake: () => void
}

/** Turns of the event loop without any new wait after which everything that can happen by itself has happened. */
const QUIET_TURNS = 30

export function createFakeRuntime(options: FakeRuntimeOptions = {}): FakeRuntime {
  const { startMs = START_MS, seed = 1, isBusy = () => false } = options
  let nowMs = startMs
  let elapsedMs = 0
  let quiet = 0
  let pumping = false
  const sleepers = new Set<Sleeper>()

  const wakeNext = (): void => {
    const next = [...sleepers].reduce((first, other) => (other.dueMs < first.dueMs ? other : first))
    const stepMs = Math.max(0, next.dueMs - elapsedMs)
    elapsedMs += stepMs
    nowMs += stepMs
    next.wake()
  }
  const pump = (): void => {
    quiet += 1
    if (isBusy()) quiet = 0
    if (quiet > QUIET_TURNS && sleepers.size > 0) {
      quiet = 0
      wakeNext()
    }
    pumping = sleepers.size > 0
    if (pumping) setImmediate(pump)
  }

  return {
    now: () => nowMs,
    monotonic: () => elapsedMs,
    random: seededRandom(seed),
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve()
        quiet = 0
        const sleeper: Sleeper = {
          dueMs: elapsedMs + ms,
          wake() {
            sleepers.delete(sleeper)
            signal?.removeEventListener('abort', sleeper.wake)
            quiet = 0
            resolve()
          },
        }
        sleepers.add(sleeper)
        signal?.addEventListener('abort', sleeper.wake)
        if (!pumping) {
          pumping = true
          setImmediate(pump)
        }
      }),
    elapsedMs: () => elapsedMs,
    sleeping: () => sleepers.size,
    setClock(ms) {
      nowMs = ms
    },
  }
}
