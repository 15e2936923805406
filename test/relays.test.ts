import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { relaysTest } from '../crash/relays.ts'
import { stopPostgres } from '../packages/relay/src/postgres-server.helpers.ts'

after(stopPostgres)

test('of two relays on one database one is killed, and the other delivers its pixels: nothing is lost, nothing sent side by side', async () => {
  const { problems, acknowledged, kills } = await relaysTest({
    relays: 2,
    pixels: 2,
    seconds: 6,
    kills: 1,
    pauses: 0,
    seed: 3,
  })
  assert.deepEqual(problems, [])
  assert.ok(acknowledged > 0 && kills === 1)
})
