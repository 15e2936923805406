import type { LeaseQuery } from '../../lease.ts'
import { lastMinuteBefore } from '../../minute.ts'
import { READY } from '../../state.ts'
import type { QueueRange } from '../sql/queue.ts'
import { isBefore, type Place } from './frontier.ts'
import type { PickedRow, QueueParts } from './parts.ts'

/** The queue of one shape, read piece by piece. */
interface Stream {
  readonly shape: number
  next: Place | undefined
  /** The last that was picked of it with nothing left out before it. */
  picked: Place | undefined
  piece: Place[]
  at: number
  /** How many more this shape may give. */
  left: number
}

type Picking = Pick<LeaseQuery, 'limit' | 'timestampBeforeMs' | 'perShape'>

/**
 * Picks the events of some shapes of a pixel that expire first, to the minute, passing over what is leased. The queues of the shapes
 * are merged, so that one shape, however many of it wait and whatever holds it, costs the others nothing.
 */
export function pickOldest(parts: QueueParts, pixel: number, shapes: readonly number[], query: Picking): PickedRow[] {
  const { limit, timestampBeforeMs: beforeMs = Number.MAX_SAFE_INTEGER, perShape = limit } = query
  const pieceSize = Math.max(16, Math.ceil(limit / Math.max(1, shapes.length)))
  const read = (shape: number, after: Place): Place[] => {
    const queue = { pixel, shape, after, limit: pieceSize }
    return firstFresh(parts, queue, beforeMs) ?? parts.statements.queue.ready({ ...queue, beforeMs })
  }
  const streams = shapes.map((shape): Stream => {
    const piece = read(shape, parts.frontier.after(pixel, shape))
    return { shape, next: undefined, picked: undefined, piece, at: 0, left: perShape }
  })
  for (const stream of streams) advance(parts, stream, read)
  const lastMinute = lastMinuteBefore(beforeMs)
  const picked: PickedRow[] = []
  while (picked.length < limit) {
    const first = soonest(streams)
    if (first?.next === undefined) break
    const { row, minute } = first.next
    picked.push({ row, pixel, shape: first.shape, minute, state: READY })
    // In the last minute the time may leave out earlier arrivals, and a frontier behind them would hide them.
    if (minute < lastMinute) first.picked = first.next
    first.left--
    advance(parts, first, read)
  }
  for (const { shape, picked: last } of streams) if (last !== undefined) parts.frontier.raise(pixel, shape, last)
  return picked
}

/** From memory, where all of a queue that can be leased lies there and no time cuts it. */
function firstFresh(
  { fresh, tally, leases }: QueueParts,
  { pixel, shape, after, limit }: Omit<QueueRange, 'beforeMs'>,
  beforeMs: number,
): Place[] | undefined {
  if (beforeMs !== Number.MAX_SAFE_INTEGER) return undefined
  return fresh.first(pixel, shape, tally.ready(pixel, shape) - leases.sending(pixel, shape), after, limit)
}

function soonest(streams: readonly Stream[]): Stream | undefined {
  let found: Stream | undefined
  for (const stream of streams) {
    if (stream.next === undefined || stream.left === 0) continue
    if (found?.next === undefined || isBefore(stream.next, found.next)) found = stream
  }
  return found
}

/** Steps to the next event of a stream that is in no lease. */
function advance({ leases }: QueueParts, stream: Stream, read: (shape: number, after: Place) => Place[]): void {
  for (;;) {
    const last = stream.piece.at(-1)
    if (stream.at >= stream.piece.length) {
      stream.next = undefined
      if (last === undefined || stream.left === 0) return
      stream.piece = read(stream.shape, last)
      stream.at = 0
      if (stream.piece.length === 0) return
    }
    stream.next = stream.piece[stream.at++]
    if (stream.next !== undefined && !leases.has(stream.next.row)) return
  }
}
