import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import type { AccessKind } from './access.ts'
import { jsonAnswer } from './answer.ts'
import { readBody } from './body.ts'
import { LOOK_EVERY_MS } from './incoming/index.ts'
import { type Route, rawBodyOf } from './route.ts'
import { createServer, type TurnedAway } from './server.ts'
import { TokenBook } from './token-book.ts'

const TOKEN = 'shop-token-0001'
const MAX_BODY = 10_000
const LIMIT = 20_000

function door(path: string, access: AccessKind): Route {
  return {
    method: 'POST',
    path,
    access,
    summary: 'A door.',
    answers: {},
    async run(visit) {
      const body = await readBody(rawBodyOf(visit), MAX_BODY)
      return 'refusal' in body ? body.refusal : jsonAnswer(200, { read: visit.bytes?.length })
    },
  }
}

interface Scene {
  readonly url: string
  readonly turnedAway: TurnedAway[]
  /** A connection on which this was written. */
  send(text: string): Connection
  /** Lets time go by, with the looks that come with it. */
  pass(ms: number): void
  post(bytes: number): Promise<number>
}

interface Connection {
  readonly socket: Socket
  /** Everything that was said on it, once it ended or said a whole answer. */
  readonly said: () => string
  readonly ended: Promise<unknown>
}

