import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Caller } from '../caller.ts'
import { endedCookie, sessionCookie, shownSession } from './cookie.ts'
import { isFromOwnPage, wayOf } from './page-origin.ts'

const PUBLIC = 'https://waybill.example.com'
const HERE: Caller = { remoteAddress: '127.0.0.1', localAddress: '127.0.0.1', headers: { host: '127.0.0.1:8787' } }
const AWAY: Caller = { remoteAddress: '192.0.2.7', localAddress: '192.0.2.1', headers: { host: 'relay.lan:8787' } }

function by(caller: Caller, headers: Caller['headers']): Caller {
  return { ...caller, headers: { ...caller.headers, ...headers } }
}

const WAYS: readonly (readonly [name: string, caller: Caller, publicUrl: string | undefined, kind: string])[] = [
  ['this machine', HERE, undefined, 'loopback'],
  ['this machine, with a public address', HERE, PUBLIC, 'loopback'],
  ['this machine by its name', by(HERE, { host: 'localhost:8787' }), undefined, 'loopback'],
  ['a link of another page to this machine', by(HERE, { 'sec-fetch-site': 'cross-site' }), undefined, 'loopback'],
  ['a name that was made to lead here', by(HERE, { host: 'evil.example:8787' }), undefined, 'plain'],
  ['a proxy on this machine that nobody named', by(HERE, { 'x-forwarded-for': '192.0.2.7' }), undefined, 'plain'],
  ['the network', AWAY, undefined, 'plain'],
  ['the network, with a public address', AWAY, PUBLIC, 'plain'],
  ['the proxy, Host as the browser sent it', by(AWAY, { host: 'waybill.example.com' }), PUBLIC, 'https'],
  ['the proxy, Host in another header', by(AWAY, { 'x-forwarded-host': 'waybill.example.com' }), PUBLIC, 'https'],
  ['the proxy, Host its own, Origin as it came', by(HERE, { origin: PUBLIC }), PUBLIC, 'https'],
  [
    'another page through the proxy',
    by(AWAY, { host: 'waybill.example.com', origin: 'https://evil.example' }),
    PUBLIC,
    'plain',
  ],
]

for (const [name, caller, publicUrl, kind] of WAYS) {
  test(`the way of ${name}: ${kind}`, () => assert.equal(wayOf(caller, publicUrl).kind, kind))
}

const PAGES: readonly (readonly [name: string, caller: Caller, isOwn: boolean])[] = [
  ['our page here', by(HERE, { origin: 'http://127.0.0.1:8787', 'sec-fetch-site': 'same-origin' }), true],
  ['our page in an old browser', by(HERE, { origin: 'http://127.0.0.1:8787' }), true],
  ['no page at all', HERE, false],
  ['another port', by(HERE, { origin: 'http://127.0.0.1:3000', 'sec-fetch-site': 'same-site' }), false],
  [
    'our origin, but from elsewhere',
    by(HERE, { origin: 'http://127.0.0.1:8787', 'sec-fetch-site': 'cross-site' }),
    false,
  ],
  ['a page without an origin to name', by(HERE, { origin: 'null' }), false],
  ['our page behind the proxy', by(AWAY, { origin: PUBLIC, 'sec-fetch-site': 'same-origin' }), true],
  ['our page behind the proxy, over http', by(AWAY, { origin: 'http://waybill.example.com' }), false],
  ['a subdomain', by(AWAY, { origin: 'https://x.waybill.example.com' }), false],
]

for (const [name, caller, isOwn] of PAGES) {
  test(`${isOwn ? 'our own page' : 'not our page'}: ${name}`, () => assert.equal(isFromOwnPage(caller, PUBLIC), isOwn))
}

test('the cookie of https has the prefix that binds it to the host, and all flags; that of loopback has the port in its name', () => {
  const https = { kind: 'https', origin: PUBLIC } as const
  const loopback = { kind: 'loopback', origin: 'http://localhost:9000', port: 9_000 } as const
  assert.equal(
    sessionCookie(https, 's3cret', 43_200),
    '__Host-waybill=s3cret; Path=/; HttpOnly; SameSite=Strict; Secure; Max-Age=43200',
  )
  assert.equal(
    sessionCookie(loopback, 's3cret', 60),
    'waybill-9000=s3cret; Path=/; HttpOnly; SameSite=Strict; Max-Age=60',
  )
  assert.equal(endedCookie(loopback), 'waybill-9000=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0')
})

const COOKIES: readonly (readonly [name: string, caller: Caller, shown: string | undefined])[] = [
  ['https', by(AWAY, { cookie: 'a=1; __Host-waybill=one; b=2' }), 'one'],
  ['loopback', by(HERE, { cookie: 'waybill-8787=two' }), 'two'],
  ['another port', by(HERE, { cookie: 'waybill-8788=two' }), undefined],
  ['loopback, from elsewhere', by(AWAY, { cookie: 'waybill-8787=two' }), undefined],
  ['none', HERE, undefined],
]

for (const [name, caller, shown] of COOKIES) {
  test(`the session that a request shows by the cookie of ${name}`, () =>
    assert.equal(shownSession(caller, PUBLIC), shown))
}
