import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { type Asked, order, orders, PIXEL, type Relay, startRelay, withJson } from '../../service/service.helpers.ts'

const ADMIN = 'admin-token-78'
const AS_ADMIN = { authorization: `Bearer ${ADMIN}` }

interface Api extends Relay {
  get(path: string): Promise<Asked>
  post(path: string, body?: object): Promise<Asked>
  put(path: string, body: object): Promise<Asked>
}

async function start(context: TestContext, options: Parameters<typeof startRelay>[1] = {}): Promise<Api> {
  const relay = await startRelay(context, { ...options, env: { WAYBILL_ADMIN_TOKEN: ADMIN, ...options.env } })
  return {
    ...relay,
    get: (path) => relay.ask(path, { headers: AS_ADMIN }),
    post: (path, body = {}) => relay.ask(path, withJson('POST', body, AS_ADMIN)),
    put: (path, body) => relay.ask(path, withJson('PUT', body, AS_ADMIN)),
  }
}

/** A relay that was brought so many events which the API refuses, and a good one. */
async function withRefused(context: TestContext, count: number = 5): Promise<Api> {
  const api = await start(context, { emulator: { poison: '^poison' } })
  const refused = api.next('event:refused', count)
  const delivered = api.next('event:delivered')
  await api.bring([order('good')])
  await delivered
  await api.bring(orders(count, 'poison'))
  await refused
  return api
}

test('status has the counts, nothing unaccounted, the pixels and the clock', async (context) => {
  const api = await withRefused(context)
  const { json } = await api.get('/api/status')
  assert.deepEqual(
    [json.counts.accepted, json.counts.delivered, json.counts.refused, json.counts.unaccounted],
    [6, 1, 5, 0],
  )
  assert.deepEqual(json.clock.trusted, false)
  assert.deepEqual([json.pixels[0].pixel, json.pixels[0].state], [PIXEL, 'delivering'])
})

test('a pixel is held with a reason and resumed, and who did it is recorded', async (context) => {
  const api = await start(context)
  const held = await api.post(`/api/pixels/${PIXEL}/hold`, { reason: 'campaign ended' })
  assert.deepEqual([held.status, held.json.state], [200, 'held'])
  await api.bring([order('one')])
  const { json } = await api.get('/api/pixels')
  assert.deepEqual([json.pixels[0].state, json.pixels[0].hold.message], ['held', 'campaign ended'])
  assert.equal(json.pixels[0].counts.held, 1)
  const delivered = api.next('event:delivered')
  assert.equal((await api.post(`/api/pixels/${PIXEL}/resume`)).json.wasHeld, true)
  await delivered
  assert.equal((await api.post(`/api/pixels/${PIXEL}/resume`)).json.wasHeld, false)
  assert.equal((await api.post('/api/pixels/unknown/hold', { reason: 'x' })).status, 404)
  const { actions } = (await api.get('/api/actions')).json
  const first = actions.at(-1)
  assert.deepEqual([first.by, first.verb], ['WAYBILL_ADMIN_TOKEN', 'pixel:hold'])
  assert.ok(first.atMs > 0)
})

test('without a token the operator is recorded as loopback', async (context) => {
  const relay = await startRelay(context)
  await relay.ask(`/api/pixels/${PIXEL}/hold`, withJson('POST', { reason: 'x' }))
  const { json } = await relay.ask('/api/actions')
  assert.equal(json.actions[0].by, 'loopback')
})

test('events are found by state, code, id and time, page by page', async (context) => {
  const api = await withRefused(context)
  const find = async (query: string): Promise<string[]> =>
    (await api.get(`/api/events?${query}`)).json.events.map(({ id }: { id: string }) => id).sort()
  const poisons = ['poison_1', 'poison_2', 'poison_3', 'poison_4', 'poison_5']
  assert.deepEqual(await find('state=refused'), poisons)
  assert.deepEqual(await find('code=event_rejected'), poisons)
  assert.deepEqual(await find('id=poison_3'), ['poison_3'])
  assert.deepEqual(await find(`since=${Date.now() + 60_000}`), [])
  assert.equal((await find(`since=${encodeURIComponent(new Date(Date.now() - 60_000).toISOString())}`)).length, 6)
  const seen: string[] = []
  let cursor: string | undefined
  do {
    const page = (await api.get(`/api/events?limit=4${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`)).json
    seen.push(...page.events.map(({ id }: { id: string }) => id))
    cursor = page.cursor
  } while (cursor !== undefined)
  assert.deepEqual(seen.sort(), ['good', ...poisons])
  for (const path of ['/api/events?cursor=next', '/api/events?id=poison&cursor=%5B%5D', '/api/actions?cursor=next']) {
    const { status, json } = await api.get(path)
    assert.deepEqual([status, json.error.param, json.error.code], [400, 'cursor', 'invalid_cursor'])
  }
})

test('the account of an event has its source, its attempts, its end and the event, also where the id needs escaping', async (context) => {
  const api = await start(context)
  const delivered = api.next('event:delivered')
  await api.bring([order('order/7 ä%')])
  await delivered
  const { status, json } = await api.get(`/api/events/${encodeURIComponent('order/7 ä%')}`)
  assert.equal(status, 200)
  const [account] = json.accounts
  assert.deepEqual([account.state, account.source, account.attempts], ['delivered', 'loopback', 1])
  assert.deepEqual(
    account.requests.map((one: { status: number; validateOnly: boolean }) => [one.status, one.validateOnly]),
    [
      [200, true],
      [200, false],
    ],
  )
  assert.equal((await api.get('/api/events/none')).status, 404)
})

