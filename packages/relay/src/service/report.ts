import type { Failure } from '../http/index.ts'
import type { Log } from '../observe/index.ts'

/** A full disk fails every request; it is told now and then, not each time. */
const TELL_EVERY_MS = 10_000

/** What a request that failed for a fault of ours has to be followed by. */
export function reportFailures(
  log: Log,
  onFailed: (error: unknown) => void,
  monotonic: () => number,
): (failure: Failure, error: unknown, route: string) => void {
  let tellAtMs = Number.NEGATIVE_INFINITY
  return ({ fault }, error, route) => {
    if (fault === 'broken') onFailed(error)
    if (fault !== 'full') log.error({ route, err: error }, 'a request failed')
    else if (monotonic() >= tellAtMs) {
      tellAtMs = monotonic() + TELL_EVERY_MS
      log.error({ route, hint: 'make room on the disk' }, 'no room to keep events: intake answers 503')
    }
  }
}
