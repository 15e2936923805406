import { MINUTE_MS } from 'waybill/delivery'
import { TooSlowError } from '../errors.ts'
import type { Hold } from '../hold.ts'
import type { BacklogQuestion, FaultSample } from '../reads/index.ts'
import { type Edges, MINUTE_GRAIN } from '../roll-up/edges.ts'
import type { LocalDays } from '../roll-up/local-day.ts'
import type { SuspicionKind } from '../suspicion.ts'
import type { Guided } from './guide.ts'
import type { NumbersByPixel } from './numbers.ts'
import type { Piece } from './pieces.ts'
import { type Reading, type Row, rowsOf, type Value } from './reading.ts'
import type { Sum, Summed } from './sums.ts'

/** Shape of a hold on the whole pixel. */
export const WHOLE_PIXEL = 0

/** Holds by pixel and shape. */
export type HoldsByPixel = ReadonlyMap<number, ReadonlyMap<number, Hold>>

/** Texts of terms, and terms of texts. */
export interface Texts {
  /** Of a number that came with the rows of a statement. */
  text(term: number): string
  /** Of a text of the question; `undefined`: it was never seen. */
  find(text: string): number | undefined
}

/** What tables of numbers are called, with all that was counted by this moment. */
export interface Tables {
  readonly rollup: string
  readonly known: string
  readonly latency: string
  readonly sample: string
}

export type Timed = Exclude<keyof Tables, 'known'>

/** Unix minutes, both included. */
export interface TimeSpan {
  readonly first: number
  readonly last: number
}

export interface Within {
  readonly from: number
  readonly below: number
}

/** Events that took as long as a bucket says. */
export interface Took {
  readonly kind: number
  readonly bucket: number
  readonly events: number
}

export interface MomentOptions {
  readonly days: LocalDays
  readonly edges: Edges
  readonly commit: number
  /** Accounts below this row are not counted yet. */
  readonly countedFrom: number
  readonly tables: Tables
  readonly terms: Texts
  /** Milliseconds that only go forward. */
  readonly monotonicMs: () => number
  /** How long a question may take. */
  readonly limitMs: number
}

/** One question, answered from one moment of a store. */
export abstract class Moment {
  readonly days: LocalDays
  readonly edges: Edges
  readonly commit: number
  readonly countedFrom: number
  readonly tables: Tables
  readonly terms: Texts
  readonly #monotonicMs: () => number
  readonly #endsMs: number
  /** Nothing of one moment changes. */
  readonly #spans: Map<string, { readonly span: TimeSpan | undefined }> = new Map()

  constructor({ days, edges, commit, countedFrom, tables, terms, monotonicMs, limitMs }: MomentOptions) {
    this.days = days
    this.edges = edges
    this.commit = commit
    this.countedFrom = countedFrom
    this.tables = tables
    this.terms = terms
    this.#monotonicMs = monotonicMs
    this.#endsMs = monotonicMs() + limitMs
  }

  all(sql: string, ...values: Value[]): Reading<readonly Row[]> {
    return rowsOf(sql, values)
  }

  *one(sql: string, ...values: Value[]): Reading<Row | undefined> {
    return (yield* rowsOf(sql, values))[0]
  }

  isOver(): boolean {
    return this.#monotonicMs() >= this.#endsMs
  }

  /** Throws once the time is over: what is no list is answered whole, or not. */
  mustBeInTime(): void {
    if (this.isOver()) throw tooSlow()
  }

  /** The hold that covers a pixel and shape. */
  hold(pixel: number, shape: number): Hold | undefined {
    const shapes = this.holds().get(pixel)
    return shapes?.get(WHOLE_PIXEL) ?? shapes?.get(shape)
  }

  /** Whether a table is added up over many times as quickly by one statement as by one for each. */
  get addsUpAtOnce(): boolean {
    return false
  }

  /** What a store keeps of a sum beside the rows of its table, by the same groups. */
  packedSums(_piece: Piece, _sum: Sum, _withTimes: boolean): readonly Summed[] {
    return []
  }