test('refused events are grouped with samples, exported, counted by a dry run, and discarded with a reason', async (context) => {
  const api = await withRefused(context)
  const { groups } = (await api.get('/api/refused')).json
  assert.deepEqual([groups.length, groups[0].code, groups[0].events], [1, 'event_rejected', 5])
  const exported = await api.get('/api/refused/export')
  assert.equal(exported.headers.get('content-type'), 'application/x-ndjson')
  const lines = exported.text.trimEnd().split('\n')
  assert.deepEqual(lines.map((line) => JSON.parse(line).id).sort(), [
    'poison_1',
    'poison_2',
    'poison_3',
    'poison_4',
    'poison_5',
  ])
  const accounts = (await api.get('/api/refused/export?form=accounts')).text.trimEnd().split('\n')
  assert.ok(accounts.every((line) => JSON.parse(line).event.id === JSON.parse(line).id))
  assert.equal((await api.get(`/api/refused/export?since=${Date.now() + 60_000}`)).text, '')
  const selection = { state: 'refused', code: 'event_rejected' }
  const dry = await api.post('/api/refused/discard', { selection, reason: 'tests', dryRun: true })
  assert.deepEqual(dry.json, { dryRun: true, events: 5 })
  assert.deepEqual((await api.post('/api/refused/discard', { selection, reason: 'tests', limit: 2 })).json, {
    discarded: 2,
  })
  const { counts } = (await api.get('/api/status')).json
  assert.deepEqual([counts.refused, counts.discarded, counts.unaccounted], [3, 2, 0])
  assert.match((await api.get('/metrics')).text, /waybill_events_discarded_total\{pixel="px"\} 2/)
})

test('refused events are replayed at once, as a dry run, and at a rate', async (context) => {
  const api = await withRefused(context, 2)
  const selection = { state: 'refused', pixel: PIXEL }
  assert.deepEqual((await api.post('/api/refused/replay', { selection, dryRun: true })).json, {
    dryRun: true,
    events: 2,
    stillRefused: 0,
  })
  const refusedAgain = api.next('event:refused', 2)
  assert.deepEqual((await api.post('/api/refused/replay', { selection })).json, { replayed: 2, stillRefused: 0 })
  await refusedAgain
  const atRate = api.next('event:refused', 2)
  const paced = await api.post('/api/refused/replay', { selection, ratePerSecond: 1_000 })
  assert.deepEqual([paced.status, paced.json], [202, { replaying: 2, ratePerSecond: 1_000 }])
  await atRate
  const [{ row }] = (await api.get('/api/events?id=poison_2')).json.events
  const one = api.next('event:refused')
  assert.deepEqual((await api.post('/api/refused/replay', { selection: { rows: [row] } })).json, {
    replayed: 1,
    stillRefused: 0,
  })
  const [again] = await one
  assert.equal(again?.id, 'poison_2')
})

test('a refused event is fixed in its place, checked like intake, and delivered under its id', async (context) => {
  const api = await start(context)
  const bad = order('one', { data: { type: 'contents', amount: 12.5, currency: 'USD' } })
  assert.equal((await api.bring([bad])).status, 422)
  const [{ row }] = (await api.get('/api/events?state=refused')).json.events
  const shown = await api.get(`/api/events/row/${row}`)
  assert.deepEqual([shown.status, shown.json.account.state], [200, 'refused'])
  const edit = (event: unknown) => api.put(`/api/events/row/${row}`, { event })
  const stillBad = await edit(bad)
  assert.deepEqual([stillBad.status, stillBad.json.status], [422, 'refused'])
  assert.equal((await edit(order('two'))).status, 409)
  const delivered = api.next('event:delivered')
  const fixed = await edit(order('one'))
  assert.deepEqual([fixed.status, fixed.json.status], [200, 'queued'])
  await delivered
  assert.equal((await edit(order('one'))).status, 409)
  assert.equal((await api.put('/api/events/row/999999', { event: order('one') })).status, 404)
  const [account] = (await api.get('/api/events/one')).json.accounts
  assert.deepEqual(
    [account.state, account.history.map(({ what }: { what: string }) => what)],
    ['delivered', ['refused', 'edited']],
  )
})

const WRONG: readonly (readonly [
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  body: object,
  params: readonly string[],
])[] = [
  ['GET', '/api/events?state=lost&limit=0&since=today&nonsense=1', {}, ['state', 'since', 'limit', '']],
  ['POST', `/api/pixels/${PIXEL}/hold`, { why: 'x' }, ['reason', '']],
  [
    'POST',
    '/api/refused/replay',
    { selection: { state: 'delivered' }, ratePerSecond: 0 },
    ['selection', 'ratePerSecond'],
  ],
  ['POST', '/api/refused/discard', { selection: { rows: [] } }, ['selection.rows', 'reason']],
  ['PUT', '/api/events/row/x', {}, ['row', 'event']],
]

for (const [method, path, body, params] of WRONG) {
  test(`one 400 names all faults of ${method} ${path}`, async (context) => {
    const api = await start(context)
    const answer = await api.ask(path, method === 'GET' ? { headers: AS_ADMIN } : withJson(method, body, AS_ADMIN))
    assert.equal(answer.status, 400)
    const named: string[] = answer.json.error.errors.map(({ param }: { param: string }) => param)
    assert.deepEqual(named, params)
  })
}

test('a body that is no JSON is a fault of the request', async (context) => {
  const api = await start(context)
  const answer = await api.ask('/api/refused/replay', { method: 'POST', body: '{"a":1,"a":2}', headers: AS_ADMIN })
  assert.deepEqual([answer.status, answer.json.error.code], [400, 'duplicate_key'])
})
