import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { enqueue } from 'waybill/outbox'
import { conversionOf } from './conversion.mjs'

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL })
const db = new Kysely({ dialect: new PostgresDialect({ pool }) })

/** The order and its conversion: both, or neither. */
export function placeOrder(order, confirm = async () => {}) {
  return db.transaction().execute(async (tx) => {
    await tx.insertInto('orders').values({ number: order.number }).execute()
    await enqueue(tx, conversionOf(order))
    await confirm()
  })
}

export const close = () => db.destroy()
