import type { By } from '../../hold.ts'
import type { Selection } from '../../selection.ts'
import type { Core } from '../core.ts'

/** Events that one act of an operator changes, unless it says otherwise. */
export const DEFAULT_LIMIT = 1_000
/** Named rows are listed up to here; an action is a line to read, not a copy of a queue. */
const MAX_NAMED_ROWS = 20

export function noteAction(core: Core, verb: string, selection: Selection, { by, nowMs }: By, about: object): void {
  const named = 'rows' in selection ? { rows: selection.rows.slice(0, MAX_NAMED_ROWS) } : selection
  core.statements.account.addAction({ atMs: nowMs, by, verb, about: { ...named, ...about } })
}
