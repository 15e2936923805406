import { aloneDelayMs, HOUR_MS, MINUTE_MS, SECOND_MS, type SuspicionKind } from 'waybill/delivery'
import type { Settlement, Suspicion } from '../store/index.ts'
import type { BatchEvent } from './leased-batch.ts'

/** How a batch ends for one of its events: a settlement without its rows. */
export type End =
  | { readonly to: 'delivered'; readonly code?: string; readonly message?: string }
  | { readonly to: 'refused' | 'expired'; readonly code: string; readonly message: string }
  | {
      readonly to: 'queued'
      readonly dueMs: number
      readonly code?: string
      readonly message?: string
      readonly suspicion?: Suspicion
    }

/** The usual end, one for all: nothing of it is about the event. */
const DELIVERED: End = { to: 'delivered' }
const LOOK_AGAIN_MS = 5 * SECOND_MS
const LEAST_DELAY_MS = SECOND_MS
/** What waits for two hours may wait a little longer; before that whoever comes back is noticed soon. */
const LONG_MS = 2 * HOUR_MS

interface Now {
  now(): number
  random(): number
}

interface Suspected {
  readonly suspicion: SuspicionKind
  readonly times: number
  /** Of its window, milliseconds. */
  readonly leftMs: number
}

/** The ends there are. */
export const endOf = {
  delivered: (code?: string): End => (code === undefined ? DELIVERED : { to: 'delivered', code }),
  tooLate: (message: string): End => ({ to: 'expired', code: 'event_timestamp_too_old', message }),
  /** It lies ahead. */
  later: (dueMs: number): End => ({ to: 'queued', dueMs }),
  /** Its shape is held, and it with it. */
  unexplained: (code: string, message: string): End => {
    return { to: 'queued', dueMs: 0, code: 'unexplained_rejection', message: `${code}: ${message}` }
  },
  /** Nothing was found out of it. Where its pixel is held, that is what it waits for: a time would be one more, set by a clock that may be wrong. */
  open: (at: Now, isHeld: boolean, { code, message }: { readonly code: string; readonly message: string }): End => {
    return { to: 'queued', dueMs: isHeld ? 0 : at.now() + LOOK_AGAIN_MS, code, message }
  },
  /** It waits by itself, never longer than half of what is left of its window, so that there is always another attempt. */
  suspect(
    event: Pick<BatchEvent, 'suspicion'>,
    { suspicion: kind, times, leftMs }: Suspected,
    { code, message }: { readonly code: string; readonly message: string },
    at: Now,
  ): End {
    const before = event.suspicion
    // A time that is still to come was told by a clock that was wrong.
    const firstMs = before?.kind === kind ? Math.min(before.firstMs, at.now()) : at.now()
    const suspicion: Suspicion = { kind, times, firstMs, code, message }
    const wantedMs = DELAYS[kind](times, at.now() - firstMs, () => at.random())
    const delayMs = Math.max(LEAST_DELAY_MS, Math.min(wantedMs, Math.floor(leftMs / 2)))
    return { to: 'queued', dueMs: at.now() + delayMs, code, message, suspicion }
  },
}

type Delay = (times: number, forMs: number, random: () => number) => number

/** When a suspect is asked again. */
const DELAYS: Readonly<Record<SuspicionKind, Delay>> = {
  refused: (_times, forMs, random) =>
    Math.round((0.75 + random() / 4) * (forMs < LONG_MS ? 20 * SECOND_MS : 5 * MINUTE_MS)),
  fails: (times, _forMs, random) => aloneDelayMs(times, random),
  too_large: (times, _forMs, random) => aloneDelayMs(times, random),
  // A pass delivers it, however soon it comes; only what is said again a quarter of an hour later ends it.
  too_old: (_times, forMs) => (forMs < LONG_MS ? MINUTE_MS : 5 * MINUTE_MS),
}

interface Group {
  readonly end: End
  readonly rows: number[]
}

/** One settlement for each different end. Mostly all events of a batch end alike, so the end before is looked at first. */
export function groupByEnd(ended: readonly BatchEvent[]): Settlement[] {
  const groups = new Map<string, Group>()
  let group: Group | undefined
  for (const { row, end } of ended) {
    if (group === undefined || group.end !== end) group = groupOf(end!, groups)
    group.rows.push(row)
  }
  return [...groups.values()].map(({ end, rows }) => ({ ...end, rows }) as Settlement)
}

function groupOf(end: End, groups: Map<string, Group>): Group {
  const key = JSON.stringify(end)
  const group = groups.get(key) ?? { end, rows: [] }
  groups.set(key, group)
  return group
}
