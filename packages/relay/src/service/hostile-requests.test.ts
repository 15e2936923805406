import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { order, PIXEL, startRelay } from './service.helpers.ts'

/** By another number another attack; a failing one is repeated by its seed. */
const SEED = Number(process.env['WAYBILL_FUZZ_SEED'] ?? 1)
const REQUESTS = Number(process.env['WAYBILL_FUZZ_REQUESTS'] ?? 300)
const PATIENCE_MS = 2_000
const MOST_GROWTH_BYTES = 250_000_000
const TOKEN = 'intake-token-0001'

type Random = () => number

/** Mulberry32: the same numbers for the same seed. */
function randomOf(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const PATHS = [
  `/v1/events?pid=${PIXEL}`,
  `/v1/events?pid=${PIXEL}&pid=x`,
  '/v1/events',
  '/v1/batch',
  '/v1/track',
  '/mp/collect?api_secret=x',
  '/webhooks/shopify/px',
  '/webhooks/constructor/__proto__',
  `/v1/context/${'k'.repeat(300)}?pid=${PIXEL}`,
  `/v1/context/%00%ff?pid=${PIXEL}`,
  '/api/events',
  '/api/refused/replay',
  '/../../etc/passwd',
  '/%',
  '*',
]
const METHODS = ['POST', 'POST', 'POST', 'PUT', 'GET', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'FOO', 'CONNECT']
const HEADERS = [
  'Content-Type: application/json',
  'Content-Type: text/plain',
  'Content-Type: \u0001',
  'Content-Encoding: gzip',
  'Content-Encoding: br',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: gzip, chunked',
  'Content-Length: -1',
  'Content-Length: 99999999999999999999',
  'Content-Length: 5',
  'Expect: 100-continue',
  'Expect: nonsense',
  'Connection: close',
  'Connection: upgrade\r\nUpgrade: websocket',
  `Authorization: Bearer ${TOKEN}`,
  'Authorization: Basic ////',
  'Origin: null',
  'Sec-Fetch-Site: cross-site',
  `X-Long: ${'x'.repeat(9_000)}`,
  'Host: evil.example',
  '\u0000: x',
]
const BODIES: readonly (string | Buffer)[] = [
  '',
  '{',
  '{"events":[]}',
  JSON.stringify({ events: [order('fuzz')] }),
  JSON.stringify({ events: [{ id: 'x'.repeat(5_000), type: 'y'.repeat(5_000), data: { n: 1 } }] }),
  '{"events":[{"data":{"n":1e999999,"m":123456789012345678901234567890}}]}',
  `${'['.repeat(5_000)}`,
  '"\ud800"',
  gzipSync('{"events":[]}'),
  gzipSync(Buffer.alloc(30_000_000)),
  gzipSync('{"events":[]}').subarray(0, 15),
  '5\r\n{"eve\r\n0\r\n\r\n',
  'zz\r\n',
  Buffer.from([0xff, 0xfe, 0x00]),
]

function pick<Item>(random: Random, all: readonly Item[]): Item {
  return all[Math.floor(random() * all.length)]!
}

/** A request that may be good, and mostly is not. */
function requestOf(random: Random): Buffer {
  const headers = Array.from({ length: Math.floor(random() * 5) }, () => pick(random, HEADERS))
  const body = Buffer.from(pick(random, BODIES))
  if (random() < 0.6) headers.push(`Content-Length: ${body.length + (random() < 0.1 ? 7 : 0)}`)
  const head = `${pick(random, METHODS)} ${pick(random, PATHS)} HTTP/1.1\r\nHost: 127.0.0.1\r\n`
  const whole = Buffer.concat([Buffer.from(`${head}${headers.map((one) => `${one}\r\n`).join('')}\r\n`), body])
  return random() < 0.1 ? whole.subarray(0, Math.floor(random() * whole.length)) : whole
}

/** The statuses of what was said before the connection ended, or patience did. */
async function ask(port: number, request: Buffer): Promise<{ readonly statuses: number[]; readonly said: string }> {
  const socket = connect(port, '127.0.0.1')
  let said = ''
  socket.on('error', () => {})
  socket.on('data', (data) => {
    said += data.toString('latin1')
  })
  socket.write(request)
  const patience = setTimeout(() => socket.destroy(), 150)
  await once(socket, 'close')
  clearTimeout(patience)
  const statuses = [...said.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status))
  return { statuses, said }
}

/**
 * - requests that are built by chance of what hurts: methods, paths, headers, bodies, cut anywhere
 * - each is answered by less than 500, or 503, or its connection ends; no answer is without the relay's own header
 * - beside them good requests are answered at once, and nothing of the memory stays taken
 */
test(`requests of every kind of nonsense hurt nobody: seed ${SEED}`, async (context) => {
  const relay = await startRelay(context, { env: { WAYBILL_INTAKE_TOKEN: TOKEN } })
  const port = Number(new URL(relay.url).port)
  const random = randomOf(SEED)
  const authorization = `Bearer ${TOKEN}`
  const residentBytes = process.memoryUsage().rss
  for (let at = 0; at < REQUESTS; at += 10) {
    const requests = Array.from({ length: 10 }, () => requestOf(random))
    const answers = Promise.all(requests.map((request) => ask(port, request)))
    const startedMs = performance.now()
    assert.equal((await relay.bring([order(`good_${at}`)], {}, { authorization })).status, 200)
    assert.ok(performance.now() - startedMs < PATIENCE_MS, `a good request took ${performance.now() - startedMs} ms`)
    for (const [index, { statuses, said }] of (await answers).entries()) {
      const what = `${at + index}: ${requests[index]!.toString('latin1').slice(0, 300)}`
      for (const status of statuses) assert.ok(status < 500 || status === 503 || status === 501, `${status} to ${what}`)
      const own = said.match(/waybill-relay: /gi)?.length ?? 0
      assert.ok(
        own >= statuses.filter((status) => status !== 100).length,
        `no header of ours to ${what}: ${said.slice(0, 200)}`,
      )
    }
  }
  assert.equal((await relay.ask('/healthz')).status, 200)
  assert.ok(process.memoryUsage().rss - residentBytes < MOST_GROWTH_BYTES)
  assert.doesNotMatch(relay.log(), /a request failed/)
  assert.deepEqual(relay.failures, [])
})
