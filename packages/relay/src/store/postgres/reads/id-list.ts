import type { Match } from '../../answers/match.ts'
import type { Moment } from '../../answers/moment.ts'
import { type Gathered, gather, type PageAsked } from '../../answers/page.ts'
import type { Reading } from '../../answers/reading.ts'
import { keyCursor } from '../../cursor.ts'
import { ACCEPTED } from '../../state.ts'
import type { Situation } from '../situation.ts'
import { NO_TERM } from '../terms.ts'
import { toText } from '../text.ts'
import { matches, situationsAt } from './listed.ts'
import { accountConditions, lastOfPixels } from './looking.ts'

/** Entries of the index of ids that are looked at before the clock is. */
const CHUNK = 256
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
  let place: readonly [string, number, number] | undefined = keyCursor(cursor, [from, NO_TERM, NO_TERM])
  const meant = ['true', ...accountConditions(match)].join(' and ')
  const sql = `
    select a.row, a.id, a.name, a.pixel, ${meant} as meant
    from unnest('{${pixels.join()}}'::integer[]) as p (pixel) cross join lateral (
      select row, id, name, pixel, shape, source from waybill_store.account as inside
      where inside.pixel = p.pixel and inside.id >= ? and inside.id < ?
        and (inside.id > ? or inside.id = ? and (inside.name, inside.pixel) > (?::integer, ?::integer))
      order by inside.id, inside.name limit ${CHUNK}) as a
    order by a.id, a.name, a.pixel limit ${CHUNK}`
  const read = function* (): Reading<readonly Situation[] | undefined> {
    while (place !== undefined) {
      if (moment.isOver()) return undefined
      const [id, name, pixel] = place as readonly [string, number, number]
      const found = (yield* moment.all(sql, from, from + LAST, id, id, name, pixel)) as unknown as IdRow[]
      const last = found.at(-1)
      place = found.length < CHUNK || last === undefined ? undefined : [last.id, last.name, last.pixel]
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
