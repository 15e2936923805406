import assert from 'node:assert/strict'
import { createServer } from 'node:https'
import { describe, it } from 'node:test'
import tls from 'node:tls'
import { HOUR_MS } from 'waybill/delivery'
import { type Certificate, createAuthority, createSelfSigned } from '../../../../test/certificates.ts'
import { answerOf, FETCHES, listening, TAKEN, tcp } from './bare-fetch.helpers.ts'

const AUTHORITY = createAuthority('an authority that this test trusts')
const HOSTS = { hosts: ['localhost'] } as const

tls.setDefaultCACertificates([...tls.getCACertificates('default'), AUTHORITY.cert])

const NO_GOOD: readonly (readonly [name: string, make: () => Certificate, detail: string])[] = [
  ['self-signed', () => createSelfSigned(HOSTS), 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  ['expired', () => AUTHORITY.issue({ ...HOSTS, toMs: Date.now() - HOUR_MS }), 'CERT_HAS_EXPIRED'],
  ['not yet valid', () => AUTHORITY.issue({ ...HOSTS, fromMs: Date.now() + HOUR_MS }), 'CERT_NOT_YET_VALID'],
  ['for another host', () => AUTHORITY.issue({ hosts: ['elsewhere.example'] }), 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ['of a stranger', () => createAuthority('stranger').issue(HOSTS), 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
]

for (const [by, ask] of FETCHES) {
  describe(`over https, by ${by}`, () => {
    for (const [name, make, detail] of NO_GOOD)
      it(`a certificate that is ${name} gets nothing`, async (context) => {
        let requests = 0
        const server = createServer({ ...make() }, (_request, response) => {
          requests += 1
          response.end(TAKEN)
        })
        const url = `https://localhost:${await listening(context, server)}/v1`
        assert.deepEqual(await answerOf(ask, url), { kind: 'failure', reason: 'tls', detail })
        assert.equal(requests, 0)
      })

    it('a good one gets all of it, and again on the same connection', async (context) => {
      const server = createServer({ ...AUTHORITY.issue(HOSTS) }, (request, response) => {
        request.resume().on('end', () => response.end(TAKEN))
      })
      const url = `https://localhost:${await listening(context, server)}/v1`
      for (const body of ['{}', Buffer.alloc(8 * 1024 * 1024, 'a'), '{}'])
        assert.deepEqual(await answerOf(ask, url, { body }), { kind: 'response', status: 200, body: TAKEN })
    })

    it('who was reached may take a minute to answer', async (context) => {
      context.mock.timers.enable({ apis: ['setTimeout'] })
      const server = createServer({ ...AUTHORITY.issue(HOSTS) }, (_request, response) => {
        context.mock.timers.tick(60_000)
        response.end(TAKEN)
      })
      const url = `https://localhost:${await listening(context, server)}/v1`
      assert.deepEqual(await answerOf(ask, url), { kind: 'response', status: 200, body: TAKEN })
    })

    it('a certificate that is no good any more gets nothing, though its connection was good before', async (context) => {
      const server = createServer({ ...AUTHORITY.issue(HOSTS) }, (_request, response) => {
        response.setHeader('connection', 'close').end(TAKEN)
      })
      const url = `https://localhost:${await listening(context, server)}/v1`
      assert.equal((await answerOf(ask, url)).kind, 'response')
      server.setSecureContext({ ...createSelfSigned(HOSTS) })
      const [, , detail] = NO_GOOD[0]!
      assert.deepEqual(await answerOf(ask, url), { kind: 'failure', reason: 'tls', detail })
    })

    it('a server that speaks no TLS hears nothing, and is not trusted', async (context) => {
      const heard: Buffer[] = []
      const server = tcp(
        (socket) => socket.end(`HTTP/1.1 200 OK\r\n\r\n${TAKEN}`),
        (socket) => socket.on('data', (bytes) => heard.push(bytes)),
      )
      const { reason } = (await answerOf(ask, `https://localhost:${await listening(context, server)}/v1`)) as {
        reason?: string
      }
      assert.equal(reason, 'tls')
      assert.doesNotMatch(Buffer.concat(heard).toString('latin1'), /POST|a-key/)
    })

    it('a connection that ends before TLS is spoken is a fault of the network', async (context) => {
      const server = tcp((socket) => socket.destroy())
      const url = `https://localhost:${await listening(context, server)}/v1`
      assert.deepEqual(await answerOf(ask, url), { kind: 'failure', reason: 'network' })
    })
  })
}
