import { APART, EXPIRED, READY, WAITING } from '../../state.ts'
import type { ExpireCall, ExpiredEvent } from '../../store.ts'
import type { Core } from '../core.ts'
import { START } from '../queue/frontier.ts'
import { placeOf, queuedEvent } from './queued-event.ts'

/** Inside a transaction: ends what waits or is held and whose own time lies before. What is leased is its holder's. */
export function expire(core: Core, call: ExpireCall): ExpiredEvent[] {
  const expired: ExpiredEvent[] = []
  for (const pixel of core.tally.pixels()) {
    for (const shape of core.tally.shapes(pixel)) {
      expireShape(core, pixel, shape, call, expired)
      if (expired.length >= call.limit) return expired
    }
  }
  return expired
}

function expireShape(core: Core, pixel: number, shape: number, call: ExpireCall, expired: ExpiredEvent[]): void {
  const beforeMs = call.timestampBeforeMs
  for (const state of [READY, WAITING, APART]) {
    const left = call.limit - expired.length
    if (left <= 0) return
    for (const row of oldest(core, { pixel, shape, state, beforeMs, limit: left })) {
      expired.push(expireRow(core, row, call))
    }
  }
}

interface Part {
  readonly pixel: number
  readonly shape: number
  readonly state: number
  readonly beforeMs: number
  readonly limit: number
}

/** The oldest that are in no lease; leased ones are read past, as many as there are. */
function oldest(core: Core, { state, limit, ...part }: Part): number[] {
  return selectOldest(core, state, part, limit)
    .map(({ row }) => row)
    .filter((row) => !core.leases.has(row))
    .slice(0, limit)
}

function selectOldest(
  { statements, leases, tally }: Core,
  state: number,
  part: Omit<Part, 'state' | 'limit'>,
  limit: number,
): readonly { readonly row: number }[] {
  const { pixel, shape } = part
  if (tally.of(pixel, shape, state) === 0) return []
  if (state === WAITING) return statements.queue.waiting({ ...part, limit })
  if (state === READY)
    return statements.queue.ready({ ...part, after: START, limit: limit + leases.sending(pixel, shape) })
  return statements.suspicion.oldest({ ...part, limit: limit + leases.sendingApart(pixel, shape) })
}

function expireRow(core: Core, row: number, call: ExpireCall): ExpiredEvent {
  const event = queuedEvent(core, row)
  const { code, message } = (event.state === APART && core.statements.suspicion.get(row)) || call
  core.statements.event.end(row, row, { state: EXPIRED, endedMs: call.nowMs, code, message, attempts: 0 })
  core.queue.end([placeOf(event)], EXPIRED, { atMs: call.nowMs, code })
  const { terms } = core
  return {
    row,
    pixel: terms.text(event.pixel),
    name: terms.text(event.name),
    id: event.id ?? '',
    timestampMs: event.timestamp_ms,
    code,
    message,
  }
}
