import type { Core } from '../core.ts'
import type { Row } from '../database.ts'
import { unlinkKeys } from './context.ts'
import { placeOf } from './queued-event.ts'

type Oldest = Parameters<typeof placeOf>[0]

/**
 * Accounts are looked through in the order they were opened, up to the first that is younger than the limit of age: no index
 * is paid for at intake. Those that ended later are passed over, once in each round of calls.
 */
const SELECT_ENDED = `
  SELECT row, pixel, state, shape, name, source, currency, amount, accepted_ms, timestamp_ms, ended_ms, code FROM event
  WHERE row < coalesce((SELECT min(row) FROM event WHERE row > ?1 AND accepted_ms >= ?2), ?3)
    AND row > ?1 AND state >= 2 AND ended_ms < ?2
  ORDER BY row LIMIT ?4`

const SELECT_REQUESTS = 'SELECT seq, at_ms, last_row FROM request WHERE seq > 0 ORDER BY seq LIMIT ?'
const OLDEST_ROW = 'SELECT min(row) AS row FROM event'

export interface PruneCall {
  readonly endedBeforeMs: number
  readonly limit: number
}

/** Inside a transaction: forgets ended accounts; returns how many. */
export function prune(core: Core, { endedBeforeMs, limit }: PruneCall): number {
  const { database, queue } = core
  const found = database
    .prepare(SELECT_ENDED)
    .all(core.prunedTo, endedBeforeMs, core.nextRow, limit) as unknown as Oldest[]
  const { prunedTo } = core
  core.undo.add(() => {
    core.prunedTo = prunedTo
  })
  core.prunedTo = found.at(-1)?.row ?? 0
  const remove = ['event', 'body', 'passage', 'link', 'origin', 'fixed'].map((table) =>
    database.prepare(`DELETE FROM ${table} WHERE row = ?`),
  )
  for (const { row } of found) {
    if (core.hasLinks) unlinkKeys(core, row)
    for (const statement of remove) statement.run(row)
  }
  queue.leave(found.map(placeOf))
  const oldest = oldestRow(core)
  // What is left of a round may have been delivered long ago: its rows are looked up until it is gone.
  if (found.length < limit) {
    core.statements.delivery.prune(endedBeforeMs, limit)
    core.statements.pixelRows.prune(oldest, limit)
  }
  keepHighestRow(core, found.at(-1)?.row ?? 0)
  pruneRequests(core, { endedBeforeMs, limit }, oldest)
  return found.length
}

function oldestRow({ database, nextRow }: Core): number {
  return ((database.prepare(OLDEST_ROW).get() as Row)['row'] as number | null) ?? nextRow
}

/** The newest row may be among them, and must not be given again after a restart. */
function keepHighestRow({ statements: { meta } }: Core, row: number): void {
  if (row > Number(meta.get('store.pruned-row') ?? 0)) meta.set('store.pruned-row', String(row))
}

/** From the oldest on, up to the first that carried an event which is still known. */
function pruneRequests({ database }: Core, { endedBeforeMs, limit }: PruneCall, oldest: number): void {
  let pruned = 0
  for (const { seq, at_ms, last_row } of database.prepare(SELECT_REQUESTS).all(limit) as Record<string, number>[]) {
    if ((at_ms ?? 0) >= endedBeforeMs || (last_row ?? 0) >= oldest) break
    pruned = seq ?? 0
  }
  database.prepare('DELETE FROM request WHERE seq <= ?').run(pruned)
}
