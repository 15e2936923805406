import type { LifecycleEvents } from '../engine/index.ts'
import type { Log } from './logger.ts'

/** Requests of a pixel that failed one after another, and none has passed since. */
export interface Outage {
  readonly requests: number
  /** When the first of them failed, Unix milliseconds. */
  readonly sinceMs: number
  /** Of the last answer; `undefined` where none came. */
  readonly status: number | undefined
}

/** One failure is the network's daily business, and a log of each would hide the rest. */
const OUTAGE_AFTER = 5

/**
 * Watches for requests that fail one after another, and gives what is known of a pixel. Logs once for each that they do, and once that
 * they pass again. Nothing else does before events expire.
 */
export function watchOutages(
  events: LifecycleEvents,
  now: () => number,
  log: Log,
): (pixel: string) => Outage | undefined {
  const outages = new Map<string, Outage>()
  events.on('request:answered', ({ pixel, verdict, status }) => {
    const before = outages.get(pixel)
    if (verdict !== 'retry') {
      outages.delete(pixel)
      const failed = before?.requests ?? 0
      if (failed >= OUTAGE_AFTER) log.info({ pixel, failed }, 'the API answers again')
      return
    }
    const requests = (before?.requests ?? 0) + 1
    outages.set(pixel, { requests, sinceMs: before?.sinceMs ?? now(), status })
    if (requests === OUTAGE_AFTER)
      log.warn(
        { pixel, status, hint: 'waybill doctor' },
        `${OUTAGE_AFTER} requests in a row failed ${status === undefined ? 'without an answer' : `with status ${status}`}: events are kept and tried again`,
      )
  })
  return (pixel) => outages.get(pixel)
}
