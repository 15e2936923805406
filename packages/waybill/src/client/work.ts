import type { Outcome } from './outcome.ts'
import type { Settings } from './settings.ts'

type WaitUntil = Settings['waitUntil']

/** What goes on behind `track`, and the hooks of others that are told of it. None of it throws or rejects. */
export interface Work {
  run(task: () => Promise<void>): Promise<void>
  /** Waits for what is going on now, not for what begins meanwhile. */
  settled(): Promise<void>
  /** Tells a hook of a promise, and not again of the same one. */
  announce(promise: Promise<void>, waitUntil: WaitUntil): void
  report(outcome: Outcome): Promise<void>
}

export function createWork({ logger, pixelId, onOutcome }: Settings): Work {
  const going = new Set<Promise<void>>()
  let told: readonly [Promise<void>?, WaitUntil?] = []
  return {
    run(task) {
      const promise: Promise<void> = task()
        .catch(() => logger.error?.({ pixelId }, 'tracked events could not be sent'))
        .finally(() => going.delete(promise))
      going.add(promise)
      return promise
    },
    async settled() {
      await Promise.all(going)
    },
    announce(promise, waitUntil) {
      if (told[0] === promise && told[1] === waitUntil) return
      told = [promise, waitUntil]
      try {
        waitUntil(promise)
      } catch {
        logger.error?.({ pixelId }, 'waitUntil threw')
      }
    },
    async report(outcome) {
      try {
        await onOutcome(outcome)
      } catch {
        logger.error?.({ pixelId }, 'onOutcome threw')
      }
    },
  }
}
