import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import {
  type ContextClient,
  type ContextClientOptions,
  createContextClient,
  type VisitContext,
} from './context-client.ts'
import { type ContextStore, PIXEL, startContextStore, TOKEN } from './context-store.cases.ts'
import { serve } from './raw-http.cases.ts'

const LANDED_MS = 1_773_892_800_000
const CONTEXT: VisitContext = {
  consent: true,
  landedAtMs: LANDED_MS,
  oppref: 'a%2Bb%20c+d%E4%zz',
  obref: 'browser',
  ipAddress: '203.0.113.1',
  userAgent: 'Mozilla/5.0',
}
const BODY = {
  oppref: CONTEXT.oppref,
  obref: 'browser',
  ip_address: '203.0.113.1',
  user_agent: 'Mozilla/5.0',
  consent: true,
  landed_at_ms: LANDED_MS,
}

const clientOf = (relay: string, options: Partial<ContextClientOptions> = {}): ContextClient =>
  createContextClient({ relay, token: TOKEN, pixelId: PIXEL, ...options })

describe('the context of a business key', () => {
  let store: ContextStore
  let client: ContextClient
  before(async () => {
    store = await startContextStore()
    client = clientOf(`${store.url}/`)
  })
  after(() => store.close())

  it('is carried in the words of the contract, and recalled as it was', async () => {
    assert.deepEqual(await client.carry('order_1', CONTEXT), { ok: true })
    assert.deepEqual(store.kept.get('order_1'), BODY)
    assert.deepEqual(await client.recall('order_1'), CONTEXT)
    assert.deepEqual(store.asked.slice(-2), ['PUT /v1/context/order_1?pid=px_1', 'GET /v1/context/order_1?pid=px_1'])
  })

  it('is replaced by a later one', async () => {
    await client.carry('order_2', CONTEXT)
    await client.carry('order_2', { consent: true, landedAtMs: 7 })
    assert.deepEqual(await client.recall('order_2'), { consent: true, landedAtMs: 7 })
  })

  it('holds nothing of the visitor without consent', async () => {
    await client.carry('order_3', { ...CONTEXT, consent: false })
    assert.deepEqual(store.kept.get('order_3'), { consent: false, landed_at_ms: LANDED_MS })
  })

  it('is taken without what a relay should not have kept', async () => {
    await client.carry('order_4', CONTEXT)
    Object.assign(store.kept.get('order_4') as object, { consent: false, stranger: 'x' })
    assert.deepEqual(await client.recall('order_4'), { consent: false, landedAtMs: LANDED_MS })
  })

  it('is gone once consent is withdrawn, however often', async () => {
    await client.carry('order_5', CONTEXT)
    assert.deepEqual(await client.withdraw('order_5'), { ok: true })
    assert.deepEqual(await client.withdraw('order_5'), { ok: true })
    assert.equal(await client.recall('order_5'), undefined)
  })

  for (const key of ['Ä/ö?#%20 &+', '../x', '...', '🎉', 'a'.repeat(500)]) {
    it(`stands under any key, as one segment of the path: ${key.slice(0, 12)}`, async () => {
      assert.deepEqual(await client.carry(key, CONTEXT), { ok: true })
      assert.deepEqual(await client.recall(key), CONTEXT)
    })
  }

  for (const key of ['', '.', '..', '\ud800', 5 as unknown as string]) {
    it(`has no key ${JSON.stringify(key)}, and nobody is asked`, async () => {
      const { length } = store.asked
      assert.deepEqual(await client.carry(key, CONTEXT), { ok: false, reason: 'invalid_key' })
      await assert.rejects(client.recall(key), { code: 'invalid_key' })
      assert.equal(store.asked.length, length)
    })
  }

  it('is nobody’s without the token', async () => {
    const stranger = clientOf(store.url, { token: 'other' })
    assert.deepEqual(await stranger.carry('order_6', CONTEXT), { ok: false, reason: 'refused', status: 401 })
    await assert.rejects(stranger.recall('order_1'), { name: 'ContextError', code: 'refused' })
  })
})

