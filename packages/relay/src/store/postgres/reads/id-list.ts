import type { Match } from '../../answers/match.ts'
import type { Moment } from '../../answers/moment.ts'
import { type Gathered, gather, type PageAsked } from '../../answers/page.ts'
import type { Reading } from '../../answers/reading.ts'
import { MoneySum } from '../../answers/sums.ts'
import type { Total } from '../../answers/total.ts'
import { keyCursor } from '../../cursor.ts'
import { ACCEPTED } from '../../state.ts'
import type { Situation } from '../situation.ts'
import { NO_TERM } from '../terms.ts'
import { toText } from '../text.ts'
import { matches, situationsAt } from './listed.ts'
import { accountConditions, finite, lastOfPixels } from './looking.ts'

/** Entries of the index of ids that are looked at before the clock is: of each pixel so many, to have them in order. */
const CHUNKS = { least: 64, most: 256 }
/** Behind every text that begins with the prefix. */
const LAST = '\u{10FFFF}'

interface IdRow {
  readonly row: number
  readonly id: string
  readonly name: number
  readonly pixel: number
  readonly meant: boolean
}

/** In the order of ids, then of names and pixels. */
export function* listIds(
  moment: Moment,
  match: Match,
  { cursor, limit }: PageAsked,
  prefix: string,
): Reading<Gathered<Situation>> {
  const pixels = (yield* lastOfPixels(moment, ACCEPTED, match)).map(({ pixel }) => pixel)
  const from = toText(prefix)
  const chunk = Math.max(CHUNKS.least, Math.min(limit + 1, CHUNKS.most))
  let place: readonly [string, number, number] | undefined = keyCursor(cursor, [from, NO_TERM, NO_TERM])
  const meant = ['true', ...accountConditions(match)].join(' and ')
  const sql = `
    select a.row, a.id, a.name, a.pixel, ${meant} as meant
    from unnest('{${pixels.join()}}'::integer[]) as p (pixel) cross join lateral (
      select row, id, name, pixel, shape, source from waybill_store.account as inside
      where inside.pixel = p.pixel and inside.id >= ? and inside.id < ?
        and (inside.id > ? or inside.id = ? and (inside.name, inside.pixel) > (?::integer, ?::integer))
      order by inside.id, inside.name limit ${chunk}) as a
    order by a.id, a.name, a.pixel limit ${chunk}`
  const read = function* (): Reading<readonly Situation[] | undefined> {
    while (place !== undefined) {
      if (moment.isOver()) return undefined
      const [id, name, pixel] = place as readonly [string, number, number]
      const found = (yield* moment.all(sql, from, from + LAST, id, id, name, pixel)) as unknown as IdRow[]
      const last = found.at(-1)
      place = found.length < chunk || last === undefined ? undefined : [last.id, last.name, last.pixel]
      const rows = found.filter((each) => each.meant).map(({ row }) => row)
      if (rows.length > 0) return yield* situationsAt(moment, rows)
    }
    return []
  }
  return yield* gather(moment, {
    limit,
    read,
    matches: (event) => matches(moment, event, match),
    cursorAt: ({ id, name, pixel }) => JSON.stringify([id, name, pixel]),
  })
}

/** Summed up where nothing but the account is asked of. Of more than the limit any so many are. */
export function* totalOfIds(moment: Moment, match: Match, prefix: string, limit: number): Reading<Total | undefined> {
  const { state, code, suspect, identity, fromMs, untilMs } = match
  if (state !== undefined || code !== undefined || suspect || identity !== undefined) return undefined
  const pixels = (yield* lastOfPixels(moment, ACCEPTED, match)).map(({ pixel }) => pixel)
  const times = [`a.accepted_ms >= ${finite(fromMs)}`, `a.accepted_ms < ${finite(untilMs)}`]
  const where = [...accountConditions(match), ...times].join(' and ')
  const from = toText(prefix)
  const sql = `
    select currency, count(*) as events, sum(amount) as money from (
      select few.currency, few.amount from unnest('{${pixels.join()}}'::integer[]) as p (pixel) cross join lateral (
        select a.currency, a.amount from waybill_store.account as a
        where a.pixel = p.pixel and a.id >= ? and a.id < ? and ${where} limit ${limit + 1}) as few limit ${limit + 1}) as all_of
    group by currency`
  const sums = (yield* moment.all(sql, from, from + LAST)) as readonly Record<string, number | null>[]
  const events = sums.reduce((sum, each) => sum + (each['events'] ?? 0), 0)
  const money = new MoneySum()
  for (const { currency, money: amount } of sums) money.add(currency ?? 0, amount ?? 0)
  const isExact = events <= limit
  return { total: { events: Math.min(events, limit), money: money.value(moment), isExact }, forgotten: 0 }
}
