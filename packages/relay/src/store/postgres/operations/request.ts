import { mayStore, type RequestRecord } from '../../request.ts'
import { ADDED, REQUEST } from '../../state.ts'
import type { Changes } from '../changes.ts'
import type { Session } from '../connection/database.ts'
import type { Core } from '../core.ts'
import { TODAY } from '../partitions.ts'
import { toRanges } from '../row-ranges.ts'
import type { Terms } from '../terms.ts'
import { toText, toTextOrNull } from '../text.ts'

export const REQUEST_COLUMNS = `seq, day, pixel, at_ms, duration_ms, status, verdict, code, message, request_id, validate_only, ambiguous,
    events, rows, lease, step, parent, added`

/** The values of `REQUEST_COLUMNS`, the day by the database, as parameters from `first` on. */
export function requestParameters(first: number): string {
  const types = [
    'bigint',
    'integer',
    'bigint',
    'float8',
    'integer',
    'text',
    'text',
    'text',
    'text',
    'boolean',
    'boolean',
    'integer',
    'int8multirange',
    'bigint',
    'integer',
    'integer',
    'text',
  ]
  const [seq, ...rest] = types.map((type, at) => `$${first + at}::${type}`)
  return [seq, TODAY, ...rest].join(', ')
}

export function requestValues(terms: Terms, seq: number, request: RequestRecord): unknown[] {
  const { pixel, atMs, durationMs, status, verdict, code, message, requestId, validateOnly, ambiguous, place, added } =
    request
  const rows = new Set(request.rows)
  return [
    seq,
    terms.number(pixel),
    atMs,
    durationMs,
    status ?? null,
    toText(verdict),
    toTextOrNull(code),
    toTextOrNull(message),
    toTextOrNull(requestId),
    validateOnly,
    ambiguous,
    rows.size,
    toRanges(rows),
    place?.lease ?? null,
    place?.step ?? null,
    place?.parent ?? null,
    added === undefined ? null : JSON.stringify(added),
  ]
}

/** Texts that have to have a number first. */
export function termsOfRequest(request: RequestRecord): string[] {
  return [request.pixel, outcomeOf(request), ...Object.keys(request.added ?? {})]
}

function outcomeOf({ verdict, status }: RequestRecord): string {
  return `${verdict}:${status ?? 0}`
}

export function countRequest(terms: Terms, request: RequestRecord, changes: Changes): void {
  const { pixel, atMs, added = {} } = request
  const whose = terms.number(pixel)
  changes.happened(REQUEST, atMs, whose, terms.number(outcomeOf(request)), 1)
  for (const [field, events] of Object.entries(added))
    if (events > 0) changes.happened(ADDED, atMs, whose, terms.number(field), events)
}

const INSERT = `insert into waybill_store.request (${REQUEST_COLUMNS}) select ${requestParameters(1)}`
const COUNT_TRIES = `
  insert into waybill_store.tried (row, attempts, may_be_stored)
  select row, 1, $2 from waybill_store.account where row = any ($1::bigint[])
  on conflict (row) do update
  set attempts = tried.attempts + 1, may_be_stored = tried.may_be_stored or excluded.may_be_stored`

/** In a transaction: keeps a request, and counts it for what it carried without delivering it. */
export async function insertRequest(
  session: Session,
  terms: Terms,
  {
    seq,
    request,
    delivered,
  }: { readonly seq: number; readonly request: RequestRecord; readonly delivered: ReadonlySet<number> },
): Promise<void> {
  await session.query(INSERT, requestValues(terms, seq, request))
  if (request.validateOnly) return
  const tried = [...new Set(request.rows)].filter((row) => !delivered.has(row))
  if (tried.length > 0) await session.query(COUNT_TRIES, [tried, mayStore(request)])
}

/** Keeps a request that settles nothing yet. */
export async function recordRequest(core: Core, request: RequestRecord, changes: Changes): Promise<void> {
  const { terms, partitions, database, seqs } = core
  await terms.keep(termsOfRequest(request))
  const [seq] = await seqs.take(1)
  countRequest(terms, request, changes)
  await partitions.during(() =>
    database.transaction(async (session) => {
      await insertRequest(session, terms, { seq: seq!, request, delivered: new Set() })
      await changes.write(session)
    }),
  )
}
