import assert from 'node:assert/strict'
import dns from 'node:dns'
import { once } from 'node:events'
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import { describe, it, mock, type TestContext } from 'node:test'
import tls from 'node:tls'
import { type Certificate, createAuthority, createSelfSigned } from '../../../../test/certificates.ts'
import type { WireEvent } from '../contract/event.ts'
import { HOUR_MS } from '../duration.ts'
import { type Client, createClient } from './client.ts'
import { type Runtime, systemRuntime } from './runtime.ts'
import { KEY, orders, PIXEL, tally } from './scenario.cases.ts'

/** Pauses end at once. */
const IMPATIENT: Runtime = { ...systemRuntime, random: () => 0 }
const AUTHORITY = createAuthority('an authority that this test trusts')

tls.setDefaultCACertificates([...tls.getCACertificates('default'), AUTHORITY.cert])

function connect(endpoint: string): Client {
  return createClient({ pixelId: PIXEL, apiKey: KEY, endpoint, preflight: 'never', maxAttempts: 3, runtime: IMPATIENT })
}

async function listening(context: TestContext, server: Server & { closeAllConnections(): void }): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  context.after(() => {
    server.close()
    server.closeAllConnections()
  })
  return (server.address() as AddressInfo).port
}

/** A server's listener that counts what arrives and takes all of it. */
function counting(): { listener: RequestListener; requests(): number } {
  let requests = 0
  return {
    listener(request, response) {
      requests += 1
      request.resume()
      response.end('{"accepted_events":1}')
    },
    requests: () => requests,
  }
}

const event = (): WireEvent => ({ ...orders(1)[0]!, timestamp_ms: Date.now() - HOUR_MS })

const CERTIFICATES: readonly (readonly [name: string, make: () => Certificate, isGood: boolean])[] = [
  ['of an authority that is trusted', () => AUTHORITY.issue({ hosts: ['localhost'] }), true],
  ['self-signed', () => createSelfSigned({ hosts: ['localhost'] }), false],
  ['expired', () => AUTHORITY.issue({ hosts: ['localhost'], toMs: Date.now() - HOUR_MS }), false],
  ['not yet valid', () => AUTHORITY.issue({ hosts: ['localhost'], fromMs: Date.now() + HOUR_MS }), false],
  ['for another host', () => AUTHORITY.issue({ hosts: ['elsewhere.example'] }), false],
  ['of an authority that nobody trusts', () => createAuthority('stranger').issue({ hosts: ['localhost'] }), false],
]

describe('a certificate', () => {
  for (const [name, make, isGood] of CERTIFICATES) {
    it(`${isGood ? 'lets events through' : 'lets nothing through, and is a passing fault'}: ${name}`, async (context) => {
      const { listener, requests } = counting()
      const port = await listening(context, createHttpsServer({ ...make() }, listener))
      const outcomes = await connect(`https://localhost:${port}`).send([event()])
      assert.deepEqual(tally(outcomes), isGood ? { delivered: 1 } : { 'failed gave_up': 1 })
      assert.equal(requests(), isGood ? 1 : 0)
      if (!isGood)
        assert.match(outcomes[0]!.issues[0]!.message, /no TLS connection that can be trusted \([A-Z_]+\); 3 attempts/)
    })
  }
})

describe('a look-up', () => {
  for (const code of ['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL'] as const) {
    it(`that fails with ${code} is a passing fault, and tried again`, async (context) => {
      const { listener, requests } = counting()
      const port = await listening(context, createHttpServer(listener))
      const { attempts, fix } = failingLookup(context, code)
      const client = connect(`http://localhost:${port}`)
      assert.deepEqual(tally(await client.send([event()])), { 'failed gave_up': 1 })
      // Three attempts, and the canary that tells whether it is the event that cannot be sent.
      assert.equal(attempts(), 4)
      fix(2)
      assert.deepEqual(tally(await client.send([event()])), { delivered: 1 })
      assert.deepEqual([attempts(), requests()], [7, 1])
    })
  }
})

/** Makes the look-up of `localhost` fail until `fix`, and then for so many times more. */
function failingLookup(context: TestContext, code: string): { attempts(): number; fix(after: number): void } {
  let attempts = 0
  let left = Number.POSITIVE_INFINITY
  const system = dns.lookup as (...args: unknown[]) => void
  const mocked = mock.method(dns, 'lookup', (host: string, options: object, done: (...values: unknown[]) => void) => {
    if (host !== 'localhost') return system(host, options, done)
    attempts += 1
    if (left-- > 0) done(Object.assign(new Error(`getaddrinfo ${code} ${host}`), { code, syscall: 'getaddrinfo' }))
    else done(null, [{ address: '127.0.0.1', family: 4 }])
  })
  context.after(() => mocked.mock.restore())
  return {
    attempts: () => attempts,
    fix(after) {
      left = after
    },
  }
}