describe('a relay in trouble', () => {
  const neverAnswers = (): Promise<Response> => new Promise(() => {})
  const answers = (status: number, body?: string) => async () => new Response(body, { status })
  const FAULTS: readonly (readonly [
    title: string,
    send: typeof fetch,
    carried: object,
    recalled: string | undefined,
  ])[] = [
    ['that never answers', neverAnswers, { ok: false, reason: 'timeout' }, 'timeout'],
    ['that is gone', () => Promise.reject(new TypeError('fetch failed')), { ok: false, reason: 'network' }, 'network'],
    ['that is full', answers(503), { ok: false, reason: 'refused', status: 503 }, 'refused'],
    ['that redirects', answers(302), { ok: false, reason: 'refused', status: 302 }, 'refused'],
    ['that is a web page', answers(200, '<!doctype html>'), { ok: true }, 'unreadable'],
    ['that answers nonsense', answers(200, '{"consent":"yes","landed_at_ms":1}'), { ok: true }, 'unreadable'],
    ['that knows nothing', answers(404), { ok: false, reason: 'refused', status: 404 }, undefined],
  ]
  for (const [title, send, carried, recalled] of FAULTS) {
    it(`${title} fails no page, and says so to a webhook`, async () => {
      const client = clientOf('https://relay.example.com', { fetch: send, timeoutMs: 20 })
      assert.deepEqual(await client.carry('order_secret', CONTEXT), carried)
      assert.deepEqual(await client.withdraw('order_secret'), carried)
      if (recalled === undefined) return assert.equal(await client.recall('order_secret'), undefined)
      await assert.rejects(client.recall('order_secret'), (error: Error & { code?: string; hint?: string }) => {
        const told = `${error.message} ${error.hint} ${error.stack} ${JSON.stringify(error)}`
        return error.code === recalled && !told.includes(TOKEN) && !told.includes('order_secret')
      })
    })
  }

  it('gets no token by way of a redirect', async () => {
    const seen: (string | undefined)[] = []
    const thief = await serve((request, response) => {
      seen.push(request.headers.authorization)
      response.end()
    })
    const relay = await serve((_request, response) => {
      response.writeHead(307, { location: `http://127.0.0.1:${thief.port}/` }).end()
    })
    after(() => [thief, relay].forEach(({ close }) => void close()))
    const result = await clientOf(`http://127.0.0.1:${relay.port}`).carry('order_1', CONTEXT)
    assert.deepEqual([result.ok, seen], [false, []])
  })

  it('that hangs over a socket is given up', async () => {
    const relay = await serve(() => {})
    after(relay.close)
    const client = clientOf(`http://127.0.0.1:${relay.port}`, { timeoutMs: 20 })
    assert.deepEqual(await client.carry('order_1', CONTEXT), { ok: false, reason: 'timeout' })
  })
})

describe('the options', () => {
  const BAD: readonly Partial<ContextClientOptions>[] = [
    { relay: 'http://relay.example.com' },
    { relay: 'relay' },
    { relay: 'ftp://127.0.0.1' },
    { relay: 'https://user:pass@relay.example.com' },
    { relay: 'https://relay.example.com/?a=1' },
    { token: '' },
    { token: 'a b' },
    { pixelId: '' },
    { timeoutMs: 0 },
    { timeoutMs: Number.NaN },
    { token: undefined as unknown as string },
  ]
  for (const options of BAD) {
    it(`refuse ${JSON.stringify(options)}`, () => {
      assert.throws(() => clientOf('https://relay.example.com', options), { name: 'ConfigError' })
    })
  }

  for (const relay of [
    'https://relay.example.com/base',
    'http://127.0.0.1:8787',
    'http://[::1]:8787',
    'http://localhost/',
  ]) {
    it(`take the relay ${relay}`, async () => {
      const urls: string[] = []
      const send = async (url: unknown): Promise<Response> => {
        urls.push(String(url))
        return new Response(null, { status: 204 })
      }
      await clientOf(relay, { fetch: send as typeof fetch, pixelId: 'px&1' }).carry('k', CONTEXT)
      assert.deepEqual(urls, [`${relay.replace(/\/$/, '')}/v1/context/k?pid=px%261`])
    })
  }
})
