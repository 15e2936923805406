/** The programs of examples/outbox, each with its library where that is installed, and the pages that show them. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { makeDatabase } from '../packages/relay/src/outbox/postgres.helpers.ts'

const FOLDER = fileURLToPath(new URL('../examples/outbox/', import.meta.url))
const PAGES = fileURLToPath(new URL('../docs/outbox/', import.meta.url))
const require = createRequire(`${FOLDER}try.mjs`)
/** Program → the library that it needs. */
const PROGRAMS: Readonly<Record<string, string>> = {
  pg: 'pg',
  postgres: 'postgres',
  kysely: 'kysely',
  knex: 'knex',
  drizzle: 'drizzle-orm',
  typeorm: 'typeorm',
  prisma: '.prisma/client/default',
}

const isInstalled = (library: string): boolean => {
  try {
    require.resolve(library)
    return true
  } catch {
    return false
  }
}

describe('enqueue in the transactions of', () => {
  for (const [program, library] of Object.entries(PROGRAMS)) {
    const reason = 'npm ci in examples/outbox installs it'
    it(program, { skip: isInstalled(library) ? false : reason }, async (context) => {
      const database = await makeDatabase(context)
      const admin = await database.connect()
      await admin.query('create table orders (number text primary key); grant all on orders to shop')
      const env = { ...process.env, DATABASE_URL: database.as('shop'), NODE_TEST_CONTEXT: undefined }
      const args = ['--conditions=waybill-source', `${FOLDER}try.mjs`, program]
      assert.match(execFileSync(process.execPath, args, { env, encoding: 'utf8' }), /one order, committed/)
      const { rows } = await admin.query('select event, pixel, brought_by, left_out from waybill.outbox')
      assert.equal(rows.length, 1)
      const { event, ...about } = rows[0]
      assert.deepEqual(about, { pixel: 'px', brought_by: 'shop', left_out: null })
      const { id, user } = JSON.parse(event)
      assert.equal(id, `order_${program}_kept`)
      assert.match(user.email_sha256, /^[0-9a-f]{64}$/)
    })
  }
})

describe('the guides of the outbox', () => {
  it('plain SQL runs as it stands', async (context) => {
    const database = await makeDatabase(context)
    const admin = await database.connect()
    await admin.query('create table orders (number text primary key); grant all on orders to shop')
    const shop = await database.connect(database.as('shop'))
    await shop.query(readFileSync(`${FOLDER}checkout.sql`, 'utf8'))
    const { rows } = await admin.query('select event, left_out from waybill.outbox')
    assert.equal(rows.length, 1)
    assert.equal(JSON.parse(rows[0].event).id, 'order_1001')
    assert.equal(rows[0].left_out, null)
  })

  for (const page of ['next-drizzle', 'next-prisma', 'sql'])
    it(`${page} shows programs that run`, () => {
      const programs = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
        .filter((name) => !name.includes('node_modules') && /\.(?:mjs|sql|prisma)$/.test(name))
        .map((name) => readFileSync(`${FOLDER}${name}`, 'utf8').trim())
      const blocks = [...readFileSync(`${PAGES}${page}.md`, 'utf8').matchAll(/^```\w*\n(.*?)^```$/gms)]
      assert.ok(blocks.length > 0)
      for (const [, code] of blocks) assert.ok(programs.includes(code!.trim()), code)
    })

  it('link to what there is', () => {
    for (const name of readdirSync(PAGES)) {
      const links = readFileSync(`${PAGES}${name}`, 'utf8').matchAll(/\]\((?!https?:)([^)#]+)/g)
      for (const [, path] of links) assert.ok(existsSync(new URL(path!, `file://${PAGES}`)), `${name}: ${path}`)
    }
  })
})
