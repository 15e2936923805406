import assert from 'node:assert/strict'
import { test } from 'node:test'
import { order, PIXEL, type Relay, startRelay } from '../../service/helpers.test.ts'
import { type Ran, run } from '../helpers.test.ts'

const ask = (relay: Relay, ...argv: string[]): Promise<Ran> => run([...argv, '--relay', relay.url], { env: {} })

test('status counts every state and names the pixels; what is unaccounted for is 0', async (context) => {
  const relay = await startRelay(context)
  const delivered = relay.next('event:delivered', 1)
  await relay.bring([order('a')])
  await delivered
  const { exitCode, stdout } = await ask(relay, 'status')
  assert.equal(exitCode, 0)
  assert.match(stdout, /^ +1 {2}delivered$/m)
  assert.match(stdout, /^ +0 {2}unaccounted$/m)
  assert.match(stdout, new RegExp(`^${PIXEL} {2}delivering {2}0 waiting$`, 'm'))
  assert.equal(JSON.parse((await ask(relay, 'status', '--json')).stdout).counts.delivered, 1)
})

test('hold keeps a pixel back with its reason, and resume lets it go on', async (context) => {
  const relay = await startRelay(context)
  assert.equal((await ask(relay, 'hold', PIXEL, '--reason', 'campaign paused')).exitCode, 0)
  await relay.bring([order('b')])
  assert.match((await ask(relay, 'status')).stdout, /held {2}1 waiting\n.*campaign paused/)
  const delivered = relay.next('event:delivered', 1)
  assert.match((await ask(relay, 'resume', PIXEL)).stderr, /goes on/)
  await delivered
  assert.match((await ask(relay, 'resume', PIXEL)).stderr, /was not held/)
})

test('events lists by state and shows the account of one, each attempt included', async (context) => {
  const relay = await startRelay(context)
  const delivered = relay.next('event:delivered', 1)
  await relay.bring([order('c'), { id: 'bad', type: 'order_created', timestamp_ms: 1, data: { type: 'contents' } }])
  await delivered
  assert.match((await ask(relay, 'events', 'ls', '--state', 'refused')).stdout, /^refused .* bad/)
  const { stdout } = await ask(relay, 'events', 'show', 'c')
  assert.match(stdout, /^delivered .* c$/m)
  assert.match(stdout, /200 {2}delivered, with 0 others/)
  assert.equal((await ask(relay, 'events', 'show', 'nobody')).exitCode, 2)
})

test('without a relay there is one line that says what to do', async () => {
  const { exitCode, stderr } = await run(['status', '--relay', 'http://127.0.0.1:9'], { env: {} })
  assert.equal(exitCode, 2)
  assert.match(stderr, /^waybill: No relay answers at .*waybill serve.*\n$/)
})
