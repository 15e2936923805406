import { MINUTE_MS } from 'waybill/delivery'
import { TooSlowError } from '../../errors.ts'
import type { Hold } from '../../hold.ts'
import type { Database, Row, Statement } from '../database.ts'
import { WHOLE_PIXEL } from '../hold-book.ts'
import { Undo } from '../queue/undo.ts'
import { EDGES_KEY, type Edges, NO_EDGES } from '../roll-up/edges.ts'
import { type LocalDays, localDays } from '../roll-up/local-day.ts'
import { Terms } from '../terms.ts'

/** What lies in the memory of the store alone, and goes along with a question. */
export interface Live {
  /** Leased events by pixel and shape. */
  readonly sending: readonly (readonly [pixel: number, shape: number, events: number])[]
  /** Which rows they are, where the question is about rows. */
  readonly rows: Float64Array | undefined
}

/** What a reader keeps from one question to the next. */
export interface Reader {
  readonly database: Database
  readonly terms: Terms
  readonly days: LocalDays
  /** Prepared once: some are asked thousands of times for one answer. */
  readonly statements: Map<string, Statement>
  /** Milliseconds that only go forward. */
  readonly monotonicMs: () => number
  /** How long a question may take. */
  readonly limitMs: number
}

export function makeReader(
  database: Database,
  { timeZone, limitMs }: { readonly timeZone: string; readonly limitMs: number },
): Reader {
  const monotonicMs = (): number => performance.now()
  const kept = { terms: new Terms(database, new Undo()), days: localDays(timeZone), statements: new Map() }
  return { database, ...kept, monotonicMs, limitMs }
}

const MAX_STATEMENTS = 300

/** One question, answered from one moment of the file. */
export class Moment {
  readonly database: Database
  readonly terms: Terms
  readonly days: LocalDays
  readonly edges: Edges
  readonly live: Live
  readonly commit: number
  /** Accounts below this row are not counted yet. */
  readonly countedFrom: number
  readonly #statements: Map<string, Statement>
  readonly #monotonicMs: () => number
  readonly #endsMs: number
  #holds: ReadonlyMap<number, ReadonlyMap<number, Hold>> | undefined
  #leased: ReadonlySet<number> | undefined

  constructor(reader: Reader, live: Live) {
    const { database, terms, days, monotonicMs, limitMs } = reader
    this.database = database
    this.terms = terms
    this.days = days
    this.live = live
    this.#statements = reader.statements
    this.#monotonicMs = monotonicMs
    this.#endsMs = monotonicMs() + limitMs
    this.commit = Number((database.prepare('SELECT commits FROM moment').get() as Row)['commits'])
    const edges = this.meta(EDGES_KEY)
    this.edges = edges === undefined ? NO_EDGES : (JSON.parse(edges) as Edges)
    this.countedFrom = Number(this.meta('store.uncounted') ?? 0)
  }

  meta(key: string): string | undefined {
    const row = this.database.prepare('SELECT value FROM meta WHERE key = ?').get(key) as Row | undefined
    return row?.['value'] as string | undefined
  }

  all(sql: string, ...values: (number | string | null)[]): Row[] {
    return this.#statement(sql).all(...values) as Row[]
  }

  one(sql: string, ...values: (number | string | null)[]): Row | undefined {
    return this.#statement(sql).get(...values) as Row | undefined
  }

  #statement(sql: string): Statement {
    const known = this.#statements.get(sql)
    if (known !== undefined) return known
    if (this.#statements.size >= MAX_STATEMENTS) this.#statements.clear()
    const statement = this.database.prepare(sql)
    this.#statements.set(sql, statement)
    return statement
  }

  isOver(): boolean {
    return this.#monotonicMs() >= this.#endsMs
  }

  /** Throws once the time is over: what is no list is answered whole, or not. */
  mustBeInTime(): void {
    if (this.isOver())
      throw new TooSlowError('The answer would take too long.', { hint: 'Ask for a shorter time, or for one pixel.' })
  }

  /** The hold that covers a pixel and shape. */
  hold(pixel: number, shape: number): Hold | undefined {
    const shapes = this.holds().get(pixel)
    return shapes?.get(WHOLE_PIXEL) ?? shapes?.get(shape)
  }

  holds(): ReadonlyMap<number, ReadonlyMap<number, Hold>> {
    this.#holds ??= this.#readHolds()
    return this.#holds
  }

  isLeased(row: number): boolean {
    this.#leased ??= new Set(this.live.rows ?? [])
    return this.#leased.has(row)
  }

  /** What was counted last, Unix milliseconds. */
  lastMs(): number {
    const found = this.one('SELECT max(time) AS time FROM rollup WHERE grain = 0')?.['time'] as number | null
    return ((found ?? this.edges.quarterTo - 1) + 1) * MINUTE_MS
  }

  #readHolds(): Map<number, Map<number, Hold>> {
    const holds = new Map<number, Map<number, Hold>>()
    for (const { pixel, shape, code, message, at_ms, by } of this.all('SELECT * FROM hold')) {
      const shapes = holds.get(pixel as number) ?? new Map<number, Hold>()
      holds.set(pixel as number, shapes)
      const hold = { code: code as string, message: message as string, atMs: at_ms as number, by: by as string }
      shapes.set(shape as number, hold)
    }
    return holds
  }
}
