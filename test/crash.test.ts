import assert from 'node:assert/strict'
import test from 'node:test'
import { crashTest } from '../crash/run.ts'

test('the real relay, killed five times under load, loses nothing that it acknowledged', async () => {
  const { problems, acknowledged, restartsToDeliveryMs } = await crashTest(5, 7)
  assert.deepEqual(problems, [])
  assert.ok(acknowledged > 100, `only ${acknowledged} events were acknowledged`)
  assert.ok(restartsToDeliveryMs.length > 0)
})
