import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startRelay } from '../../service/service.helpers.ts'
import { run } from '../cli.helpers.ts'

test('a link is made once, listed without its token, and withdrawn', async (context) => {
  const relay = await startRelay(context, { env: { WAYBILL_ADMIN_TOKEN: 'admin-token' } })
  const env = { WAYBILL_RELAY: relay.url, WAYBILL_ADMIN_TOKEN: 'admin-token' }
  const made = await run(['link', '--pixel', 'px', '--days', '7', '--name', 'Shop'], { env })
  assert.equal(made.exitCode, 0)
  assert.match(made.stdout, /^http:\/\/127\.0\.0\.1:\d+\/#link=[\w-]{43}\n$/)
  const token = made.stdout.trim().split('#link=')[1]!
  const listed = await run(['link', '--list'], { env })
  assert.match(listed.stdout, /^[0-9a-f]{12} {2}until \d{4}-\d\d-\d\d {2}px {2}Shop {2}by WAYBILL_ADMIN_TOKEN\n$/)
  assert.ok(!listed.stdout.includes(token))
  const id = listed.stdout.slice(0, 12)
  assert.equal((await run(['link', '--withdraw', id], { env })).exitCode, 0)
  assert.match((await run(['link', '--list'], { env })).stdout, /withdrawn/)
  assert.equal((await run(['link', '--withdraw', 'none'], { env })).exitCode, 2)
})

test('a link needs a pixel that there is, and an admin token to be of use', async (context) => {
  const relay = await startRelay(context)
  const env = { WAYBILL_RELAY: relay.url }
  assert.match((await run(['link'], { env })).stderr, /--pixel/)
  assert.match((await run(['link', '--pixel', 'px'], { env })).stderr, /set WAYBILL_ADMIN_TOKEN first/)
})
