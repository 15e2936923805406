import {
  type HoldsByPixel,
  Moment,
  type MomentOptions,
  type SamplesOf,
  type Tables,
  type Timed,
  WHOLE_PIXEL,
} from '../../answers/moment.ts'
import { type NumbersByPixel, numbersOf, type PixelNumbers, shapeOf } from '../../answers/numbers.ts'
import type { Piece } from '../../answers/pieces.ts'
import { atOnce, type Reading } from '../../answers/reading.ts'
import { conditions, isIn, wantedOf } from '../../answers/where.ts'
import type { Hold } from '../../hold.ts'
import type { BacklogQuestion, FaultSample } from '../../reads/index.ts'
import { DAY_GRAIN, EDGES_KEY, type Edges, NO_EDGES, QUARTER, QUARTER_GRAIN } from '../../roll-up/edges.ts'
import type { SuspicionKind } from '../../suspicion.ts'
import type { Session } from '../connection/database.ts'
import { accountAt, eachOf } from '../queue/give-back.ts'
import { holdOf } from '../situation.ts'
import { oldestOf, withinOf } from './backlog.ts'
import { samplesOf } from './samples.ts'

export const TABLES: Tables = {
  rollup: 'waybill_store.rollup_now',
  known: 'waybill_store.known_now',
  latency: 'waybill_store.latency_now',
  sample: 'waybill_store.sample',
}

/**
 * The moment's number: how many transactions that wrote are over, so that it is higher whenever something can be seen that could not
 * before.
 */
const COMMIT = `
  pg_snapshot_xmax(pg_current_snapshot())::text::bigint - (select count(*) from pg_snapshot_xip(pg_current_snapshot()))`

const OPEN = `
  select ${COMMIT} as commit, (select value from waybill_store.meta where key = '${EDGES_KEY}') as edges, h.*
  from (values (true)) as one left join (
    select pixel, shape, at_ms, code, message, by from waybill_store.hold order by version) as h on true`

interface OpenRow {
  readonly commit: number
  readonly edges: string | null
  readonly pixel: number | null
  readonly shape: number
  readonly at_ms: number
  readonly code: string
  readonly message: string
  readonly by: string
}

type Kept = Omit<MomentOptions, 'edges' | 'commit' | 'countedFrom' | 'tables'>

/** One question, answered from one snapshot of the database, over all relays. */
export class PostgresMoment extends Moment {
  readonly keepBodies: boolean
  readonly #holds: HoldsByPixel

  private constructor(options: MomentOptions, holds: HoldsByPixel, keepBodies: boolean) {
    super(options)
    this.#holds = holds
    this.keepBodies = keepBodies
  }

  static async open(session: Session, kept: Kept & { readonly keepBodies: boolean }): Promise<PostgresMoment> {
    const rows = await session.query<OpenRow>(OPEN)
    const [first] = rows
    const edges = first?.edges == null ? NO_EDGES : (JSON.parse(first.edges) as Edges)
    const options = { ...kept, edges, commit: first!.commit, countedFrom: 0, tables: TABLES }
    return new PostgresMoment(options, holdsIn(rows), kept.keepBodies)
  }

  override get addsUpAtOnce(): boolean {
    return true
  }

  override holds(): HoldsByPixel {
    return this.#holds
  }

  override timesOf(piece: Piece, table: Timed): { readonly sql: string; readonly join: string } {
    return { sql: `WITH t(time) AS MATERIALIZED (${timesIn(piece, table)})`, join: 'JOIN' }
  }

  /** Of the union of both, the database would read all to find the first. */
  protected override partsOf(table: Timed): readonly string[] {
    const pending = PENDING[table]
    return pending === undefined ? [this.tables[table]] : [`waybill_store.${table}`, pending]
  }

  override *oldestMs(): Reading<number | undefined> {
    const found = yield* this.one('select accepted_ms from waybill_store.account order by row limit 1')
    return found?.['accepted_ms'] as number | undefined
  }

  override counted(): Reading<number> {
    return atOnce(1)
  }

