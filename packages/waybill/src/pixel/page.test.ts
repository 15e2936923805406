import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { WireUser } from '../contract/event.ts'
import { baseEvent, EMAIL_HASH, exampleEvent, ID_HASH } from '../contract/sample.cases.ts'
import { LOADER_URL } from './address.ts'
import { imageTag } from './image-tag.ts'
import { type Conversion, measureCall } from './measure-call.ts'
import { anyConversion, anyText, asJson, inlineScripts, NONCE, PIXEL, queuedCalls } from './page.cases.ts'
import { contentSecurityPolicy, policyHeader } from './policy.ts'
import { pixelCall, pixelSnippet } from './snippet.ts'
import { pixelUser } from './user.ts'

const ORDER: Conversion = { pixelId: PIXEL, serverEvent: exampleEvent() }

describe('any text in any field', () => {
  it('comes out of the page as it went in, and ends no script', () => {
    fc.assert(
      fc.property(anyConversion, (one) => {
        const page = pixelSnippet({ pixelId: one.pixelId, nonce: NONCE }) + pixelCall(one, { nonce: NONCE })
        for (const script of inlineScripts(page)) assert.match(script, /^[ -;=?-~]+$/, 'plain ASCII without < and >')
        assert.deepEqual(queuedCalls(page), [['init', { pixelId: one.pixelId }], asJson(measureCall(one))])
      }),
      { numRuns: 500 },
    )
  })

  it('comes out of the image as it went in, and ends no attribute', () => {
    fc.assert(
      fc.property(anyConversion, (one) => {
        const tag = imageTag(one, { orderNumberInQuery: true })
        if (one.serverEvent.opt_out === true) return assert.equal(tag, '')
        const src = /^<img src="([\w%.*~!()/:?=&;-]+)" width="1" height="1" alt="" hidden>$/.exec(tag)?.[1]
        assert.ok(src !== undefined && !src.replaceAll('&amp;', '').includes('&'), tag)
        const url = new URL(src.replaceAll('&amp;', '&'))
        assert.equal(url.origin + url.pathname, 'https://bzr.openai.com/v1/sdk/events')
        assert.deepEqual([...url.searchParams], parametersOf(one))
      }),
      { numRuns: 500 },
    )
  })

  it('comes out of the snippet as it went in, in the raw fields of the visitor', () => {
    fc.assert(
      fc.property(anyText, anyText, (city, zip_code) => {
        const page = pixelSnippet({ pixelId: PIXEL, nonce: NONCE, user: { city, zip_code } })
        assert.deepEqual(queuedCalls(page), [['init', { pixelId: PIXEL, user: { city, postal_code: zip_code } }]])
      }),
    )
  })
})

/** Text that a query can hold: half a character becomes U+FFFD there. */
const wellFormed = (text: string): string => new TextDecoder().decode(new TextEncoder().encode(text))

function parametersOf({ pixelId, serverEvent }: Conversion): string[][] {
  const { type, id, custom_event_name, oppref } = serverEvent
  const [, , data] = measureCall({ pixelId, serverEvent })
  const fields = { pid: pixelId, event: type, event_id: id, custom_event_name, oppref }
  const all = [...Object.entries(fields), ...Object.entries(data).map(([key, value]) => [`data[${key}]`, value])]
  return all
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name as string, wellFormed(Array.isArray(value) ? JSON.stringify(value) : String(value))])
}

