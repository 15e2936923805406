import type { RequestRecord } from '../../request.ts'
import type { Core } from '../core.ts'
import { eachRun, rising } from '../row-set.ts'

/**
 * Inside a transaction: keeps a request, and counts it as an attempt of the events whose attempts nobody else counts: `uncounted`, by
 * default all that it carried.
 */
export function keepRequest(
  core: Core,
  request: RequestRecord,
  uncounted: (row: number) => boolean = () => true,
): void {
  const rows = rising(request.rows)
  core.statements.insertRequest(core.terms.of(request.pixel), request, rows)
  if (!request.validateOnly) eachRun(rows.filter(uncounted), core.statements.addAttempts)
}
