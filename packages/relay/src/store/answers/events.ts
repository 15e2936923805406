import type { EventList, EventListQuestion, ListedEvent, Range } from '../reads/index.ts'
import { rangeOf } from './groups.ts'
import { type Match, type Matched, matchOf } from './match.ts'
import type { Moment } from './moment.ts'
import { countMatching, type Gathered, type Lister, MAX_COUNTED } from './page.ts'
import type { Reading } from './reading.ts'
import { countedTotal, keptTotal, type Leased, type Total } from './total.ts'

const MAX_LIMIT = 1_000

/** How a store lists events. */
export interface Lists<Event extends Matched> {
  readonly lister: (match: Match, question: EventListQuestion) => Lister<Event>
  readonly listed: (events: readonly Event[]) => Reading<ListedEvent[]>
  readonly leased: Leased
  /** The total of a list that counts itself, up to a limit; `undefined`: it has to be listed for that. */
  readonly total?: (match: Match, question: EventListQuestion, limit: number) => Reading<Total | undefined>
}

/** A page of events with its total. */
export function* events<Event extends Matched>(
  moment: Moment,
  lists: Lists<Event>,
  question: EventListQuestion,
): Reading<EventList> {
  const { cursor, limit } = question
  checkLimit(limit)
  const range = rangeOf(moment, question)
  const match = matchOf(moment, question, range?.range ?? ALWAYS)
  const list = lists.lister(match, question)
  // First, because a sum has to be whole, and what is listed need not be.
  const kept = countsItself(question) ? undefined : yield* keptTotal(moment, match, range?.pieces, lists.leased)
  const page = yield* list({ cursor, limit })
  const total =
    kept ??
    (yield* ownTotal(moment, { question, list, page, total: () => lists.total?.(match, question, MAX_COUNTED) }))
  return {
    events: yield* lists.listed(page.events),
    cursor: page.cursor,
    isCut: page.isCut,
    ...total,
    range: askedPart(range?.range, question),
  }
}

export function checkLimit(limit: number): void {
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT)
    throw new TypeError(`limit must be from 1 to ${MAX_LIMIT}.`)
}

const ALWAYS: Range = { fromMs: Number.NEGATIVE_INFINITY, untilMs: Number.POSITIVE_INFINITY }

function askedPart(range: Range | undefined, { fromMs, untilMs }: Partial<Range>): Partial<Range> | undefined {
  if (range === undefined) return undefined
  return {
    ...(fromMs !== undefined && { fromMs: range.fromMs }),
    ...(untilMs !== undefined && { untilMs: range.untilMs }),
  }
}

function countsItself({ idPrefix, orderKey, suspect, identity }: EventListQuestion): boolean {
  return (idPrefix ?? orderKey ?? suspect ?? identity) !== undefined
}

interface Totalled<Event> {
  readonly question: EventListQuestion
  readonly list: Lister<Event>
  readonly page: Gathered<Event>
  readonly total: () => Reading<Total | undefined> | undefined
}

function* ownTotal<Event extends Matched>(
  moment: Moment,
  { question: { cursor, state }, list, page, total }: Totalled<Event>,
): Reading<Total> {
  const isAll = cursor === undefined && page.cursor === undefined
  // Of an older version, what was delivered is listed as it is being counted.
  const isKnown = moment.countedFrom === 0 || state !== 'delivered'
  if (isAll || moment.isOver()) return countedTotal(moment, { events: page.events, isExact: isAll && isKnown })
  const found = total()
  const summed = found && (yield* found)
  if (summed !== undefined) return summed
  const counted = yield* countMatching(list, cursor === undefined ? page : undefined)
  return countedTotal(moment, { ...counted, isExact: counted.isExact && isKnown })
}
