import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { brotliCompressSync, brotliDecompressSync, gunzipSync } from 'node:zlib'
import { tempFolder } from '../../files/files.helpers.ts'
import { startRelay } from '../../service/service.helpers.ts'
import type { Answer } from '../answer.ts'
import type { Visit } from '../route.ts'
import { pageRoutes } from './routes.ts'

const HTML = '<!doctype html><title>Waybill</title>'
const SCRIPT = `console.log(${'1 + '.repeat(2_000)}1)`

/** A page as the build leaves it. */
function builtPage(context: TestContext, policy?: object): string {
  const folder = tempFolder(context)
  mkdirSync(join(folder, 'assets'), { recursive: true })
  writeFileSync(join(folder, 'index.html'), HTML)
  writeFileSync(join(folder, 'assets', 'app-3f2a.js'), SCRIPT)
  writeFileSync(join(folder, 'assets', 'app-3f2a.js.br'), brotliCompressSync(SCRIPT))
  if (policy !== undefined) writeFileSync(join(folder, 'csp.json'), JSON.stringify(policy))
  return folder
}

function visit(headers: Visit['headers'], params: object = {}): Visit {
  const caller = { remoteAddress: '127.0.0.1', localAddress: '127.0.0.1', headers }
  const admitted = { who: 'anyone', hasToken: false, pixels: [] }
  return { params, query: {}, headers, bytes: undefined, url: '/', admitted, caller }
}

async function get(folder: string, path: string, headers: Visit['headers'] = {}, params = {}): Promise<Answer> {
  const route = pageRoutes({ folder }).find((one) => one.path === path)
  assert.ok(route)
  return route.run(visit(headers, params))
}

const CODINGS: readonly (readonly [accepted: string | undefined, encoding: string | undefined])[] = [
  ['gzip, deflate, br, zstd', 'br'],
  ['gzip', 'gzip'],
  ['br;q=0, gzip;q=0.5', 'gzip'],
  ['identity', undefined],
  [undefined, undefined],
]

for (const [accepted, encoding] of CODINGS) {
  test(`a file of the page for a browser that takes ${accepted}: ${encoding ?? 'as it is'}, kept forever`, async (context) => {
    const folder = builtPage(context)
    const { status, headers, body } = await get(
      folder,
      '/assets/:name',
      { 'accept-encoding': accepted },
      { name: 'app-3f2a.js' },
    )
    assert.deepEqual([status, headers['content-encoding']], [200, encoding])
    assert.deepEqual(
      [headers['cache-control'], headers['vary']],
      ['public, max-age=31536000, immutable', 'accept-encoding'],
    )
    const bytes = body as Uint8Array
    const plain = encoding === 'br' ? brotliDecompressSync(bytes) : encoding === 'gzip' ? gunzipSync(bytes) : bytes
    assert.equal(Buffer.from(plain).toString(), SCRIPT)
  })
}

const NAMES = ['app-9999.js', 'app-3f2a.js.br', '../index.html', '..%2findex.html', '', '__proto__', 'constructor']

for (const name of NAMES) {
  test(`there is no other file than those of the build: ${name}`, async (context) => {
    assert.equal((await get(builtPage(context), '/assets/:name', {}, { name })).status, 404)
  })
}

test('the page allows nothing but itself, with the hashes and policies that its build names, and is asked for again each time', async (context) => {
  const folder = builtPage(context, { styleHashes: ['sha256-abc='], trustedTypes: ['waybill'] })
  const { status, headers, body } = await get(folder, '/')
  assert.deepEqual(
    [status, Buffer.from(body as Uint8Array).toString(), headers['cache-control']],
    [200, HTML, 'no-cache'],
  )
  const policy = headers['content-security-policy'] ?? ''
  for (const part of [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'sha256-abc='",
    "connect-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types waybill',
  ])
    assert.ok(policy.split('; ').includes(part), part)
  assert.doesNotMatch(policy, /unsafe|\*/)
  assert.equal(headers['referrer-policy'], 'no-referrer')
  const again = await get(folder, '/', { 'if-none-match': headers['etag'] })
  assert.deepEqual([again.status, again.body], [304, ''])
})

test('a page that is not built says so, and does not once it is', async (context) => {
  const folder = tempFolder(context)
  const routes = pageRoutes({ folder })
  const first = await routes[0]!.run(visit({}))
  assert.equal(first.status, 503)
  assert.match(String(first.body), /npm run build/)
  writeFileSync(join(folder, 'index.html'), HTML)
  assert.equal((await routes[0]!.run(visit({}))).status, 200)
})

test('without an admin token the page is there for this machine alone; with one for everybody who gets that far', async (context) => {
  const open = await startRelay(context)
  const away = { 'x-forwarded-for': '203.0.113.9' }
  assert.notEqual((await open.ask('/')).status, 404)
  assert.notEqual((await open.ask('/', { headers: { 'sec-fetch-site': 'cross-site' } })).status, 404)
  for (const path of ['/', '/events', '/assets/app.js', '/login'])
    assert.equal((await open.ask(path, { headers: away })).status, 404, path)
  const closed = await startRelay(context, { env: { WAYBILL_ADMIN_TOKEN: 'admin-token' } })
  assert.notEqual((await closed.ask('/', { headers: away })).status, 404)
})

test('page: false takes the page away and leaves the API', async (context) => {
  const relay = await startRelay(context, { file: { page: false } })
  assert.deepEqual([(await relay.ask('/')).status, (await relay.ask('/api/status')).status], [404, 200])
})

test('adminListen gives page, log-in, API and metrics an address of their own, and the doors for events keep theirs', async (context) => {
  const relay = await startRelay(context, { file: { adminListen: '127.0.0.1:0' } })
  assert.notEqual(relay.adminUrl, relay.url)
  const statusAt = async (base: string, path: string, method = 'GET'): Promise<number> =>
    (
      await fetch(base + path, {
        method,
        ...(method === 'POST' && { headers: { 'content-type': 'application/json' }, body: '{}' }),
      })
    ).status
  for (const path of ['/', '/login', '/api/status', '/metrics']) {
    assert.equal(await statusAt(relay.url, path), 404, path)
    assert.notEqual(await statusAt(relay.adminUrl, path), 404, path)
  }
  assert.equal(await statusAt(relay.adminUrl, '/v1/events?pid=px', 'POST'), 404)
  assert.equal(await statusAt(relay.url, '/v1/events?pid=px', 'POST'), 400)
  for (const base of [relay.url, relay.adminUrl])
    for (const path of ['/healthz', '/readyz', '/openapi.json']) assert.equal(await statusAt(base, path), 200, path)
})
