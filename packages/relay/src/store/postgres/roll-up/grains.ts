import {
  type CountedDay,
  countedDay,
  EDGES_KEY,
  type Edges,
  keepDay,
  NO_EDGES,
  type Slot,
  slotsOf,
} from '../../roll-up/edges.ts'
import { type LocalDays, localDays } from '../../roll-up/local-day.ts'
import type { Session } from '../connection/database.ts'
import { PUT_META } from '../operations/people.ts'

const EDGES = 'select value from waybill_store.meta where key = $1'
const DAYS = 'select time as from, until from waybill_store.rollup_day order by time'
const PUT_DAYS = `
  insert into waybill_store.rollup_day (time, until) select * from unnest($1::integer[], $2::integer[]) on conflict do nothing`

/** Which rows a minute is counted in, for the length of a transaction. */
export class Grains {
  readonly days: LocalDays
  /** Rising. */
  readonly #kept: CountedDay[]
  readonly #new: CountedDay[] = []
  #edges: Edges
  #isMoved = false

  private constructor(edges: Edges, kept: CountedDay[], timeZone: string) {
    this.#edges = edges
    this.#kept = kept
    this.days = localDays(timeZone)
  }

  static async read(session: Session, timeZone: string): Promise<Grains> {
    const [edges] = await session.query<{ value: string }>(EDGES, [EDGES_KEY])
    const kept = await session.query<CountedDay>(DAYS)
    return new Grains(edges === undefined ? NO_EDGES : (JSON.parse(edges.value) as Edges), kept, timeZone)
  }

  get edges(): Edges {
    return this.#edges
  }

  setEdges(edges: Edges): void {
    this.#edges = edges
    this.#isMoved = true
  }

  /** The finest first. */
  slotsOf(minute: number): Slot[] {
    return slotsOf(minute, this.#edges, (of) => this.dayOf(of))
  }

  /** The day that a minute is counted in, kept so that it stays the same under another time zone. */
  dayOf(minute: number): CountedDay {
    const day = countedDay(minute, this.#kept, this.days)
    if (this.#kept.includes(day)) return day
    this.#new.push(day)
    keepDay(this.#kept, day)
    return day
  }

  /** What was changed of them. */
  async write(session: Session): Promise<void> {
    const days = this.#new.splice(0)
    if (days.length > 0) await session.query(PUT_DAYS, [days.map(({ from }) => from), days.map(({ until }) => until)])
    if (this.#isMoved) await session.query(PUT_META, [EDGES_KEY, JSON.stringify(this.#edges)])
    this.#isMoved = false
  }
}
