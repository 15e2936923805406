import assert from 'node:assert/strict'
import dns from 'node:dns'
import { once } from 'node:events'
import type { IncomingMessage, RequestListener } from 'node:http'
import type { Server, Socket } from 'node:net'
import { networkInterfaces } from 'node:os'
import { describe, it, mock, type TestContext } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { answerOf, FETCHES, http, listening, TAKEN, tcp } from './bare-fetch.helpers.ts'

const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'))
const skip = hasIpv6 ? false : 'this machine has no IPv6'

const BIG = Buffer.alloc(32 * 1024 * 1024, 'a')
const NETWORK = { kind: 'failure', reason: 'network' } as const
const response = (status: number, body: string = TAKEN): object => ({ kind: 'response', status, body })
const TOO_LONG = { kind: 'response', status: 200, body: undefined } as const

/** Answers a request that it has read. */
const answering = (status: number, headers: Record<string, string>, body: string | Uint8Array = ''): Server =>
  http((request, answer) => request.resume().on('end', () => answer.writeHead(status, headers).end(body)))
const packed = (encoding: string, body: Uint8Array): Server => answering(200, { 'content-encoding': encoding }, body)
/** Says this and hangs up. */
const saying = (head: string, body: string = ''): Server => tcp((socket) => socket.end(`${head}\r\n\r\n${body}`))
const OF_TAKEN = `content-length: ${TAKEN.length}`
const CHUNKED = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked'
const CHUNK = `${TAKEN.length.toString(16)}\r\n${TAKEN}\r\n`

type Case = readonly [name: string, serve: () => Server, expected: object]

const CODINGS: readonly Case[] = [
  ['gzip', () => packed('gzip', gzipSync(TAKEN)), response(200)],
  ['gzip by its old name, in capitals', () => packed('X-GZIP', gzipSync(TAKEN)), response(200)],
  ['deflate', () => packed('deflate', deflateSync(TAKEN)), response(200)],
  ['br', () => packed('br', brotliCompressSync(TAKEN)), response(200)],
  ['zstd', () => packed('zstd', zstdCompressSync(TAKEN)), response(200)],
  ['two, the last one outside', () => packed('gzip, br', brotliCompressSync(gzipSync(TAKEN))), response(200)],
  ['the one that is none', () => packed('identity', Buffer.from(TAKEN)), response(200)],
  ['one that nobody knows', () => packed('constructor', Buffer.from(TAKEN)), response(200)],
  ['gzip, of nothing', () => packed('gzip', Buffer.alloc(0)), response(200, '')],
  ['gzip that is none', () => packed('gzip', Buffer.from(TAKEN)), NETWORK],
  ['gzip of more than any honest answer', () => packed('gzip', gzipSync(BIG)), TOO_LONG],
  ['gzip, where nothing may follow', () => answering(204, { 'content-encoding': 'gzip' }), response(204, '')],
]

