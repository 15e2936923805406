import { issue, MAX_AGE_MS } from 'waybill'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, SHORT_WINDOW, windowMarginMs } from 'waybill/delivery'
import { CHORES, EXPIRY } from '../store/index.ts'
import type { EngineParts } from './parts.ts'

const BATCH = 1_000
/** Before an event expires somebody hears of it, twice. */
const WARN_BEFORE_MS = [DAY_MS, HOUR_MS] as const

/** Nothing waits longer than this for anything but its own time: the name of a buyer (`waitForBuyer`), and a suspect's next turn. */
const LONGEST_WAIT_MS = HOUR_MS
const LONGEST_WAIT_APART_MS = 6 * MINUTE_MS

interface Chore {
  readonly everyMs: number
  /** Whose it is, among several relays; `undefined`: each does it for its own. */
  readonly of?: string
  /** It ends or forgets something by its age: it waits for the clock to be confirmed. */
  readonly needsTime?: boolean
  readonly work: (parts: EngineParts) => Promise<void>
}

export interface Upkeep {
  /** Does every chore in its time, until the engine stops. */
  run(): Promise<void>
}

export interface UpkeepOptions {
  readonly retentionDays: number
  readonly contextDays: number
  readonly pulseMs: number
}

/** What has to be done now and then, beside delivering. */
export function createUpkeep(parts: EngineParts, { retentionDays, contextDays, pulseMs }: UpkeepOptions): Upkeep {
  const chores: readonly Chore[] = [
    { everyMs: pulseMs, work: reclaim },
    { everyMs: pulseMs, of: EXPIRY, needsTime: true, work: expire },
    { everyMs: 10 * 60 * SECOND_MS, of: CHORES, work: warnOfExpiry },
    { everyMs: MINUTE_MS, of: CHORES, work: keepNumbers },
    { everyMs: HOUR_MS, of: CHORES, needsTime: true, work: (all) => prune(all, retentionDays) },
    { everyMs: HOUR_MS, of: CHORES, needsTime: true, work: (all) => pruneContexts(all, contextDays) },
  ]
  const nextAtMs = chores.map(() => parts.runtime.monotonic())
  const { ownership } = parts
  const isOurs = (chore: string): boolean => ownership.has(chore)
  let isTimeNew = false
  let confirmations = 0
  parts.events.on('clock:confirmed', () => {
    isTimeNew = true
    confirmations += 1
  })
  // Whoever had it before may have gone by a clock that was wrong.
  parts.events.on('chores:claimed', ({ what }) => {
    isTimeNew ||= what === EXPIRY.trim()
  })
  return {
    async run() {
      while (!parts.isStopping()) {
        // This relay itself may have put events off by a clock that was wrong.
        if (isTimeNew && (isOurs(EXPIRY) || confirmations > 1)) {
          isTimeNew = false
          await undoWrongTimes(parts)
        }
        for (const [index, { everyMs, of, needsTime, work }] of chores.entries()) {
          if (parts.isStopping() || parts.runtime.monotonic() < nextAtMs[index]!) continue
          if (of !== undefined && !isOurs(of)) continue
          if (needsTime && !parts.clock.isConfirmed()) continue
          await work(parts)
          nextAtMs[index] = parts.runtime.monotonic() + everyMs
        }
        await parts.runtime.sleep(pulseMs, parts.pauseSignal)
      }
    },
  }
}

/** Leases run on monotonic time: no clock that jumps ends one under way. */
async function reclaim({ store }: EngineParts): Promise<void> {
  await store.reclaim()
}

/** Ends what is too old to be sent, for as long as the clock is not in doubt. */
async function expire({ store, clock, events, ownership }: EngineParts): Promise<void> {
  const { code, message } = issue('event_timestamp_too_old', '')
  for (;;) {
    if (!clock.isConfirmed() || !ownership.has(EXPIRY)) return
    const nowMs = clock.now()
    const timestampBeforeMs = nowMs - MAX_AGE_MS + windowMarginMs(clock.uncertaintyMs)
    const expired = await store.expire({ timestampBeforeMs, nowMs, limit: BATCH, code, message })
    for (const event of expired) events.emit('event:expired', event)
    if (expired.length < BATCH) return
  }
}

/** The clock was wrong and is right again: what it ended too early lives on, and what it put off for days is due. */
async function undoWrongTimes(parts: EngineParts): Promise<void> {
  const { store, clock } = parts
  await revive(parts)
  const dueMs = clock.now()
  await store.bringForward({ apart: true, afterMs: dueMs + LONGEST_WAIT_APART_MS, dueMs })
  await store.bringForward({ apart: false, afterMs: dueMs + LONGEST_WAIT_MS, dueMs })
}

async function revive({ store, clock }: EngineParts): Promise<void> {
  const nowMs = clock.now()
  let cursor: string | undefined
  do {
    const page = await store.search({ state: 'expired', limit: BATCH, ...(cursor !== undefined && { cursor }) })
    const alive = page.items.filter(
      ({ timestampMs, code }) =>
        code !== SHORT_WINDOW && timestampMs > nowMs - MAX_AGE_MS + windowMarginMs(clock.uncertaintyMs),
    )
    const rows = alive.map(({ row }) => row)
    if (rows.length > 0) await store.replay({ rows }, { by: 'waybill', nowMs, limit: rows.length })
    cursor = page.cursor
  } while (cursor !== undefined)
}

async function warnOfExpiry({ store, clock, events }: EngineParts): Promise<void> {
  for (const withinMs of WARN_BEFORE_MS) {
    const endMs = clock.now() - MAX_AGE_MS
    const range = { fromMs: endMs, beforeMs: endMs + withinMs, limit: 1_000_000 }
    for (const { pixel, events: count } of await store.expiring(range)) {
      if (count > 0) events.emit('event:expiring', { pixel, count, withinMs })
    }
  }
}

async function prune({ store, clock }: EngineParts, retentionDays: number): Promise<void> {
  const endedBeforeMs = clock.now() - retentionDays * DAY_MS
  while ((await store.prune({ endedBeforeMs, limit: BATCH })) === BATCH);
}

/** Where much is to be caught up with, the rest of the minute is for delivering. */
const MOST_STEPS = 100
const BETWEEN_STEPS_MS = 20

/** What people read is summed up as time goes on; step by step, so that nobody waits for it. */
async function keepNumbers({ store, clock, runtime, pauseSignal, isStopping }: EngineParts): Promise<void> {
  for (let step = 0; step < MOST_STEPS && !isStopping(); step++) {
    if (!(await store.keepNumbers(clock.now()))) return
    await runtime.sleep(BETWEEN_STEPS_MS, pauseSignal)
  }
}

async function pruneContexts({ store, clock }: EngineParts, contextDays: number): Promise<void> {
  const putBeforeMs = clock.now() - contextDays * DAY_MS
  while ((await store.pruneContexts({ putBeforeMs, limit: BATCH })) > 0);
}
