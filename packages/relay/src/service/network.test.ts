import assert from 'node:assert/strict'
import dns from 'node:dns'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { createServer as createHttpsServer, type Server } from 'node:https'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { join } from 'node:path'
import { mock, type TestContext, test } from 'node:test'
import tls from 'node:tls'
import { fileURLToPath } from 'node:url'
import { HOUR_MS } from 'waybill/delivery'
import { type Certificate, createAuthority, createSelfSigned } from '../../../../test/certificates.ts'
import { run } from '../cli/cli.helpers.ts'
import { systemRuntime } from '../engine/index.ts'
import { tempFolder } from '../files/files.helpers.ts'
import { environment, KEY, order, PIXEL, type Relay, type RelayOptions, startRelay } from './service.helpers.ts'

const AUTHORITY = createAuthority('an authority that this test trusts')
const STRANGER = createAuthority('an authority that nobody trusts')
const GOOD = AUTHORITY.issue({ hosts: ['localhost'] })

tls.setDefaultCACertificates([...tls.getCACertificates('default'), AUTHORITY.cert])

const ACCEPTING: RequestListener = async (request, response) => {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  const { events } = JSON.parse(text) as { events: unknown[] }
  response.end(JSON.stringify({ accepted_events: events.length }))
}

async function listening(context: TestContext, server: Server | ReturnType<typeof createHttpServer>): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  context.after(() => {
    server.close()
    server.closeAllConnections()
  })
  return (server.address() as AddressInfo).port
}

/** A relay that tries again at once. */
function startImpatient(context: TestContext, endpoint: string, options: RelayOptions = {}): Promise<Relay> {
  const env = { WAYBILL_ENDPOINT: endpoint, WAYBILL_PREFLIGHT: 'never' }
  return startRelay(context, { env, runtime: { ...systemRuntime, random: () => 0.000_05 }, ...options })
}

interface Expected {
  readonly code: string | undefined
  readonly message: RegExp
}

const FAILED: Expected = { code: undefined, message: /^the connection failed(?: \([A-Z][A-Z_]+ [a-z0-9.:[\]]+\))?$/ }
const UNTRUSTED: Expected = { code: 'tls', message: /^no TLS connection that can be trusted \([A-Z_]+\)$/ }

/** Nothing was refused or ended: the event waits, and its account says why. */
async function assertWaits(relay: Relay, id: string, { code, message }: Expected = FAILED): Promise<void> {
  const [account] = await relay.store.show(id)
  assert.ok(account?.state === 'queued' || account?.state === 'sending', account?.state)
  assert.ok(account.requests.length >= 3)
  for (const request of account.requests) {
    assert.deepEqual([request.verdict, request.status, request.code], ['retry', undefined, code])
    assert.match(request.message ?? '', message)
  }
  const { refused, expired } = await relay.store.counts()
  assert.deepEqual([refused, expired], [0, 0])
}

/** What the log says of TLS, in order. */
function alarms(relay: Relay): string[] {
  const told = /(nothing is sent, what answers for the API cannot be trusted)|the API can be trusted again/g
  return [...relay.log().matchAll(told)].map(([, failed]) => (failed === undefined ? 'recovered' : 'failed'))
}

const CERTIFICATES: readonly (readonly [name: string, certificate: () => Certificate])[] = [
  ['self-signed', () => createSelfSigned({ hosts: ['localhost'] })],
  ['expired', () => AUTHORITY.issue({ hosts: ['localhost'], toMs: Date.now() - HOUR_MS })],
  ['not yet valid', () => AUTHORITY.issue({ hosts: ['localhost'], fromMs: Date.now() + HOUR_MS })],
  ['for another host', () => AUTHORITY.issue({ hosts: ['elsewhere.example'] })],
  ['of an authority that nobody trusts', () => STRANGER.issue({ hosts: ['localhost'] })],
]

