import connect from 'knex'
import { enqueue } from 'waybill/outbox'
import { conversionOf } from './conversion.mjs'

const knex = connect({ client: 'pg', connection: process.env.DATABASE_URL })

/** The order and its conversion: both, or neither. */
export function placeOrder(order, confirm = async () => {}) {
  return knex.transaction(async (tx) => {
    await tx('orders').insert({ number: order.number })
    await enqueue(tx, conversionOf(order))
    await confirm()
  })
}

export const close = () => knex.destroy()
