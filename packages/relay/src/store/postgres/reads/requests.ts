import { checkLimit } from '../../answers/events.ts'
import type { Moment } from '../../answers/moment.ts'
import { type Gathered, gather } from '../../answers/page.ts'
import type { Reading } from '../../answers/reading.ts'
import { wantedOf } from '../../answers/where.ts'
import type { ListedRequest, RequestList, RequestListQuestion, RequestTree } from '../../reads/index.ts'
import { REQUEST } from '../../state.ts'
import { attemptOf } from '../operations/accounts.ts'
import { toText } from '../text.ts'
import { cursorAt, finite, lastOfPixels, type Place, placeAt } from './looking.ts'

const CHUNK = 256
/** Pixels that are looked at together at first. */
const TOGETHER = 16

/** What is no plain delivery: the index by lease knows these. */
const IN_TREE = "(parent is not null or verdict <> 'delivered')"
const COLUMNS = `r.seq, r.pixel, r.at_ms, r.duration_ms, r.status, r.verdict, r.code, r.message, r.request_id, r.validate_only, r.ambiguous,
  r.events, r.lease, r.step, r.parent,
  (select above.seq from waybill_store.request as above
    where above.lease = r.lease and above.step = r.parent and (above.parent is not null or above.verdict <> 'delivered') limit 1) as parent_seq`

type AttemptColumns = Parameters<typeof attemptOf>[0]

interface RequestRow extends AttemptColumns {
  readonly seq: number
  readonly pixel: number
  readonly lease: number | null
  readonly step: number | null
  readonly parent: number | null
  readonly parent_seq: number | null
}

/** The newest first. */
export function* requests(moment: Moment, question: RequestListQuestion): Reading<RequestList> {
  const { cursor, limit, pixels, untilMs = Number.POSITIVE_INFINITY } = question
  checkLimit(limit)
  const last = yield* lastOfPixels(moment, REQUEST, { wanted: wantedOf(moment, { ...(pixels && { pixels }) }) })
  let place: Place | undefined = placeAt(cursor, untilMs)
  const read = function* (): Reading<readonly RequestRow[]> {
    if (place === undefined) return []
    const found = yield* look(moment, last, place, question)
    const end = found.at(-1)
    place = found.length < CHUNK || end === undefined ? undefined : placeOf(end)
    return found
  }
  const page: Gathered<RequestRow> = yield* gather(moment, {
    limit,
    read,
    matches: (request) => isMeant(request, question),
    cursorAt: (request) => cursorAt(placeOf(request)),
  })
  return { requests: page.events.map((row) => requestOf(moment, row)), cursor: page.cursor, isCut: page.isCut }
}

function placeOf({ at_ms, seq }: RequestRow): Place {
  return { atMs: at_ms, row: seq }
}

/** Pixels whose last one lies before all that was found need not be looked at. */
function* look(
  moment: Moment,
  pixels: Awaited<ReturnType<typeof lastOfPixels> extends Reading<infer Last> ? Last : never>,
  place: Place,
  { verdict, fromMs = 0 }: RequestListQuestion,
): Reading<readonly RequestRow[]> {
  const isOdd = verdict !== undefined && verdict !== 'delivered'
  const odd = isOdd ? " and inside.verdict <> 'delivered' and inside.verdict = ?" : ''
  for (let count = TOGETHER; ; count *= 4) {
    const some = pixels.slice(0, count).map(({ pixel }) => pixel)
    const sql = `
      select ${COLUMNS} from unnest('{${some.join()}}'::integer[]) as p (pixel) cross join lateral (
        select * from waybill_store.request as inside
        where inside.pixel = p.pixel and (inside.at_ms, inside.seq) < (${place.atMs}, ${place.row})
          and inside.at_ms >= ${finite(fromMs)}${odd}
        order by inside.at_ms desc, inside.seq desc limit ${CHUNK}) as r
      order by r.at_ms desc, r.seq desc limit ${CHUNK}`
    const found = (yield* moment.all(sql, ...(isOdd ? [toText(verdict)] : []))) as unknown as RequestRow[]
    const next = pixels[count]
    if (next === undefined) return found
    if (found.length === CHUNK && next.lastMs < found.at(-1)!.at_ms) return found
  }
}

function isMeant(
  request: RequestRow,
  { verdict, status, fromMs = Number.NEGATIVE_INFINITY, untilMs = Number.POSITIVE_INFINITY }: RequestListQuestion,
): boolean {
  if (request.at_ms < fromMs || request.at_ms >= untilMs) return false
  if (verdict !== undefined && request.verdict !== toText(verdict)) return false
  return status === undefined || (request.status ?? 0) === status
}

function requestOf({ terms }: Pick<Moment, 'terms'>, row: RequestRow): ListedRequest {
  return { seq: row.seq, pixel: terms.text(row.pixel), ...attemptOf(row), parent: row.parent_seq ?? undefined }
}

const MAX_TREE = 2_000

/** All requests of the lease that hang together with one. */
export function* requestTree(
  moment: Moment,
  { seq, pixels }: { readonly seq: number; readonly pixels?: readonly string[] },
): Reading<RequestTree> {
  const select = `select ${COLUMNS} from waybill_store.request as r where`
  const one = (yield* moment.one(`${select} r.seq = ?`, seq)) as unknown as RequestRow | undefined
  if (one === undefined || (pixels !== undefined && !pixels.includes(moment.terms.text(one.pixel))))
    return { requests: [] }
  if (one.lease === null) return { requests: [requestOf(moment, one)] }
  const sql = `${select} r.lease = ? and ${IN_TREE} order by r.recorded, r.seq limit ${MAX_TREE}`
  const all = (yield* moment.all(sql, one.lease)) as unknown as RequestRow[]
  const tree = hangingTogether(all, one)
  return { requests: (tree.length === 0 ? [one] : tree).map((request) => requestOf(moment, request)) }
}

function hangingTogether(all: readonly RequestRow[], one: RequestRow): RequestRow[] {
  const steps = new Map(all.map((request) => [request.step, request]))
  const rootOf = (request: RequestRow): number => {
    let at = request
    for (let up = steps.get(at.parent); up !== undefined; up = steps.get(at.parent)) at = up
    return at.seq
  }
  return all.filter((request) => rootOf(request) === rootOf(one))
}

/** Those that carried an event, in the order they were recorded. `day`: of its acceptance. */
export function* requestsOf(
  moment: Moment,
  { pixel, row, day }: { readonly pixel: number; readonly row: number; readonly day: number },
): Reading<ListedRequest[]> {
  const found = yield* moment.all(`
    select ${COLUMNS} from waybill_store.request as r
    where int4range(r.pixel, r.pixel, '[]') @> ${pixel} and r.rows @> ${row}::bigint and r.day >= ${day - 1}
    order by r.recorded, r.seq`)
  return (found as unknown as RequestRow[]).map((request) => requestOf(moment, request))
}
