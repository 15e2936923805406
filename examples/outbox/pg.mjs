import pg from 'pg'
import { enqueue } from 'waybill/outbox'
import { conversionOf } from './conversion.mjs'

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL })

/** The order and its conversion: both, or neither. */
export async function placeOrder(order, confirm = async () => {}) {
  const tx = await pool.connect()
  try {
    await tx.query('begin')
    await tx.query('insert into orders (number) values ($1)', [order.number])
    await enqueue(tx, conversionOf(order))
    await confirm()
    await tx.query('commit')
  } catch (error) {
    await tx.query('rollback')
    throw error
  } finally {
    tx.release()
  }
}

export const close = () => pool.end()
