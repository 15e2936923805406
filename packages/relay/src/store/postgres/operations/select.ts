import type { Selection } from '../../selection.ts'
import { END_CODES } from '../../state.ts'
import type { Session } from '../connection/database.ts'
import type { Terms } from '../terms.ts'
import { toTextOrNull } from '../text.ts'

type Alike = Extract<Selection, { state: string }>
type Suspects = Extract<Selection, { suspect: true }>

/** The rows that a selection means, at most `limit`, in their order. Rows that were named are given as they are. */
export async function selectRows(
  session: Session,
  terms: Terms,
  selection: Selection,
  limit: number,
): Promise<number[]> {
  if ('rows' in selection) return [...new Set(selection.rows)].slice(0, limit)
  const texts = [selection.pixel, selection.shape, selection.code].filter((text) => text !== undefined)
  await terms.find(texts)
  const { sql, values } = 'suspect' in selection ? suspects(terms, selection) : alike(terms, selection)
  const rows = await session.query<{ row: number }>(`${sql} order by row limit $5`, [...values, limit])
  return rows.map(({ row }) => row)
}

interface Selecting {
  readonly sql: string
  /** Pixel, shape, code, time; null for any. */
  readonly values: readonly unknown[]
}

function termOf(terms: Terms, text: string | undefined): number | null {
  return text === undefined ? null : terms.found(text)
}

function alike(terms: Terms, { state, pixel, code, shape, sinceMs }: Alike): Selecting {
  const of = [termOf(terms, pixel), termOf(terms, shape)]
  if (state === 'queued' || state === 'held')
    return { sql: state === 'held' ? HELD : QUEUED, values: [...of, toTextOrNull(code), sinceMs ?? null] }
  return { sql: ENDED(END_CODES[state]), values: [...of, termOf(terms, code), sinceMs ?? null] }
}

const ENDED = (state: number): string => `
  select e.row from waybill_store.ended as e join waybill_store.account as a on a.row = e.row
  where e.state = ${state} and ($1::integer is null or e.pixel = $1) and ($2::integer is null or a.shape = $2)
    and ($3::integer is null or e.code = $3) and ($4::float8 is null or e.ended_ms >= $4)`

const OF_QUEUE = `($1::integer is null or q.pixel = $1) and ($2::integer is null or q.shape = $2)`
const ACCEPTED_SINCE = `
  ($4::float8 is null or exists (
    select from waybill_store.account as a where a.row = q.row and a.accepted_ms >= $4))`
const COVERING = `
  lateral (
    select code from waybill_store.hold as inside where inside.pixel = q.pixel and inside.shape in (0, q.shape)
    order by inside.shape limit 1) as h`

const QUEUED = `
  select q.row from waybill_store.queue as q left join ${COVERING} on true
  left join waybill_store.tried as t on t.row = q.row
  where h.code is null and ${OF_QUEUE} and ${ACCEPTED_SINCE} and ($3::text is null or t.code = $3)`

/** The code of a held event is that of its hold. */
const HELD = `
  select q.row from waybill_store.queue as q cross join ${COVERING}
  where ${OF_QUEUE} and ${ACCEPTED_SINCE} and ($3::text is null or h.code = $3)`

const SUSPECTS = `
  select s.row from waybill_store.suspicion as s join waybill_store.queue as q on q.row = s.row
  where ${OF_QUEUE} and ($3::text is null or s.code = $3) and ($4::float8 is null or s.first_ms >= $4)`

function suspects(terms: Terms, { pixel, shape, code, sinceMs }: Suspects): Selecting {
  const values = [termOf(terms, pixel), termOf(terms, shape), toTextOrNull(code), sinceMs ?? null]
  return { sql: SUSPECTS, values }
}
