import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { upgradeTest } from '../crash/upgrade.ts'
import { stopPostgres } from '../packages/relay/src/postgres-server.helpers.ts'

after(stopPostgres)

test('three relays upgraded one after the other under load: every request is answered, what was acknowledged is delivered once', async () => {
  const { problems, acknowledged, olderSentAfter } = await upgradeTest({ relays: 3, pixels: 3, seconds: 0.2 })
  assert.deepEqual(problems, [])
  assert.ok(acknowledged > 0 && olderSentAfter > 0)
})
