import type { LifecycleEvents } from '../engine/index.ts'
import type { Log } from './logger.ts'

/** One failure is the network's daily business, and a log of each would hide the rest. */
const OUTAGE_AFTER = 5

/** Logs once for each pixel that its requests fail one after another, and once that they pass again. Nothing else does before events expire. */
export function logOutages(events: LifecycleEvents, log: Log): void {
  const failures = new Map<string, number>()
  events.on('request:answered', ({ pixel, verdict, status }) => {
    const before = failures.get(pixel) ?? 0
    if (verdict !== 'retry') {
      failures.delete(pixel)
      if (before >= OUTAGE_AFTER) log.info({ pixel, failed: before }, 'the API answers again')
      return
    }
    failures.set(pixel, before + 1)
    if (before + 1 === OUTAGE_AFTER)
      log.warn(
        { pixel, status, hint: 'waybill doctor' },
        `${OUTAGE_AFTER} requests in a row failed ${status === undefined ? 'without an answer' : `with status ${status}`}: events are kept and tried again`,
      )
  })
}
