/**
 * `npm ci && npm run try` in this folder, with DATABASE_URL of a PostgreSQL 16 that has the outbox and a table `orders (number text primary
 * key)`: every program saves an order that commits and one that does not. Prisma's client is generated first (`npx prisma generate`).
 */
import pg from 'pg'

const PROGRAMS = ['drizzle', 'knex', 'kysely', 'pg', 'postgres', 'prisma', 'typeorm']
const client = new pg.Client({ connectionString: process.env.DATABASE_URL })
await client.connect()
const wanted = process.argv.slice(2)
for (const name of PROGRAMS.filter((one) => wanted.length === 0 || wanted.includes(one))) {
  const { placeOrder, close } = await import(`./${name}.mjs`)
  const order = (number) => ({ number, email: 'Buyer@Example.com', total: '25.99', placedAt: new Date() })
  await placeOrder(order(`${name}_kept`))
  const undone = await placeOrder(order(`${name}_undone`), () => Promise.reject(new Error('declined'))).catch(
    () => 'undone',
  )
  await close()
  const { rows } = await client.query('select number from orders where number like $1', [`${name}\\_%`])
  if (undone !== 'undone' || rows.length !== 1) throw new Error(`${name}: ${JSON.stringify(rows)}`)
  console.log(`${name}: one order, committed`)
}
await client.end()
