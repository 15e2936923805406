import type { Outcome } from './outcome.ts'
import { deliveryIssue } from './outcome.ts'
import type { Preparation, Prepared } from './prepare.ts'
import type { Settings } from './settings.ts'
import { createWork } from './work.ts'

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

/** Events that travel together. States: filling → due (full, flushed, or after the interval) → reported. */
interface Filling {
  readonly events: Prepared[]
  /** Each of them as it was given. */
  readonly given: unknown[]
  readonly due: AbortController
  /** Resolves when each of the events was reported. */
  readonly done: Promise<void>
}

export function createTracker({ settings, prepare, deliver }: TrackerParts): Tracker {
  const { maxQueue, flushAt, flushIntervalMs, runtime, logger, pixelId } = settings
  const { run, settled, announce, keep, report } = createWork(settings)
  let filling: Filling | undefined
  let unreported = 0
  let tracked = 0
  let closed = false

  const startFilling = (): Filling => {
    const events: Prepared[] = []
    const given: unknown[] = []
    const due = new AbortController()
    const done = run(async () => {
      await runtime.sleep(flushIntervalMs, due.signal)
      if (filling?.due === due) filling = undefined
      const outcomes = await deliver(events).finally(() => {
        unreported -= events.length
      })
      await Promise.all(outcomes.map((outcome, position) => report(outcome, given[position])))
    })
    return { events, given, due, done }
  }
  const sendFilling = (): void => {
    filling?.due.abort()
    filling = undefined
  }
  /** Queues the event and gives the promise of its report. */
  const enqueue = (event: unknown): Promise<void> => {
    const prepared = prepare(event, tracked++)
    const kept = keep(event)
    const outcome = refusalOf(prepared, closed ? 'client_closed' : unreported >= maxQueue ? 'queue_full' : undefined)
    // On the next turn: `track` returns before its caller hears of the event.
    if (outcome !== undefined) return run(() => Promise.resolve().then(() => report(outcome, kept)))
    filling ??= startFilling()
    const { events, given, done } = filling
    unreported += 1
    if (prepared.ok) events.push(prepared.event)
    given.push(kept)
    if (events.length >= flushAt) sendFilling()
    return done
  }

  return {
    track(event, options) {
      try {
        announce(enqueue(event), options?.waitUntil ?? settings.waitUntil)
      } catch {
        logger.error?.({ pixelId }, 'an event could not be tracked')
      }
    },
    async flush() {
      sendFilling()
      await settled()
    },
    async close() {
      closed = true
      await this.flush()
    },
  }
}

/** The outcome of an event that is not queued. */
function refusalOf(prepared: Preparation, refusal: 'client_closed' | 'queue_full' | undefined): Outcome | undefined {
  if (!prepared.ok) return prepared.outcome
  if (refusal === undefined) return undefined
  const { index, id, warnings } = prepared.event
  return { index, id, status: 'failed', issues: [deliveryIssue(refusal), ...warnings], attempts: 0 }
}
