import type { Failure } from '../http/index.ts'
import type { Log } from '../observe/index.ts'

/** What passes by itself fails every request meanwhile; it is told now and then, not each time. */
const TELL_EVERY_MS = 10_000

const PASSING: Readonly<Record<'full' | 'away', (log: Log, route: string, error: unknown) => void>> = {
  full: (log, route) =>
    log.error({ route, hint: 'make room on the disk' }, 'no room to keep events: intake answers 503'),
  away: (log, route, error) => log.error({ route, err: error }, 'the store cannot be reached: intake answers 503'),
}

/** What a request that failed for a fault of ours has to be followed by. */
export function reportFailures(
  log: Log,
  onFailed: (error: unknown) => void,
  monotonic: () => number,
): (failure: Failure, error: unknown, route: string) => void {
  const tellAtMs = { full: Number.NEGATIVE_INFINITY, away: Number.NEGATIVE_INFINITY }
  return ({ fault }, error, route) => {
    if (fault === 'broken') onFailed(error)
    if (fault !== 'full' && fault !== 'away') log.error({ route, err: error }, 'a request failed')
    else if (monotonic() >= tellAtMs[fault]) {
      tellAtMs[fault] = monotonic() + TELL_EVERY_MS
      PASSING[fault](log, route, error)
    }
  }
}
