import { drizzle } from 'drizzle-orm/node-postgres'
import { pgTable, text } from 'drizzle-orm/pg-core'
import { enqueue } from 'waybill/outbox'
import { conversionOf } from './conversion.mjs'

const orders = pgTable('orders', { number: text('number').primaryKey() })
const db = drizzle(process.env.DATABASE_URL)

/** The order and its conversion: both, or neither. */
export function placeOrder(order, confirm = async () => {}) {
  return db.transaction(async (tx) => {
    await tx.insert(orders).values({ number: order.number })
    await enqueue(tx, conversionOf(order))
    await confirm()
  })
}

export const close = () => db.$client.end()
