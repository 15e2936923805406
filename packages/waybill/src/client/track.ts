import type { Outcome } from './outcome.ts'
import { deliveryIssue } from './outcome.ts'
import type { Preparation, Prepared } from './prepare.ts'
import type { Settings } from './settings.ts'

export interface TrackOptions {
  /** The platform's hook of this very request, as in `ctx.waitUntil.bind(ctx)`; default is the client's option. */
  readonly waitUntil?: ((promise: Promise<unknown>) => void) | undefined
}

/** A bounded queue in front of `send`. States: open → closed. */
export interface Tracker {
  track(event: unknown, options?: TrackOptions): void
  /** Resolves when everything tracked so far has an outcome and that outcome was reported. */
  flush(): Promise<void>
  close(): Promise<void>
}

export interface TrackerParts {
  readonly settings: Settings
  /** Checks and serialises at once, so that what the caller does to the object later changes nothing. */
  readonly prepare: (event: unknown, index: number) => Preparation
  readonly deliver: (events: readonly Prepared[]) => Promise<readonly Outcome[]>
}

export function createTracker({ settings, prepare, deliver }: TrackerParts): Tracker {
  const { maxQueue, flushAt, flushIntervalMs, runtime, logger } = settings
  let waiting: Prepared[] = []
  let unreported = 0
  let tracked = 0
  let closed = false
  let timer: AbortController | undefined
  const work = new Set<Promise<void>>()

  const report = (outcome: Outcome): void => {
    try {
      settings.onOutcome(outcome)
    } catch {
      logger.error?.({ pixelId: settings.pixelId }, 'onOutcome threw')
    }
  }
  const run = (task: () => Promise<void>, waitUntil = settings.waitUntil): void => {
    const promise: Promise<void> = task().finally(() => work.delete(promise))
    work.add(promise)
    announce(promise, waitUntil)
  }
  const announce = (promise: Promise<unknown>, waitUntil: (promise: Promise<unknown>) => void): void => {
    try {
      waitUntil(promise)
    } catch {
      logger.error?.({ pixelId: settings.pixelId }, 'waitUntil threw')
    }
  }
  /** Reports on the next turn: `track` returns before its caller hears of the event. */
  const reportLater = (outcome: Outcome): void => run(() => Promise.resolve().then(() => report(outcome)))

  const sendWaiting = async (): Promise<void> => {
    timer?.abort()
    timer = undefined
    const events = waiting
    waiting = []
    if (events.length === 0) return
    const outcomes = await deliver(events)
    unreported -= events.length
    for (const outcome of outcomes) report(outcome)
  }
  const startTimer = (waitUntil: ((promise: Promise<unknown>) => void) | undefined): void => {
    const mine = new AbortController()
    timer = mine
    run(async () => {
      await runtime.sleep(flushIntervalMs, mine.signal)
      if (timer === mine) await sendWaiting()
    }, waitUntil)
  }
  const settled = async (): Promise<void> => {
    while (work.size > 0) await Promise.all(work)
  }
  const enqueue = (event: unknown, waitUntil: TrackOptions['waitUntil']): void => {
    const index = tracked++
    const prepared = prepare(event, index)
    if (!prepared.ok) return reportLater(prepared.outcome)
    const refusal = closed ? 'client_closed' : unreported >= maxQueue ? 'queue_full' : undefined
    if (refusal !== undefined) {
      const { id } = prepared.event
      return reportLater({ index, id, status: 'failed', issues: [deliveryIssue(refusal)], attempts: 0 })
    }
    unreported += 1
    waiting.push(prepared.event)
    if (waiting.length >= flushAt) run(sendWaiting, waitUntil)
    else if (timer === undefined) startTimer(waitUntil)
    else if (waitUntil !== undefined) announce(settled(), waitUntil)
  }

  return {
    track(event, options = {}) {
      try {
        enqueue(event, options.waitUntil)
      } catch {
        logger.error?.({ pixelId: settings.pixelId }, 'an event could not be tracked')
      }
    },
    async flush() {
      run(sendWaiting)
      await settled()
    },
    async close() {
      closed = true
      await this.flush()
    },
  }
}