const ANSWERS: readonly Case[] = [
  ['in chunks', () => saying(CHUNKED, `${CHUNK}0\r\n\r\n`), response(200)],
  ['in chunks that break off', () => saying(CHUNKED, CHUNK), NETWORK],
  ['shorter than it says', () => saying('HTTP/1.1 200 OK\r\ncontent-length: 99', TAKEN), NETWORK],
  ['longer than it says', () => saying(`HTTP/1.1 200 OK\r\n${OF_TAKEN}`, `${TAKEN}more`), response(200)],
  ['until the connection ends', () => saying('HTTP/1.0 200 OK', TAKEN), response(200)],
  ['longer than any honest one', () => answering(200, {}, BIG), TOO_LONG],
  [
    'after a hint',
    () => saying(`HTTP/1.1 103 E\r\nlink: <a>\r\n\r\nHTTP/1.1 200 OK\r\n${OF_TAKEN}`, TAKEN),
    response(200),
  ],
  [
    'with another protocol on offer',
    () => saying(`HTTP/1.1 200 OK\r\nupgrade: h2c\r\n${OF_TAKEN}`, TAKEN),
    response(200),
  ],
  ['in another protocol', () => saying('HTTP/1.1 101 Now\r\nupgrade: x\r\nconnection: upgrade'), NETWORK],
  ['no HTTP', () => saying('hello'), NETWORK],
  ['two lengths', () => saying('HTTP/1.1 200 OK\r\ncontent-length: 21\r\ncontent-length: 22', TAKEN), NETWORK],
  ['a length and chunks', () => saying(`${CHUNKED}\r\ncontent-length: 21`, `${CHUNK}0\r\n\r\n`), NETWORK],
  ['a header with a control character', () => saying(`HTTP/1.1 200 OK\r\nx: a\x01\r\n${OF_TAKEN}`, TAKEN), NETWORK],
  ['headers of 20 kB', () => saying(`HTTP/1.1 200 OK\r\nx: ${'a'.repeat(20_000)}\r\n${OF_TAKEN}`, TAKEN), NETWORK],
  ...[204, 205, 304].map((status): Case => [`${status}`, () => answering(status, {}), response(status, '')]),
  ...[301, 302, 303, 307, 308].map(
    (status): Case => [`${status}`, () => answering(status, { location: '/x' }, 'gone'), response(status, 'gone')],
  ),
  ...[400, 401, 403, 404, 408, 413, 429, 500, 503, 599].map(
    (status): Case => [
      `${status}`,
      () => answering(status, { 'www-authenticate': 'Basic' }, '{}'),
      response(status, '{}'),
    ],
  ),
]

const ENDS: readonly Case[] = [
  ['ended', () => tcp((socket) => socket.end()), NETWORK],
  ['reset', () => tcp((socket) => socket.resetAndDestroy()), NETWORK],
  [
    'reset before anything was read',
    () =>
      tcp(
        () => {},
        (socket) => socket.resetAndDestroy(),
      ),
    NETWORK,
  ],
]

/** It answers before it has heard all of a large body. */
const refusing = (afterwards: (request: IncomingMessage) => unknown, connection = 'close'): (() => Server) => {
  const listener: RequestListener = (request, answer) =>
    answer.writeHead(413, { connection, 'content-length': 2 }).end('{}', () => afterwards(request))
  return () => http(listener)
}
const EARLY: readonly Case[] = [
  [
    'and reads on',
    () => http((request, answer) => answer.writeHead(413).end('{}', () => request.resume())),
    response(413, '{}'),
  ],
  ['and hangs up', refusing(({ socket }) => socket.destroy()), response(413, '{}')],
  ['and resets', refusing(({ socket }) => socket.resetAndDestroy()), response(413, '{}')],
  ['and stands still', refusing(() => {}), response(413, '{}')],
  ['and stands still as if more could come', refusing(() => {}, 'keep-alive'), response(413, '{}')],
]

const TABLES: readonly (readonly [what: string, cases: readonly Case[], body?: Uint8Array])[] = [
  ['an answer that is packed', CODINGS],
  ['an answer', ANSWERS],
  ['a connection', ENDS],
  ['a server that refuses a large body in the middle', EARLY, BIG],
]

for (const [what, cases, body] of TABLES) {
  describe(`${what} is the same to the driver by both`, () => {
    for (const [name, serve, expected] of cases)
      for (const [by, ask] of FETCHES)
        it(`${name}, by ${by}`, async (context) => {
          const url = `http://127.0.0.1:${await listening(context, serve())}/v1`
          assert.deepEqual(await answerOf(ask, url, body && { body }), expected)
        })
  })
}

