import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startPostgres } from '../postgres-server.helpers.ts'
import { readOutboxMigrations } from './migrations.ts'
import { makeDatabase } from './postgres.helpers.ts'

test('whoever may make roles and schemas can run the SQL and take it back, and keeps no right of the owner', async (context) => {
  const database = await makeDatabase(context, { isEmpty: true })
  const { admin } = await startPostgres()
  const migrator = `migrator_${process.pid}`
  await admin.query(`create role ${migrator} login createrole password '${migrator}'`)
  await admin.query(`grant create on database ${database.name} to ${migrator}`)
  const client = await database.connect(database.as(migrator))
  context.after(async () => {
    await client.end()
    await admin
      .query(`drop owned by ${migrator}; drop role if exists owner_${process.pid}, relay_${process.pid}, ${migrator}`)
      .catch(() => {})
  })
  const roles = { owner: `owner_${process.pid}`, relay: `relay_${process.pid}`, caller: undefined }
  for (let round = 0; round < 2; round++) {
    for (const { up } of readOutboxMigrations(roles)) await client.query(`begin;${up};commit`)
    const { rows } = await client.query("select waybill.enqueue('px', '{}') as enqueued")
    assert.deepEqual(rows, [{ enqueued: true }])
    await assert.rejects(client.query('select * from waybill.outbox'), { code: '42501' })
    await assert.rejects(client.query(`set role ${roles.owner}`), { code: '42501' })
    for (const { down } of readOutboxMigrations(roles).toReversed()) await client.query(`begin;${down};commit`)
  }
  const left = await client.query("select from pg_namespace where nspname = 'waybill'")
  assert.equal(left.rowCount, 0)
})
