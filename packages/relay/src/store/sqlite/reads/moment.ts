import type { Guided } from '../../answers/guide.ts'
import { type HoldsByPixel, Moment, type SamplesOf, type Tables, type Timed, type Took } from '../../answers/moment.ts'
import { type NumbersByPixel, numbersOf, type PixelNumbers } from '../../answers/numbers.ts'
import type { Piece } from '../../answers/pieces.ts'
import { atOnce, type Reading } from '../../answers/reading.ts'
import type { Sum, Summed } from '../../answers/sums.ts'
import { conditions, wantedOf } from '../../answers/where.ts'
import type { Hold } from '../../hold.ts'
import type { BacklogQuestion, FaultSample } from '../../reads/index.ts'
import { EDGES_KEY, type Edges, MINUTE_GRAIN, NO_EDGES } from '../../roll-up/edges.ts'
import { type LocalDays, localDays } from '../../roll-up/local-day.ts'
import { SUSPICION_KINDS, type SuspicionKind } from '../../suspicion.ts'
import type { Database, Row, Statement } from '../database.ts'
import { countParts } from '../operations/expiring.ts'
import { Undo } from '../queue/undo.ts'
import { PackKeys } from '../roll-up/pack-keys.ts'
import { Terms } from '../terms.ts'
import { hasPacked, packedTook, sumPacks } from './packed.ts'
import { samplesOf } from './samples.ts'

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
  readonly keys: PackKeys
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
  const undo = new Undo()
  const kept = { terms: new Terms(database, undo), keys: new PackKeys(database, undo), statements: new Map() }
  return { database, ...kept, days: localDays(timeZone), monotonicMs, limitMs }
}

const MAX_STATEMENTS = 300
export const TABLES: Tables = { rollup: 'rollup', known: 'known', latency: 'latency', sample: 'sample' }

const OLDEST = [
  'SELECT min(timestamp_ms / 60000) * 60000 AS at FROM event WHERE state = 0 AND pixel = ? AND shape = ?',
  'SELECT min(timestamp_ms) AS at FROM event WHERE state = 1 AND pixel = ? AND shape = ?',
  'SELECT min(timestamp_ms) AS at FROM suspicion WHERE pixel = ? AND shape = ?',
]

/** One question, answered from one moment of the file. What is asked of the file alone is asked at once. */
export class SqliteMoment extends Moment {
  readonly database: Database
  readonly live: Live
  readonly #statements: Map<string, Statement>
  readonly #keys: PackKeys
  #holds: HoldsByPixel | undefined
  #leased: ReadonlySet<number> | undefined

  constructor(reader: Reader, live: Live) {
    const { database, terms, days, monotonicMs, limitMs } = reader
    const meta = (key: string): string | undefined =>
      (database.prepare('SELECT value FROM meta WHERE key = ?').get(key) as Row | undefined)?.['value'] as
        | string
        | undefined
    const edges = meta(EDGES_KEY)
    super({
      days,
      edges: edges === undefined ? NO_EDGES : (JSON.parse(edges) as Edges),
      commit: Number((database.prepare('SELECT commits FROM moment').get() as Row)['commits']),
      countedFrom: Number(meta('store.uncounted') ?? 0),
      tables: TABLES,
      terms,
      monotonicMs,
      limitMs,
    })
    this.database = database
    this.live = live
    this.#statements = reader.statements
    this.#keys = reader.keys
  }

  rows(sql: string, ...values: (number | string | null)[]): Row[] {
    return this.#statement(sql).all(...values) as Row[]
  }