for (const [by, ask] of FETCHES) {
  describe(`by ${by}`, () => {
    it('no request is lost at a server that answers as if the connection stayed, and closes it', async (context) => {
      for (const close of ['end', 'resetAndDestroy'] as const) {
        const server = http(({ socket }, answer) => answer.end(TAKEN, () => socket[close]()))
        const url = `http://127.0.0.1:${await listening(context, server)}/v1`
        for (let request = 0; request < 20; request++) assert.deepEqual(await answerOf(ask, url), response(200))
      }
    })

    it('a connection that is used again and breaks is a fault of the network, and the request is not repeated', async (context) => {
      const known = new WeakSet<Socket>()
      let [requests, resets] = [0, 0]
      const server = http(({ socket }, answer) => {
        requests += 1
        if (!known.has(socket)) return known.add(socket) && answer.end(TAKEN)
        resets += 1
        return socket.resetAndDestroy()
      })
      const url = `http://127.0.0.1:${await listening(context, server)}/v1`
      for (let request = 1; request <= 6; request++) {
        const before = resets
        assert.deepEqual([await answerOf(ask, url), requests], [resets > before ? NETWORK : response(200), request])
      }
      assert.ok(resets > 0)
    })

    it('a time limit ends it wherever it is, and the connection with it', async (context) => {
      const stages: readonly ((socket: Socket) => unknown)[] = [
        (socket) => socket.pause(),
        (socket) => socket.resume(),
        (socket) => socket.resume().write(`HTTP/1.1 200 OK\r\n${OF_TAKEN}\r\n\r\n{`),
      ]
      for (const stage of stages) {
        const server = tcp(stage)
        const heard = once(server, 'connection') as Promise<[Socket]>
        const url = `http://127.0.0.1:${await listening(context, server)}/v1`
        const timeIsUp = heard.then(([socket]) => once(socket, 'data'))
        assert.deepEqual(await answerOf(ask, url, { body: BIG, timeIsUp }), { kind: 'failure', reason: 'timeout' })
        const [socket] = await heard
        socket.resume()
        while (!socket.destroyed) await nextTurn()
      }
    })

    it('what a server has refused is not sent to it all the same', async (context) => {
      for (const connection of ['close', 'keep-alive']) {
        let refused: IncomingMessage | undefined
        const server = refusing((request) => (refused = request), connection)()
        const url = `http://127.0.0.1:${await listening(context, server)}/v1`
        assert.deepEqual(await answerOf(ask, url, { body: BIG }), response(413, '{}'))
        const { socket } = refused!.on('error', () => {}).resume()
        while (!socket.destroyed) await nextTurn()
        assert.ok(socket.bytesRead < BIG.length, `${socket.bytesRead} bytes came`)
      }
    })

    it('a run that is given up ends it', async (context) => {
      const controller = new AbortController()
      const server = tcp(() => controller.abort())
      const url = `http://127.0.0.1:${await listening(context, server)}/v1`
      assert.deepEqual(await answerOf(ask, url, { signal: controller.signal }), NETWORK)
    })

    it('nobody listening, and a name that nobody knows, are faults of the network', async (context) => {
      const port = await closedPort(context)
      lookUp(context, [])
      for (const host of ['127.0.0.1', '[::1]', 'localhost'])
        assert.deepEqual(await answerOf(ask, `http://${host}:${port}/v1`), NETWORK)
    })

    it('each address of a name is tried', async (context) => {
      lookUp(context, ['::1', '127.0.0.1'])
      const server = answering(200, {}, TAKEN)
      assert.deepEqual(await answerOf(ask, `http://localhost:${await listening(context, server)}/v1`), response(200))
    })

    it('an address of IPv6 is one', { skip }, async (context) => {
      const port = await listening(context, answering(200, {}, TAKEN), '::1')
      assert.deepEqual(await answerOf(ask, `http://[::1]:${port}/v1`), response(200))
    })
  })
}

async function closedPort(context: TestContext): Promise<number> {
  const server = tcp(() => {})
  const port = await listening(context, server)
  server.close()
  await once(server, 'close')
  return port
}

/** What `localhost` is; a name that nobody knows without any. */
function lookUp(context: TestContext, addresses: readonly string[]): void {
  const mocked = mock.method(dns, 'lookup', (host: string, _options: object, done: (...values: unknown[]) => void) => {
    if (addresses.length === 0) done(Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND' }))
    else
      done(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      )
  })
  context.after(() => mocked.mock.restore())
}