for (const [name, certificate] of CERTIFICATES) {
  /**
   * - the API shows this certificate: no request arrives, the events wait, nothing is refused
   * - it shows a good one: they are delivered, without a restart
   */
  test(`a certificate that is no good stops every request, and a good one lets them go on: ${name}`, async (context) => {
    let requests = 0
    const server = createHttpsServer({ ...certificate() }, (request, response) => {
      requests += 1
      ACCEPTING(request, response)
    })
    const port = await listening(context, server)
    const relay = await startImpatient(context, `https://localhost:${port}`)
    const failed = relay.next('request:answered', 4)
    await relay.bring([order('one')])
    await failed
    await assertWaits(relay, 'one', UNTRUSTED)
    assert.equal(requests, 0)
    assert.deepEqual(alarms(relay), ['failed'])
    const delivered = relay.next('event:delivered')
    server.setSecureContext({ ...GOOD })
    await delivered
    assert.equal(requests, 1)
    assert.deepEqual(alarms(relay), ['failed', 'recovered'])
    const { text } = await relay.ask('/metrics')
    assert.ok(Number(/^waybill_tls_failures_total\{pixel="px"\} (\d+)$/m.exec(text)?.[1]) >= 4)
  })
}

test('a server that speaks no TLS gets neither the key nor an event', async (context) => {
  const heard: Buffer[] = []
  const server = createTcpServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (bytes) => {
      heard.push(bytes)
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 21\r\n\r\n{"accepted_events":1}')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  context.after(() => server.close())
  const relay = await startImpatient(context, `https://localhost:${(server.address() as AddressInfo).port}`)
  const failed = relay.next('request:answered', 4)
  await relay.bring([order('canary-order')])
  await failed
  await assertWaits(relay, 'canary-order', UNTRUSTED)
  assert.deepEqual(alarms(relay), ['failed'])
  const all = Buffer.concat(heard)
  assert.ok(all.length > 0)
  assert.ok(!/bearer|canary|accepted/i.test(all.toString('latin1')) && !all.includes(KEY))
})

type Lookup = (attempt: number, answer: (error: string | undefined, address: string) => void) => void

const LOOK_UPS: readonly (readonly [name: string, lookup: Lookup])[] = [
  ['the name does not exist', (_attempt, answer) => answer('ENOTFOUND', '')],
  ['the resolver fails', (_attempt, answer) => answer('EAI_AGAIN', '')],
  ['by turns', (attempt, answer) => answer(attempt % 2 === 0 ? 'ENOTFOUND' : 'EAI_FAIL', '')],
  ['an address where nobody listens', (_attempt, answer) => answer(undefined, '127.0.0.3')],
]

const HOST = 'localhost'

/** Puts a look-up of the test's own below the `fetch` of Node, for one name. */
function mockLookup(context: TestContext, lookup: Lookup): { attempts(): number } {
  let attempts = 0
  const system = dns.lookup as (...args: unknown[]) => void
  const mocked = mock.method(dns, 'lookup', (host: string, options: object, done: (...values: unknown[]) => void) => {
    if (host !== HOST) return system(host, options, done)
    lookup(attempts++, (code, address) =>
      code === undefined
        ? done(null, [{ address, family: 4 }])
        : done(Object.assign(new Error(`getaddrinfo ${code} ${host}`), { code, syscall: 'getaddrinfo' })),
    )
  })
  context.after(() => mocked.mock.restore())
  return { attempts: () => attempts }
}

for (const [name, lookup] of LOOK_UPS) {
  test(`a look-up that fails is tried again until it does not, and nothing is refused: ${name}`, async (context) => {
    let isDown = true
    const port = await listening(context, createHttpServer(ACCEPTING))
    const { attempts } = mockLookup(context, (attempt, answer) =>
      isDown ? lookup(attempt, answer) : answer(undefined, '127.0.0.1'),
    )
    const relay = await startImpatient(context, `http://localhost:${port}`)
    const failed = relay.next('request:answered', 4)
    await relay.bring([order('one')])
    await failed
    await assertWaits(relay, 'one')
    const delivered = relay.next('event:delivered')
    isDown = false
    await delivered
    assert.ok(attempts() >= 5)
  })
}

test('a look-up that never answers ends with the time-out of the request', async (context) => {
  let isDown = true
  const port = await listening(context, createHttpServer(ACCEPTING))
  mockLookup(context, (_attempt, answer) => void (isDown || answer(undefined, '127.0.0.1')))
  const pixels = [{ pixelId: PIXEL, timeoutMs: 100 }]
  const relay = await startImpatient(context, `http://localhost:${port}`, { file: { pixels } })
  const [failed, delivered] = [relay.next('request:answered', 2), relay.next('event:delivered')]
  await relay.bring([order('one')])
  await failed
  isDown = false
  await delivered
  const [account] = await relay.store.show('one')
  assert.deepEqual(account?.requests.map(({ message }) => message).slice(0, 2), Array(2).fill('the request timed out'))
})

/** Only Linux has every address of 127.0.0.0/8 without being told to. */
const skip = process.platform === 'linux' ? false : 'there is no second loopback address'

test('an API that moves to another address is found again', { skip }, async (context) => {
  const before = createHttpServer(ACCEPTING)
  const port = await listening(context, before)
  const after = createHttpServer(ACCEPTING)
  after.listen(port, '127.0.0.2')
  await once(after, 'listening')
  context.after(() => after.close().closeAllConnections())
  let address = '127.0.0.1'
  mockLookup(context, (_attempt, answer) => answer(undefined, address))
  const relay = await startImpatient(context, `http://localhost:${port}`)
  const first = relay.next('event:delivered')
  await relay.bring([order('before')])
  await first
  address = '127.0.0.2'
  before.close()
  before.closeAllConnections()
  const [requested, second] = [once(after, 'request'), relay.next('event:delivered')]
  await relay.bring([order('after')])
  await Promise.all([requested, second])
})

const TALKING: readonly (readonly [verb: string, ...rest: string[]])[] = [
  ['serve'],
  ['send', 'orders.csv'],
  ['doctor'],
  ['status', '--relay', 'https://relay.example'],
]

for (const [verb, ...rest] of TALKING) {
  test(`waybill ${verb} does not start where certificates are not checked`, async (context) => {
    const folder = tempFolder(context)
    const env = { ...environment('https://api.example', folder), NODE_TLS_REJECT_UNAUTHORIZED: '0' }
    const { exitCode, stdout, stderr } = await run([verb, ...rest], { env })
    assert.deepEqual([exitCode, stdout], [2, ''])
    assert.match(stderr, /^waybill: NODE_TLS_REJECT_UNAUTHORIZED is 0, .*Unset it.*NODE_EXTRA_CA_CERTS\.\n$/)
    assert.deepEqual(readdirSync(folder), [])
  })
}

/** What turns the check off, or away from what the platform does. */
const OPENS_TLS =
  /rejectUnauthorized: (?!true)|NODE_TLS_REJECT_UNAUTHORIZED(?:'\]|"\])?(?: = |=|: )['"]?0|checkServerIdentity|strictSSL|--insecure/

test('no line of the sources, and none of what is shipped to run them, leaves certificates unchecked', () => {
  const root = fileURLToPath(new URL('../../../../', import.meta.url))
  const files = ['packages', 'deploy', 'scripts', 'examples'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path)),
  )
  const read = files.filter(
    (path) =>
      /(?:\.[jt]sx?|file|\.ya?ml|\.service|\.json|\.md)$/.test(path) &&
      !/node_modules|[/\\]dist[/\\]|\.test\.ts$/.test(path),
  )
  assert.ok(read.length > 300)
  assert.deepEqual(
    read.filter((path) => OPENS_TLS.test(readFileSync(join(root, path), 'utf8'))),
    [],
  )
})
