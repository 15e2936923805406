/** Lists of what is few, or is found by a key: all of it is put in order by the arrival of its accounts. */
import type { Match } from '../../answers/match.ts'
import type { Moment } from '../../answers/moment.ts'
import { type Gathered, gather, type PageAsked } from '../../answers/page.ts'
import type { Reading, Value } from '../../answers/reading.ts'
import { DELIVERED } from '../../state.ts'
import { accountAt, eachOf } from '../queue/give-back.ts'
import type { Situation } from '../situation.ts'
import { toText } from '../text.ts'
import { matches, numbersIn, situationsAt } from './listed.ts'
import { accountConditions, cursorAt, finite, placeAt } from './looking.ts'
import type { PostgresMoment } from './moment.ts'
import { acceptedAt, listArrivals } from './time-lists.ts'

/** Read at once: a page and the one behind it, of many that are counted more. */
const CHUNKS = { least: 64, most: 512 }

interface Few {
  /** Gives `row`. */
  readonly sql: string
  readonly values: readonly Value[]
  /** On columns of `a`, the account. */
  readonly conditions?: readonly string[]
  readonly conditionValues?: readonly Value[]
}

function* listFew(
  moment: Moment,
  match: Match,
  { cursor, limit }: PageAsked,
  { sql, values, conditions = [], conditionValues = [] }: Few,
): Reading<Gathered<Situation>> {
  const { fromMs, untilMs, wanted } = match
  const ofPixels = wanted.pixels === undefined ? [] : [`a.pixel = any ('{${wanted.pixels.join()}}'::integer[])`]
  const isByEnd = match.time === 'ended_ms'
  const inTime = isByEnd ? [] : [`a.accepted_ms >= ${finite(fromMs)}`, `a.accepted_ms < ${finite(untilMs)}`]
  const where = [...ofPixels, ...accountConditions(match), ...inTime, ...conditions]
  const start = placeAt(cursor, Number.MAX_SAFE_INTEGER)
  const chunk = Math.max(CHUNKS.least, Math.min(limit + 1, CHUNKS.most))
  const read = function* (after: Situation | undefined): Reading<Situation[]> {
    const { atMs, row } = after === undefined ? start : acceptedAt(after)
    const found = yield* moment.all(
      `select a.row from (${sql}) as few cross join ${accountAt('few.row')}
       where ${['(a.accepted_ms, a.row) < (?::bigint, ?::bigint)', ...where].join(' and ')}
       order by a.accepted_ms desc, a.row desc limit ${chunk}`,
      ...values,
      atMs,
      row,
      ...conditionValues,
    )
    return yield* situationsAt(moment, numbersIn(found, 'row'))
  }
  return yield* gather(moment, {
    limit,
    read,
    matches: (event) => matches(moment, event, match),
    cursorAt: (event) => cursorAt(acceptedAt(event)),
  })
}

/** Events that are sent with a context of this key. */
export function listOrder(moment: Moment, match: Match, page: PageAsked, key: string): Reading<Gathered<Situation>> {
  return listFew(moment, match, page, { sql: 'select row from waybill_store.order_key where key = ?', values: [key] })
}

export function listSuspects(moment: Moment, match: Match, page: PageAsked): Reading<Gathered<Situation>> {
  return listFew(moment, match, page, { sql: 'select row from waybill_store.suspicion', values: [] })
}

const LEASED = `select each.row from waybill_store.lease as l cross join ${eachOf('l.rows')}`

export function listSending(moment: Moment, match: Match, page: PageAsked): Reading<Gathered<Situation>> {
  return listFew(moment, match, page, { sql: LEASED, values: [] })
}

/** So many that wait are put in order; of more, arrivals are looked through. */
const MAX_GATHERED = 10_000

/** What waits or is held, out of the queues themselves. */
export function* listWaiting(moment: PostgresMoment, match: Match, page: PageAsked): Reading<Gathered<Situation>> {
  const numbers = yield* moment.numbers(undefined)
  const isMine = (pixel: number, shape: number): boolean =>
    (moment.hold(pixel, shape) !== undefined) === (match.state === 'held') &&
    match.pixels?.has(pixel) !== false &&
    (match.wanted.shape ?? shape) === shape
  const parts = [...numbers].flatMap(([pixel, { shapes }]) =>
    [...shapes].flatMap(([shape, { waiting }]) =>
      waiting > 0 && isMine(pixel, shape) ? [{ pixel, shape, waiting }] : [],
    ),
  )
  if (parts.length === 0) return { events: [], cursor: undefined, isCut: false }
  if (parts.reduce((sum, { waiting }) => sum + waiting, 0) > MAX_GATHERED)
    return yield* listArrivals(moment, match, page)
  const lane = (where: string): string =>
    `select row from waybill_store.queue as q where ${where} and q.pixel = p.pixel and q.shape = p.shape`
  const values = parts.map(({ pixel, shape }) => `(${pixel}, ${shape})`).join()
  const sql = `select q.row from (values ${values}) as p (pixel, shape) cross join lateral (
    ${lane('q.lane = 0')} union all ${lane('q.lane <> 0')}) as q`
  return yield* listFew(moment, match, page, { sql, values: [] })
}

/**
 * Events whose content is kept: each is looked into. Bodies of what was delivered are nobody's, unless all are kept. Digests have a length
 * of their own and stand nowhere else.
 */
export function listBodies(
  moment: PostgresMoment,
  match: Match,
  page: PageAsked,
  identity: string,
): Reading<Gathered<Situation>> {
  const undelivered = `select row from waybill_store.queue union all select row from waybill_store.ended where state > ${DELIVERED}
    union all ${LEASED}`
  const sql = moment.keepBodies ? 'select row from waybill_store.account' : undelivered
  const text = toText(identity)
  return listFew(moment, match, page, {
    sql,
    values: [],
    conditions: [
      `coalesce(
        (select position(? in k.wire) from waybill_store.kept_body as k where k.row = a.row),
        (select position(? in b.wire) from waybill_store.body as b where b.day = a.day and b.row = a.row)) > 0`,
    ],
    conditionValues: [text, text],
  })
}
