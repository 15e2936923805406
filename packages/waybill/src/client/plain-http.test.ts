import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isConfigError } from '../errors.ts'
import { createClient } from './client.ts'
import { isPrivateAddress, privateOnly } from './plain-http.ts'
import { eventsUrl } from './settings.ts'

const refusedWith = (endpoint: string, allowHttp: readonly string[]): string | undefined => {
  try {
    eventsUrl(endpoint, 'px', allowHttp)
    return undefined
  } catch (error) {
    assert.ok(isConfigError(error))
    return error.message
  }
}

describe('http to what allowHttp lists', () => {
  const TAKEN: readonly (readonly [endpoint: string, allowHttp: readonly string[]])[] = [
    ['http://relay:8787', ['relay']],
    ['http://10.0.0.5:8787', ['10.0.0.5']],
    ['http://[fd00::5]:8787', ['fd00::5']],
    ['http://relay.internal:8787', ['other', 'relay.internal']],
    ['http://127.0.0.1:8787', []],
    ['https://bzr.openai.com', ['relay']],
  ]
  for (const [endpoint, allowHttp] of TAKEN)
    it(`is taken: ${endpoint}`, () => assert.equal(refusedWith(endpoint, allowHttp), undefined))

  const REFUSED: readonly (readonly [endpoint: string, allowHttp: readonly string[]])[] = [
    ['http://relay:8787', []],
    ['http://relay:8787', ['Relay', 'relay:8787', 'http://relay', '*']],
    ['http://a.relay:8787', ['relay']],
    ['http://bzr.openai.com', ['bzr.openai.com']],
    ['http://BZR.OpenAI.com.', ['bzr.openai.com.', 'bzr.openai.com']],
    ['http://8.8.8.8', ['8.8.8.8']],
    ['http://169.254.169.254', ['169.254.169.254']],
    ['http://172.32.0.1', ['172.32.0.1']],
    ['http://[2001:db8::1]', ['2001:db8::1']],
  ]
  for (const [endpoint, allowHttp] of REFUSED)
    it(`is refused: ${endpoint} with ${JSON.stringify(allowHttp)}`, () =>
      assert.match(refusedWith(endpoint, allowHttp) ?? '', /must be https/))

  it('a list that is none is told', () => {
    const options = { pixelId: 'p', apiKey: 'k', allowHttp: 'relay' as unknown as string[] }
    assert.throws(() => createClient(options), /allowHttp must be a list/)
  })
})

describe('a name, before each request', () => {
  const url = new URL('http://relay:8787/v1/events')
  const answer = async (): Promise<Response> => new Response('sent')
  const asked = async (...addresses: readonly string[]): Promise<string> => {
    const resolve = async () => addresses.map((address) => ({ address }))
    const send = privateOnly(answer, url, resolve)
    return send(url).then(
      (response) => response.text(),
      ({ code }: { code: string }) => code,
    )
  }

  it('is asked where every address is private or loopback', async () => {
    assert.equal(await asked('10.1.2.3', '127.0.0.1', 'fd12::1', '::1', '::ffff:192.168.0.9'), 'sent')
  })

  it('gets nothing where one address is public, or there is none', async () => {
    assert.equal(await asked('10.1.2.3', '93.184.216.34'), 'HTTP_TO_PUBLIC_ADDRESS')
    assert.equal(await asked('::ffff:8.8.8.8'), 'HTTP_TO_PUBLIC_ADDRESS')
    assert.equal(await asked(), 'HTTP_TO_PUBLIC_ADDRESS')
  })

  it('of https or loopback is asked without being resolved', () => {
    const never = async (): Promise<never> => assert.fail('resolved')
    for (const other of ['https://relay/', 'http://localhost/', 'http://10.0.0.1/'])
      assert.equal(privateOnly(answer, new URL(other), never), answer)
  })

  it('that turns public costs no event: it is failed, to be sent again, and nothing leaves', async () => {
    const client = createClient({
      pixelId: 'p',
      apiKey: 'k',
      endpoint: 'http://name.invalid:8787',
      allowHttp: ['name.invalid'],
      maxAttempts: 1,
      fetch: () => assert.fail('asked'),
    })
    const [outcome] = await client.send([{ id: 'a', type: 'lead_created', timestamp: new Date() }])
    assert.equal(outcome?.status, 'failed')
  })
})

it('private addresses are those of RFC 1918, RFC 4193 and loopback', () => {
  const yes = ['10.0.0.0', '172.16.0.1', '172.31.255.255', '192.168.1.1', '127.9.9.9', '::1', 'fc00::1', 'fdff::1']
  const no = [
    '11.0.0.0',
    '172.15.0.1',
    '172.32.0.1',
    '192.169.0.1',
    '169.254.1.1',
    '100.64.0.1',
    'fe80::1',
    '::',
    '0.0.0.0',
  ]
  assert.deepEqual(
    yes.map(isPrivateAddress),
    yes.map(() => true),
  )
  assert.deepEqual(
    no.map(isPrivateAddress),
    no.map(() => false),
  )
})
