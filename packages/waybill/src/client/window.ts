import { type Issue, issue } from '../contract/issue.ts'
import { MAX_AGE_MS } from '../contract/limits.ts'
import { type WindowState, windowMarginMs, windowState } from '../delivery/window.ts'
import type { Job } from './job.ts'
import type { Prepared } from './prepare.ts'
import { monotonicMs } from './runtime.ts'

type Timed = Pick<Job, 'settings' | 'memory'>

const marginMs = ({ memory }: Timed): number => windowMarginMs(memory.clockAheadMs)

/** Where in its time window the event stands now. */
export function stateOf(event: Prepared, job: Timed): WindowState {
  return windowState(event.timestampMs, job.settings.runtime.now(), marginMs(job))
}

/** How long these events may still be tried: until the send ends, or the first of them does. */
export function timeLeftMs(events: readonly Prepared[], job: Job): number {
  const { runtime } = job.settings
  let leftMs = job.deadlineMs - monotonicMs(runtime)
  const openFromMs = runtime.now() - MAX_AGE_MS + marginMs(job)
  for (const { timestampMs } of events) leftMs = Math.min(leftMs, timestampMs - openFromMs)
  return Math.max(0, leftMs)
}

export function tooLate(): Issue {
  return issue('event_timestamp_too_old', 'timestamp_ms', {
    message: 'The 7 days end before a request could be answered, so the event was not sent.',
  })
}