  override *numbers(pixels: readonly string[] | undefined): Reading<NumbersByPixel> {
    const where = conditions(wantedOf(this, { ...(pixels && { pixels }) })).join(' and ')
    const sql = `
      select pixel, shape, kind, sum(events) as events from waybill_store.tally where ${where} group by pixel, shape, kind`
    const found = numbersOf(yield* this.all(sql))
    const leased = `
      select pixel, sum(upper(part.range) - lower(part.range)) as events
      from waybill_store.lease cross join unnest(rows) as part (range) where ${where} group by pixel`
    for (const { pixel, events } of (yield* this.all(leased)) as Record<string, number>[]) {
      const numbers = found.get(pixel!)
      if (numbers !== undefined) numbers.sending += events!
    }
    yield* this.#countHeldShapes(found)
    yield* this.#countLeasedApart(found)
    return found
  }

  /** Of shapes that are on hold themselves what is leased is told apart. */
  *#countHeldShapes(found: ReadonlyMap<number, PixelNumbers>): Reading<void> {
    const pixels = [...this.#holds].filter(([, shapes]) => [...shapes.keys()].some((shape) => shape !== WHOLE_PIXEL))
    const own = pixels.map(([pixel]) => pixel).filter((pixel) => (found.get(pixel)?.sending ?? 0) > 0)
    if (own.length === 0) return
    const sql = `
      select a.pixel, a.shape, count(*) as events from waybill_store.lease as l cross join ${eachOf('l.rows')}
      cross join ${accountAt('each.row')} where ${isIn('l.pixel', own)} group by a.pixel, a.shape`
    for (const { pixel, shape, events } of (yield* this.all(sql)) as Record<string, number>[])
      shapeOf(found.get(pixel!)!, shape!).leased = events!
  }

  /** A suspect stays one while it is leased. */
  *#countLeasedApart(found: ReadonlyMap<number, PixelNumbers>): Reading<void> {
    const sql = `
      select s.pixel, s.shape, count(*) as events from waybill_store.lease as l cross join ${eachOf('l.rows')}
      join waybill_store.suspicion as s on s.row = each.row where l.is_apart group by s.pixel, s.shape`
    for (const { pixel, shape, events } of (yield* this.all(sql)) as Record<string, number>[]) {
      const numbers = found.get(pixel!)
      if (numbers !== undefined) shapeOf(numbers, shape!).apart += events!
    }
  }

  override oldest(of: NumbersByPixel): Reading<ReadonlyMap<number, number>> {
    return oldestOf(this, of)
  }

  override *suspects(of: NumbersByPixel): Reading<ReadonlyMap<number, Partial<Record<SuspicionKind, number>>>> {
    const found = new Map<number, Partial<Record<SuspicionKind, number>>>()
    const sql = `
      select pixel, kind, count(*) as events from waybill_store.suspicion where ${isIn('pixel', [...of.keys()])}
      group by pixel, kind`
    for (const { pixel, kind, events } of yield* this.all(sql))
      found.set(pixel as number, { ...found.get(pixel as number), [kind as SuspicionKind]: events as number })
    return found
  }

  override within(
    of: NumbersByPixel,
    range: Omit<BacklogQuestion, 'pixels'>,
  ): Reading<ReadonlyMap<number, readonly number[]>> {
    return withinOf(this, of, range)
  }

  override samples(of: SamplesOf): Reading<FaultSample[][]> {
    return samplesOf(this, of)
  }
}

/** Changes that are not folded yet, by where they will be. */
const PENDING: Readonly<Partial<Record<Timed, string>>> = {
  rollup: 'waybill_store.flow_by_grain',
  latency: 'waybill_store.took_by_grain',
}

function timesIn({ grain, from, until }: Piece, table: Timed): string {
  if (grain === DAY_GRAIN) {
    const pending = PENDING[table]
    const sources = [
      'waybill_store.rollup_day where true',
      ...(pending ? [`${pending} where grain = ${DAY_GRAIN}`] : []),
    ]
    return sources.map((source) => `select time from ${source} and time >= ${from} and time < ${until}`).join(' union ')
  }
  const step = grain === QUARTER_GRAIN ? QUARTER : 1
  return `select * from generate_series(${from}, ${until - 1}, ${step})`
}

function holdsIn(rows: readonly OpenRow[]): HoldsByPixel {
  const holds = new Map<number, Map<number, Hold>>()
  for (const row of rows) {
    if (row.pixel === null) continue
    const shapes = holds.get(row.pixel) ?? new Map<number, Hold>()
    holds.set(row.pixel, shapes)
    shapes.set(row.shape, holdOf(row))
  }
  return holds
}
