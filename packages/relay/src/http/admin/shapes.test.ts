import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { CANARY_ID_PREFIX } from 'waybill/delivery'
import { order, orders, PIXEL, type Relay, startRelay, withJson } from '../../service/service.helpers.ts'
import { eventually } from './eventually.helpers.ts'

/** A relay whose API refuses everything, naming nobody, until it is fixed. */
async function broken(context: TestContext): Promise<{ readonly relay: Relay; readonly api: { refuses: boolean } }> {
  const api = { refuses: true }
  const error = { message: 'No.', type: 'invalid_request_error', param: null, code: 'odd' }
  const relay = await startRelay(context, {
    env: { WAYBILL_PREFLIGHT: 'never' },
    fetch: (input, init) =>
      // An API that refuses the least event too is not judging: then its pixel is held, and no shape.
      api.refuses && !String(init?.body).includes(CANARY_ID_PREFIX)
        ? Promise.resolve(new Response(JSON.stringify({ error }), { status: 400 }))
        : fetch(input, init),
  })
  return { relay, api }
}

/** Brings 20 events of one shape, which ends held. */
async function holdShape(relay: Relay): Promise<string> {
  const held = relay.next('shape:held')
  await relay.bring(orders(20))
  const [about] = await held
  await eventually(async () => (await relay.store.counts()).held >= 20)
  return about?.shape ?? ''
}

const resume = (relay: Relay, shape: string) =>
  relay.ask(`/api/pixels/${PIXEL}/shapes/resume`, withJson('POST', { shape }))

test('shapes are listed with what waits of them and why, and one is resumed, which is recorded', async (context) => {
  const { relay, api } = await broken(context)
  const shape = await holdShape(relay)
  const { json } = await relay.ask(`/api/pixels/${PIXEL}/shapes`)
  assert.deepEqual(
    json.shapes.map((one: { shape: string; events: number; hold: { code: string } }) => [
      one.shape,
      one.events,
      one.hold.code,
    ]),
    [[shape, 20, 'unexplained_rejection']],
  )
  api.refuses = false
  const told = [relay.next('event:delivered', 20), relay.next('shape:resumed')] as const
  assert.deepEqual((await resume(relay, shape)).json, { pixel: PIXEL, shape, wasHeld: true })
  await told[0]
  assert.deepEqual((await told[1])[0], { pixel: PIXEL, shape, by: 'loopback' })
  const { actions } = (await relay.ask('/api/actions')).json
  assert.deepEqual([actions[0].verb, actions[0].by, actions[0].about.shape], ['shape:resume', 'loopback', shape])
  assert.equal((await resume(relay, shape)).json.wasHeld, false)
})

test('a pixel that is not there is 404, a shape that is none is a fault of the request', async (context) => {
  const { relay } = await broken(context)
  assert.equal((await relay.ask('/api/pixels/nobody/shapes')).status, 404)
  assert.equal((await relay.ask('/api/pixels/nobody/shapes/resume', withJson('POST', { shape: 'x' }))).status, 404)
  assert.equal((await resume(relay, '')).status, 400)
})

/**
 * - a shape is held, what waits of it is given up, and an operator resumes it while the API still refuses it
 * - events trickle in one by one: each is refused, until the streak is as long as it was when the shape was held first
 * - a watch that still took the shape for held would refuse them for ever
 */
test('a shape that was resumed starts anew: it is held again after a streak of its own, not before', async (context) => {
  const { relay } = await broken(context)
  const shape = await holdShape(relay)
  const discard = { selection: { state: 'held', pixel: PIXEL }, reason: 'a test' }
  assert.equal((await relay.ask('/api/refused/discard', withJson('POST', discard))).json.discarded, 20)
  assert.equal((await resume(relay, shape)).json.wasHeld, true)
  let again = false
  relay.engine.events.on('shape:held', () => {
    again = true
  })
  for (let number = 1; number <= 11; number++) {
    assert.equal(again, false, `it was held before event ${number}`)
    const refused = relay.next('event:refused')
    await relay.bring([order(`trickle_${number}`)])
    await refused
  }
  await relay.bring([order('trickle_12')])
  await eventually(async () => again)
  await eventually(async () => (await relay.store.counts()).held >= 12)
  assert.equal((await relay.store.counts()).refused, 0)
})
