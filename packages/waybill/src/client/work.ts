import type { EventInput } from '../contract/friendly-event.ts'
import { copyOf } from './copy-of.ts'
import type { Outcome } from './outcome.ts'
import type { Settings } from './settings.ts'
import { createSpeaker } from './speaker.ts'

type WaitUntil = Settings['waitUntil']

/** What goes on behind `track`, and the hooks of others that are told of it. None of it throws or rejects. */
export interface Work {
  run(task: () => Promise<void>): Promise<void>
  /** Waits for what is going on now, not for what begins meanwhile. */
  settled(): Promise<void>
  /** Tells a hook of a promise, and not again of the same one. */
  announce(promise: Promise<void>, waitUntil: WaitUntil): void
  /** What `report` will want of an event: a copy, or nothing where nobody asks for it. */
  keep(event: unknown): unknown
  report(outcome: Outcome, event: unknown): Promise<void>
}

export function createWork(settings: Settings): Work {
  const { logger, pixelId, onOutcome } = settings
  const tellAlone = createSpeaker(settings)
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
    keep: (event) => (onOutcome === undefined ? undefined : copyOf(event)),
    async report(outcome, event) {
      tellAlone(outcome)
      try {
        await onOutcome?.(outcome, event as EventInput)
      } catch {
        logger.error?.({ pixelId }, 'onOutcome threw')
      }
    },
  }
}
