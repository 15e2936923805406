import type { Counts, Expiring, PixelStatus, ShapeStatus } from '../../counts.ts'
import type { EndState } from '../../event.ts'
import type { Core } from '../core.ts'
import type { Row } from '../database.ts'
import { START } from '../frontier.ts'
import { WHOLE_PIXEL } from '../hold-book.ts'
import { ACCEPTED, END_CODES } from '../state.ts'

export function counts(core: Core): Counts {
  return sum(core.tally.pixels().map((pixel) => countPixel(core, pixel)))
}

function countPixel({ tally, leases, holds }: Core, pixel: number): Counts {
  const live = { queued: 0, sending: 0, held: 0 }
  for (const shape of tally.shapes(pixel)) {
    const sending = leases.sending(pixel, shape)
    const rest = tally.ready(pixel, shape) + tally.waiting(pixel, shape) - sending
    live.sending += sending
    live[holds.covering(pixel, shape) === undefined ? 'queued' : 'held'] += rest
  }
  const ended = (state: EndState): number => tally.kind(pixel, END_CODES[state])
  return account(tally.kind(pixel, ACCEPTED), {
    ...live,
    delivered: ended('delivered'),
    refused: ended('refused'),
    expired: ended('expired'),
    discarded: ended('discarded'),
  })
}

type States = Omit<Counts, 'accepted' | 'unaccounted'>

function account(accepted: number, states: States): Counts {
  const found = Object.values(states).reduce((total, events) => total + events, 0)
  return { accepted, ...states, unaccounted: accepted - found }
}

function sum(all: readonly Counts[]): Counts {
  const total = (key: keyof Counts): number => all.reduce((events, counts) => events + counts[key], 0)
  return {
    accepted: total('accepted'),
    queued: total('queued'),
    sending: total('sending'),
    held: total('held'),
    delivered: total('delivered'),
    refused: total('refused'),
    expired: total('expired'),
    discarded: total('discarded'),
    unaccounted: total('unaccounted'),
  }
}

export function pixels(core: Core): PixelStatus[] {
  return core.tally.pixels().map((pixel) => ({
    pixel: core.terms.text(pixel),
    counts: countPixel(core, pixel),
    oldestTimestampMs: oldest(core, pixel),
    hold: core.holds.get(pixel, WHOLE_PIXEL),
    heldShapes: shapes(core, pixel).filter(({ hold }) => hold !== undefined),
  }))
}

/** Shapes with events that have not ended, and shapes on hold even where none waits. */
export function shapes(core: Core, pixel: number): ShapeStatus[] {
  const { tally, terms, holds } = core
  const all = new Set([...tally.shapes(pixel), ...holds.shapes(pixel)])
  return [...all].map((shape) => ({
    shape: terms.text(shape),
    events: tally.ready(pixel, shape) + tally.waiting(pixel, shape),
    hold: holds.get(pixel, shape),
  }))
}

function oldest(core: Core, pixel: number): number | undefined {
  const times = core.tally.shapes(pixel).flatMap((shape) => {
    const part = { pixel, shape, beforeMs: Number.MAX_SAFE_INTEGER }
    const limit = 1 + core.leases.sending(pixel, shape)
    const ready = core.statements.selectQueue({ ...part, after: START, limit }).find(({ row }) => !core.leases.has(row))
    const waiting = core.statements.selectWaiting({ ...part, after: START, limit: 1 })
    return [ready, waiting[0]].flatMap((place) => place?.timestampMs ?? [])
  })
  return times.length === 0 ? undefined : Math.min(...times)
}

const SELECT_EXPIRING = (state: 0 | 1): string => `
  SELECT count(*) AS events, min(timestamp_ms) AS oldest FROM (
    SELECT timestamp_ms FROM event
    WHERE state = ${state} AND pixel = ? AND shape = ? AND timestamp_ms >= ? AND timestamp_ms < ?
    ORDER BY timestamp_ms LIMIT ?)`

/** What is leased is counted too: until it is settled, it may yet expire. */
export function expiring(core: Core, range: { fromMs: number; beforeMs: number; limit: number }): Expiring[] {
  const statements = ([0, 1] as const).map((state) => core.database.prepare(SELECT_EXPIRING(state)))
  return core.tally.pixels().flatMap((pixel) => {
    let events = 0
    let oldestMs = Number.POSITIVE_INFINITY
    for (const shape of core.tally.shapes(pixel)) {
      for (const statement of statements) {
        const found = statement.get(pixel, shape, range.fromMs, range.beforeMs, range.limit) as Row
        events += found['events'] as number
        oldestMs = Math.min(oldestMs, (found['oldest'] as number | null) ?? Number.POSITIVE_INFINITY)
      }
    }
    if (events === 0) return []
    return [{ pixel: core.terms.text(pixel), events: Math.min(events, range.limit), oldestTimestampMs: oldestMs }]
  })
}
