import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KEY, PIXEL, startRelay, withJson } from '../../service/service.helpers.ts'

test('a pixel is tested with an event that is judged and not stored, also while an operator holds it', async (context) => {
  const relay = await startRelay(context)
  await relay.ask(`/api/pixels/${PIXEL}/hold`, withJson('POST', { reason: 'a test' }))
  const { status, json } = await relay.ask(`/api/pixels/${PIXEL}/test`, withJson('POST', {}))
  assert.deepEqual([status, json.passed, json.status, json.verdict], [200, true, 200, 'delivered'])
  assert.equal(relay.api.emulator.summary().stored, 0)
  assert.equal((await relay.ask(`/api/pixels/${PIXEL}/test`, withJson('POST', {}))).status, 429)
  assert.equal((await relay.ask('/api/pixels/unknown/test', withJson('POST', {}))).status, 404)
})

test('a test says what is wrong with the key, without the key, and holds nothing', async (context) => {
  const relay = await startRelay(context, { emulator: { apiKey: 'another-key' } })
  const { json, text } = await relay.ask(`/api/pixels/${PIXEL}/test`, withJson('POST', {}))
  assert.deepEqual([json.passed, json.status, json.code], [false, 401, 'unauthorized'])
  assert.ok(!text.includes(KEY))
})
