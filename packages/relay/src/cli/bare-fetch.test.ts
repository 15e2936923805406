import assert from 'node:assert/strict'
import dns from 'node:dns'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { bareFetch } from './bare-fetch.ts'

type Answering = (request: IncomingMessage, response: ServerResponse) => unknown

async function serve(context: TestContext, answer: Answering): Promise<string> {
  const server = createServer((request, response) => void answer(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  context.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
}

test('a body goes out as it is, with its length, whether it is a text or part of a larger piece of memory', async (context) => {
  const came: unknown[] = []
  const url = await serve(context, async (request, response) => {
    const { 'content-length': length, authorization, expect } = request.headers
    came.push([request.method, request.url, length, authorization, expect, (await buffer(request)).toString()])
    response.end('{}')
  })
  const headers = { authorization: 'Bearer k' }
  const bytes = Buffer.from('before{"a":"é"}behind')
  for (const body of ['{"a":"é"}', bytes.subarray(6, bytes.length - 6)])
    await (await bareFetch(`${url}/events?pid=a%20b`, { method: 'POST', headers, body })).text()
  const expected = ['POST', '/v1/events?pid=a%20b', '10', 'Bearer k', undefined, '{"a":"é"}']
  assert.deepEqual(came, [expected, expected])
})

test('an answer has its status, its headers and its text, and a redirect is one like any other', async (context) => {
  const url = await serve(context, (_, response) => {
    response.writeHead(307, { location: '/elsewhere', 'retry-after': '7' })
    response.end('moved')
  })
  const answer = await bareFetch(url, { method: 'POST', body: '{}' })
  assert.deepEqual([answer.status, answer.headers.get('retry-after'), await answer.text()], [307, '7', 'moved'])
})

test('an answer that has no body is one', async (context) => {
  const url = await serve(context, (_, response) => response.writeHead(204).end())
  const answer = await bareFetch(url, { method: 'POST', body: '{}' })
  assert.deepEqual([answer.status, await answer.text()], [204, ''])
})

test('an answer that no server may give is a fault, and its connection is closed', async (context) => {
  let closed: Promise<unknown> = Promise.resolve()
  const url = await serve(context, (request, response) => {
    closed = once(request.socket, 'close')
    response.writeHead(999).write('?')
  })
  await assert.rejects(bareFetch(url, { method: 'POST', body: '{}' }), RangeError)
  await closed
})

test('an answer that breaks off is no answer', async (context) => {
  const url = await serve(context, (_, response) => {
    response.writeHead(200, { 'content-length': '100' })
    response.write('{"accepted_events":', () => response.destroy())
  })
  const answer = await bareFetch(url, { method: 'POST', body: '{}' })
  await assert.rejects(answer.text())
})

test('an abort ends it, and a server that is not there is named by its code', async (context) => {
  const url = await serve(context, () => {})
  const controller = new AbortController()
  const pending = bareFetch(url, { method: 'POST', body: '{}', signal: controller.signal })
  controller.abort()
  await assert.rejects(pending, { name: 'AbortError' })
  const closed = createServer().listen(0, '127.0.0.1')
  await once(closed, 'listening')
  const { port } = closed.address() as AddressInfo
  closed.close()
  await once(closed, 'close')
  await assert.rejects(bareFetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: '{}' }), { code: 'ECONNREFUSED' })
})

/** - the look-up of a name, or the other side's part of TLS, never comes */
for (const scheme of ['http', 'https']) {
  test(`who cannot be reached by ${scheme} is given up after ten seconds, and not before`, async (context) => {
    const silent = createTcpServer().listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const sockets: Socket[] = []
    silent.on('connection', (socket) => sockets.push(socket))
    context.after(() => {
      for (const socket of sockets) socket.destroy()
      silent.close()
    })
    const lookedUp = new Promise<void>((resolve) => context.mock.method(dns, 'lookup', () => resolve()))
    const { port } = silent.address() as AddressInfo
    context.mock.timers.enable({ apis: ['setTimeout'] })
    let end = 'open'
    const host = scheme === 'https' ? '127.0.0.1' : 'localhost'
    const asked = bareFetch(`${scheme}://${host}:${port}/`, { method: 'POST', body: '{}' }).catch(
      ({ code }) => (end = code),
    )
    await (scheme === 'https' ? once(silent, 'connection') : lookedUp)
    await nextTurn()
    context.mock.timers.tick(9_999)
    await nextTurn()
    assert.equal(end, 'open')
    context.mock.timers.tick(1)
    await asked
    assert.equal(end, 'ETIMEDOUT')
  })
}

test('who was reached may take longer than that to answer', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] })
  const url = await serve(context, (_, response) => {
    context.mock.timers.tick(60_000)
    response.end('{}')
  })
  assert.equal(await (await bareFetch(url, { method: 'POST', body: '{}' })).text(), '{}')
})
