import type { EventList, EventListQuestion, Range } from '../../reads/index.ts'
import { ACCEPTED, DELIVERED, END_CODES } from '../state.ts'
import { listArrivals } from './arrivals.ts'
import { delivered } from './deliveries.ts'
import { listEnds, undelivered } from './ends.ts'
import { rangeOf } from './groups.ts'
import { Guide } from './guide.ts'
import { countMatching, type KeyList, listBodies, listIds, listOrder, listSending, listSuspects } from './keys.ts'
import { isEnd, listed, type Match, matchOf } from './listed.ts'
import type { Moment } from './moment.ts'
import type { Gathered } from './page.ts'
import { countedTotal, keptTotal, type Total } from './total.ts'
import { listWaiting } from './waiting-list.ts'

const MAX_LIMIT = 1_000

/** A page of events with its total. */
export function events(moment: Moment, question: EventListQuestion): EventList {
  const { cursor, limit } = question
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT)
    throw new TypeError(`limit must be from 1 to ${MAX_LIMIT}.`)
  const range = rangeOf(moment, question)
  const match = matchOf(moment, question, range?.range ?? ALWAYS)
  const list = listerOf(moment, match, question)
  const page = list({ cursor, limit })
  const total = totalOf(moment, { match, question, list, page, pieces: range?.pieces })
  return {
    events: page.events.map((event) => listed(moment, event)),
    cursor: page.cursor,
    isCut: page.isCut,
    ...total,
    range: askedPart(range?.range, question),
  }
}

const ALWAYS: Range = { fromMs: Number.NEGATIVE_INFINITY, untilMs: Number.POSITIVE_INFINITY }

function askedPart(range: Range | undefined, { fromMs, untilMs }: Partial<Range>): Partial<Range> | undefined {
  if (range === undefined) return undefined
  return {
    ...(fromMs !== undefined && { fromMs: range.fromMs }),
    ...(untilMs !== undefined && { untilMs: range.untilMs }),
  }
}

type Lister = (page: KeyList) => Gathered

function listerOf(
  moment: Moment,
  match: Match,
  { idPrefix, orderKey, suspect, state, identity }: EventListQuestion,
): Lister {
  if (orderKey !== undefined) return (page) => listOrder(moment, match, page, orderKey)
  if (idPrefix !== undefined) return (page) => listIds(moment, match, page, idPrefix)
  if (identity !== undefined) return (page) => listBodies(moment, match, page)
  if (suspect === true) return (page) => listSuspects(moment, match, page)
  if (state === 'sending') return (page) => listSending(moment, match, page)
  if (state === undefined || !isEnd(state)) {
    const arrivals: Lister = (page) => listArrivals(moment, match, { ...page, guide: arrivalsGuide(moment, match) })
    return state === undefined ? arrivals : (page) => listWaiting(moment, match, page) ?? arrivals(page)
  }
  const kind = END_CODES[state]
  const guide = guideOf(moment, match, kind)
  const next = kind === DELIVERED ? () => delivered(moment, match) : () => undelivered(moment, match, kind)
  return (page) => listEnds(moment, match, { ...page, kind, guide }, next())
}

function guideOf(moment: Moment, { wanted }: Match, kind: number): Guide {
  return new Guide(moment, { kind, wanted, code: wanted.code ?? 0, areEnds: true })
}

/** Accounts have a key at the minute of their acceptance, and are counted there while they have not ended. */
function arrivalsGuide(moment: Moment, { wanted, state }: Match): Guide {
  return new Guide(moment, {
    kind: ACCEPTED,
    wanted: { ...wanted, code: undefined },
    code: 0,
    areEnds: state !== undefined,
  })
}

interface Totalled {
  readonly match: Match
  readonly question: EventListQuestion
  readonly list: Lister
  readonly page: Gathered
  readonly pieces: NonNullable<ReturnType<typeof rangeOf>>['pieces'] | undefined
}

function totalOf(moment: Moment, { match, question, list, page, pieces }: Totalled): Total {
  const { cursor, state, idPrefix, orderKey, suspect, identity } = question
  const countsItself = (idPrefix ?? orderKey ?? suspect ?? identity) !== undefined
  const kept = countsItself ? undefined : keptTotal(moment, match, pieces)
  if (kept !== undefined) return kept
  const isAll = cursor === undefined && page.cursor === undefined
  // Of an older version, what was delivered is listed as it is being counted.
  const isKnown = moment.countedFrom === 0 || state !== 'delivered'
  if (isAll || moment.isOver()) return countedTotal(moment, { events: page.events, isExact: isAll && isKnown })
  const counted = countMatching(list, cursor === undefined ? page : undefined)
  return countedTotal(moment, { ...counted, isExact: counted.isExact && isKnown })
}
