import assert from 'node:assert/strict'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { PIXEL, type RelayProcess, startRelayProcess } from '../../../../crash/relay-process.ts'
import { tempFolder } from '../files/files.helpers.ts'
import { orders, withJson } from './service.helpers.ts'

/** The API: it hangs until it is let answer, and remembers what it took. */
interface HangingApi {
  readonly url: string
  /** Requests that arrived. */
  requests(): number
  /** Resolves with the next request that arrives. */
  next(): Promise<void>
  answer(): void
  /** Event → how often it was taken. */
  readonly taken: ReadonlyMap<string, number>
}

async function startHangingApi(context: TestContext): Promise<HangingApi> {
  const taken = new Map<string, number>()
  let requests = 0
  let isHanging = true
  const server = createServer(async (request, response) => {
    const body = await text(request).catch(() => undefined)
    if (body === undefined) return
    requests += 1
    server.emit('arrived')
    if (isHanging) return
    const { events, validate_only } = JSON.parse(body) as { events: { id: string }[]; validate_only: boolean }
    if (!validate_only) for (const { id } of events) taken.set(id, (taken.get(id) ?? 0) + 1)
    response.end(JSON.stringify({ accepted_events: events.length }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  context.after(() => {
    server.close()
    server.closeAllConnections()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: () => requests,
    next: () => once(server, 'arrived').then(() => {}),
    answer() {
      isHanging = false
    },
    taken,
  }
}

interface Scene {
  readonly api: HangingApi
  start(): Promise<RelayProcess>
}

/** A relay that gives requests in flight so long to end. */
async function setUp(context: TestContext, graceMs: number): Promise<Scene> {
  const api = await startHangingApi(context)
  const folder = tempFolder(context)
  const config = join(folder, 'waybill.config.json')
  writeFileSync(config, JSON.stringify({ graceMs }))
  return {
    api,
    async start() {
      const relay = await startRelayProcess({ folder, endpoint: api.url, env: { WAYBILL_CONFIG: config } })
      context.after(() => relay.process.kill('SIGKILL'))
      return relay
    },
  }
}

function bring({ url }: RelayProcess, events: readonly unknown[]): Promise<Response> {
  return fetch(`${url}/v1/events?pid=${PIXEL}`, withJson('POST', { events }))
}

/** The next life delivers everything, each event once. */
async function assertDelivered({ api, start }: Scene, ids: readonly string[]): Promise<void> {
  api.answer()
  const relay = await start()
  while (api.taken.size < ids.length) await api.next()
  relay.process.kill('SIGTERM')
  assert.equal(await relay.ended, 0)
  assert.deepEqual([...api.taken].sort(), ids.map((id) => [id, 1]).sort())
}

const GRACE_MS = 400

/**
 * - a request hangs when SIGTERM comes: intake is closed, the request gets its time to end, then it is given up, and the exit code is 0
 * - no other request leaves meanwhile; what was in it goes out in the next life
 */
test('SIGTERM with a hung request: it gets its grace and no more, and nothing is lost', async (context) => {
  const scene = await setUp(context, GRACE_MS)
  const events = orders(30)
  const relay = await scene.start()
  const arrived = scene.api.next()
  assert.equal((await bring(relay, events)).status, 200)
  await arrived
  const startedMs = performance.now()
  relay.process.kill('SIGTERM')
  assert.equal(await relay.ended, 0)
  const tookMs = performance.now() - startedMs
  assert.ok(tookMs >= GRACE_MS, `it ended after ${tookMs} ms`)
  assert.equal(scene.api.requests(), 1)
  await assert.rejects(bring(relay, events))
  await assertDelivered(
    scene,
    events.map(({ id }) => id),
  )
})

test('a second SIGTERM ends the process at once, whatever hangs, and nothing is lost', async (context) => {
  const scene = await setUp(context, LONG_GRACE_MS)
  const events = orders(30)
  const relay = await scene.start()
  const arrived = scene.api.next()
  assert.equal((await bring(relay, events)).status, 200)
  await arrived
  relay.process.kill('SIGTERM')
  // Until the first has been taken, a second would be the same signal.
  while (await isServed(relay));
  relay.process.kill('SIGTERM')
  assert.equal(await relay.ended, 3, 'interrupted')
  await assertDelivered(
    scene,
    events.map(({ id }) => id),
  )
})

async function isServed({ url }: RelayProcess): Promise<boolean> {
  return fetch(`${url}/readyz`).then(
    ({ status }) => status === 200,
    () => false,
  )
}

const LONG_GRACE_MS = 30_000

/**
 * - clients post as fast as they can while the relay delivers; SIGTERM comes in the middle
 * - it exits with 0; every event that it acknowledged was delivered, or is in the next life, and none twice
 */
test('SIGTERM under load: intake closes, what is under way ends, and everything acknowledged is delivered once', async (context) => {
  const scene = await setUp(context, LONG_GRACE_MS)
  scene.api.answer()
  const relay = await scene.start()
  const acknowledged: string[] = []
  const client = async (number: number): Promise<void> => {
    for (let batch = 0; ; batch++) {
      const events = orders(20, `c${number}_${batch}`)
      const response = await bring(relay, events).catch(() => undefined)
      if (response?.status !== 200) return
      await response.arrayBuffer()
      acknowledged.push(...events.map(({ id }) => id))
    }
  }
  const clients = Array.from({ length: 8 }, (_, number) => client(number))
  while (scene.api.taken.size < 200) await scene.api.next()
  const startedMs = performance.now()
  relay.process.kill('SIGTERM')
  assert.equal(await relay.ended, 0)
  assert.ok(performance.now() - startedMs < LONG_GRACE_MS / 2, 'nothing is waited for that does not come')
  await Promise.all(clients)
  await assertDelivered(scene, acknowledged)
})
