import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { order, startRelay, withJson } from '../../service/service.helpers.ts'

test('where the endpoint is the emulator, an event is sent, the emulator broken, and both are seen', async (context) => {
  const relay = await startRelay(context)
  assert.equal((await relay.ask('/api/me')).json.sandbox, true)
  const delivered = relay.next('event:delivered')
  const sent = await relay.ask('/api/sandbox/send', withJson('POST', { pixel: 'px', event: order('one') }))
  assert.deepEqual([sent.status, sent.json.id, sent.json.status], [200, 'one', 'accepted'])
  await delivered
  const seen = (await relay.ask('/api/sandbox')).json
  assert.deepEqual([seen.pixels, seen.stored, seen.last[0].event.id], [['px'], 1, 'one'])
  const behaving = await relay.ask(
    '/api/sandbox/behave',
    withJson('POST', { pixel: 'px', poison: '^two$', faults: { 503: 0.1 } }),
  )
  assert.deepEqual([behaving.json.poison, behaving.json.faults], ['^two$', { 503: 0.1 }])
  const refused = await relay.ask('/api/sandbox/send', withJson('POST', { pixel: 'px', event: { id: 'bad' } }))
  assert.equal(refused.json.status, 'refused')
  assert.equal((await relay.ask('/api/sandbox/behave', withJson('POST', { pixel: 'px', poison: '(' }))).status, 400)
})

test('what is no emulator is no sandbox, and is told nothing', async (context) => {
  const asked: string[] = []
  const api = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    response.end('{}')
  }).listen(0, '127.0.0.1')
  context.after(() => api.close())
  await once(api, 'listening')
  const endpoint = `http://127.0.0.1:${(api.address() as AddressInfo).port}`
  const relay = await startRelay(context, { env: { WAYBILL_ENDPOINT: endpoint } })
  const { status, json } = await relay.ask('/api/sandbox')
  assert.deepEqual([status, json.error.code], [404, 'no_sandbox'])
  assert.equal((await relay.ask('/api/sandbox/behave', withJson('POST', { pixel: 'px' }))).status, 404)
  assert.equal(
    (await relay.ask('/api/sandbox/send', withJson('POST', { pixel: 'px', event: order('one') }))).status,
    404,
  )
  assert.equal((await relay.ask('/api/me')).json.sandbox, false)
  assert.ok(!asked.some((line) => line.includes('behave')))
})
