import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, createServer, type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { keepUntilAnswered } from './idle-connections.ts'

const LONG = Buffer.alloc(20_000_000, 'x')

/**
 * - an answer of 20 MB was handed over, and its reader has not begun to read; the server closes what is idle
 * - the answer arrives whole; after that the connection, kept open by its client, is idle and closed
 */
test('an idle connection is closed, and one whose answer is not out yet is not', async (context) => {
  const server = createServer((_request, response) => response.end(LONG))
  keepUntilAnswered(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  context.after(() => server.close())
  const { port } = server.address() as AddressInfo
  const agent = new Agent({ keepAlive: true })
  const asking = request({ port, host: '127.0.0.1', agent }).end()
  const [response] = (await once(asking, 'response')) as [IncomingMessage]
  const { socket } = response
  const closed = once(socket, 'close')
  server.closeIdleConnections()
  let bytes = 0
  for await (const chunk of response) bytes += (chunk as Buffer).length
  assert.equal(bytes, LONG.length)
  while (!socket.destroyed) {
    server.closeIdleConnections()
    await new Promise(setImmediate)
  }
  await closed
})
