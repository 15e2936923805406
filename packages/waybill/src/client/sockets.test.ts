import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, describe, it } from 'node:test'
import { createEmulator, type FaultKind } from '@waybill/emulator'
import { type Client, createClient } from './client.ts'
import { START_MS } from './fake-runtime.cases.ts'
import type { Runtime } from './runtime.ts'
import { brokenPromises, KEY, orders, PIXEL, poison, tally } from './scenario.cases.ts'
import type { ClientOptions } from './settings.ts'

const TIMEOUT_MS = 30_000
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Pauses end at once; an attempt times out when the server is known to hang, however long that takes in real time. */
function socketRuntime(isHanging: () => boolean = () => false): Runtime {
  return {
    now: () => START_MS,
    random: () => 0,
    async sleep(ms, signal) {
      if (ms < TIMEOUT_MS) return
      while (!signal?.aborted && !(ms === TIMEOUT_MS && isHanging())) await turn()
    },
  }
}

/** A client with the runtime's own fetch. */
function connect(endpoint: string, options: Partial<ClientOptions> = {}): Client {
  return createClient({
    pixelId: PIXEL,
    apiKey: KEY,
    endpoint,
    preflight: 'never',
    timeoutMs: TIMEOUT_MS,
    runtime: socketRuntime(),
    ...options,
  })
}

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  after(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe('over real sockets, with the fetch of the runtime', () => {
  for (const kind of ['reset', 'lost', 'timeout', 'html200', '503'] as const satisfies readonly FaultKind[]) {
    it(`everything is stored and counted once, and exactly the bad are refused (${kind} in a fifth of the requests)`, async () => {
      const emulator = createEmulator({
        now: START_MS,
        fault: { [kind]: 0.2 },
        seed: 7,
        errors: 'none',
        poison: poison([11, 12, 150]),
      })
      const server = await emulator.listen({ port: 0 })
      after(() => server.close())
      let gaveUpOn = 0
      const isHanging = (): boolean => {
        const hanging = emulator.requests().filter(({ fault }) => fault === 'timeout').length
        if (hanging <= gaveUpOn) return false
        gaveUpOn = hanging
        return true
      }
      const events = orders(200)
      const client = connect(server.url, { maxBodyBytes: 4_000, concurrency: 1, runtime: socketRuntime(isHanging) })
      const outcomes = await client.send(events)
      const bad = new Set(['order_11', 'order_12', 'order_150'])
      assert.deepEqual(brokenPromises({ emulator, requests: [] }, events, outcomes, { bad }), [])
    })
  }

  it('a redirect is not followed, and the key goes nowhere else', async () => {
    const seen: string[] = []
    const elsewhere = await serve((request, response) => {
      seen.push(String(request.headers.authorization))
      response.end('{"accepted_events":1}')
    })
    const url = await serve((_request, response) => {
      response.writeHead(307, { location: `${elsewhere}/v1/events` }).end()
    })
    assert.deepEqual(tally(await connect(url).send(orders(1))), { 'failed redirected': 1 })
    assert.deepEqual(seen, [])
  })

  it('a body without end is left, and the connection closed', async () => {
    let closed = 0
    const url = await serve((_request, response) => {
      response.writeHead(200)
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      }
      response.on('drain', more)
      response.on('close', () => {
        closed += 1
      })
      more()
    })
    const outcomes = await connect(url, { maxAttempts: 2 }).send(orders(1))
    assert.deepEqual(tally(outcomes), { 'failed gave_up': 1 })
    while (closed < 2) await turn()
  })

  it('a body that never ends in time is left after the timeout', async () => {
    let hanging = 0
    let gaveUpOn = 0
    const url = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.write('{"accepted_events":', () => {
        hanging += 1
      })
    })
    const isHanging = (): boolean => {
      if (hanging <= gaveUpOn) return false
      gaveUpOn = hanging
      return true
    }
    const outcomes = await connect(url, { maxAttempts: 2, runtime: socketRuntime(isHanging) }).send(orders(1))
    assert.deepEqual(tally(outcomes), { 'failed gave_up': 1 })
    assert.match(outcomes[0]!.issues[0]!.message, /timed out; 2 attempts/)
  })

  it('a body shorter than announced is asked for again', async () => {
    let requests = 0
    const url = await serve((_request, response) => {
      requests += 1
      if (requests > 1) return response.end('{"accepted_events":1}')
      response.writeHead(400, { 'content-length': 5_000 })
      return response.write('{"error":{"param":"events[0]"', () => response.destroy())
    })
    assert.deepEqual(tally(await connect(url).send(orders(1))), { delivered: 1 })
    assert.equal(requests, 2)
  })

  it('a body that says gzip and is none is asked for again', async () => {
    let requests = 0
    const url = await serve((_request, response) => {
      requests += 1
      if (requests === 1) response.setHeader('content-encoding', 'gzip')
      response.end('{"accepted_events":1}')
    })
    assert.deepEqual(tally(await connect(url).send(orders(1))), { delivered: 1 })
    assert.equal(requests, 2)
  })

  it('nobody at the port is a passing fault', async () => {
    const server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    server.close()
    await once(server, 'close')
    const outcomes = await connect(`http://127.0.0.1:${port}`, { maxAttempts: 3 }).send(orders(1))
    assert.deepEqual(tally(outcomes), { 'failed gave_up': 1 })
    assert.equal(outcomes[0]?.attempts, 3)
  })
})
