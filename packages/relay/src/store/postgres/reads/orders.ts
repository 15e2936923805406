import type { Moment } from '../../answers/moment.ts'
import type { Reading } from '../../answers/reading.ts'
import { wantedOf } from '../../answers/where.ts'
import { contextKey } from '../../context-key.ts'
import type { OrderAccount, Orders, OrdersQuestion } from '../../reads/index.ts'
import { ACCEPTED } from '../../state.ts'
import { keyOfId } from '../account-columns.ts'
import type { Situation } from '../situation.ts'
import { listed, situationsAt } from './listed.ts'
import { lastOfPixels } from './looking.ts'

const MAX_IDS = 1_000
/** Nobody's order has more conversions; of a key that many events share this many are enough to see it. */
const MAX_EACH = 20

/** What is known of orders, each found by its id and by the key of its context. */
export function* orders(moment: Moment, { ids, pixels }: OrdersQuestion): Reading<Orders> {
  if (ids.length > MAX_IDS) throw new TypeError(`At most ${MAX_IDS} orders at a time.`)
  moment.mustBeInTime()
  const distinct = [...new Set(ids)]
  const wanted = wantedOf(moment, { ...(pixels && { pixels }) })
  const own = (yield* lastOfPixels(moment, ACCEPTED, { wanted })).map(({ pixel }) => pixel)
  const sql = `
    select given.at, found.row from unnest(?::text[], ?::text[]) with ordinality as given (id, key, at) cross join lateral (
      (select row from unnest('{${own.join()}}'::integer[]) as p (pixel) cross join lateral (
        select row from waybill_store.account as inside where inside.pixel = p.pixel and inside.id = given.id) as each
        limit ${MAX_EACH})
      union (select row from waybill_store.order_key as k where k.key = given.key order by row desc limit ${MAX_EACH})) as found`
  const keys = distinct.map((id) => contextKey('order', id))
  const found = yield* moment.all(sql, arrayOf(distinct.map(keyOfId)), arrayOf(keys))
  const events = new Map((yield* situationsAt(moment, [...new Set(found.map(({ row }) => row as number))])).map(byRow))
  const isMeant = ({ pixel }: Situation): boolean => pixels === undefined || pixels.includes(moment.terms.text(pixel))
  const rowsAt = new Map<number, number[]>()
  for (const { at, row } of found) rowsAt.set(at as number, [...(rowsAt.get(at as number) ?? []), row as number])
  return {
    orders: distinct.map((id, at) => {
      const rows = (rowsAt.get(at + 1) ?? []).sort((one, other) => one - other)
      const accounts = rows.map((row) => events.get(row)).filter((each) => each !== undefined)
      return { id, accounts: accounts.filter(isMeant).map((each) => orderAccount(moment, each)) }
    }),
  }
}

function byRow(event: Situation): readonly [number, Situation] {
  return [event.row, event]
}

/** A list of texts as the database reads one. */
function arrayOf(texts: readonly string[]): string {
  return `{${texts.map((text) => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`).join()}}`
}

function orderAccount(moment: Moment, event: Situation): OrderAccount {
  const { row, pixel, name, id, state, code, attempts, amount, currency } = listed(moment, event)
  return { row, pixel, name, id, state, code, attempts, amount, currency }
}
