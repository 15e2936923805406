import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createFakeRuntime } from './fake-runtime.cases.ts'
import { KEY, orders, setUp, tally } from './scenario.cases.ts'
import { createPost } from './transport.ts'

/** Answers `first` once, then as the API does. */
const once =
  (first: () => Response | Promise<Response>) =>
  (send: typeof fetch): typeof fetch => {
    let answered = false
    return async (input, init) => {
      if (answered) return send(input, init)
      answered = true
      return first()
    }
  }
const body = (chunks: readonly string[], end: 'close' | 'break' | 'endless'): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start(controller) {
      for (const text of chunks) controller.enqueue(new TextEncoder().encode(text))
      if (end === 'close') controller.close()
      if (end === 'break') controller.error(new TypeError('terminated'))
    },
    ...(end === 'endless' && {
      pull(controller: ReadableStreamDefaultController<Uint8Array>) {
        controller.enqueue(new Uint8Array(64 * 1_024))
      },
    }),
  })

describe('an answer that is no answer is asked for again', () => {
  const ODD: readonly (readonly [title: string, answer: () => Response | Promise<Response>])[] = [
    ['a web page', () => new Response('<html>')],
    ['a body that breaks off', () => new Response(body(['{"accepted_'], 'break'))],
    [
      'a body that breaks off in a refusal',
      () => new Response(body(['{"error":{"param":"events[0]"'], 'break'), { status: 400 }),
    ],
    ['a body without end', () => new Response(body([], 'endless'))],
    ['no body', () => new Response(null)],
    ['bytes that are no text', () => new Response(Uint8Array.of(0x1f, 0x8b, 0xff, 0x00))],
    ['a fetch that throws', () => Promise.reject(new TypeError('fetch failed'))],
    ['a fetch that throws something odd', () => Promise.reject(null)],
    ['an answer that is none', () => undefined as never],
  ]
  for (const [title, answer] of ODD) {
    it(title, async () => {
      const { client, emulator, requests } = setUp({ between: once(answer), client: { preflight: 'never' } })
      assert.deepEqual(tally(await client.send(orders(2))), { delivered: 2 })
      assert.equal(requests.length, 2)
      assert.equal(emulator.summary().stored, 2)
    })
  }

  it('a body that trickles, after the timeout', async () => {
    const trickle = () =>
      new Response(body(['{'], 'close').pipeThrough(new TransformStream({ flush: () => new Promise<void>(() => {}) })))
    const { client, runtime } = setUp({ between: once(trickle), client: { preflight: 'never', timeoutMs: 5_000 } })
    assert.deepEqual(tally(await client.send(orders(1))), { delivered: 1 })
    assert.ok(runtime.elapsedMs() >= 5_000)
  })

  it('a fetch that hangs and does not heed the signal, after the timeout', async () => {
    const { client, runtime } = setUp({
      between: once(() => new Promise<Response>(() => {})),
      client: { preflight: 'never', timeoutMs: 5_000 },
    })
    assert.deepEqual(tally(await client.send(orders(1))), { delivered: 1 })
    assert.ok(runtime.elapsedMs() >= 5_000)
    assert.equal(runtime.sleeping(), 0)
  })
})

describe('an answer that is one', () => {
  it('is read where it comes in pieces that cut a character', async () => {
    const bytes = new TextEncoder().encode('{"accepted_events":1,"note":"é😀"}')
    const stream = new ReadableStream({
      start(controller) {
        for (const byte of bytes) controller.enqueue(Uint8Array.of(byte))
        controller.close()
      },
    })
    const { client, requests } = setUp({ between: once(() => new Response(stream)), client: { preflight: 'never' } })
    assert.deepEqual(tally(await client.send(orders(1))), { delivered: 1 })
    assert.equal(requests.length, 1)
  })

  it('is read from a fetch whose bodies are no web streams', async () => {
    const odd = {
      status: 200,
      type: 'default',
      headers: new Headers(),
      body: { pipe() {} },
      text: async () => '{"accepted_events":1}',
    }
    const { client, requests } = setUp({ between: once(() => odd as never), client: { preflight: 'never' } })
    assert.deepEqual(tally(await client.send(orders(1))), { delivered: 1 })
    assert.equal(requests.length, 1)
  })

  it('is read whole when it names each of 1,000 events', async () => {
    const codes = (send: typeof fetch): typeof fetch => send
    const { client, requests } = setUp({
      between: codes,
      emulator: { poison: '^order_\\d*[13579]$' },
      client: { preflight: 'never' },
    })
    assert.deepEqual(tally(await client.send(orders(1_000))), { delivered: 500, 'refused event_rejected': 500 })
    // All, the rest, and the named between canaries: at most 499 of them in a request.
    assert.equal(requests.length, 4)
  })

  it('that is an opaque redirect stops the send', async () => {
    const opaque = Object.defineProperty(new Response(null), 'type', { value: 'opaqueredirect' })
    const { client } = setUp({ between: once(() => opaque) })
    assert.deepEqual(tally(await client.send(orders(1))), { 'failed redirected': 1 })
  })
})

