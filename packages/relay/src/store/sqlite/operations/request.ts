import { mayStore, type RequestRecord } from '../../request.ts'
import { ADDED, REQUEST } from '../../state.ts'
import type { Core } from '../core.ts'
import { eachRun, rising } from '../row-set.ts'

interface Settled {
  /** Rows whose attempts were counted. */
  readonly counted: ReadonlySet<number> | 'all'
  /** All that it carried was delivered: nobody asks any more whether it may be stored. */
  readonly allDelivered: boolean
}

const NOTHING_SETTLED: Settled = { counted: new Set(), allDelivered: false }

/** Inside a transaction: keeps a request and counts it for the events whose attempts nobody else counts. */
export function keepRequest(core: Core, request: RequestRecord, settled: Settled = NOTHING_SETTLED): void {
  const { counted, allDelivered } = settled
  const rows = rising(request.rows)
  const pixel = core.terms.of(request.pixel)
  core.statements.request.insert(pixel, request, rows)
  countRequest(core, pixel, request)
  if (request.validateOnly) return
  if (!allDelivered && mayStore(request)) eachRun(rows, core.statements.event.markStored)
  if (counted === 'all') return
  eachRun(counted.size === 0 ? rows : rows.filter((row) => !counted.has(row)), core.statements.event.addAttempt)
}

function countRequest(
  { rollUp, terms }: Core,
  pixel: number,
  { atMs, verdict, status, added = {} }: RequestRecord,
): void {
  rollUp.happened(atMs, REQUEST, pixel, terms.of(`${verdict}:${status ?? 0}`), 1)
  for (const [field, events] of Object.entries(added))
    if (events > 0) rollUp.happened(atMs, ADDED, pixel, terms.of(field), events)
}
