import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { loadConfig } from '../config/index.ts'
import { eventually } from '../http/admin/eventually.helpers.ts'
import { deferred, environment, KEY, order, type Relay, startRelay, withJson } from './service.helpers.ts'

const OTHER = 'other'
const PIXELS = { pixels: [{ pixelId: OTHER, apiKeyEnv: 'WAYBILL_API_KEY', concurrency: 1 }] }

interface Service {
  readonly relay: Relay
  /** Ids of events in the order of the requests that carried them to the API for the other pixel. */
  readonly sent: string[]
  /** Has the relay read its configuration again, with or without the other pixel. */
  configure(file: object): Promise<void>
}

/** A relay with two pixels. `answer` stands before each answer for the other one. */
async function start(
  context: TestContext,
  answer: (send: () => Promise<Response>) => Promise<Response>,
): Promise<Service> {
  const sent: string[] = []
  const relay = await startRelay(context, {
    file: PIXELS,
    env: { WAYBILL_PREFLIGHT: 'never' },
    fetch: (input, init) => {
      if (!String(input).includes(`pid=${OTHER}`)) return fetch(input, init)
      const { events } = JSON.parse(String(init?.body)) as { events: { id: string }[] }
      sent.push(...events.map(({ id }) => id))
      return answer(() => fetch(input, init))
    },
  })
  return {
    relay,
    sent,
    async configure(file) {
      writeFileSync(join(relay.folder, 'waybill.config.json'), JSON.stringify(file))
      const env = { ...environment(relay.api.url, relay.folder), WAYBILL_API_KEY: KEY, WAYBILL_PREFLIGHT: 'never' }
      await relay.reload(loadConfig({ env, cwd: relay.folder }))
    },
  }
}

const bring = (relay: Relay, ...ids: string[]) =>
  relay.ask(`/v1/events?pid=${OTHER}`, withJson('POST', { events: ids.map((id) => order(id)) }))

async function waiting(relay: Relay): Promise<{ state: string; hint?: string; queued: number; sending: number }> {
  const { json } = await relay.ask('/api/pixels')
  const { state, hint, counts } = json.pixels.find(({ pixel }: { pixel: string }) => pixel === OTHER)
  return { state, hint, queued: counts.queued, sending: counts.sending }
}

/**
 * - one request of a pixel is under way and more of it waits when the pixel is taken out of the configuration
 * - the request ends and is settled, nothing more goes out, intake refuses the pixel, and what waits stays queued and visible
 * - the pixel comes back: what waited is delivered, each event once
 */
test('a pixel that is taken out is sent for no more, its events wait, and it goes on when it comes back', async (context) => {
  const { promise: asked, resolve: arrived } = deferred<void>()
  const { promise: release, resolve: letGo } = deferred<void>()
  const { relay, sent, configure } = await start(context, async (send) => {
    arrived()
    await release
    return send()
  })
  await bring(relay, 'in_flight')
  await asked
  await bring(relay, 'waits_1', 'waits_2')
  await configure({})
  const settled = relay.next('event:delivered')
  letGo()
  assert.deepEqual(
    (await settled).map(({ id }) => id),
    ['in_flight'],
  )
  // Were the line still at work, its next lease would come before anything of the other pixel.
  const delivered = relay.next('event:delivered')
  await relay.bring([order('of_the_first_pixel')])
  await delivered
  const { hint, ...after } = await waiting(relay)
  assert.deepEqual([after, sent], [{ state: 'unconfigured', queued: 2, sending: 0 }, ['in_flight']])
  assert.match(hint ?? '', /add it to the configuration again/)
  assert.equal((await bring(relay, 'late')).status, 403)
  const rest = relay.next('event:delivered', 2)
  await configure(PIXELS)
  await rest
  assert.deepEqual(
    [sent.sort(), await waiting(relay)],
    [['in_flight', 'waits_1', 'waits_2'], { state: 'delivering', hint: undefined, queued: 0, sending: 0 }],
  )
  assert.deepEqual(
    relay.api.emulator.events(OTHER).map(({ received }) => received),
    [1, 1, 1],
  )
})

/**
 * - the API asked for an hour of patience: the batch of the pixel waits with its lease when the pixel is taken out
 * - its events are back in the queue at once, and when the pixel comes back the hour still counts
 */
test('what waits for its next attempt goes back to the queue at once, and the pause the API asked for outlasts it', async (context) => {
  const { relay, sent, configure } = await start(
    context,
    async () => new Response('', { status: 503, headers: { 'retry-after': '3600' } }),
  )
  const answered = relay.next('request:answered')
  await bring(relay, 'one')
  await answered
  await configure({})
  await eventually(async () => (await waiting(relay)).sending === 0)
  assert.equal((await waiting(relay)).queued, 1)
  await configure(PIXELS)
  await eventually(async () => (await waiting(relay)).sending > 0)
  assert.deepEqual(sent, ['one'])
  await configure({})
  await eventually(async () => (await waiting(relay)).sending === 0)
  assert.deepEqual([sent, (await waiting(relay)).queued], [['one'], 1])
})

test('a stop is not delayed by a pixel that was taken out', async (context) => {
  const { relay, configure } = await start(
    context,
    async () => new Response('', { status: 503, headers: { 'retry-after': '3600' } }),
  )
  const answered = relay.next('request:answered')
  await bring(relay, 'one')
  await answered
  await configure({})
  await relay.stop()
  assert.deepEqual(relay.failures, [])
})
