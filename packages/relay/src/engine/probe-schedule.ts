import { HOUR_MS, MINUTE_MS, SECOND_MS } from 'waybill/delivery'
import type { HeldPart } from '../store/index.ts'

/** At the start all holds are tried within so long, not all at once. */
const SPREAD_MS = 3 * SECOND_MS
const FIRST_DELAYS_MS = [5 * SECOND_MS, 15 * SECOND_MS] as const
const OFTEN_MS = MINUTE_MS
const SELDOM_MS = 15 * MINUTE_MS
/** Where there was nothing to ask with, whoever comes next is asked soon. */
const NOTHING_TO_ASK_MS = 5 * SECOND_MS
/** Where what waited is refused for itself, whoever comes next has a turn soon: each minute for so many turns, then as often as a suspect. */
const ONLY_REFUSED_OFTEN = 10
const ONLY_REFUSED_MS = 5 * MINUTE_MS
/** A probe under way, or a pixel that is not configured, is not looked at all the time. */
const MIN_WAIT_MS = SECOND_MS
/** A key is put right at once or tomorrow; anything else may come back at any time. */
const OFTEN_FOR_MS: Readonly<Record<string, number>> = {
  unauthorized: 10 * MINUTE_MS,
  wrong_key_family: 10 * MINUTE_MS,
  unknown_pixel: 10 * MINUTE_MS,
  forbidden: 10 * MINUTE_MS,
  blocked_by_firewall: 10 * MINUTE_MS,
}
const OFTEN_FOR_OTHERS_MS = 2 * HOUR_MS
/** A hold that comes back within so long of being lifted goes on where it was. */
const REMEMBERED_MS = HOUR_MS

interface Entry {
  readonly key: string
  /** When it was first held, on the monotonic clock. */
  sinceMs: number
  nextMs: number
  turn: number
  seenMs: number
  /** Turns that met nothing but bad events. */
  onlyRefused: number
}

/** What a turn told of the hold; `only refused`: that event is bad, which says nothing. */
export type Told = 'something' | 'only refused' | 'nothing to ask'

export interface Turn {
  /** Counted from 0. */
  readonly number: number
  /** The next comes in a quarter of an hour. */
  readonly isSeldom: boolean
}

/** When which hold is tried. */
export interface HoldSchedule {
  /** Takes note of what is held now. */
  see(holds: readonly HeldPart[], monotonicMs: number): void
  /** The turn that is due, if one is; the next is planned. */
  take(hold: HeldPart, monotonicMs: number): Turn | undefined
  /** The turn that was taken told nothing: with nothing to ask the same comes again in 5 s, else the next in a minute, later in 5. */
  untold(hold: HeldPart, told: Exclude<Told, 'something'>, monotonicMs: number): void
  /** These are due at once: what they were held for may be over. */
  hasten(code: string, holds: readonly HeldPart[], monotonicMs: number): void
  /** How long until the next of these is due, milliseconds. */
  waitMs(holds: readonly HeldPart[], monotonicMs: number): number
}

/**
 * At the start every hold is tried within the first seconds. A new one is tried after 5 and after 15 seconds, then each minute for two hours
 * (what concerns the key: for ten minutes), then every 15 minutes. One of an earlier life of the process counts as new: when it began was
 * dated by a clock that may have been wrong.
 */
export function createHoldSchedule(startedMs: number, random: () => number): HoldSchedule {
  const entries = new Map<string, Entry>()
  let isStart = true
  const keyOf = ({ pixel, shape }: HeldPart): string => JSON.stringify([pixel, shape])
  const enter = (hold: HeldPart, monotonicMs: number): void => {
    const key = keyOf(hold)
    const known = entries.get(key)
    if (known !== undefined) {
      known.seenMs = monotonicMs
      return
    }
    const nextMs = isStart ? startedMs + Math.round(random() * SPREAD_MS) : monotonicMs + FIRST_DELAYS_MS[0]
    entries.set(key, { key, sinceMs: monotonicMs, nextMs, turn: 0, seenMs: monotonicMs, onlyRefused: 0 })
  }
  return {
    see(holds, monotonicMs) {
      for (const hold of holds) enter(hold, monotonicMs)
      isStart = false
      for (const [key, { seenMs }] of entries) if (monotonicMs - seenMs > REMEMBERED_MS) entries.delete(key)
    },
    take(hold, monotonicMs) {
      const entry = entries.get(keyOf(hold))
      if (entry === undefined || entry.nextMs > monotonicMs) return undefined
      const { turn: number } = entry
      entry.turn += 1
      const delayMs = delayAfter(number, monotonicMs - entry.sinceMs, hold.code)
      entry.nextMs = monotonicMs + delayMs
      return { number, isSeldom: delayMs === SELDOM_MS }
    },
    untold(hold, told, monotonicMs) {
      const entry = entries.get(keyOf(hold))
      if (entry === undefined) return
      if (told === 'only refused') {
        entry.onlyRefused += 1
        const soonMs = entry.onlyRefused <= ONLY_REFUSED_OFTEN ? OFTEN_MS : ONLY_REFUSED_MS
        entry.nextMs = Math.min(entry.nextMs, monotonicMs + soonMs)
      } else {
        entry.turn -= 1
        entry.nextMs = monotonicMs + NOTHING_TO_ASK_MS
      }
    },
    hasten(code, holds, monotonicMs) {
      for (const hold of holds) {
        const entry = hold.code === code ? entries.get(keyOf(hold)) : undefined
        if (entry !== undefined) entry.nextMs = monotonicMs
      }
    },
    waitMs(holds, monotonicMs) {
      const next = holds.map((hold) => entries.get(keyOf(hold))?.nextMs ?? monotonicMs)
      return Math.max(MIN_WAIT_MS, Math.min(...next, Number.MAX_SAFE_INTEGER) - monotonicMs)
    },
  }
}

function delayAfter(turn: number, heldForMs: number, code: string): number {
  const early = FIRST_DELAYS_MS[turn + 1]
  if (early !== undefined && heldForMs < OFTEN_MS) return early
  return heldForMs < (OFTEN_FOR_MS[code] ?? OFTEN_FOR_OTHERS_MS) ? OFTEN_MS : SELDOM_MS
}