  /** Whether a store keeps anything beside the rows of its table that leads to events which are looked for. */
  hasPacked(_grain: number, _time: number, _guided: Guided): boolean {
    return false
  }

  /** What a store keeps of how long events took beside the rows of its table. */
  packedTook(_kinds: readonly number[], _piece: Piece, _pixels: readonly number[] | undefined): readonly Took[] {
    return []
  }

  abstract holds(): HoldsByPixel

  /** A list of the times of a piece at which a table has anything, or may have, to stand before what reads each by its index. */
  abstract timesOf(piece: Piece, table: Timed): { readonly sql: string; readonly join: string }

  /** When the oldest account was accepted that is still there, Unix milliseconds. */
  abstract oldestMs(): Reading<number | undefined>

  /** The share of the accounts that is counted, 0 to 1. */
  abstract counted(): Reading<number>

  /** How many are where, of some pixels or of all that there are. */
  abstract numbers(pixels: readonly string[] | undefined): Reading<NumbersByPixel>

  /** The own time of the oldest event of each pixel that has not ended, leased or not, to the minute. */
  abstract oldest(of: NumbersByPixel): Reading<ReadonlyMap<number, number>>

  /** How many of each pixel are apart, by why. */
  abstract suspects(of: NumbersByPixel): Reading<ReadonlyMap<number, Partial<Record<SuspicionKind, number>>>>

  /** How many of each pixel have not ended and lie before each time, up to a limit. */
  abstract within(
    of: NumbersByPixel,
    range: Omit<BacklogQuestion, 'pixels'>,
  ): Reading<ReadonlyMap<number, readonly number[]>>

  /** Of each group the latest in an end for its reason, in the order of the groups. */
  abstract samples(of: SamplesOf): Reading<FaultSample[][]>

  /** Tables that have the times of a table, each by an index of its own. */
  protected partsOf(table: Timed): readonly string[] {
    return [this.tables[table]]
  }

  /** The first and the last time of a grain at which a table has anything, what lies at `below` or later left out. */
  *spanOf(table: Timed, grain: number, below?: number): Reading<TimeSpan | undefined> {
    const where = `WHERE grain = ${grain}${below === undefined ? '' : ` AND time < ${below}`}`
    const known = this.#spans.get(table + where)
    if (known !== undefined) return known.span
    const columns = this.partsOf(table).flatMap((part, at) =>
      ['min', 'max'].map((which) => `(SELECT ${which}(time) FROM ${part} ${where}) AS ${which}_${at}`),
    )
    const row = yield* this.one(`SELECT ${columns.join()}`)
    const times = Object.values(row ?? {}).filter((time) => time !== null) as number[]
    const span = times.length === 0 ? undefined : { first: Math.min(...times), last: Math.max(...times) }
    this.#spans.set(table + where, { span })
    return span
  }

  /** The newest time of a grain, from `from` on and below `below`, at which there is something of a condition. */
  *newestWith(table: Timed, grain: number, { from, below }: Within, where: string): Reading<number | undefined> {
    const inside = `grain = ${grain} AND time >= ${from} AND time < ${below}`
    const columns = this.partsOf(table).map(
      (part, at) => `(SELECT max(time) FROM ${part} WHERE ${inside} AND ${where}) AS last_${at}`,
    )
    const row = yield* this.one(`SELECT ${columns.join()}`)
    const times = Object.values(row ?? {}).filter((time) => time !== null) as number[]
    return times.length === 0 ? undefined : Math.max(...times)
  }

  /** What was counted last, Unix milliseconds. */
  *lastMs(): Reading<number> {
    const span = yield* this.spanOf('rollup', MINUTE_GRAIN)
    return ((span?.last ?? this.edges.quarterTo - 1) + 1) * MINUTE_MS
  }
}

export function tooSlow(message: string = 'The answer would take too long.'): TooSlowError {
  return new TooSlowError(message, { hint: 'Ask for a shorter time, or for one pixel.' })
}

/** Samples of groups of ended events. Numbers of terms. */
export interface SamplesOf {
  readonly kind: number
  readonly groups: readonly { readonly pixel: number; readonly code: number }[]
  /** Of each. */
  readonly limit: number
}
