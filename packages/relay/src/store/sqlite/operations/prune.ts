import type { Core } from '../core.ts'
import { PRUNED } from '../state.ts'

interface Oldest {
  readonly row: number
  readonly pixel: number
  readonly state: number
}

/**
 * Accounts are looked through in the order they were opened, up to the first that is younger than the limit of age: no index
 * is paid for at intake. Those that ended later are passed over, once in each round of calls.
 */
const SELECT_ENDED = `
  SELECT row, pixel, state FROM event
  WHERE row < coalesce((SELECT min(row) FROM event WHERE row > ?1 AND accepted_ms >= ?2), ?3)
    AND row > ?1 AND state >= 2 AND ended_ms < ?2
  ORDER BY row LIMIT ?4`

/** Requests go once every event that they carried is gone. */
const DELETE_REQUESTS = `
  DELETE FROM request WHERE seq IN (
    SELECT seq FROM request WHERE at_ms < ? AND last_row < (SELECT coalesce(min(row), ?) FROM event) ORDER BY seq LIMIT ?)`

export interface PruneCall {
  readonly endedBeforeMs: number
  readonly limit: number
}

/** Inside a transaction: forgets ended accounts; returns how many. */
export function prune(core: Core, { endedBeforeMs, limit }: PruneCall): number {
  const { database, statements, tally } = core
  const found = database
    .prepare(SELECT_ENDED)
    .all(core.prunedTo, endedBeforeMs, core.nextRow, limit) as unknown as Oldest[]
  core.prunedTo = found.at(-1)?.row ?? 0
  const remove = ['event', 'body', 'passage'].map((table) => database.prepare(`DELETE FROM ${table} WHERE row = ?`))
  for (const { row, pixel, state } of found) {
    for (const statement of remove) statement.run(row)
    tally.add(pixel, 0, state + PRUNED, 1)
  }
  if (found.length > 0) statements.meta.set('store.pruned-row', String(core.nextRow - 1))
  database.prepare(DELETE_REQUESTS).run(endedBeforeMs, core.nextRow, limit)
  return found.length
}
