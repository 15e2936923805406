import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createEmulator, type EmulatorOptions } from '@waybill/emulator'
import { systemRuntime } from 'waybill'
import { type AccountFacts, askAccount, judgeAccount } from './account.ts'
import type { Asking } from './api.ts'

const KEY = 'key-of-the-api-51b7'
const PIXEL = {
  pixelId: 'px',
  apiKey: KEY,
  contract: '2026-06',
  preflight: 'novel',
  endpoint: 'https://api.example',
  timeoutMs: 30_000,
  maxBodyBytes: 4_000_000,
  concurrency: 4,
  maxRequestsPerSecond: 10,
} as const

/** Waits between tries pass at once, time limits do not. */
function asking(send: typeof fetch): Asking {
  const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    ms < 10_000 ? Promise.resolve() : systemRuntime.sleep(ms, signal)
  return {
    fetch: send,
    runtime: { ...systemRuntime, sleep },
    timeoutMs: 10_000,
    signal: new AbortController().signal,
  }
}

async function said(
  send: typeof fetch,
  changed: Partial<typeof PIXEL> | { contract: '2026-11' | 'auto' } = {},
): Promise<string[]> {
  const facts = await askAccount({ ...PIXEL, ...changed }, 0, asking(send))
  assert.doesNotMatch(JSON.stringify(facts), new RegExp(KEY))
  return judgeAccount(facts).map(({ check, level, message, next }) =>
    [check, level, message, next].filter(Boolean).join(' '),
  )
}

const OK = /^key ok the API takes key and pixel$/
const json = (message: string): string => JSON.stringify({ error: { message, param: null, code: null } })

/** What the API answers to everything, and the lines that this is worth. */
const ANSWERS: readonly (readonly [status: number, body: string, headers: object, lines: readonly RegExp[]])[] = [
  [401, json('Unauthorized'), {}, [/^key wrong .*\[401\] .*key/]],
  [401, json('Missing scopes: ads.third_party_events.write'), {}, [/^key wrong .*not a Conversions API key.*\[401\]/]],
  [401, json(`No such key: ${KEY}`), {}, [/^key wrong .*\[401\]/]],
  [403, json('403: unknown pid'), {}, [/^key wrong .*does not know this Pixel ID.*\[403\]/]],
  [403, json('Not for you'), {}, [/^key wrong .*forbids.*\[403\]/]],
  [403, 'error code: 1010', {}, [/^key wrong .*firewall.*\[403\]/]],
  [404, 'Not found', {}, [/^key wrong .*endpoint does not exist.*\[404\] Check the endpoint/]],
  [400, json('Missing required field: events'), {}, [/^key wrong .*\[400\]/]],
  [400, json('no'), {}, [/^key wrong .*refused the most ordinary event.*\[400\]/]],
  [
    302,
    '',
    { location: 'https://login.example/secret-path?x=1' },
    [/^key wrong .*redirect.*\[302\] It leads to https:\/\/login\.example\. If you trust it, set endpoint/],
  ],
  [308, '', { location: '/v2/events' }, [/^key wrong .*redirect.*\[308\] If you trust it, set endpoint/]],
  [429, '', { 'retry-after': '1' }, [/^key warning the API limits requests just now \[429\].*again in a minute/]],
  [500, '', {}, [/^key wrong the API has a fault of its own \[500\].*later/]],
  [503, '', {}, [/^key wrong the API has a fault of its own \[503\]/]],
  [200, '<title>Sign in</title>', {}, [/^key wrong something answers 200, but not as the API does/]],
  [200, '{"accepted_events":1}', {}, [OK, /^contract warning .*no generation that is known; 2026-06 is configured/]],
]

for (const [status, body, headers, lines] of ANSWERS) {
  test(`an account that answers ${status} ${body || 'nothing'} is told as such`, async () => {
    const found = await said(async () => new Response(body || null, { status, headers: { ...headers } }))
    assert.equal(found.length, lines.length, found.join('\n'))
    for (const [index, line] of lines.entries()) assert.match(found[index]!, line)
    assert.ok(!found.join().includes('secret-path'), 'the path of a redirect may hold a secret')
  })
}

const fails =
  (code: string): typeof fetch =>
  () => {
    const cause = Object.assign(new Error(code), { code })
    return Promise.reject(new TypeError('fetch failed', { cause }))
  }

test('an account whose connection breaks is told with the reason', async () => {
  assert.match((await said(fails('ECONNRESET')))[0]!, /^key wrong no answer to a request \(ECONNRESET\)/)
})

/** Account, configuration, what is said of the contract. */
const CONTRACTS = [
  ['2026-06', '2026-06', /^contract ok the account reads 2026-06; 2026-06 is configured$/],
  ['2026-11', '2026-11', /^contract ok the account reads 2026-11; 2026-11 is configured$/],
  ['both', '2026-06', /^contract ok the account reads 2026-06 and 2026-11; 2026-06 is configured$/],
  ['2026-06', 'auto', /^contract ok the account reads 2026-06; "auto" sends it so$/],
  ['2026-11', 'auto', /^contract ok the account reads 2026-11; "auto" sends it so$/],
  ['2026-11', '2026-06', /^contract wrong .*reads 2026-11; 2026-06 .*"contract": "2026-11".*WAYBILL_CONTRACT=2026-11/],
  ['2026-06', '2026-11', /^contract wrong .*reads 2026-06; 2026-11 .*"contract": "2026-06".*WAYBILL_CONTRACT=2026-06/],
] as const

for (const [contract, configured, line] of CONTRACTS) {
  test(`an account of ${contract} under a configuration of ${configured} is told, and nothing is stored`, async () => {
    const emulator = createEmulator({ contract } satisfies EmulatorOptions)
    const found = await said(emulator.fetch, { contract: configured as '2026-11' })
    assert.match(found[0]!, OK)
    assert.match(found[1]!, line)
    const { stored, requests, validate_requests } = emulator.summary()
    assert.deepEqual([stored, validate_requests], [0, requests])
  })
}

test('an API that goes away in the middle leaves the key good and the contract open', async () => {
  const emulator = createEmulator()
  let asked = 0
  const found = await said(async (input, init) => {
    asked += 1
    return asked <= 2 ? emulator.fetch(input, init) : new Response(null, { status: 503 })
  })
  assert.match(found[0]!, OK)
  assert.match(found[1]!, /^contract wrong the API has a fault of its own \[503\]/)
})

test('the made-up events go by the clock of the API, so that a wrong one here does not make them refused', async () => {
  const aheadMs = 30 * 24 * 60 * 60 * 1_000
  const emulator = createEmulator({ now: () => Date.now() + aheadMs })
  const facts: AccountFacts = await askAccount(PIXEL, aheadMs, asking(emulator.fetch))
  assert.deepEqual(
    judgeAccount(facts).map(({ level }) => level),
    ['ok', 'ok'],
  )
  const wrong = await askAccount(PIXEL, 0, asking(emulator.fetch))
  assert.deepEqual(
    judgeAccount(wrong).map(({ level }) => level),
    ['wrong'],
  )
})

test('an interrupted question is no verdict', async () => {
  const options = { ...asking(createEmulator().fetch), signal: AbortSignal.abort() }
  assert.deepEqual(
    judgeAccount(await askAccount(PIXEL, 0, options)).map(({ level }) => level),
    ['skipped'],
  )
})
