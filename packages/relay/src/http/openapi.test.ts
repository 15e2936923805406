import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startRelay } from '../service/service.helpers.ts'

const ADDRESSES = [
  'delete /v1/context/{key}',
  'get /api/actions',
  'get /api/events',
  'get /api/events/row/{row}',
  'get /api/events/export',
  'get /api/links',
  'get /api/marks',
  'get /api/orders/webhooks',
  'get /api/requests',
  'get /api/requests/summary',
  'get /api/requests/{key}/tree',
  'get /api/series',
  'get /api/signal',
  'get /api/tasks',
  'get /api/tasks/{id}',
  'get /api/today',
  'delete /api/marks/{id}',
  'post /api/events/search',
  'post /api/marks',
  'post /api/orders/compare',
  'post /api/tasks',
  'post /api/tasks/{id}/cancel',
  'post /api/tasks/{id}/take-back',
  'get /api/me',
  'get /login',
  'post /api/links',
  'post /api/links/{id}/withdraw',
  'post /login',
  'post /logout',
  'get /api/events/{id}',
  'get /api/pixels',
  'get /api/pixels/{pixel}/shapes',
  'get /api/refused',
  'get /api/sandbox',
  'post /api/sandbox/behave',
  'post /api/sandbox/send',
  'get /api/refused/export',
  'get /api/status',
  'get /api/stream',
  'get /healthz',
  'get /metrics',
  'get /openapi.json',
  'get /readyz',
  'get /v1/context/{key}',
  'post /api/pixels/{pixel}/hold',
  'post /api/pixels/{pixel}/resume',
  'post /api/pixels/{pixel}/shapes/resume',
  'post /api/pixels/{pixel}/test',
  'post /api/refused/confirm',
  'post /api/refused/discard',
  'post /api/refused/release',
  'post /api/refused/replay',
  'post /mp/collect',
  ...['a', 'b', 'g', 'i', 'p', 's', 't'].map((letter) => `post /v1/${letter}`),
  'post /v1/alias',
  'post /v1/import',
  'post /v1/batch',
  'post /v1/events',
  'post /v1/group',
  'post /v1/identify',
  'post /v1/page',
  'post /v1/screen',
  'post /v1/track',
  'post /webhooks/{source}/{pixel}',
  'post /webhooks/{source}/{pixel}/{name}',
  'put /api/events/row/{row}',
  'put /v1/context/{key}',
]

test('the document has every route, with parameters and bodies from the schemas that check them', async (context) => {
  const relay = await startRelay(context)
  const { status, json } = await relay.ask('/openapi.json')
  assert.equal(status, 200)
  assert.equal(json.openapi, '3.1.0')
  const found = Object.entries(json.paths as Record<string, object>).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method} ${path}`),
  )
  assert.deepEqual(found.sort(), [...ADDRESSES].sort())
  const intake = json.paths['/v1/events'].post
  assert.deepEqual([intake.parameters[0].name, intake.parameters[0].required], ['pid', true])
  const { schema } = intake.requestBody.content['application/json']
  assert.deepEqual([schema.properties.events.maxItems, schema.additionalProperties], [1_000, false])
  const answersOf = (path: string): string[] => Object.keys(json.paths[path].get.responses)
  assert.deepEqual(answersOf('/api/events'), ['200', '400', '401', '404'])
  assert.deepEqual(answersOf('/api/status'), ['200', '401', '404'])
  assert.deepEqual([answersOf('/metrics'), answersOf('/healthz')], [['200', '403'], ['200']])
  const bodies = Object.values(json.paths as Record<string, Record<string, { responses: object }>>).flatMap(
    (operations) => ['post', 'put'].flatMap((method) => operations[method] ?? []),
  )
  assert.ok(
    bodies.every(({ responses }) => '408' in responses),
    'a body can stop coming',
  )
  assert.ok(json.paths['/api/events'].get.parameters.some(({ name }: { name: string }) => name === 'cursor'))
})
