import type { Moment } from './moment.ts'
import type { Reading } from './reading.ts'

/** A page as it is gathered: it knows that another event follows, so that no cursor leads to an empty page. */
export class PageOf<Event> {
  readonly events: Event[] = []
  readonly #moment: Moment
  readonly #limit: number
  #isFull = false

  constructor(moment: Moment, limit: number) {
    this.#moment = moment
    this.#limit = limit
  }

  /** One that matches, the next in order; false when it is one too many and the page is done. */
  add(event: Event): boolean {
    if (this.events.length === this.#limit) {
      this.#isFull = true
      return false
    }
    this.events.push(event)
    return true
  }

  /** Another follows. */
  get isFull(): boolean {
    return this.#isFull
  }

  /** The time is over, and there is something to show. */
  get isCut(): boolean {
    return this.events.length > 0 && this.#moment.isOver()
  }
}

/** What a list gives: its events, and where the next page begins. */
export interface Gathered<Event> {
  readonly events: readonly Event[]
  readonly cursor: string | undefined
  readonly isCut: boolean
}

/** Looked at without a match, after which the numbers are asked where the next one is. */
export const MISSES = 2_000

/** Which page of a list. */
export interface PageAsked {
  readonly cursor: string | undefined
  readonly limit: number
}

export type Lister<Event> = (page: PageAsked) => Reading<Gathered<Event>>

/** The next chunk behind an event; empty at the end, `undefined` where the time was over before anything was found. */
export type ReadChunk<Event> = (after: Event | undefined) => Reading<readonly Event[] | undefined>

export interface Gathering<Event> {
  readonly limit: number
  readonly read: ReadChunk<Event>
  readonly matches: (event: Event) => boolean
  readonly cursorAt: (event: Event) => string
}

/** Pages through what a reader gives, chunk by chunk. */
export function* gather<Event>(
  moment: Moment,
  { limit, read, matches, cursorAt }: Gathering<Event>,
): Reading<Gathered<Event>> {
  const page = new PageOf<Event>(moment, limit)
  let last: Event | undefined
  for (;;) {
    const chunk = yield* read(last)
    if (chunk === undefined) return cutBefore(moment, page, () => cursorAt(last!))
    if (chunk.length === 0) return { events: page.events, cursor: undefined, isCut: false }
    for (const event of chunk) {
      if (matches(event) && !page.add(event))
        return { events: page.events, cursor: cursorAt(page.events.at(-1)!), isCut: false }
      last = event
    }
    if (page.isCut && page.events.length < limit) return { events: page.events, cursor: cursorAt(last!), isCut: true }
  }
}

/** None at all is no answer while more is to be looked at. */
function cutBefore<Event>(moment: Moment, { events }: PageOf<Event>, cursor: () => string): Gathered<Event> {
  if (events.length === 0) moment.mustBeInTime()
  return { events, cursor: cursor(), isCut: true }
}

/** Such lists count themselves up to here. */
export const MAX_COUNTED = 10_000

export interface Counted<Event> {
  readonly events: readonly Event[]
  readonly isExact: boolean
}

/** What a list has in all, up to a limit of events, of looks and of time. `first`: its first page, behind which it goes on. */
export function* countMatching<Event>(list: Lister<Event>, first?: Gathered<Event>): Reading<Counted<Event>> {
  const counted = first?.events ?? []
  const { events, cursor, isCut } = yield* list({ cursor: first?.cursor, limit: MAX_COUNTED - counted.length })
  return { events: [...counted, ...events], isExact: cursor === undefined && !isCut }
}
