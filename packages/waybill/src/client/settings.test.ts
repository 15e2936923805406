import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ConfigError } from '../errors.ts'
import { createClient } from './client.ts'
import { eventsUrl } from './settings.ts'

const options = { pixelId: 'px 1'.replace(' ', '_'), apiKey: 'sk-1' }

describe('endpoint', () => {
  const TAKEN: readonly (readonly [endpoint: string, url: string])[] = [
    ['https://bzr.openai.com', 'https://bzr.openai.com/v1/events?pid=px'],
    ['https://bzr.openai.com/', 'https://bzr.openai.com/v1/events?pid=px'],
    ['https://bzr.openai.com/v1/events', 'https://bzr.openai.com/v1/events?pid=px'],
    ['https://bzr.openai.com/v1/events/', 'https://bzr.openai.com/v1/events?pid=px'],
    ['https://gateway.example.com/ads//', 'https://gateway.example.com/ads/v1/events?pid=px'],
    ['http://127.0.0.1:8788', 'http://127.0.0.1:8788/v1/events?pid=px'],
    ['http://127.9.9.9', 'http://127.9.9.9/v1/events?pid=px'],
    ['http://localhost:1', 'http://localhost:1/v1/events?pid=px'],
    ['http://[::1]:1', 'http://[::1]:1/v1/events?pid=px'],
  ]
  for (const [endpoint, url] of TAKEN) {
    it(`${endpoint} is posted to at ${url}`, () => assert.equal(eventsUrl(endpoint, 'px'), url))
  }
  it('has the Pixel ID escaped', () => {
    assert.equal(eventsUrl('https://a.example', 'a&b=c/d'), 'https://a.example/v1/events?pid=a%26b%3Dc%2Fd')
  })

  const REFUSED = [
    '',
    'bzr.openai.com',
    'ftp://bzr.openai.com',
    'file:///etc/passwd',
    'http://bzr.openai.com',
    'http://localhost.example.com',
    'http://127.0.0.1.example.com',
    'http://10.0.0.1',
    'http://0.0.0.0',
    'https://user:pass@bzr.openai.com',
    'https://user@bzr.openai.com',
    'https://bzr.openai.com/?pid=other',
    'https://bzr.openai.com/#x',
  ]
  for (const endpoint of REFUSED) {
    it(`${endpoint || '(empty)'} is refused`, () => {
      assert.throws(() => eventsUrl(endpoint, 'px'), ConfigError)
    })
  }
})

describe('createClient', () => {
  const WRONG: readonly (readonly [title: string, options: unknown, code: string])[] = [
    ['no options', undefined, 'invalid_options'],
    ['no pixel', { apiKey: 'k' }, 'missing_option'],
    ['no key', { pixelId: 'p' }, 'missing_option'],
    ['an empty key', { ...options, apiKey: '' }, 'missing_option'],
    ['a key of white space', { ...options, apiKey: '  ' }, 'missing_option'],
    ['a key with a line break', { ...options, apiKey: 'sk\n' }, 'invalid_option'],
    ['a key beyond ASCII', { ...options, apiKey: 'ключ' }, 'invalid_option'],
    ['a pixel with white space', { ...options, pixelId: ' px' }, 'invalid_option'],
    ['a pixel that is half a character', { ...options, pixelId: '\ud800' }, 'invalid_option'],
    ['an unknown contract', { ...options, contract: '2027-01' }, 'invalid_option'],
    ['an unknown preflight', { ...options, preflight: 'sometimes' }, 'invalid_option'],
    ['an unknown invalidIdentity', { ...options, invalidIdentity: 'keep' }, 'invalid_option'],
    ['an unknown sourceUrlQuery', { ...options, sourceUrlQuery: 'hash' }, 'invalid_option'],
    ['an onOutcome that is no function', { ...options, onOutcome: 'log' }, 'invalid_option'],
    ['a waitUntil that is no function', { ...options, waitUntil: {} }, 'invalid_option'],
    ['a logger that is none', { ...options, logger: null }, 'invalid_option'],
    ['a logger that is its level', { ...options, logger: 'debug' }, 'invalid_option'],
    ['a timeout of zero', { ...options, timeoutMs: 0 }, 'invalid_option'],
    ['no attempts', { ...options, maxAttempts: 0 }, 'invalid_option'],
    ['a fraction of a request', { ...options, concurrency: 1.5 }, 'invalid_option'],
    ['a number as text', { ...options, maxBodyBytes: '4000000' }, 'invalid_option'],
    ['an integration source with a space', { ...options, integrationSource: 'my shop' }, 'invalid_option'],
    ['an integration source of 65 characters', { ...options, integrationSource: 'a'.repeat(65) }, 'invalid_option'],
    ['an empty integration source', { ...options, integrationSource: '' }, 'invalid_option'],
    ['an option that nobody reads', { ...options, colour: 'green' }, 'unknown_option'],
    ['an option that nobody reads, though it is undefined', { ...options, colour: undefined }, 'unknown_option'],
    ['a fetch that is none', { ...options, fetch: 'fetch' }, 'invalid_option'],
  ]
  for (const [title, given, code] of WRONG) {
    it(`refuses ${title}`, () => {
      assert.throws(
        () => createClient(given as never),
        (error) => error instanceof ConfigError && error.code === code,
      )
    })
  }
  const UNKNOWN: readonly (readonly [name: string, hint: RegExp])[] = [
    ['apikey', /^Did you mean "apiKey"\?$/],
    ['api_key', /^Did you mean "apiKey"\?$/],
    ['pixel_id', /^Did you mean "pixelId"\?$/],
    ['onOutcom', /^Did you mean "onOutcome"\?$/],
    ['maxAttemps', /^Did you mean "maxAttempts"\?$/],
    ['timeout', /^Did you mean "timeoutMs"\?$/],
    ['toString', /^The options are pixelId, apiKey, .*, runtime\.$/],
    ['colour', /^The options are pixelId, apiKey, .*, runtime\.$/],
  ]
  for (const [name, hint] of UNKNOWN) {
    it(`names ${name}, and what was meant, and not its value`, () => {
      assert.throws(
        () => createClient({ ...options, [name]: 'sk-secret' }),
        (error) =>
          error instanceof ConfigError &&
          error.code === 'unknown_option' &&
          error.message === `createClient has no option "${name}".` &&
          hint.test(error.hint ?? ''),
      )
    })
  }
  it('names an option that was misspelt before it misses the right one', () => {
    assert.throws(() => createClient({ pixelId: 'px', apikey: 'k' } as never), { code: 'unknown_option' })
  })
  it('takes an integration source of 64 characters, and an interval of 0', () => {
    createClient({ ...options, integrationSource: 'a'.repeat(64), flushIntervalMs: 0, contract: '2026-11' })
  })
})
