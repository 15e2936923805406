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
import type { Database, Row } from '../database.ts'
import type { Undo } from '../queue/undo.ts'

/** Which rows a minute is counted in. */
export class Grains {
  readonly timeZone: string
  readonly days: LocalDays
  readonly #undo: Undo
  readonly #insertDay: (from: number, until: number) => void
  readonly #writeEdges: (edges: Edges) => void
  /** Days that a row may stand for, rising. */
  readonly #known: CountedDay[]
  #edges: Edges

  constructor(database: Database, undo: Undo, timeZone: string) {
    this.#undo = undo
    this.timeZone = timeZone
    this.days = localDays(timeZone)
    const kept = database.prepare('SELECT value FROM meta WHERE key = ?').get(EDGES_KEY) as Row | undefined
    this.#edges = kept === undefined ? NO_EDGES : (JSON.parse(String(kept['value'])) as Edges)
    this.#known = (database.prepare('SELECT time, until FROM rollup_day ORDER BY time').all() as Row[]).map(
      ({ time, until }) => ({ from: Number(time), until: Number(until) }),
    )
    const insert = database.prepare('INSERT OR IGNORE INTO rollup_day (time, until) VALUES (?, ?)')
    const write = database.prepare('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)')
    this.#insertDay = (from, until) => void insert.run(from, until)
    this.#writeEdges = (edges) => void write.run(EDGES_KEY, JSON.stringify(edges))
  }

  get edges(): Edges {
    return this.#edges
  }

  /** The finest first. Inside a transaction. */
  slotsOf(minute: number): Slot[] {
    return slotsOf(minute, this.#edges, (of) => this.dayOf(of))
  }

  /** The day that a minute is counted in, kept so that it stays the same under another time zone. Inside a transaction. */
  dayOf(minute: number): CountedDay {
    const day = countedDay(minute, this.#known, this.days)
    if (this.#known.includes(day)) return day
    this.#insertDay(day.from, day.until)
    keepDay(this.#known, day)
    this.#undo.add(() => void this.#known.splice(this.#known.indexOf(day), 1))
    return day
  }

  /** Inside a transaction. */
  setEdges(edges: Edges): void {
    const before = this.#edges
    this.#undo.add(() => {
      this.#edges = before
    })
    this.#edges = edges
    this.#writeEdges(edges)
  }
}
