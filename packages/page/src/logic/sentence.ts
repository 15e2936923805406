import type { Cause, Today } from '../api/shapes.ts'
import { t } from '../texts/index.ts'
import { clock, count } from './format.ts'

const MINUTE_MS = 60_000

/** One cause in the reader's words. */
export function causeInWords(cause: Cause, nowMs: number): string {
  return t.causes[cause.kind](cause, {
    events: count(cause.events),
    since: clock(cause.sinceMs, nowMs),
    until: clock(cause.untilMs, nowMs),
    isOver: nowMs - cause.untilMs >= MINUTE_MS,
    lost: cause.lostFromMs === null ? null : clock(cause.lostFromMs, nowMs),
  })
}

/** What Today begins with. */
export function sentenceOf({ verdict, pipeline, fromMs }: Today, nowMs: number): string {
  const [first] = verdict.causes
  if (first !== undefined) return causeInWords(first, nowMs)
  const since = clock(fromMs, nowMs)
  const [accepted, delivered] = [pipeline.accepted.events, pipeline.delivered.events]
  if (accepted === 0) return t.well.nothing(since)
  if (delivered >= accepted) return t.well.all(count(accepted), since)
  return t.well.under(count(delivered), count(accepted), since)
}
