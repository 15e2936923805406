import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { NOTHING } from '../identity/nothing-words.ts'
import { textOfBytes } from './bytes.ts'
import { type CaptureOptions, captureOppref } from './capture.ts'
import { encodeOwn, readOwn } from './cookie.ts'
import { VALUES } from './raw-http.cases.ts'

const PAGE = 'https://shop.example.com/landing'
const SET = 'Max-Age=2592000; Path=/; HttpOnly; SameSite=Lax; Secure'

/** Of the pixel's cookie when ours was set: FNV-1a in 32 bits. */
const NONE = '811c9dc5'
const P = 'f50c43ef'

const requestOf = (query: string, cookie?: string, headers: Record<string, string> = {}): Request =>
  new Request(PAGE + query, { headers: { ...headers, ...(cookie === undefined ? {} : { cookie }) } })

describe('where the click reference comes from', () => {
  const SOURCES: readonly (readonly [string, string, cookie: string | undefined, expected?: string | undefined])[] = [
    ['nowhere', '', undefined],
    ['the query', '?oppref=q', undefined, 'q'],
    ['the query before our cookie', '?oppref=q', 'waybill_oppref=o', 'q'],
    ['our cookie of an earlier page', '', 'a=b; waybill_oppref=o; c=d', 'o'],
    ['the query where the pixel’s cookie is empty', '?oppref=q', '__oppref=', 'q'],
    ['our cookie where the query is empty', '?oppref=', 'waybill_oppref=o', 'o'],
    ['the first of several parameters', '?a=1&oppref=q&oppref=r', undefined, 'q'],
    ['no later parameter where the first is empty', '?oppref=&oppref=r', undefined],
    ['the first of several cookies', '', '__oppref=p; __oppref=r', 'p'],
    ['no parameter without a value, nor one after it', '?oppref&oppref=r', undefined],
    ['no parameter that is only called so at the end', '?xoppref=q&oppref2=r', undefined],
    ['no parameter whose name is escaped or in capitals', '?%6Fppref=q&OPPREF=r', undefined],
    ['no fragment', '#?oppref=q', undefined],
    ['a query before a fragment', '?oppref=q#f', undefined, 'q'],
    ['no cookie whose name only ends so', '', 'x__oppref=p; xwaybill_oppref=o', undefined],
    ['no cookie of ours that we did not write', '', 'waybill_oppref=a!zz', undefined],
    ['a cookie’s bytes with quotes and equals signs', '', '__oppref="a=b"', '"a=b"'],
    ['cookies without spaces between them', '', 'a=b;__oppref=p', 'p'],
  ]
  for (const [title, query, cookie, expected] of SOURCES) {
    it(`takes ${title}`, async () => assert.equal((await captureOppref(requestOf(query, cookie))).oppref, expected))
  }

  it('takes the browser reference of the pixel, as it is', async () => {
    assert.equal((await captureOppref(requestOf('', '__obref=a%2Bb'))).obref, 'a%2Bb')
  })
})

describe('the newest click wins, whatever cookies are there', () => {
  /** Query, the pixel's cookie, ours; what is found, and what ours holds afterwards where it is set. */
  const COMBINATIONS: readonly (readonly [query: string, pixel: string, own: string, found?: string, kept?: string])[] =
    [
      ['', '', ''],
      ['', '', 'o', 'o'],
      ['', '', `o!~${NONE}`, 'o'],
      ['', '', `o!~${P}`, 'o'],
      ['', 'p', '', 'p', `p!~${P}`],
      // From an earlier version, which said nothing of the pixel's.
      ['', 'p', 'o', 'o'],
      ['', 'p', 'p', 'p'],
      // Ours is of a click that came while the pixel's cookie was what it still is.
      ['', 'p', `o!~${P}`, 'o'],
      // The pixel has seen a click that we have not.
      ['', 'p', `o!~${NONE}`, 'p', `p!~${P}`],
      ['', 'p', 'o!~00000000', 'p', `p!~${P}`],
      ['', 'p', `p!~${NONE}`, 'p'],
      ['', 'p', `p!~${P}`, 'p'],
      // What we did not write counts for nothing.
      ['', 'p', 'o!zz', 'p', `p!~${P}`],
      ['q', '', '', 'q', `q!~${NONE}`],
      ['q', '', 'o', 'q', `q!~${NONE}`],
      ['q', '', `o!~${P}`, 'q', `q!~${NONE}`],
      ['q', 'p', '', 'q', `q!~${P}`],
      ['q', 'p', 'o', 'q', `q!~${P}`],
      ['q', 'p', `o!~${P}`, 'q', `q!~${P}`],
      ['q', 'p', `q!~${P}`, 'q'],
      ['q', 'p', `q!~${NONE}`, 'q', `q!~${P}`],
      ['p', 'p', '', 'p', `p!~${P}`],
      // A word that a page wrote for want of a reference is none, and replaces none.
      ['null', '', `o!~${NONE}`, 'o'],
      ['undefined', 'p', '', 'p', `p!~${P}`],
      ['(not%20set)', '', 'o', 'o'],
      ['%5Bobject+Object%5D', '', 'o', 'o'],
      ['NaN', '', ''],
      ['', 'null', 'o!~00000000', 'o'],
      ['nullable', '', 'o', 'nullable', `nullable!~${NONE}`],
      // Nor is one that an earlier version kept.
      ['', 'p', 'null', 'p', `p!~${P}`],
      ['', '', 'null'],
    ]
  for (const [query, pixel, own, found, kept] of COMBINATIONS) {
    it(`query ${query || 'none'}, pixel ${pixel || 'none'}, ours ${own || 'none'}: ${found ?? 'none'}`, async () => {
      const cookies = [pixel && `__oppref=${pixel}`, own && `waybill_oppref=${own}`].filter(Boolean).join('; ')
      const { oppref, setCookie } = await captureOppref(requestOf(query && `?oppref=${query}`, cookies))
      assert.deepEqual([oppref, setCookie], [found, kept && `waybill_oppref=${kept}; ${SET}`])
    })
  }

  it('a second click is kept while the pixel goes on with the first, and a third one replaces it', async () => {
    const second = await captureOppref(requestOf('?oppref=SECOND', '__oppref=FIRST'))
    const ours = second.setCookie?.split('; ')[0]
    const later = await captureOppref(requestOf('', `__oppref=FIRST; ${ours}`))
    assert.deepEqual([second.oppref, later.oppref, later.setCookie], ['SECOND', 'SECOND', undefined])
    assert.equal((await captureOppref(requestOf('', `__oppref=THIRD; ${ours}`))).oppref, 'THIRD')
  })
})

