/** Lists that go by a time of each pixel's own index: arrivals, and ends that were no delivery. */
import { Guide } from '../../answers/guide.ts'
import type { Match } from '../../answers/match.ts'
import { isEnd } from '../../answers/match.ts'
import type { Moment } from '../../answers/moment.ts'
import { type Gathered, gather, type PageAsked } from '../../answers/page.ts'
import type { Reading } from '../../answers/reading.ts'
import { ACCEPTED, DELIVERED, END_CODES } from '../../state.ts'
import type { Situation } from '../situation.ts'
import { matches } from './listed.ts'
import { cursorAt, lastOfPixels, lookThrough, type Place, placeAt, type Source } from './looking.ts'

/** Events in the order in which they came, the newest first. */
export function* listArrivals(moment: Moment, match: Match, page: PageAsked): Reading<Gathered<Situation>> {
  const pixels = yield* lastOfPixels(moment, ACCEPTED, match)
  const guide = new Guide(moment, {
    kind: ACCEPTED,
    wanted: { ...match.wanted, code: undefined },
    code: 0,
    areEnds: match.state !== undefined,
  })
  const source: Source = { ofPixel: ARRIVALS, pixels, conditions: yield* arrivalConditions(moment, match), guide }
  return yield* listBy(moment, match, { page, source, placeOf: acceptedAt })
}

export function acceptedAt({ accepted_ms, row }: Situation): Place {
  return { atMs: accepted_ms, row }
}

const ARRIVALS: Source['ofPixel'] = ({ atMs, row }, fromMs, limit) => `
  select accepted_ms as at_ms, row from waybill_store.account as inside
  where inside.pixel = p.pixel and (inside.accepted_ms, inside.row) < (${atMs}, ${row}) and inside.accepted_ms >= ${fromMs}
  order by accepted_ms desc, row desc limit ${limit}`

/** By what a row is looked up further; what the situation says counts. */
function* arrivalConditions(moment: Moment, { state, code, wanted }: Match): Reading<string[]> {
  if (state !== undefined) return ['exists (select from waybill_store.queue as q where q.row = a.row)']
  if (code === undefined) return []
  const parts = [
    'exists (select from waybill_store.tried as t where t.row = a.row and t.code is not null)',
    `exists (select from waybill_store.ended as e where e.row = a.row and e.code = ${wanted.code})`,
  ]
  const isHold = [...moment.holds().values()].some((shapes) => [...shapes.values()].some((hold) => hold.code === code))
  if (isHold) parts.push('exists (select from waybill_store.queue as q where q.row = a.row)')
  const marked = `select 1 as found from ${moment.tables.known} where kind = ${DELIVERED} and code = ${wanted.code} limit 1`
  if ((yield* moment.one(marked)) !== undefined)
    parts.push(`exists (
      select from waybill_store.delivery as d
      where int4range(d.pixel, d.pixel, '[]') @> a.pixel and d.rows @> a.row and d.code = ${wanted.code})`)
  return [`(${parts.join(' or ')})`]
}

/** Refused, expired or discarded events by the time of their end, the newest first. */
export function* listEnded(moment: Moment, match: Match, page: PageAsked): Reading<Gathered<Situation>> {
  const { state, wanted } = match
  if (state === undefined || !isEnd(state)) throw new Error('Only what ended is listed by its end.')
  const kind = END_CODES[state]
  const code = match.code === undefined ? '' : ` and inside.code = ${wanted.code}`
  const source: Source = {
    ofPixel: ({ atMs, row }, fromMs, limit) => `
      select ended_ms as at_ms, row from waybill_store.ended as inside
      where inside.state = ${kind}${code} and inside.pixel = p.pixel and (inside.ended_ms, inside.row) < (${atMs}, ${row})
        and inside.ended_ms >= ${fromMs}
      order by ended_ms desc, row desc limit ${limit}`,
    pixels: yield* lastOfPixels(moment, kind, match),
    conditions: [],
    guide: new Guide(moment, { kind, wanted, code: wanted.code ?? 0, areEnds: true }),
  }
  return yield* listBy(moment, match, { page, source, placeOf: endedAt })
}

export function endedAt({ ended_ms, row }: Situation): Place {
  return { atMs: ended_ms ?? 0, row }
}

interface Listing {
  readonly page: PageAsked
  readonly source: Source
  readonly placeOf: (event: Situation) => Place
}

function listBy(moment: Moment, match: Match, { page, source, placeOf }: Listing): Reading<Gathered<Situation>> {
  return gather(moment, {
    limit: page.limit,
    read: lookThrough(moment, match, source, placeAt(page.cursor, match.untilMs)),
    matches: (event) => matches(moment, event, match),
    cursorAt: (event) => cursorAt(placeOf(event)),
  })
}
