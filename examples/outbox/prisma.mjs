import { PrismaPg } from '@prisma/adapter-pg'
import { PrismaClient } from '@prisma/client'
import { enqueue } from 'waybill/outbox'
import { conversionOf } from './conversion.mjs'

const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL }) })

/** The order and its conversion: both, or neither. */
export function placeOrder(order, confirm = async () => {}) {
  return prisma.$transaction(async (tx) => {
    await tx.order.create({ data: { number: order.number } })
    await enqueue(tx, conversionOf(order))
    await confirm()
  })
}

export const close = () => prisma.$disconnect()
