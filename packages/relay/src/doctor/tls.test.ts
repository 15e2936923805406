import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer as createPlainServer, type Server } from 'node:net'
import { type TestContext, test } from 'node:test'
import { connect, createServer } from 'node:tls'
import { DAY_MS } from 'waybill/delivery'
import { type Certificate, type CertificateOptions, makeCertificate } from './certificate.helpers.ts'
import { endpointOf } from './endpoint.ts'
import type { Level } from './finding.ts'
import { askTls, judgeTls, type TlsFacts } from './tls.ts'

const NOW_MS = Date.UTC(2026, 0, 1)
const host = 'api.example'
const verified = (leftMs: number): TlsFacts => ({
  host,
  state: 'verified',
  protocol: 'TLSv1.3',
  endsMs: NOW_MS + leftMs,
})

const JUDGED: readonly (readonly [facts: TlsFacts, level: Level, message: RegExp, next?: RegExp])[] = [
  [{ host, state: 'clear' }, 'ok', /^http to this machine/],
  [verified(14 * DAY_MS), 'ok', /^TLSv1\.3, .* good for 14 days$/],
  [verified(14 * DAY_MS - 1), 'warning', /good for 13 days$/, /renew/],
  [verified(DAY_MS), 'warning', /good for 1 day$/, /renew/],
  [{ host, state: 'failed', code: 'CERT_HAS_EXPIRED' }, 'wrong', /has ended/, /date/],
  [{ host, state: 'failed', code: 'ECONNREFUSED' }, 'wrong', /nobody listens/, /host and port/],
  [{ host, state: 'failed', code: 'EWHATEVER' }, 'wrong', /no connection \(EWHATEVER\)/, /firewall/],
]

for (const [facts, level, message, next] of JUDGED) {
  test(`TLS: ${JSON.stringify(facts)} is ${level}`, () => {
    const finding = judgeTls(facts, NOW_MS)
    assert.deepEqual([finding.level, finding.check, finding.about], [level, 'tls', host])
    assert.match(finding.message, message)
    if (next === undefined) assert.equal(finding.next, undefined)
    else assert.match(finding.next ?? '', next)
  })
}

const authority = makeCertificate({ name: 'An authority for tests' })
const HOSTS = ['localhost']

/** Made in the one way, met with the other. */
const CERTIFICATES: readonly (readonly [title: string, options: CertificateOptions, code: string | undefined])[] = [
  ['a good one', { name: 'good', hosts: HOSTS, issuer: authority }, undefined],
  ['one that ended', { name: 'old', hosts: HOSTS, toYear: 2001, issuer: authority }, 'CERT_HAS_EXPIRED'],
  ['one that has not begun', { name: 'early', hosts: HOSTS, fromYear: 2998, issuer: authority }, 'CERT_NOT_YET_VALID'],
  [
    'one of another host',
    { name: 'other', hosts: ['other.example'], issuer: authority },
    'ERR_TLS_CERT_ALTNAME_INVALID',
  ],
  ['one that vouches for itself', { name: 'self', hosts: HOSTS }, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
]

for (const [title, options, code] of CERTIFICATES) {
  test(`a TLS server with ${title} is ${code ?? 'verified'}`, async (context) => {
    const port = await serveTls(context, makeCertificate(options))
    const facts = await ask(port)
    assert.equal(facts.state === 'failed' ? facts.code : undefined, code)
    assert.equal(judgeTls(facts, NOW_MS).level, code === undefined ? 'ok' : 'wrong')
    if (facts.state === 'verified') assert.equal(facts.endsMs, Date.UTC(2999, 0, 1))
  })
}

test('an authority that nobody trusts is no authority, whatever the environment says', async (context) => {
  const port = await serveTls(context, makeCertificate({ name: 'x', hosts: HOSTS, issuer: authority }))
  process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
  context.after(() => delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'])
  const facts = await askTls(endpointOf(`https://localhost:${port}`), 10_000)
  assert.equal(judgeTls(facts, NOW_MS).level, 'wrong')
  assert.match(judgeTls(facts, NOW_MS).next ?? '', /NODE_EXTRA_CA_CERTS/)
})

test('a server that speaks no TLS, one that hangs up, one that says nothing and a closed port are told apart', async (context) => {
  const answers = async (answer: string | undefined): Promise<TlsFacts> => {
    const server = createPlainServer((socket) => void (answer === undefined ? socket.destroy() : socket.end(answer)))
    return ask(await listen(context, server))
  }
  assert.match(codeOf(await answers('HTTP/1.1 400 Bad Request\r\n\r\n')), /SSL/)
  assert.equal(codeOf(await answers(undefined)), 'ECONNRESET')
  const silent = await listen(context, createPlainServer())
  assert.equal(codeOf(await askTls(endpointOf(`https://localhost:${silent}`), 20)), 'ETIMEDOUT')
  const closed = await listen(context, createPlainServer(), true)
  assert.equal(codeOf(await ask(closed)), 'ECONNREFUSED')
})

function codeOf(facts: TlsFacts): string {
  return facts.state === 'failed' ? facts.code : facts.state
}

function ask(port: number): Promise<TlsFacts> {
  return askTls(endpointOf(`https://localhost:${port}/base`), 10_000, (options) =>
    connect({ ...options, ca: authority.cert }),
  )
}

function serveTls(context: TestContext, { cert, key }: Certificate): Promise<number> {
  const server = createServer({ cert, key }, (socket) => void socket.on('error', () => {}))
  server.on('tlsClientError', () => {})
  return listen(context, server)
}

/** On a port of the test's own; `closed` gives one where nobody listens any more. */
async function listen(context: TestContext, server: Server, closed: boolean = false): Promise<number> {
  server.listen(0, 'localhost')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  if (closed) {
    server.close()
    await once(server, 'close')
  } else context.after(() => server.close())
  return port
}
