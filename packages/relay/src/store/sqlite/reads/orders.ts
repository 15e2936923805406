import { contextKey } from '../../context-key.ts'
import type { OrderAccount, Orders, OrdersQuestion } from '../../reads/index.ts'
import { LISTED, type ListedColumns, listed } from './listed.ts'
import type { SqliteMoment } from './moment.ts'

const MAX_IDS = 1_000
/** Nobody's order has more conversions; of a key that many events share this many are enough to see it. */
const MAX_EACH = 20

/** What is known of orders, each found by its id and by the key of its context. */
export function orders(moment: SqliteMoment, { ids, pixels }: OrdersQuestion): Orders {
  if (ids.length > MAX_IDS) throw new TypeError(`At most ${MAX_IDS} orders at a time.`)
  const byId = moment.database.prepare(`SELECT ${LISTED} FROM event WHERE id = ? LIMIT ${MAX_EACH}`)
  const byKey = moment.database.prepare(`
    SELECT ${LISTED} FROM event WHERE row IN (SELECT row FROM order_key WHERE key = ? ORDER BY row DESC LIMIT ${MAX_EACH})`)
  const isMeant = ({ pixel }: ListedColumns): boolean =>
    pixels === undefined || pixels.includes(moment.terms.text(pixel))
  const found = [...new Set(ids)].map((id) => {
    moment.mustBeInTime()
    const rows = [...byId.all(id), ...byKey.all(contextKey('order', id))] as unknown as ListedColumns[]
    const each = new Map(rows.filter(isMeant).map((row) => [row.row, row]))
    const rising = [...each.values()].sort((one, other) => one.row - other.row)
    return { id, accounts: rising.map((row) => orderAccount(moment, row)) }
  })
  return { orders: found }
}

function orderAccount(moment: SqliteMoment, event: ListedColumns): OrderAccount {
  const { row, pixel, name, id, state, code, attempts, amount, currency } = listed(moment, event)
  return { row, pixel, name, id, state, code, attempts, amount, currency }
}
