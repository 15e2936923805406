import 'reflect-metadata'
import { DataSource, EntitySchema } from 'typeorm'
import { enqueue } from 'waybill/outbox'
import { conversionOf } from './conversion.mjs'

const Order = new EntitySchema({ name: 'orders', columns: { number: { type: 'text', primary: true } } })
const source = await new DataSource({ type: 'postgres', url: process.env.DATABASE_URL, entities: [Order] }).initialize()

/** The order and its conversion: both, or neither. */
export function placeOrder(order, confirm = async () => {}) {
  return source.transaction(async (tx) => {
    await tx.insert(Order, { number: order.number })
    await enqueue(tx, conversionOf(order))
    await confirm()
  })
}

export const close = () => source.destroy()