describe('the bytes of the click reference', () => {
  for (const [raw, oppref] of VALUES) {
    it(`are those of the query and, a page later, of our cookie: ${raw}`, async () => {
      const landing = await captureOppref(requestOf(`?utm=1&oppref=${raw}`))
      assert.equal(landing.oppref, oppref)
      const later = await captureOppref(requestOf('', landing.setCookie?.split('; ')[0]))
      assert.deepEqual([later.oppref, later.setCookie], [oppref, undefined])
    })
  }

  it('go through our cookie and back, whatever they are, in characters that a cookie may have', () => {
    const anyBytes = fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)) })
    fc.assert(
      fc.property(fc.oneof(anyBytes, fc.string({ unit: 'binary' }).map(utf8)), (raw) => {
        const text = textOfBytes(raw)
        if (text === undefined) return assert.throws(() => strictUtf8(raw))
        assert.equal(utf8(text), raw, 'what JSON would send has the same bytes')
        // A word that stands for nothing is no click, and has a test of its own.
        fc.pre(!NOTHING.test(text))
        const cookie = encodeOwn(text, 'p')!
        assert.match(cookie, /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/)
        assert.deepEqual(readOwn(cookie, 'p'), text === '' ? undefined : { oppref: text, isNewer: true })
        assert.deepEqual(readOwn(cookie, 'q'), text === '' ? undefined : { oppref: text, isNewer: false })
      }),
      { numRuns: 1_000 },
    )
  })

  it('are the UTF-8 text where a header holds such bytes, and nothing where it holds others', async () => {
    const withCookie = (bytes: readonly number[]): { url: string; headers: { get(name: string): string | null } } => ({
      url: PAGE,
      headers: { get: (name) => (name === 'cookie' ? `__oppref=${String.fromCharCode(...bytes)}` : null) },
    })
    assert.equal((await captureOppref(withCookie([0xc3, 0xa9]))).oppref, 'é')
    assert.equal((await captureOppref(withCookie([0xe9]))).oppref, undefined)
  })

  it('are at most what a cookie of 4,096 bytes holds', async () => {
    for (const [length, taken] of [
      [4_071, true],
      [4_072, true],
      [4_073, false],
    ] as const) {
      const { oppref, setCookie } = await captureOppref(requestOf(`?oppref=${'x'.repeat(length)}`))
      assert.deepEqual([oppref?.length, setCookie !== undefined], [taken ? length : undefined, taken])
    }
  })
})

const utf8 = (text: string): string => String.fromCharCode(...new TextEncoder().encode(text))
const strictUtf8 = (raw: string): string =>
  new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(raw, (character) => character.charCodeAt(0)))

