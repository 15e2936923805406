import type { RefusedGroup } from '../../account.ts'
import { REFUSED } from '../../state.ts'
import type { Core } from '../core.ts'
import { SUMMARY_COLUMNS, type SummaryColumns, summarise } from './show.ts'

const SAMPLES = 3

/** Both read one index and nothing else, in its order. */
export const SELECT_GROUPS: string = `
  SELECT code, pixel, count(*) AS events, min(ended_ms) AS first_ms, max(ended_ms) AS last_ms
  FROM event WHERE state > 2 AND state = ${REFUSED} GROUP BY code, pixel`
const SELECT_SAMPLES = `
  SELECT ${SUMMARY_COLUMNS} FROM event WHERE state > 2 AND state = ${REFUSED} AND code = ? AND pixel = ?
  ORDER BY ended_ms DESC, row DESC LIMIT ${SAMPLES}`

interface GroupColumns {
  readonly code: string
  readonly pixel: number
  readonly events: number
  readonly first_ms: number
  readonly last_ms: number
}

export function refusedGroups(core: Core): RefusedGroup[] {
  const samples = core.database.prepare(SELECT_SAMPLES)
  const groups = core.database.prepare(SELECT_GROUPS).all() as GroupColumns[]
  return groups
    .map(({ code, pixel, events, first_ms, last_ms }) => ({
      pixel: core.terms.text(pixel),
      code,
      events,
      firstMs: first_ms,
      lastMs: last_ms,
      samples: (samples.all(code, pixel) as SummaryColumns[]).map((event) => summarise(core, event)),
    }))
    .sort((a, b) => b.events - a.events)
}