async function serve(context: TestContext): Promise<Scene> {
  let nowMs = 0
  let look: () => void = () => {}
  const turnedAway: TurnedAway[] = []
  const app = createServer({
    routes: [door('/intake', 'intake'), door('/hook', 'anyone')],
    tokens: () => ({
      intake: new TokenBook([{ name: 'shop', token: TOKEN, pixels: '*' }]),
      admin: new TokenBook([]),
    }),
    maxBodyBytes: MAX_BODY,
    maxInFlightBytes: () => LIMIT,
    clockConfirmed: () => true,
    monotonic: () => nowMs,
    every(_ms, work) {
      look = work
      return () => {}
    },
    onFailure: (_failure, error) => assert.fail(String(error)),
    onTurnedAway: (status) => void turnedAway.push(status),
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  const sockets: Socket[] = []
  context.after(async () => {
    for (const socket of sockets) socket.destroy()
    app.server.closeAllConnections()
    await app.close()
  })
  return {
    url,
    turnedAway,
    send(text) {
      const socket = connect(port, '127.0.0.1')
      sockets.push(socket)
      let said = ''
      socket.on('error', () => {})
      socket.on('data', (data) => {
        said += data
      })
      socket.write(text)
      return { socket, said: () => said, ended: once(socket, 'close') }
    },
    pass(ms) {
      for (let left = ms; left > 0; left -= LOOK_EVERY_MS) {
        nowMs += Math.min(left, LOOK_EVERY_MS)
        look()
      }
    },
    async post(bytes) {
      const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' }
      const response = await fetch(`${url}/intake`, { method: 'POST', headers, body: `"${'x'.repeat(bytes - 2)}"` })
      await response.text()
      return response.status
    },
  }
}

function head(path: string, more: string): string {
  const token = path === '/intake' ? `Authorization: Bearer ${TOKEN}\r\n` : ''
  return `POST ${path} HTTP/1.1\r\nHost: a\r\n${token}Content-Type: application/json\r\n${more}\r\n\r\n`
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await turn()
}

/** Bodies that are begun and not ended, by whom, and whether anything of them came. */
const BEGUN: readonly (readonly [name: string, text: string])[] = [
  ['announced at a door without a token', head('/hook', 'Content-Length: 10000')],
  ['announced with a token', head('/intake', 'Content-Length: 10000')],
  ['without a length', `${head('/intake', 'Transfer-Encoding: chunked')}5\r\n{"eve\r\n`],
  ['compressed', `${head('/intake', 'Content-Length: 9000\r\nContent-Encoding: gzip')}\x1f`],
  ['a header that does not end', 'POST /hook HTTP/1.1\r\nHost: a\r\n'],
  ['nothing at all', ''],
]

for (const [name, text] of BEGUN)
  test(`forty connections stop nobody: ${name}`, async (context) => {
    const { send, post, turnedAway } = await serve(context)
    const begun = Array.from({ length: 40 }, () => send(text))
    await Promise.all(begun.map(({ socket }) => once(socket, 'connect')))
    for (let at = 0; at < 5; at++) assert.equal(await post(MAX_BODY), 200)
    assert.deepEqual(turnedAway, [])
  })

test('a body that brings less than a kilobyte in five seconds is ended with 408, and its connection with it', async (context) => {
  const { send, pass, post } = await serve(context)
  const [slow, fast] = [send(head('/intake', 'Content-Length: 9000')), send(head('/intake', 'Content-Length: 9000'))]
  slow.socket.write('x'.repeat(1_023))
  fast.socket.write('x'.repeat(1_024))
  assert.equal(await post(100), 200)
  await turn()
  pass(4_000)
  assert.equal(slow.said(), '')
  pass(1_000)
  await slow.ended
  assert.match(slow.said(), /^HTTP\/1\.1 408 /)
  assert.match(slow.said(), /waybill-relay: \S+; clock=confirmed/i)
  assert.match(slow.said(), /connection: close/i)
  assert.equal(fast.said(), '')
})

test('where the room is full the one that brought least is ended with 503, hears it, and the others finish', async (context) => {
  const { send, pass, turnedAway } = await serve(context)
  const least = send(head('/intake', 'Content-Length: 9000'))
  least.socket.write('x'.repeat(5_000))
  const others = [1, 2].map(() => send(head('/intake', 'Content-Length: 9000')))
  for (const { socket } of others) socket.write(`"${'x'.repeat(3_000)}`)
  await Promise.all(others.map(({ socket }) => once(socket, 'connect')))
  for (let wait = 0; wait < 50; wait++) await turn()
  pass(2_000)
  for (const { socket } of others) socket.write('x'.repeat(5_000))
  await until(() => least.said().includes('\r\n\r\n{'))
  assert.match(least.said(), /^HTTP\/1\.1 503 /)
  assert.match(least.said(), /retry-after: 1\r/i)
  for (const { socket } of others) socket.write(`${'x'.repeat(998)}"`)
  await until(() => others.every(({ said }) => said().includes('\r\n\r\n{')))
  for (const { said } of others) assert.match(said(), /^HTTP\/1\.1 200 /)
  assert.deepEqual(turnedAway, [503])
})

test('after an answer that came early the connection goes on: what was sent is thrown away, and the next request is read', async (context) => {
  const { send } = await serve(context)
  const early = send(head('/intake', 'Content-Length: 50000'))
  await until(() => early.said().includes('\r\n\r\n{'))
  assert.match(early.said(), /^HTTP\/1\.1 413 /)
  early.socket.write('x'.repeat(50_000))
  early.socket.write(`${head('/intake', 'Content-Length: 2')}{}`)
  await until(() => early.said().includes('HTTP/1.1 200 '))
})

/** What is no HTTP, and how it is answered. */
const UNREADABLE: readonly (readonly [name: string, text: string, status: number])[] = [
  ['no request', 'hello\r\n\r\n', 400],
  ['a header of 20 KB', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ['two lengths', 'POST /intake HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 400],
  ['a length and chunks', head('/intake', 'Content-Length: 5\r\nTransfer-Encoding: chunked'), 400],
  ['a chunk that is none', `${head('/hook', 'Transfer-Encoding: chunked')}zz\r\n`, 400],
  ['an expectation that nobody has', head('/hook', 'Expect: a-miracle\r\nContent-Length: 0'), 417],
]

for (const [name, text, status] of UNREADABLE)
  test(`what cannot be read is answered by the relay too: ${name}`, async (context) => {
    const { send } = await serve(context)
    const { said } = send(text)
    await until(() => said().includes('\r\n\r\n{'))
    assert.match(said(), new RegExp(`^HTTP/1\\.1 ${status} `))
    assert.match(said(), /waybill-relay: \S+; clock=confirmed\r/i)
    assert.match(said(), /"error":\{/)
  })

test('headers have ten seconds, and no longer is looked for', async (context) => {
  const app = createServer({
    routes: [],
    tokens: () => ({ intake: new TokenBook([]), admin: new TokenBook([]) }),
    maxBodyBytes: 1,
    maxInFlightBytes: () => 1,
    clockConfirmed: () => true,
    onFailure: () => {},
  })
  context.after(() => app.close())
  assert.equal(app.server.headersTimeout, 10_000)
})