  row(sql: string, ...values: (number | string | null)[]): Row | undefined {
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

  isLeased(row: number): boolean {
    this.#leased ??= new Set(this.live.rows ?? [])
    return this.#leased.has(row)
  }

  override holds(): HoldsByPixel {
    this.#holds ??= this.#readHolds()
    return this.#holds
  }

  /** Each time that a piece has anything at is found by the key's index, and of each time only the kinds that are asked for. */
  override timesOf({ grain, from, until }: Piece, table: Timed): { readonly sql: string; readonly join: string } {
    const sql = `WITH RECURSIVE t(time) AS (
    SELECT min(time) FROM ${table} WHERE grain = ${grain} AND time >= ${from}
    UNION ALL
    SELECT (SELECT min(time) FROM ${table} WHERE grain = ${grain} AND time > t.time) FROM t WHERE t.time < ${until})`
    return { sql, join: 'CROSS JOIN' }
  }

  protected override partsOf(table: Timed): readonly string[] {
    return table === 'sample' ? [table] : [table, `${table}_pack`]
  }

  override packedSums(piece: Piece, sum: Sum, withTimes: boolean): readonly Summed[] {
    return piece.grain === MINUTE_GRAIN ? [] : sumPacks(this, this.#keys, piece, { sum, withTimes })
  }

  override hasPacked(grain: number, time: number, guided: Guided): boolean {
    return grain !== MINUTE_GRAIN && hasPacked(this, this.#keys, { grain, time }, guided)
  }

  override packedTook(kinds: readonly number[], piece: Piece, pixels: readonly number[] | undefined): readonly Took[] {
    return packedTook(this, kinds, piece, pixels)
  }

  override oldestMs(): Reading<number | undefined> {
    const found = this.row('SELECT accepted_ms FROM event ORDER BY row LIMIT 1')
    return atOnce(found?.['accepted_ms'] as number | undefined)
  }

  override counted(): Reading<number> {
    if (this.countedFrom === 0) return atOnce(1)
    const newest = Number(this.row('SELECT max(row) AS row FROM event')?.['row'] ?? 1)
    return atOnce(Math.max(0, Math.min(1, 1 - this.countedFrom / (newest + 1))))
  }

  override numbers(pixels: readonly string[] | undefined): Reading<NumbersByPixel> {
    const wanted = wantedOf(this, { ...(pixels && { pixels }) })
    const sql = `SELECT pixel, shape, kind, events FROM tally WHERE ${conditions(wanted).join(' AND ')}`
    const found = numbersOf(this.rows(sql))
    this.#takeLeased(found)
    return atOnce(found)
  }

  /** The file counts what is leased among what waits. */
  #takeLeased(found: ReadonlyMap<number, PixelNumbers>): void {
    for (const [pixel, shape, events] of this.live.sending) {
      const numbers = found.get(pixel)
      const counted = numbers?.shapes.get(shape)
      if (numbers === undefined || counted === undefined) continue
      // A lease may have ended since the question was asked.
      counted.leased = Math.min(counted.waiting, events)
      counted.waiting -= counted.leased
      numbers.sending += counted.leased
    }
  }

  /** Leased or not: a lease keeps its events while the API is away. */
  override oldest(of: NumbersByPixel): Reading<ReadonlyMap<number, number>> {
    const oldest = new Map<number, number>()
    for (const [pixel, numbers] of of) {
      this.mustBeInTime()
      const times = liveShapes(numbers)
        .flatMap((shape) => OLDEST.map((sql) => this.row(sql, pixel, shape)?.['at'] as number | null))
        .filter((at) => at !== null)
      if (times.length > 0) oldest.set(pixel, Math.min(...times))
    }
    return atOnce(oldest)
  }

  override suspects(of: NumbersByPixel): Reading<ReadonlyMap<number, Partial<Record<SuspicionKind, number>>>> {
    const sql = 'SELECT count(*) AS events FROM suspicion WHERE pixel = ? AND kind = ?'
    const isAny = ({ shapes }: PixelNumbers): boolean => [...shapes.values()].some(({ apart }) => apart > 0)
    const pixels = [...of].filter(([, numbers]) => isAny(numbers)).map(([pixel]) => pixel)
    const byKind = (pixel: number): Partial<Record<SuspicionKind, number>> =>
      Object.fromEntries(SUSPICION_KINDS.map((kind) => [kind, Number(this.row(sql, pixel, kind)?.['events'])]))
    return atOnce(new Map(pixels.map((pixel) => [pixel, byKind(pixel)])))
  }

  override within(
    of: NumbersByPixel,
    { fromMs, beforeMs, limit }: Omit<BacklogQuestion, 'pixels'>,
  ): Reading<ReadonlyMap<number, readonly number[]>> {
    const found = new Map<number, number[]>()
    for (const [pixel, numbers] of of) {
      this.mustBeInTime()
      const parts = liveShapes(numbers).map((shape) => ({ pixel, shape }))
      const count = (before: number): number =>
        countParts((sql, ...values) => this.row(sql, ...values), parts, { fromMs, beforeMs: before, limit }).events
      found.set(pixel, beforeMs.map(count))
    }
    return atOnce(found)
  }

  override samples(of: SamplesOf): Reading<FaultSample[][]> {
    return atOnce(samplesOf(this, of))
  }

  #readHolds(): Map<number, Map<number, Hold>> {
    const holds = new Map<number, Map<number, Hold>>()
    for (const { pixel, shape, code, message, at_ms, by } of this.rows('SELECT * FROM hold')) {
      const shapes = holds.get(pixel as number) ?? new Map<number, Hold>()
      holds.set(pixel as number, shapes)
      const hold = { code: code as string, message: message as string, atMs: at_ms as number, by: by as string }
      shapes.set(shape as number, hold)
    }
    return holds
  }
}

function liveShapes({ shapes }: PixelNumbers): number[] {
  return [...shapes].filter(([, { waiting, leased }]) => waiting + leased > 0).map(([shape]) => shape)
}