describe('our cookie', () => {
  const SETTING: readonly (readonly [title: string, query: string, cookie: string | undefined, set?: string])[] = [
    ['set for what the query brings', '?oppref=a;b', undefined, `waybill_oppref=a!3bb!~${NONE}; ${SET}`],
    ['set for what the pixel’s cookie holds', '', '__oppref=p', `waybill_oppref=p!~${P}; ${SET}`],
    [
      'set anew where a later click brings another',
      '?oppref=q',
      'waybill_oppref=o',
      `waybill_oppref=q!~${NONE}; ${SET}`,
    ],
    ['not set where it holds the same', '?oppref=a;b', `waybill_oppref=a!3bb!~${NONE}`],
    ['not set where the pixel’s cookie came to hold the same', '', `__oppref=o; waybill_oppref=o!~${NONE}`],
    ['not set, and so not prolonged, where it is the source', '', 'waybill_oppref=o'],
    ['not set without a click', '', 'other=1'],
  ]
  for (const [title, query, cookie, set] of SETTING) {
    it(`is ${title}`, async () => {
      const { setCookie, deleteCookie } = await captureOppref(requestOf(query, cookie))
      assert.deepEqual([setCookie, deleteCookie], [set, undefined])
    })
  }

  it('has the domain that is asked for', async () => {
    const { setCookie } = await captureOppref(requestOf('?oppref=q'), { domain: 'example.com' })
    assert.equal(setCookie, `waybill_oppref=q!~${NONE}; ${SET}; Domain=example.com`)
  })

  for (const domain of ['', 'a;b', 'https://example.com', 'a b', 'a\r\nb']) {
    it(`refuses the domain ${JSON.stringify(domain)}`, async () => {
      await assert.rejects(captureOppref(requestOf(''), { domain }), { code: 'invalid_option' })
    })
  }
})

describe('behind a proxy', () => {
  const PROXY = { 'x-forwarded-proto': 'https, http', 'x-forwarded-host': 'shop.example.com, inner' }
  const ROWS: readonly (readonly [
    title: string,
    url: string,
    headers: Record<string, string>,
    options: CaptureOptions,
    secure: boolean,
    sourceUrl: string | undefined,
  ])[] = [
    ['https is secure', 'https://s.example/a?oppref=q', {}, {}, true, 'https://s.example/a'],
    ['http is not', 'http://s.example?oppref=q', {}, {}, false, 'http://s.example/'],
    ['a stranger’s word counts nothing', 'http://i/a?oppref=q', PROXY, {}, false, 'http://i/a'],
    ['a proxy’s does', 'http://i/a?oppref=q', PROXY, { trustProxy: true }, true, 'https://shop.example.com/a'],
    [
      'a proxy may say http',
      'https://s.example/a?oppref=q',
      { 'x-forwarded-proto': 'HTTP' },
      { trustProxy: true },
      false,
      'http://s.example/a',
    ],
    [
      'a silent proxy changes nothing',
      'https://s.example/?oppref=q',
      {},
      { trustProxy: true },
      true,
      'https://s.example/',
    ],
    [
      'no address is made of a host that is none',
      'http://i/a?oppref=q',
      { 'x-forwarded-host': 'evil.example/?x=' },
      { trustProxy: true },
      false,
      undefined,
    ],
    ['a path alone has the host of the header', '/a?oppref=q', { host: 's.example' }, {}, false, undefined],
  ]
  for (const [title, url, headers, options, secure, sourceUrl] of ROWS) {
    it(title, async () => {
      const captured = await captureOppref({ url, headers: new Headers(headers) }, options)
      assert.equal(captured.setCookie?.endsWith('; Secure'), secure)
      assert.equal(captured.sourceUrl, sourceUrl)
      assert.equal(captured.oppref, 'q')
    })
  }
})

describe('without consent', () => {
  const DELETE = 'waybill_oppref=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax; Secure'
  const DENIALS: readonly (readonly [title: string, consent: () => boolean | Promise<boolean>])[] = [
    ['false', () => false],
    ['a promise of false', async () => false],
    ['an exception', () => JSON.parse('')],
    ['a rejection', () => Promise.reject(new Error('no session'))],
    ['something that is only like a yes', () => 'yes' as unknown as boolean],
    ['nothing', () => undefined as unknown as boolean],
  ]
  for (const [title, consent] of DENIALS) {
    it(`(${title}) nothing is read or set, and the deletion of our cookie is offered`, async () => {
      const asked: string[] = []
      const headers = {
        get(name: string) {
          asked.push(name)
          return '__oppref=p; __obref=b; waybill_oppref=o'
        },
      }
      const captured = await captureOppref({ url: `${PAGE}?oppref=q`, headers }, { consent })
      assert.deepEqual(asked, [])
      assert.deepEqual(captured, {
        consent: false,
        oppref: undefined,
        obref: undefined,
        sourceUrl: PAGE,
        setCookie: undefined,
        deleteCookie: DELETE,
      })
    })
  }

  it('is a matter of the request that the callback is given', async () => {
    const consent = (request: Request): boolean => request.headers.get('cookie')?.includes('ads=yes') ?? false
    assert.equal((await captureOppref(requestOf('?oppref=q', 'ads=yes'), { consent })).oppref, 'q')
    assert.equal((await captureOppref(requestOf('?oppref=q', 'ads=no'), { consent })).oppref, undefined)
  })

  it('deletes on the domain that the cookie was set for', async () => {
    const { deleteCookie } = await captureOppref(requestOf(''), { consent: () => false, domain: 'example.com' })
    assert.equal(deleteCookie, `${DELETE}; Domain=example.com`)
  })
})