describe('the snippet', () => {
  it('is a queue, the init and the loader, each with the nonce', () => {
    const html = pixelSnippet({ pixelId: PIXEL, nonce: NONCE })
    assert.deepEqual(queuedCalls(html), [['init', { pixelId: PIXEL }]])
    assert.ok(html.endsWith(`<script nonce="${NONCE}" async src="${LOADER_URL}"></script>`))
    assert.equal(LOADER_URL, 'https://bzrcdn.openai.com/sdk/oaiq.min.js')
  })

  it('leaves a pixel that is already there alone', () => {
    const [script = ''] = inlineScripts(pixelSnippet({ pixelId: PIXEL, nonce: NONCE }))
    const calls: unknown[] = []
    const oaiq = (...call: unknown[]): void => void calls.push(call)
    new Function('window', 'oaiq', script)({ oaiq }, oaiq)
    assert.deepEqual(calls, [['init', { pixelId: PIXEL }]])
  })

  it('is nothing without consent, and the calls of the page do nothing then', () => {
    const snippet = pixelSnippet({ pixelId: PIXEL, nonce: NONCE, consent: false, user: { city: 'Paris' } })
    assert.equal(snippet, '')
    assert.equal(queuedCalls(snippet + pixelCall(ORDER, { nonce: NONCE })), null)
  })

  const USERS: readonly (readonly [title: string, user: WireUser, expected: unknown])[] = [
    ['nothing', {}, {}],
    ['digests and places as they are', baseEvent('2026-06').user!, USER()],
    [
      'phone, names and region, and lists as their first value',
      baseEvent('2026-11').user!,
      {
        ...USER(),
        phone_number_sha256: ID_HASH,
        first_name_sha256: ID_HASH,
        last_name_sha256: ID_HASH,
        region: 'California',
      },
    ],
    [
      'its own keys as they are',
      { postal_code: '85701', region: 'AZ' } as WireUser,
      { postal_code: '85701', region: 'AZ' },
    ],
    ['no empty list', { emails_sha256: [] }, {}],
  ]
  for (const [title, user, expected] of USERS) {
    it(`takes of the visitor ${title}`, () => assert.deepEqual(pixelUser(user), expected))
  }

  it('has no user where nothing of it can be sent', () => {
    const page = pixelSnippet({ pixelId: PIXEL, nonce: NONCE, user: { ip_address: '203.0.113.1' } })
    assert.deepEqual(queuedCalls(page), [['init', { pixelId: PIXEL }]])
  })

  const BAD_USERS: readonly object[] = [
    { email: 'user@example.com' },
    { email_sha256: 'user@example.com' },
    { email_sha256: EMAIL_HASH.toUpperCase() },
    { emails_sha256: ['user@example.com'] },
    { city: 7 },
    { 'user@example.com': 'x' },
  ]
  for (const user of BAD_USERS) {
    it(`refuses the user ${JSON.stringify(user)} and does not repeat it`, () => {
      const attempt = (): string => pixelSnippet({ pixelId: PIXEL, nonce: NONCE, user })
      assert.throws(attempt, (error: Error & { code?: string }) => {
        assert.equal(error.code, 'unsendable_user')
        return !error.message.includes('example.com') && !error.message.includes('B4C9')
      })
    })
  }
})

function USER(): object {
  return {
    email_sha256: EMAIL_HASH,
    external_id_sha256: ID_HASH,
    country: 'US',
    city: 'San Francisco',
    postal_code: '94107',
  }
}

describe('the nonce', () => {
  for (const nonce of ['abc', 'QUJD+/==', 'a-b_c', crypto.randomUUID()]) {
    it(`may be ${nonce.length > 20 ? 'a UUID' : nonce}`, () => {
      assert.ok(pixelCall(ORDER, { nonce }).startsWith(`<script nonce="${nonce}">`))
    })
  }
  for (const nonce of ['', 'a"b', "a'b", 'a b', 'a>b', 'a;b', '===', undefined]) {
    it(`may not be ${JSON.stringify(nonce)}`, () => {
      const bad = { nonce: nonce as string }
      for (const attempt of [() => pixelCall(ORDER, bad), () => pixelSnippet({ pixelId: PIXEL, ...bad })]) {
        assert.throws(attempt, { code: 'invalid_nonce' })
      }
      if (nonce !== undefined) assert.throws(() => contentSecurityPolicy(bad), { code: 'invalid_nonce' })
    })
  }
})

describe('the content security policy', () => {
  it('names exactly the hosts of the specification', () => {
    assert.equal(
      policyHeader(contentSecurityPolicy()),
      'script-src https://bzrcdn.openai.com; connect-src https://bzr.openai.com https://bzrcdn.openai.com; img-src https://bzr.openai.com',
    )
  })

  it('has the nonce, and never unsafe-inline', () => {
    const { 'script-src': scripts } = contentSecurityPolicy({ nonce: NONCE })
    assert.deepEqual(scripts, [`'nonce-${NONCE}'`, 'https://bzrcdn.openai.com'])
  })

  const MERGED: readonly (readonly [title: string, own: Record<string, string[]>, expected: string])[] = [
    ['nothing', {}, 'img-src https://bzr.openai.com'],
    ['its sources', { 'img-src': ["'self'"] }, "img-src 'self' https://bzr.openai.com"],
    ['each source once', { 'img-src': ['https://bzr.openai.com'] }, 'img-src https://bzr.openai.com'],
    [
      'what default-src allowed',
      { 'default-src': ["'self'"] },
      "default-src 'self'; img-src 'self' https://bzr.openai.com",
    ],
    ["no 'none'", { 'default-src': ["'none'"] }, "default-src 'none'; img-src https://bzr.openai.com"],
    ['other directives', { 'base-uri': ["'none'"] }, "base-uri 'none'; img-src https://bzr.openai.com"],
  ]
  for (const [title, own, expected] of MERGED) {
    it(`keeps of a page's own policy ${title}`, () => {
      assert.equal(policyHeader(own, { 'img-src': ['https://bzr.openai.com'] }), expected)
    })
  }
})
