import type { Counts, PixelStatus, ShapeStatus } from '../../counts.ts'
import type { EndState } from '../../event.ts'
import { ACCEPTED, END_CODES } from '../../state.ts'
import { SUSPICION_KINDS } from '../../suspicion.ts'
import type { Core } from '../core.ts'
import { WHOLE_PIXEL } from '../hold-book.ts'
import { START } from '../queue/frontier.ts'
import { queuedEvent } from './queued-event.ts'

export function counts(core: Core): Counts {
  return sum(core.tally.pixels().map((pixel) => countPixel(core, pixel)))
}

export function countPixel({ tally, leases, holds }: Core, pixel: number): Counts {
  const live = { queued: 0, sending: 0, held: 0 }
  for (const shape of tally.shapes(pixel)) {
    const sending = leases.sending(pixel, shape) + leases.sendingApart(pixel, shape)
    const rest = tally.all(pixel, shape) - sending
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
    ...suspects(core, pixel),
  }))
}

function suspects({ tally, statements }: Core, pixel: number): Pick<PixelStatus, 'suspects' | 'suspectsByKind'> {
  const total = tally.shapes(pixel).reduce((events, shape) => events + tally.apart(pixel, shape), 0)
  const count = (kind: string): number => (total === 0 ? 0 : statements.suspicion.count(pixel, kind))
  const byKind = Object.fromEntries(SUSPICION_KINDS.map((kind) => [kind, count(kind)]))
  return { suspects: total, suspectsByKind: byKind as PixelStatus['suspectsByKind'] }
}

/** Shapes with events that have not ended, and shapes on hold even where none waits. */
export function shapes(core: Core, pixel: number): ShapeStatus[] {
  const { tally, terms, holds } = core
  const all = new Set([...tally.shapes(pixel), ...holds.shapes(pixel)])
  return [...all].map((shape) => ({
    shape: terms.text(shape),
    events: tally.all(pixel, shape),
    hold: holds.get(pixel, shape),
  }))
}

function oldest(core: Core, pixel: number): number | undefined {
  const times = core.tally.shapes(pixel).flatMap((shape) => {
    const part = { pixel, shape, after: START, beforeMs: Number.MAX_SAFE_INTEGER }
    const limit = 1 + core.leases.sending(pixel, shape)
    const ready = core.statements.queue.ready({ ...part, limit }).find(({ row }) => !core.leases.has(row))
    const [waiting] = core.statements.queue.waiting({ ...part, limit: 1 })
    return [ready, waiting, oldestApart(core, pixel, shape)].flatMap((found) =>
      found === undefined ? [] : queuedEvent(core, found.row).timestamp_ms,
    )
  })
  return times.length === 0 ? undefined : Math.min(...times)
}

function oldestApart({ leases, tally, statements }: Core, pixel: number, shape: number): { row: number } | undefined {
  const leased = leases.sendingApart(pixel, shape)
  if (tally.apart(pixel, shape) === leased) return undefined
  const range = { pixel, shape, beforeMs: Number.MAX_SAFE_INTEGER, limit: 1 + leased }
  return statements.suspicion.oldest(range).find(({ row }) => !leases.has(row))
}
