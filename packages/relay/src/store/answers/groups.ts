import { MINUTE_MS } from 'waybill/delivery'
import type { Count, Group, Groups, GroupsQuestion, Range } from '../reads/index.ts'
import { END_CODES, FLOW_CODES } from '../state.ts'
import type { Moment } from './moment.ts'
import { aligned, piecesOf } from './pieces.ts'
import type { Reading } from './reading.ts'
import { MoneySum, type Sum, type Summed, sumOfAll, sumOver } from './sums.ts'
import { conditions, textOf, wantedOf } from './where.ts'

const DEFAULT_LIMIT = 100
const MAX_LIMIT = 1_000

/** Totals by what events have in common. */
export function* groups(moment: Moment, question: GroupsQuestion): Reading<Groups> {
  const { count, by, limit = DEFAULT_LIMIT } = question
  const kind = 'flow' in count ? FLOW_CODES[count.flow] : END_CODES[count.ends]
  const sum: Sum = { kinds: [kind], count: 'flow' in count ? 'flow' : 'ends', wanted: wantedOf(moment, question), by }
  const range = rangeOf(moment, question)
  const summed = yield* range === undefined ? sumOfAll(moment, sum) : sumOver(moment, range.pieces, sum)
  const found = [...grouped(summed).values()].sort((a, b) => b.events - a.events)
  const seen = by.length === 0 ? undefined : yield* seenOf(moment, sum)
  return {
    groups: found.slice(0, Math.min(limit, MAX_LIMIT)).map(({ keys, events, money }): Group => {
      const times = seen?.get(keys.join()) ?? { firstMs: 0, lastMs: 0 }
      const key = Object.fromEntries(by.map((name, at) => [name, textOf(moment, name, keys[at]!, kind)]))
      return { key, events, money: money.value(moment), ...times }
    }),
    total: totalOf(moment, summed),
    count: found.length,
    range: range?.range,
  }
}

/** The range of a question with the pieces that it is read in; `undefined`: all times. */
export function rangeOf(
  { edges, days }: Pick<Moment, 'edges' | 'days'>,
  { fromMs, untilMs }: Partial<Range>,
): { readonly range: Range; readonly pieces: ReturnType<typeof piecesOf> } | undefined {
  if (fromMs === undefined && untilMs === undefined) return undefined
  const asked = { fromMs: fromMs ?? 0, untilMs: untilMs ?? Math.max(FAR_MS, fromMs ?? 0) }
  if (asked.untilMs < asked.fromMs) throw new TypeError('The range ends before it begins.')
  const minutes = aligned(asked, edges, days)
  const range = { fromMs: minutes.from * MINUTE_MS, untilMs: minutes.until * MINUTE_MS }
  return { range, pieces: piecesOf(minutes, edges, days) }
}

/** The year 2100. */
const FAR_MS = 4_102_444_800_000

interface Grouped {
  readonly keys: readonly number[]
  events: number
  readonly money: MoneySum
}

export function grouped(summed: readonly Summed[]): Map<string, Grouped> {
  const found = new Map<string, Grouped>()
  for (const { keys, events, currency, money } of summed) {
    const at = keys.join()
    const group = found.get(at) ?? { keys, events: 0, money: new MoneySum() }
    found.set(at, group)
    group.events += events
    group.money.add(currency, money)
  }
  return found
}

export function totalOf(moment: Moment, summed: readonly Summed[]): Count {
  const money = new MoneySum()
  let events = 0
  for (const each of summed) {
    events += each.events
    money.add(each.currency, each.money)
  }
  return { events, money: money.value(moment) }
}

/** When each group was counted first and last, at any time. */
function* seenOf(
  moment: Moment,
  { kinds, wanted, by }: Sum,
): Reading<Map<string, { firstMs: number; lastMs: number }>> {
  const where = [`kind IN (${kinds.join()})`, ...conditions(wanted), 'flow > 0'].join(' AND ')
  const sql = `SELECT ${by.join()}, min(first) AS first_seen, max(last) AS last_seen FROM ${moment.tables.known}
    WHERE ${where} GROUP BY ${by.join()}`
  return new Map(
    (yield* moment.all(sql)).map((row) => {
      const seen = {
        firstMs: Number(row['first_seen']) * MINUTE_MS,
        lastMs: (Number(row['last_seen']) + 1) * MINUTE_MS - 1,
      }
      return [by.map((name) => row[name]).join(), seen]
    }),
  )
}
