import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import type { Emulator } from './emulator.ts'
import type { FaultKind } from './faults.ts'
import { emulatorAt, LEAD, ORDER, requestOf } from './sample.cases.ts'
import type { Listening } from './server.ts'

const BATCH = { events: [LEAD, ORDER] }

async function served(emulator: Emulator, use: (server: Listening) => Promise<void>): Promise<void> {
  const server = await emulator.listen({ port: 0 })
  try {
    await use(server)
  } finally {
    await server.close()
  }
}

function send({ url }: Listening, init: RequestInit = {}): Promise<Response> {
  return fetch(`${url}/v1/events?pid=px_1`, { ...requestOf(BATCH), ...init })
}

function codeOf(error: unknown): string | undefined {
  return ((error as Error).cause as NodeJS.ErrnoException | undefined)?.code
}

test('the server answers on loopback as fetch does, and shares its ledger', async () => {
  const emulator = emulatorAt()
  await served(emulator, async (server) => {
    assert.equal(server.url, `http://127.0.0.1:${server.port}`)
    const response = await send(server)
    assert.deepEqual([response.status, await response.json()], [200, { accepted_events: 2 }])
    assert.equal(response.headers.get('date'), 'Thu, 19 Mar 2026 04:00:00 GMT')
    const summary = await (await fetch(`${server.url}/_emulator/summary`)).json()
    assert.deepEqual(summary, emulator.summary())
    const image = await fetch(
      `${server.url}/v1/sdk/events?pid=px_1&event=lead_created&event_id=lead_1&data[type]=customer_action`,
    )
    assert.equal(image.headers.get('content-type'), 'image/gif')
    assert.equal((await image.arrayBuffer()).byteLength, 42)
  })
  assert.deepEqual(emulator.events()[0]?.channels, ['server', 'image'])
})

for (const [kind, stored] of [
  ['reset', 0],
  ['lost', 2],
] as const) {
  test(`the fault ${kind} breaks the connection and leaves ${stored} stored`, async () => {
    const emulator = emulatorAt({ fault: { [kind]: 1 } satisfies Partial<Record<FaultKind, number>> })
    await served(emulator, async (server) => {
      await assert.rejects(send(server), (error) => codeOf(error) === 'ECONNRESET')
    })
    assert.deepEqual([emulator.summary().requests, emulator.summary().stored], [1, stored])
  })
}

test('the fault timeout hangs until the client gives up', async () => {
  const emulator = emulatorAt({ fault: { timeout: 1 } })
  await served(emulator, async (server) => {
    const client = new AbortController()
    const pending = send(server, { signal: client.signal })
    while (emulator.requests()[0]?.events !== 2) await new Promise(setImmediate)
    client.abort()
    await assert.rejects(pending, { name: 'AbortError' })
  })
})

for (const fault of [{ timeout: 1 }, { slow: 1 }]) {
  test(`closing the server ends what waits under ${JSON.stringify(fault)}`, async () => {
    const emulator = emulatorAt({ fault, slowMs: 3_600_000 })
    const server = await emulator.listen({ port: 0 })
    const pending = send(server)
    pending.catch(() => undefined)
    while (emulator.requests()[0]?.events !== 2) await new Promise(setImmediate)
    await server.close()
    await server.close()
    await assert.rejects(pending, TypeError)
    await assert.rejects(send(server), (error) => codeOf(error) === 'ECONNREFUSED')
  })
}

test('a request whose body breaks off is recorded and disturbs nobody', async () => {
  const emulator = emulatorAt()
  await served(emulator, async (server) => {
    const socket = connect(server.port, '127.0.0.1')
    socket.write(
      'POST /v1/events?pid=px_1 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer k\r\nContent-Length: 99\r\n\r\n{',
    )
    while (emulator.summary().requests !== 1) await new Promise(setImmediate)
    socket.resetAndDestroy()
    assert.equal((await send(server)).status, 200)
  })
  assert.deepEqual([emulator.summary().requests, emulator.summary().stored], [2, 2])
})

for (const line of ['TRACE / HTTP/1.1', 'GET // HTTP/1.1', 'GET http:// HTTP/1.1', 'OPTIONS * HTTP/1.1']) {
  test(`the strange request line "${line}" is answered 404`, async () => {
    await served(emulatorAt(), async (server) => {
      const socket = connect(server.port, '127.0.0.1')
      socket.write(`${line}\r\nHost: x\r\nConnection: close\r\n\r\n`)
      const [first] = (await once(socket, 'data')) as [Buffer]
      assert.match(first.toString(), /^HTTP\/1\.1 404 /)
    })
  })
}

test('a port that is taken rejects', async () => {
  await served(emulatorAt(), async ({ port }) => {
    await assert.rejects(emulatorAt().listen({ port }), { code: 'EADDRINUSE' })
  })
})
