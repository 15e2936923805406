import assert from 'node:assert/strict'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { HOUR_MS } from 'waybill/delivery'
import { tempFolder } from '../../files/files.helpers.ts'
import { type Asked, environment, order, type Relay, run, startApi, startRelay } from '../../service/service.helpers.ts'

const OPERATOR = 'operator-token-1'
const READER = 'reader-token-2'
const ADMINS = [
  { name: 'ops', token: OPERATOR },
  { name: 'client', token: READER, role: 'reader', pixels: ['px'] },
]

const relayOf = (context: TestContext, file: object = {}): Promise<Relay> =>
  startRelay(context, { file: { adminTokens: ADMINS, ...file } })

/** As the page asks, from a browser of this machine. */
function page({ url, ask }: Relay, cookie = ''): (path: string, body?: object, headers?: object) => Promise<Asked> {
  return (path, body, headers = {}) => {
    const own = { ...(cookie && { cookie }), ...(body && { origin: url, 'sec-fetch-site': 'same-origin' }) }
    const method = body === undefined ? 'GET' : 'POST'
    return ask(path, { method, headers: { ...own, ...headers }, ...(body && { body: JSON.stringify(body) }) })
  }
}

const cookieOf = ({ headers }: Asked): string => (headers.get('set-cookie') ?? '').split(';')[0]!

async function logIn(relay: Relay, token: string): Promise<string> {
  const answer = await page(relay)('/login', { token })
  assert.equal(answer.status, 200)
  return cookieOf(answer)
}

test('whoever logs in has a session of 12 hours by a cookie that no script reads, and may do what the token may', async (context) => {
  const relay = await relayOf(context)
  const answer = await page(relay)('/login', { token: OPERATOR })
  const { port } = new URL(relay.url)
  assert.match(
    answer.headers.get('set-cookie') ?? '',
    new RegExp(`^waybill-${port}=[\\w-]{43}; Path=/; HttpOnly; SameSite=Strict; Max-Age=43[12]\\d\\d$`),
  )
  const { json } = await page(relay, cookieOf(answer))('/api/me')
  assert.deepEqual([json.who, json.role, json.pixels, json.by], ['ops', 'operator', '*', 'session'])
  assert.ok(Math.abs(json.expiresMs - Date.now() - 12 * HOUR_MS) < 60_000)
  assert.equal((await page(relay, cookieOf(answer))('/api/pixels/px/hold', { reason: 'a test' })).status, 200)
  assert.equal((await page(relay)('/api/me')).status, 401)
  assert.equal((await page(relay, `waybill-${port}=wrong`)('/api/me')).status, 401)
})

test('a reader sees and changes nothing, by session as by token', async (context) => {
  const relay = await relayOf(context)
  const cookie = await logIn(relay, READER)
  assert.equal((await page(relay, cookie)('/api/me')).json.role, 'reader')
  const refused = await page(relay, cookie)('/api/pixels/px/hold', { reason: 'a test' })
  assert.deepEqual([refused.status, refused.json.error.code], [403, 'read_only'])
  const byToken = await page(relay)('/api/pixels/px/hold', { reason: 'x' }, { authorization: `Bearer ${READER}` })
  assert.deepEqual([byToken.status, byToken.json.error.code], [403, 'read_only'])
})

