import type { LeaseQuery } from '../../lease.ts'
import { READY } from '../../state.ts'
import type { ProbeRange } from '../sql/queue.ts'
import { isBefore, type Place, START } from './frontier.ts'
import type { PickedRow, QueueParts } from './parts.ts'

type Picking = Pick<LeaseQuery, 'limit' | 'timestampBeforeMs' | 'perShape' | 'probe'>
type Order = ProbeRange['order']

/**
 * Picks what a probe asks for among the ready events of some shapes: the newest, those from the middle on, or only what was never sent.
 * The queues stay as they are: nothing says that all before what is picked is leased.
 */
export function pickProbe(parts: QueueParts, pixel: number, shapes: readonly number[], query: Picking): PickedRow[] {
  const { limit, perShape = limit, probe = {} } = query
  const ofEach = Math.min(limit, perShape)
  const read = reader(parts, pixel, query)
  const all = (order: Order, from: Place, most: number): PickedRow[] =>
    inOrder(
      shapes.flatMap((shape) => read(shape, order, from, most)),
      order,
    )
  if (probe.order === 'newest') return all('newest', START, ofEach).slice(0, limit)
  const from = probe.order === 'between' ? middle(all('oldest', START, 1)[0], all('newest', START, 1)[0]) : START
  return from === undefined ? [] : all('oldest', from, ofEach).slice(0, limit)
}

/** Reads places of one shape that are in no lease. */
function reader(parts: QueueParts, pixel: number, query: Picking) {
  const { timestampBeforeMs: beforeMs = Number.MAX_SAFE_INTEGER, probe } = query
  const neverSentFrom = probe?.neverSent === true ? parts.firstRow : undefined
  return (shape: number, order: Order, from: Place, limit: number): PickedRow[] => {
    const most = limit + parts.leases.sending(pixel, shape)
    const range = { pixel, shape, beforeMs, neverSentFrom, order, from, limit: most }
    const free = parts.statements.queue.probe(range).filter(({ row }) => !parts.leases.has(row))
    return free.slice(0, limit).map((place) => ({ ...place, pixel, shape, state: READY }))
  }
}

function inOrder(rows: PickedRow[], order: Order): PickedRow[] {
  const sorted = rows.sort((a, b) => (isBefore(a, b) ? -1 : 1))
  return order === 'newest' ? sorted.reverse() : sorted
}

/** By minutes; where both are of one, by their rows. */
function middle(first: Place | undefined, last: Place | undefined): Place | undefined {
  if (first === undefined || last === undefined) return undefined
  if (first.minute !== last.minute) return { minute: Math.ceil((first.minute + last.minute) / 2), row: START.row }
  return { minute: first.minute, row: Math.ceil((first.row + last.row) / 2) }
}
