import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loadConfig } from '../../config/index.ts'
import { environment, KEY, order, PIXEL, type Relay, startRelay, withJson } from '../../service/service.helpers.ts'
import { eventually } from './eventually.helpers.ts'

const hold = (relay: Relay) => relay.ask(`/api/pixels/${PIXEL}/hold`, withJson('POST', { reason: 'a test' }))
const resume = (relay: Relay) => relay.ask(`/api/pixels/${PIXEL}/resume`, { method: 'POST' })

async function stateOf(relay: Relay): Promise<[state: string, code: string]> {
  const { json } = await relay.ask('/api/pixels')
  return [json.pixels[0].state, json.pixels[0].hold?.code]
}

/**
 * - the API asks for an hour of patience, so that a batch waits with its lease
 * - an operator holds the pixel: the batch gives its events back at once, and nothing goes out until it is resumed
 */
test('a hold ends the pauses of what is under way', async (context) => {
  let requests = 0
  const relay = await startRelay(context, {
    env: { WAYBILL_PREFLIGHT: 'never' },
    fetch: async () => {
      requests += 1
      return new Response('', { status: 503, headers: { 'retry-after': '3600' } })
    },
  })
  const answered = relay.next('request:answered')
  await relay.bring([order('one')])
  await answered
  assert.equal((await hold(relay)).status, 200)
  await eventually(async () => (await relay.store.counts()).held > 0)
  const { sending, held } = await relay.store.counts()
  assert.deepEqual([sending, held, requests], [0, 1, 1])
})

/**
 * - the operator's hold is there when the answer 401 to an earlier request comes, and when the key changes
 * - neither puts a hold in its place that a probe or a new key would lift
 */
test('what an operator holds only an operator resumes', async (context) => {
  let answer: () => void = () => {}
  const asked = new Promise<void>((resolve) => {
    answer = resolve
  })
  let arrived: () => void = () => {}
  const sent = new Promise<void>((resolve) => {
    arrived = resolve
  })
  const relay = await startRelay(context, {
    env: { WAYBILL_PREFLIGHT: 'never' },
    fetch: async () => {
      arrived()
      await asked
      return new Response('{"error":{"message":"Unauthorized"}}', { status: 401 })
    },
  })
  await relay.bring([order('one')])
  await sent
  await hold(relay)
  const answered = relay.next('request:answered')
  answer()
  await answered
  await eventually(async () => (await relay.store.counts()).sending === 0)
  assert.deepEqual(await stateOf(relay), ['held', 'held_by_operator'])
  const env = {
    ...environment(relay.api.url, relay.folder),
    WAYBILL_API_KEY: `${KEY}-new`,
    WAYBILL_LISTEN: '127.0.0.1:0',
  }
  await relay.reload(loadConfig({ env, cwd: relay.folder }))
  assert.deepEqual(await stateOf(relay), ['held', 'held_by_operator'])
  assert.equal((await resume(relay)).json.wasHeld, true)
})

test('a hold of the engine is lifted by an operator, too', async (context) => {
  const relay = await startRelay(context, { emulator: { apiKey: 'another' } })
  const held = relay.next('pixel:held')
  await relay.bring([order('one')])
  await held
  const resumed = relay.next('pixel:resumed')
  assert.equal((await resume(relay)).json.wasHeld, true)
  assert.deepEqual(await resumed, [{ pixel: PIXEL, why: 'an operator resumed it', by: 'loopback' }])
})
