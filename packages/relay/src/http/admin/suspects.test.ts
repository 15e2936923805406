import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { order, PIXEL, type Relay, startRelay, withJson } from '../../service/service.helpers.ts'
import { suspect } from '../../service/suspects.helpers.ts'

const ADMIN = 'admin-token-79'
const AS_ADMIN = { authorization: `Bearer ${ADMIN}` }

async function start(context: TestContext): Promise<Relay> {
  return startRelay(context, { env: { WAYBILL_ADMIN_TOKEN: ADMIN } })
}

const post = (relay: Relay, path: string, body: object): ReturnType<Relay['ask']> =>
  relay.ask(path, withJson('POST', body, AS_ADMIN))

test('suspects are listed, counted in the status, confirmed and released, and who did it is recorded', async (context) => {
  const relay = await start(context)
  const rows = await suspect(relay, [order('a'), order('b'), order('c')])
  const listed = await relay.ask('/api/events?suspect=true&limit=2', { headers: AS_ADMIN })
  assert.deepEqual(
    listed.json.events.map(({ id, suspicion }: { id: string; suspicion: object }) => [id, suspicion]),
    [
      ['c', { kind: 'refused', times: 1, firstMs: 5, code: 'invalid_event', message: 'It was refused once.' }],
      ['b', { kind: 'refused', times: 1, firstMs: 5, code: 'invalid_event', message: 'It was refused once.' }],
    ],
  )
  const { json: status } = await relay.ask('/api/status', { headers: AS_ADMIN })
  assert.deepEqual([status.pixels[0].suspects, status.pixels[0].suspectsByKind.refused], [3, 3])

  const all = { selection: { suspect: true, pixel: PIXEL, code: 'invalid_event' } }
  assert.deepEqual((await post(relay, '/api/refused/confirm', { ...all, dryRun: true })).json, {
    dryRun: true,
    events: 3,
  })
  const confirmed = await post(relay, '/api/refused/confirm', {
    selection: { rows: rows.slice(0, 1) },
    reason: 'a test',
  })
  assert.deepEqual([confirmed.status, confirmed.json], [200, { confirmed: 1 }])
  const delivered = relay.next('event:delivered', 2)
  assert.deepEqual((await post(relay, '/api/refused/release', all)).json, { released: 2 })
  await post(relay, `/api/pixels/${PIXEL}/resume`, {})
  await delivered
  const { json: actions } = await relay.ask('/api/actions', { headers: AS_ADMIN })
  const verbs = actions.actions.map(({ verb, about }: { verb: string; about: { events?: number } }) => [
    verb,
    about.events,
  ])
  assert.deepEqual(verbs.slice(1, 3), [
    ['event:release', 2],
    ['event:confirm', 1],
  ])
})

const WRONG = [
  { selection: { suspect: false } },
  { selection: { suspect: true, state: 'queued' } },
  { selection: { rows: [] } },
  { selection: { suspect: true }, reason: '' },
  {},
]

test('a selection that means no suspects is told what to write', async (context) => {
  const relay = await start(context)
  for (const body of WRONG)
    assert.equal((await post(relay, '/api/refused/confirm', body)).status, 400, JSON.stringify(body))
  assert.equal((await relay.ask('/api/events?suspect=no', { headers: AS_ADMIN })).status, 400)
  assert.equal(
    (await relay.ask('/api/refused/release', withJson('POST', { selection: { suspect: true } }))).status,
    401,
  )
})
