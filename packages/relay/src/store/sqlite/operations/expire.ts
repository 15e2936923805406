import type { ExpireCall, ExpiredEvent } from '../../store.ts'
import type { Core } from '../core.ts'
import { START } from '../frontier.ts'
import { EXPIRED, READY, WAITING } from '../state.ts'
import { queuedEvent } from './queued-event.ts'

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
  for (const state of [READY, WAITING]) {
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
  const leased = state === READY ? core.leases.sending(part.pixel, part.shape) : 0
  const select = state === READY ? core.statements.selectQueue : core.statements.selectWaiting
  return select({ ...part, after: START, limit: limit + leased })
    .map(({ row }) => row)
    .filter((row) => !core.leases.has(row))
    .slice(0, limit)
}

function expireRow(core: Core, row: number, { nowMs, code, message }: ExpireCall): ExpiredEvent {
  const event = queuedEvent(core, row)
  core.statements.endEvents(row, row, { state: EXPIRED, endedMs: nowMs, code, message, attempts: 0 })
  core.tally.move(event.pixel, event.shape, event.state, EXPIRED)
  core.fresh.take(row)
  const { terms } = core
  return {
    row,
    pixel: terms.text(event.pixel),
    name: terms.text(event.name),
    id: event.id ?? '',
    timestampMs: event.timestamp_ms,
  }
}
