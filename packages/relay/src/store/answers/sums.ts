import type { Dimension, Money } from '../reads/index.ts'
import type { Moment, Timed } from './moment.ts'
import { isWithin, type Piece, slicesOf } from './pieces.ts'
import type { Reading } from './reading.ts'
import { conditions, isWhole, type Wanted } from './where.ts'

/** What to add up. */
export interface Sum {
  readonly kinds: readonly number[]
  readonly count: 'flow' | 'ends'
  readonly wanted: Wanted
  readonly by: readonly Exclude<Dimension, 'currency'>[]
}

/** One row of a sum: of one kind, key and currency. */
export interface Summed {
  readonly time: number
  readonly kind: number
  readonly currency: number
  readonly events: number
  readonly money: number
  readonly keys: readonly number[]
}

/** A week of quarters, where a statement costs as much as what it reads. */
const TOGETHER = 7

/** Where a table has anything at all, cut so that the clock can be looked at between. */
export function* slices(moment: Moment, pieces: readonly Piece[], table: Timed): Reading<Piece[]> {
  const found: Piece[] = []
  for (const piece of pieces) {
    const span = yield* moment.spanOf(table, piece.grain)
    if (span === undefined) continue
    const { first, last } = span
    const within = { ...piece, from: Math.max(piece.from, first), until: Math.min(piece.until, last + 1) }
    found.push(...slicesOf(within, moment.addsUpAtOnce ? TOGETHER : 1))
  }
  return found
}

/** Over pieces of time. Throws `TooSlowError`. */
export function* sumOver(
  moment: Moment,
  pieces: readonly Piece[],
  sum: Sum,
  withTimes: boolean = false,
): Reading<Summed[]> {
  const found: Summed[] = []
  for (const piece of yield* slices(moment, pieces, 'rollup')) {
    moment.mustBeInTime()
    found.push(...merged(yield* sumPiece(moment, piece, sum, withTimes), moment.packedSums(piece, sum, withTimes)))
  }
  return found
}

function* sumPiece(
  moment: Moment,
  piece: Piece,
  { kinds, count, wanted, by }: Sum,
  withTimes: boolean,
): Reading<Summed[]> {
  const whole = count === 'flow' && isWhole(wanted, by)
  const where = whole ? wholeConditions(wanted) : conditions(wanted, 'r')
  const columns = [...(withTimes ? ['r.time'] : []), 'r.kind', 'r.currency', ...by.map((name) => `r.${name}`)]
  const times = moment.timesOf(piece, 'rollup')
  const sql = `${times.sql}
    SELECT ${columns.map((column) => `${column} AS ${column.slice(2)}`).join()}, sum(r.${count}) AS events, sum(r.${count}_money) AS money
    FROM t ${times.join} ${moment.tables.rollup} AS r ON r.grain = ${piece.grain} AND r.time = t.time AND r.kind IN (${kinds.join()})
    WHERE ${isWithin('r', piece)} AND ${where.join(' AND ')} AND (r.${count} <> 0 OR r.${count}_money <> 0)
    GROUP BY ${columns.join()} HAVING sum(r.${count}) <> 0 OR sum(r.${count}_money) <> 0`
  return (yield* moment.all(sql)).map((row) => summedOf(row, by))
}

/** Both hold a part of each number: what is 0 together is left out. */
function merged(rows: readonly Summed[], packed: readonly Summed[]): readonly Summed[] {
  if (packed.length === 0) return rows
  if (rows.length === 0) return packed
  const found = new Map<string, Summed>()
  for (const each of [...packed, ...rows]) {
    const at = `${each.time} ${each.kind} ${each.currency} ${each.keys.join(' ')}`
    const { events, money } = found.get(at) ?? { events: 0, money: 0 }
    found.set(at, { ...each, events: each.events + events, money: each.money + money })
  }
  return [...found.values()].filter(({ events, money }) => events !== 0 || money !== 0)
}

function wholeConditions({ source, code }: Wanted): string[] {
  const equal = Object.entries({ source, code }).flatMap(([name, value]) =>
    value === undefined ? [] : [`r.${name} = ${value}`],
  )
  return ['r.pixel = 0', ...equal]
}

/** Over all times. */
export function* sumOfAll(moment: Moment, { kinds, count, wanted, by }: Sum): Reading<Summed[]> {
  const columns = ['kind', 'currency', ...by]
  const where = [`kind IN (${kinds.join()})`, ...conditions(wanted), `(${count} <> 0 OR ${count}_money <> 0)`]
  const sql = `SELECT ${columns.join()}, sum(${count}) AS events, sum(${count}_money) AS money
    FROM ${moment.tables.known} WHERE ${where.join(' AND ')}
    GROUP BY ${columns.join()} HAVING sum(${count}) <> 0 OR sum(${count}_money) <> 0`
  return (yield* moment.all(sql)).map((row) => summedOf(row, by))
}

function summedOf(row: Readonly<Record<string, unknown>>, by: readonly string[]): Summed {
  const { time, kind, currency, events, money } = row as Record<string, number>
  return {
    time: time ?? 0,
    kind: kind ?? 0,
    currency: currency ?? 0,
    events: events ?? 0,
    money: money ?? 0,
    keys: by.map((name) => row[name] as number),
  }
}

/** Adds up by currency. */
export class MoneySum {
  readonly #byCurrency: Map<number, number> = new Map()

  add(currency: number, money: number): void {
    if (currency !== 0) this.#byCurrency.set(currency, (this.#byCurrency.get(currency) ?? 0) + money)
  }

  value({ terms }: Pick<Moment, 'terms'>): Money {
    return Object.fromEntries(
      [...this.#byCurrency]
        .filter(([, money]) => money !== 0)
        .map(([currency, money]): [string, number] => [terms.text(currency), money])
        .sort(byText),
    )
  }
}

function byText(a: readonly [string, number], b: readonly [string, number]): number {
  return a[0] < b[0] ? -1 : 1
}
