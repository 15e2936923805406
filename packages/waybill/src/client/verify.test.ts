import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setUp } from './scenario.cases.ts'
import type { Verification } from './verify.ts'

describe('verify', () => {
  const ACCOUNTS = [
    ['2026-06', '2026-06', ['2026-06'], true],
    ['2026-06', '2026-11', ['2026-06'], false],
    ['2026-11', '2026-06', ['2026-11'], false],
    ['2026-11', '2026-11', ['2026-11'], true],
    ['both', '2026-06', ['2026-06', '2026-11'], true],
    ['both', '2026-11', ['2026-06', '2026-11'], true],
  ] as const
  for (const [account, contract, contracts, ok] of ACCOUNTS) {
    it(`finds that an account of ${account} reads ${contracts.join(' and ')}, asked by a client of ${contract}`, async () => {
      const { client, emulator } = setUp({ emulator: { contract: account }, client: { contract } })
      const found = await client.verify()
      assert.deepEqual(found.contracts, contracts)
      assert.equal(found.ok, ok)
      assert.equal(found.issues.length, ok ? 0 : 1)
      if (!ok) assert.match(found.issues[0]!.hint ?? '', new RegExp(`Set contract to "${contracts[0]}"`))
      assert.equal(emulator.summary().stored, 0)
      assert.equal(emulator.summary().validate_requests, emulator.summary().requests)
    })
  }

  it('finds neither generation where the account ignores the keys', async () => {
    const between = () => (async () => new Response('{"accepted_events":1}')) as typeof fetch
    const found = await setUp({ between }).client.verify()
    assert.deepEqual(
      { ...found, issues: found.issues.length },
      { ok: false, key: 'accepted', pixel: 'accepted', contracts: [], issues: 1 },
    )
  })

  it('takes an account that counts nothing of what is only validated', async () => {
    const between =
      (send: typeof fetch): typeof fetch =>
      async (input, init) => {
        const response = await send(input, init)
        return response.status === 200 ? new Response('{"accepted_events":0}') : response
      }
    const found = await setUp({ between }).client.verify()
    assert.equal(found.ok, true)
  })

  type Blame = readonly [title: string, status: number, body: string, code: string, blame: Partial<Verification>]
  const error = (message: string): string => JSON.stringify({ error: { message, type: 'x', param: null, code: null } })
  const BLAMES: readonly Blame[] = [
    ['a wrong key', 401, error('Unauthorized'), 'unauthorized', { key: 'rejected', pixel: 'unknown' }],
    [
      'a key of another family',
      401,
      error('Missing scopes: ads.third_party_events.write'),
      'wrong_key_family',
      { key: 'rejected' },
    ],
    ['an unknown pixel', 403, error('403: unknown pid'), 'unknown_pixel', { key: 'accepted', pixel: 'rejected' }],
    ['a web firewall', 403, 'error code: 1010', 'blocked_by_firewall', { key: 'unknown', pixel: 'unknown' }],
    ['a wrong endpoint', 404, 'Not found', 'not_found', { key: 'unknown' }],
    ['a redirect', 302, '', 'redirected', { key: 'unknown' }],
  ]
  for (const [title, status, body, code, blame] of BLAMES) {
    it(`explains ${title}, with what to do`, async () => {
      const between = () => (async () => new Response(body || null, { status })) as typeof fetch
      const found = await setUp({ between }).client.verify()
      assert.equal(found.ok, false)
      assert.equal(found.issues[0]?.code, code)
      assert.ok((found.issues[0].hint ?? '').length > 20)
      for (const [key, value] of Object.entries(blame)) assert.equal(found[key as keyof Verification], value)
    })
  }

  it('explains an API that cannot be reached, after three tries', async () => {
    const { client, requests } = setUp({ emulator: { fault: { reset: 1 } } })
    const found = await client.verify()
    assert.deepEqual(
      { ok: found.ok, key: found.key, code: found.issues[0]?.code },
      { ok: false, key: 'unknown', code: 'gave_up' },
    )
    assert.equal(requests.length, 3)
  })

  it('concludes nothing about the contract when the API goes away in the middle', async () => {
    let asked = 0
    const between =
      (send: typeof fetch): typeof fetch =>
      async (input, init) => {
        asked += 1
        return asked <= 2 ? send(input, init) : new Response('', { status: 503 })
      }
    const found = await setUp({ between }).client.verify()
    assert.deepEqual(
      { ok: found.ok, key: found.key, pixel: found.pixel },
      { ok: false, key: 'accepted', pixel: 'accepted' },
    )
    assert.deepEqual(
      found.issues.map(({ code }) => code),
      ['gave_up'],
    )
  })

  it('survives passing faults', async () => {
    const { client } = setUp({ emulator: { fault: { 500: 0.3 }, seed: 1 } })
    assert.equal((await client.verify()).ok, true)
  })

  it('ends when it is aborted, and says so', async () => {
    const found = await setUp().client.verify({ signal: AbortSignal.abort() })
    assert.deepEqual(
      found.issues.map(({ code }) => code),
      ['aborted'],
    )
  })
})