/** A key that could be taken for a code. */
const CODE_LIKE_KEY = 'KEY_0123456789'

describe('a fetch that fails', () => {
  const coded = (code: string): Error => Object.assign(new Error('x'), { code })
  const CAUSES: readonly (readonly [name: string, error: unknown, detail: string | undefined])[] = [
    [
      'an ended certificate, as the cause',
      new TypeError('x', { cause: coded('CERT_HAS_EXPIRED') }),
      'CERT_HAS_EXPIRED',
    ],
    ['one for another host, on the error', coded('ERR_TLS_CERT_ALTNAME_INVALID'), 'ERR_TLS_CERT_ALTNAME_INVALID'],
    [
      'nobody vouches',
      new TypeError('x', { cause: coded('DEPTH_ZERO_SELF_SIGNED_CERT') }),
      'DEPTH_ZERO_SELF_SIGNED_CERT',
    ],
    [
      'a server without TLS',
      new TypeError('x', { cause: coded('ERR_SSL_WRONG_VERSION_NUMBER') }),
      'ERR_SSL_WRONG_VERSION_NUMBER',
    ],
  ]
  const HOST = 'api.example:8443'
  const causedBy = (cause: unknown): Error => new TypeError('x', { cause })
  const NETWORK: typeof CAUSES = [
    ['nobody listens', causedBy(coded('ECONNREFUSED')), `ECONNREFUSED ${HOST}`],
    ['no such host', causedBy(coded('ENOTFOUND')), `ENOTFOUND ${HOST}`],
    ['a code of the HTTP client', causedBy(coded('UND_ERR_SOCKET')), `UND_ERR_SOCKET ${HOST}`],
    ['a code in words, as of Bun', coded('ConnectionRefused'), `ConnectionRefused ${HOST}`],
    ['none of several addresses', causedBy(new AggregateError([coded('EHOSTUNREACH')])), `EHOSTUNREACH ${HOST}`],
    ['a cause of a cause', causedBy(causedBy(coded('ECONNRESET'))), `ECONNRESET ${HOST}`],
    ['a cause without end', Object.assign(coded('EPIPE'), { cause: null }), `EPIPE ${HOST}`],
    ['a code that says more than a code', coded('CERT_x ada@example.com'), undefined],
    ['a code that is an address', causedBy(coded('ada@example.com')), undefined],
    ['a code that is the key', causedBy(coded(CODE_LIKE_KEY)), undefined],
    ['a code that is a number', Object.assign(new Error('x'), { code: 20 }), undefined],
    ['no code', new TypeError('fetch failed'), undefined],
    ['nothing', undefined, undefined],
  ]
  const cases = [
    ...CAUSES.map((one) => [...one, 'tls'] as const),
    ...NETWORK.map((one) => [...one, 'network'] as const),
  ]
  for (const [name, error, detail, reason] of cases) {
    it(`is a fault of ${reason === 'tls' ? 'TLS' : 'the network'}: ${name}`, async () => {
      const post = createPost(
        { url: `https://${HOST}/v1/events?pid=px`, fetch: () => Promise.reject(error), runtime: createFakeRuntime() },
        CODE_LIKE_KEY,
        'agent',
      )
      const answer = await post('{}', { timeoutMs: 1_000, signal: new AbortController().signal })
      assert.deepEqual(answer, { kind: 'failure', reason, ...(detail !== undefined && { detail }) })
    })
  }
  it('has its cause in the outcome of the event', async () => {
    for (const options of [{}, { maxAttempts: 2 }, { totalTimeoutMs: 2_000 }, { totalTimeoutMs: 200 }]) {
      const between = () => () => Promise.reject(causedBy(coded('ECONNREFUSED')))
      const { client } = setUp({ between, client: { preflight: 'never', ...options } })
      const [outcome] = await client.send(orders(1))
      assert.match(outcome!.issues[0]!.message, /the connection failed \(ECONNREFUSED bzr\.openai\.com\)/)
    }
  })
})

describe('a request id', () => {
  const ids: readonly (readonly [header: string, kept: string | null])[] = [
    ['req_8f3a-77.b:1/2+3=', 'req_8f3a-77.b:1/2+3='],
    ['x'.repeat(200), 'x'.repeat(200)],
    ['x'.repeat(201), null],
    [`Bearer ${KEY}`, null],
    [`req-${KEY}`, null],
    ['ada@example.com', null],
    ['two words', null],
    ['', null],
  ]
  for (const [header, kept] of ids) {
    it(`is ${kept === null ? 'left out' : 'kept'}: ${header.slice(0, 30)}`, async () => {
      const answer = async (): Promise<Response> => new Response('{}', { headers: { 'x-request-id': header } })
      const post = createPost({ url: 'https://api.example', fetch: answer, runtime: createFakeRuntime() }, KEY, 'agent')
      const { requestId } = (await post('{}', { timeoutMs: 1_000, signal: new AbortController().signal })) as {
        requestId: string | null
      }
      assert.equal(requestId, kept)
    })
  }
})