const FORGED: readonly (readonly [name: string, headers: object, status: number, code: string])[] = [
  ['from another origin', { origin: 'https://evil.example' }, 403, 'wrong_origin'],
  ['from another port', { origin: 'http://127.0.0.1:1' }, 403, 'wrong_origin'],
  ['from no origin that can be named', { origin: 'null' }, 403, 'wrong_origin'],
  ['of our origin, but said to be from elsewhere', { 'sec-fetch-site': 'cross-site' }, 403, 'wrong_origin'],
  ['as a form', { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'unsupported_content_type'],
  ['as text', { 'content-type': 'text/plain' }, 415, 'unsupported_content_type'],
]

test('a write by cookie is taken from our own page alone, as JSON alone', async (context) => {
  const relay = await relayOf(context)
  const cookie = await logIn(relay, OPERATOR)
  for (const [name, headers, status, code] of FORGED) {
    const answer = await page(relay, cookie)('/api/pixels/px/hold', { reason: 'forged' }, headers)
    assert.deepEqual([answer.status, answer.json.error.code], [status, code], name)
  }
  const init = { method: 'POST', headers: { cookie }, body: '{"reason":"without an origin"}' }
  assert.equal((await relay.ask('/api/pixels/px/hold', init)).json.error.code, 'wrong_origin')
  assert.deepEqual(await relay.store.holds(), [])
})

test('log-out ends the session at the relay, not in the browser alone', async (context) => {
  const relay = await relayOf(context)
  const cookie = await logIn(relay, OPERATOR)
  const other = await logIn(relay, OPERATOR)
  const out = await page(relay, cookie)('/logout', {})
  assert.deepEqual([out.status, out.json], [200, { loggedOut: true }])
  assert.match(out.headers.get('set-cookie') ?? '', /=; .*Max-Age=0$/)
  assert.equal((await page(relay, cookie)('/api/me')).status, 401)
  assert.equal((await page(relay, other)('/api/me')).status, 200)
})

test('after five wrong tokens the right one waits too, and a standing session goes on', async (context) => {
  const relay = await relayOf(context)
  const cookie = await logIn(relay, OPERATOR)
  for (let tries = 0; tries < 5; tries += 1) {
    const { status, json } = await page(relay)('/login', { token: `guess-${tries}` })
    assert.deepEqual([status, json.error.code], [401, 'wrong_token'])
  }
  const locked = await page(relay)('/login', { token: OPERATOR })
  assert.deepEqual([locked.status, locked.json.error.code], [429, 'too_many_tries'])
  assert.ok(Number(locked.headers.get('retry-after')) > 50)
  assert.equal((await page(relay, cookie)('/api/me')).status, 200)
})

test('behind a proxy with TLS, whatever it makes of Host: the cookie is bound to the host, and each visitor has tries of his own', async (context) => {
  const publicUrl = 'https://waybill.example.com'
  const relay = await relayOf(context, { publicUrl: `${publicUrl}/` })
  const proxied = (from: string): object => ({ origin: publicUrl, 'x-forwarded-for': `203.0.113.9, ${from}` })
  const answer = await page(relay)('/login', { token: OPERATOR }, proxied('198.51.100.1'))
  assert.match(
    answer.headers.get('set-cookie') ?? '',
    /^__Host-waybill=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Secure; /,
  )
  const cookie = cookieOf(answer)
  assert.equal((await relay.ask('/api/me', { headers: { cookie, 'x-forwarded-for': '198.51.100.1' } })).status, 200)
  const hold = (headers: object) => page(relay, cookie)('/api/pixels/px/hold', { reason: 'a test' }, headers)
  assert.equal((await hold(proxied('198.51.100.1'))).status, 200)
  assert.equal((await hold({ ...proxied('198.51.100.1'), origin: 'https://evil.example' })).status, 403)
  for (let tries = 0; tries < 5; tries += 1)
    assert.equal((await page(relay)('/login', { token: 'guess' }, proxied('198.51.100.2'))).status, 401)
  assert.equal((await page(relay)('/login', { token: OPERATOR }, proxied('198.51.100.2'))).status, 429)
  assert.equal((await page(relay)('/login', { token: OPERATOR }, proxied('198.51.100.3'))).status, 200)
})

test('over plain http nobody logs in, and is told why and what to do', async (context) => {
  const relay = await relayOf(context)
  const plain = { 'x-forwarded-for': '198.51.100.1', origin: 'http://relay.lan:8787' }
  const { status, json, headers } = await page(relay)('/login', { token: OPERATOR }, plain)
  assert.deepEqual([status, json.error.code, headers.get('set-cookie')], [403, 'plain_http', null])
  assert.match(json.error.message, /publicUrl.*ssh -L/)
  const said = (await relay.ask('/login', { headers: { 'x-forwarded-for': '198.51.100.1' } })).json
  assert.deepEqual([said.canLogIn, said.why], [false, 'plain_http'])
  assert.deepEqual(
    said.remedies.map(({ code }: { code: string }) => code),
    ['tls_proxy', 'ssh'],
  )
  assert.equal((await relay.ask('/login')).json.canLogIn, true)
})

test('a session outlives a restart, and ends for good when its token is taken out of the configuration', async (context) => {
  const api = await startApi(context)
  const folder = tempFolder(context)
  let token: string | undefined = OPERATOR
  const env = () => ({ ...environment(api.url, folder), WAYBILL_ADMIN_TOKEN: token, WAYBILL_INTAKE_TOKEN: 'intake' })
  const first = await run(context, env, folder)
  const logged = await fetch(`${first.service.url}/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: first.service.url },
    body: JSON.stringify({ token }),
  })
  const secret = (logged.headers.get('set-cookie') ?? '').replace(/^[^=]*=|;.*$/gs, '')
  first.stop()
  await first.ended
  const second = await run(context, env, folder)
  const cookie = `waybill-${new URL(second.service.url).port}=${secret}`
  const me = async (): Promise<number> => (await fetch(`${second.service.url}/api/me`, { headers: { cookie } })).status
  assert.equal(await me(), 200)
  token = 'another-token'
  await reloaded(second)
  assert.equal(await me(), 401)
  token = OPERATOR
  await reloaded(second)
  assert.equal(await me(), 401)
})

test('log-ins at the same time are all kept', async (context) => {
  const relay = await relayOf(context)
  await Promise.all(Array.from({ length: 8 }, () => logIn(relay, OPERATOR)))
  assert.equal((await relay.store.listSessions('session', Date.now())).length, 8)
})

test('what the data folder holds is no way in: neither the session nor the token of a link stands there', async (context) => {
  const relay = await relayOf(context)
  const secret = (await logIn(relay, OPERATOR)).split('=')[1]!
  const cookie = await logIn(relay, OPERATOR)
  const { json } = await page(relay, cookie)('/api/links', { pixels: ['px'], days: 30, name: 'Shop' })
  const token = json.url.split('#link=')[1]
  const copy = join(relay.folder, 'copy.db')
  await relay.store.file!.backup(copy)
  const { readFileSync } = await import('node:fs')
  const bytes = readFileSync(copy, 'latin1')
  assert.deepEqual([bytes.includes(secret), bytes.includes(token), secret.length, token.length], [false, false, 43, 43])
})

test("a client's link opens a session that sees one pixel and writes nothing, until it is withdrawn", async (context) => {
  const relay = await relayOf(context)
  await relay.bring([order('one')])
  const operator = page(relay, await logIn(relay, OPERATOR))
  const { status, json } = await operator('/api/links', { pixels: ['px'], days: 30, name: 'Shop' })
  assert.deepEqual([status, json.link.name, json.link.pixels], [201, 'Shop', ['px']])
  assert.ok(json.url.startsWith(`${relay.url}/#link=`))
  const client = page(relay, await logIn(relay, json.url.split('#link=')[1]))
  const me = (await client('/api/me')).json
  assert.deepEqual([me.who, me.role, me.pixels, me.by], ['link Shop', 'reader', ['px'], 'link'])
  assert.equal((await client('/api/pixels/px/hold', { reason: 'x' })).status, 403)
  assert.equal((await client('/api/links')).status, 403)
  const [listed] = (await operator('/api/links')).json.links
  assert.ok(listed.lastUsedMs > 0)
  assert.equal('digest' in listed, false)
  assert.equal((await operator(`/api/links/${listed.id}/withdraw`, {})).status, 200)
  assert.equal((await client('/api/me')).status, 401)
  assert.equal((await page(relay)('/login', { token: json.url.split('#link=')[1] })).status, 401)
  const { actions } = (await operator('/api/actions')).json
  assert.deepEqual(
    actions.slice(0, 2).map(({ verb, by }: { verb: string; by: string }) => [verb, by]),
    [
      ['link:withdraw', 'ops'],
      ['link:make', 'ops'],
    ],
  )
  assert.equal((await operator('/api/links', { pixels: ['no-such'], days: 1 })).status, 404)
})

async function reloaded(relay: Awaited<ReturnType<typeof run>>): Promise<void> {
  const before = relay.log().split('configuration read again').length
  relay.reload()
  while (relay.log().split('configuration read again').length === before) await new Promise(setImmediate)
}
