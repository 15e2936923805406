import postgres from 'postgres'
import { enqueue } from 'waybill/outbox'
import { conversionOf } from './conversion.mjs'

const sql = postgres(process.env.DATABASE_URL)

/** The order and its conversion: both, or neither. */
export function placeOrder(order, confirm = async () => {}) {
  return sql.begin(async (tx) => {
    await tx`insert into orders (number) values (${order.number})`
    await enqueue(tx, conversionOf(order))
    await confirm()
  })
}

export const close = () => sql.end()
