import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { outboxTest } from '../crash/outbox.ts'
import { stopPostgres } from '../packages/relay/src/postgres-server.helpers.ts'

after(stopPostgres)

test('every committed order is one conversion, whatever rolls back and whichever relay is killed', async () => {
  const { problems, committed, rolledBack } = await outboxTest({ orders: 120, writers: 8, kills: 1, seed: 7 })
  assert.deepEqual(problems, [])
  assert.ok(committed > 50 && rolledBack > 0)
})
