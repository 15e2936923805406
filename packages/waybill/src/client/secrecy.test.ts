import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import { createClient } from './client.ts'
import { KEY, order, orders, PIXEL, setUp } from './scenario.cases.ts'
import type { Logger } from './settings.ts'

const EMAIL = 'ada@example.com'
const EXTERNAL_ID = 'customer_12345'

function listener(): { logger: Logger; heard: () => string } {
  const lines: unknown[] = []
  const write = (...words: unknown[]): void => void lines.push(words)
  return {
    logger: { debug: write, info: write, warn: write, error: write },
    heard: () => inspect(lines, { depth: null }),
  }
}

describe('the key', () => {
  it('stands in no inspection and no JSON of the client', () => {
    const { client } = setUp()
    assert.ok(!inspect(client, { depth: null, showHidden: true, getters: true }).includes(KEY))
    assert.ok(!JSON.stringify(client).includes(KEY))
    for (const value of Object.values(client)) assert.ok(!String(value).includes(KEY))
  })

  it('travels in the Authorization header and nowhere else', async () => {
    const { client, requests } = setUp()
    await client.send(orders(2))
    for (const { headers, text, url } of requests) {
      assert.equal(headers.get('authorization'), `Bearer ${KEY}`)
      headers.delete('authorization')
      assert.ok(![text, url, ...headers.values()].some((place) => place.includes(KEY)))
    }
  })

  it('stands in no error of the options', () => {
    const wrong = [
      { endpoint: `https://user:${KEY}@example.com` },
      { endpoint: `http://${KEY}.example.com` },
      { endpoint: KEY },
    ]
    for (const options of [
      ...wrong,
      { timeoutMs: -1 },
      { contract: KEY as never },
      { pixelId: '' },
      { apiKey: `${KEY} ` },
    ]) {
      assert.throws(
        () => createClient({ pixelId: PIXEL, apiKey: KEY, ...options }),
        (error) => !inspect(error, { depth: null, showHidden: true }).includes(KEY),
      )
    }
  })
})

describe('an API that repeats key and address in everything it says', () => {
  const said = `Key ${KEY} of ${EMAIL} is wrong`
  const answers = {
    'a refusal that names nobody': [400, { message: said, code: `code ${KEY}`, param: null }],
    'a refusal that names an event': [
      400,
      {
        message: said,
        code: EMAIL,
        param: `events[0].data.${EMAIL}`,
        errors: [{ message: said, code: KEY, param: `events[0].user.${EMAIL}.${KEY}` }],
      },
    ],
    'a rejected key': [401, { message: said, code: KEY, param: null }],
    'an unknown pixel': [403, { message: `403: unknown pid, ${said}`, code: null, param: null }],
    'a rejected request': [400, { message: said, code: KEY, param: 'events' }],
    'an error': [500, { message: said, code: KEY, param: null }],
  } as const
  for (const [title, [status, error]] of Object.entries(answers)) {
    it(`has neither told by outcome, verification or log: ${title}`, async () => {
      const { logger, heard } = listener()
      const between = () => (async () => new Response(JSON.stringify({ error }), { status })) as typeof fetch
      const { client } = setUp({ between, client: { logger, preflight: 'never' } })
      const told = JSON.stringify([await client.send(orders(2)), await client.verify()]) + heard()
      assert.ok(!told.includes(KEY))
      assert.ok(!told.includes(EMAIL))
    })
  }

  it('has it not told by a relay either', async () => {
    const results = [{ index: 0, status: 'refused', issues: [{ code: KEY, path: EMAIL, message: said, value: EMAIL }] }]
    const between = () =>
      (async () =>
        Response.json({ accepted_events: 1, results }, { headers: { 'waybill-relay': '0.2.0' } })) as typeof fetch
    const outcomes = await setUp({ between, client: { preflight: 'never' } }).client.send(orders(2))
    assert.equal(outcomes[0]?.status, 'refused')
    assert.ok(!JSON.stringify(outcomes).includes(KEY))
    assert.ok(!JSON.stringify(outcomes).includes(EMAIL))
  })

  it('has a long message cut', async () => {
    const error = { message: 'x'.repeat(100_000), code: 'y'.repeat(100_000), param: null }
    const between = () => (async () => new Response(JSON.stringify({ error }), { status: 400 })) as typeof fetch
    const outcomes = await setUp({ between, client: { preflight: 'never' } }).client.send(orders(1))
    assert.ok(JSON.stringify(outcomes).length < 2_000)
  })
})

describe('personal values', () => {
  const { timestamp_ms, ...rest } = order(0)
  const friendly = {
    ...rest,
    timestamp: new Date(timestamp_ms),
    user: { email: EMAIL, externalId: EXTERNAL_ID },
    data: { amount: '1.00', currency: 'USD' },
  }

  it('leave hashed, and stand in no outcome and no log', async () => {
    const { logger, heard } = listener()
    const { client, requests } = setUp({ client: { logger }, emulator: { fault: { 500: 0.3 }, seed: 2 } })
    const outcomes = await client.send([friendly as never])
    assert.equal(outcomes[0]?.status, 'delivered')
    const told = JSON.stringify(outcomes) + heard() + requests.map(({ text }) => text).join()
    assert.ok(!told.includes(EMAIL))
    assert.ok(!told.includes(EXTERNAL_ID))
    assert.ok(told.includes('73d83a078369bb4f0971b317aa7797a91cf5c0df1b62161c2e47d75c33ab5b6e'))
  })

  it('of a refused event stand in no outcome, the id included', async () => {
    const events = [
      { ...friendly, id: EMAIL },
      { ...friendly, user: { email: `${EMAIL} and more` } },
      { ...friendly, sourceUrl: `https://example.com/?m=${EMAIL}` },
      { ...friendly, [EMAIL]: 1 },
    ]
    const { client } = setUp()
    assert.ok(!JSON.stringify(await client.send(events as never)).includes(EMAIL))
  })
})
