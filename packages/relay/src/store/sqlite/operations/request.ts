import type { RequestRecord } from '../../request.ts'
import type { Core } from '../core.ts'
import { eachRun, rising } from '../row-set.ts'

/** Inside a transaction: keeps a request and counts it for the events whose attempts nobody else counts. */
export function keepRequest(core: Core, request: RequestRecord, counted: ReadonlySet<number> = new Set()): void {
  const rows = rising(request.rows)
  core.statements.insertRequest(core.terms.of(request.pixel), request, rows)
  if (request.validateOnly) return
  eachRun(counted.size === 0 ? rows : rows.filter((row) => !counted.has(row)), core.statements.addAttempts)
}
