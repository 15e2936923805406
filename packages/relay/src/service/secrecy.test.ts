import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { run as runCommand } from '../cli/cli.helpers.ts'
import { errorResponse } from '../engine/virtual-engine.helpers.ts'
import { tempFolder } from '../files/files.helpers.ts'
import type { Store } from '../store/index.ts'
import { KEY, order, type Run, run, startRelay, withJson } from './service.helpers.ts'

/** What belongs to nobody but its owner, each to be found by itself. */
const SECRETS = {
  keyA: 'canary-key-of-a-51b7',
  keyB: 'canary-key-of-b-51b8',
  tokenA: 'canary-token-of-a-9d01',
  tokenB: 'canary-token-of-b-9d02',
  admin: 'canary-admin-77aa',
  otherAdmin: 'canary-admin-77bb',
  strangersToken: 'canary-token-of-a-stranger-3c3c',
  cookie: 'canary-cookie-0a0a',
  header: 'canary-header-0b0b',
  agent: 'canary-agent-0c0c',
} as const

const EMAIL = 'canary.lovelace@leak.example'
/** Raw identity, as an event could bring it. */
const PERSONAL = [
  EMAIL,
  'canary.lovelace',
  'leak.example',
  'canary-customer-4711',
  '+1 415 555 98 76',
  '4155559876',
  '555-9876',
  'Canaryname',
]

const config = (endpoint: string): object => ({
  listen: '127.0.0.1:0',
  dataDir: 'data',
  logLevel: 'debug',
  pixels: [
    {
      pixelId: 'px_a',
      apiKeyEnv: 'KEY_A',
      endpoint,
      preflight: 'never',
      contract: '2026-11',
      invalidIdentity: 'refuse',
    },
    { pixelId: 'px_b', apiKeyEnv: 'KEY_B', endpoint, preflight: 'never' },
  ],
  intakeTokens: [
    { name: 'shop a', tokenEnv: 'TOKEN_A', pixels: ['px_a'] },
    { name: 'shop b', tokenEnv: 'TOKEN_B', pixels: ['px_b'] },
  ],
  adminTokens: [
    { name: 'ops', tokenEnv: 'ADMIN' },
    { name: 'others', tokenEnv: 'OTHER_ADMIN' },
  ],
})

const ENVIRONMENT = {
  KEY_A: SECRETS.keyA,
  KEY_B: SECRETS.keyB,
  TOKEN_A: SECRETS.tokenA,
  TOKEN_B: SECRETS.tokenB,
  ADMIN: SECRETS.admin,
  OTHER_ADMIN: SECRETS.otherAdmin,
}

/** An API that repeats what it was told in everything it says. */
const echo: typeof fetch = async (_input, init) => {
  const { events } = JSON.parse(String(init?.body)) as { events: { id: string }[] }
  const authorization = String(new Headers(init?.headers).get('authorization'))
  const said = `Who is ${EMAIL}, with ${authorization}?`
  const [mode] = events[0]!.id.split('_')
  if (mode === 'hold') return errorResponse(401, said)
  if (mode === 'broken') return new Response(`<html>${said}</html>`, { status: 500 })
  const bad = events.flatMap(({ id }, at) =>
    id.startsWith('refuse') ? [{ message: said, code: EMAIL, param: `events[${at}].${EMAIL}` }] : [],
  )
  const headers = { 'x-request-id': `${authorization} ${EMAIL}` }
  if (bad.length === 0) return Response.json({ accepted_events: events.length }, { headers })
  const error = {
    message: said,
    type: authorization,
    code: authorization,
    param: bad[0]!.param,
    errors: bad,
  }
  return Response.json({ error }, { status: 400, headers })
}

/** Every place of an event that a raw address was ever found in, and some more. */
const LEAKING: readonly object[] = [
  order(EMAIL),
  order('leak_type', { type: EMAIL }),
  order('leak_name', { type: 'custom', custom_event_name: EMAIL, data: { type: 'custom' } }),
  order('leak_url', { source_url: `https://shop.example.com/${EMAIL}?email=${EMAIL}` }),
  order('leak_query', { source_url: `https://shop.example.com/done?email=${encodeURIComponent(EMAIL)}` }),
  order('leak_digest', { user: { emails_sha256: [EMAIL], external_ids_sha256: ['canary-customer-4711'] } }),
  order('leak_user', { user: { email: EMAIL, phone: '+1 415 555 98 76', first_name: 'Canaryname' } }),
  order('leak_key', { [EMAIL]: 1 }),
  order('leak_field', { note: EMAIL }),
  order('leak_data', { data: { type: 'contents', amount: 1, currency: 'USD', contents: [{ name: EMAIL }] } }),
  order('leak_data_key', { data: { type: 'contents', [EMAIL]: { deep: [EMAIL] } } }),
  order('leak_source', { action_source: EMAIL }),
  order('leak_name_at_top', { first_name: 'Canaryname' }),
  order('leak_customer', { customer: { name: 'Canaryname', phone: '4155559876' } }),
  order('leak_billing', { billing: [{ lastName: 'Canaryname', tel: '(415) 555-9876' }] }),
  order('leak_phone', { contact: '(415) 555-9876', note: 'call +1 415 555 98 76 now' }),
  order('leak_spaces', { note: 'canary.lovelace @ leak.example' }),
  order('leak_full_width', { note: 'canary.lovelace\uff20leak.example' }),
  order('leak_time', { timestamp_ms: EMAIL }),
  order('leak_currency', { data: { type: 'contents', amount: 1, currency: EMAIL } }),
]

/** Good, with raw identity in the friendly form, which is hashed at the door. */
const friendly = (id: string, changes: object = {}): object => ({
  id,
  type: 'order_created',
  timestamp: Date.now() - 60_000,
  actionSource: 'web',
  sourceUrl: 'https://shop.example.com/done',
  user: { email: EMAIL, externalId: 'canary-customer-4711', phone: '+1 415 555 98 76', firstName: 'Canaryname' },
  data: { amount: '25.99', currency: 'USD' },
  ...changes,
})

const BROUGHT_HEADERS = {
  cookie: `session=${SECRETS.cookie}`,
  'x-canary': SECRETS.header,
  'user-agent': SECRETS.agent,
}

type Said = readonly [what: string, text: string]

interface Scene {
  readonly relay: Run
  readonly folder: string
  /** Everything that was answered, with what was asked. */
  readonly said: Said[]
  ask(path: string, token: string | undefined, init?: RequestInit): Promise<number>
  /** Resolves after so many lifecycle events of a name. */
  after(name: 'event:refused' | 'pixel:held' | 'event:delivered', count: number): Promise<void>
}

async function setUp(context: TestContext): Promise<Scene> {
  const folder = tempFolder(context)
  writeFileSync(join(folder, 'waybill.config.json'), JSON.stringify(config('https://api.example')))
  const said: Said[] = []
  const relay = await run(context, () => ENVIRONMENT, folder, { fetch: echo })
  return {
    relay,
    folder,
    said,
    async ask(path, token, init = {}) {
      const headers = { ...BROUGHT_HEADERS, ...init.headers, ...(token && { authorization: `Bearer ${token}` }) }
      const response = await fetch(relay.service.url + path, { ...init, headers })
      const text = await response.text()
      said.push([`${init.method ?? 'GET'} ${path}`, `${JSON.stringify([...response.headers])} ${text}`])
      return response.status
    },
    after: (name, count) =>
      new Promise((resolve) => {
        let left = count
        relay.service.engine.events.on(name, () => {
          left -= 1
          if (left === 0) resolve()
        })
      }),
  }
}

const INTAKE_A = '/v1/events?pid=px_a'
const INTAKE_B = '/v1/events?pid=px_b'

/** Good, bad, refused by the API, held by the API, and answered with an error: events of both tenants. */
async function bringAll({ ask, after }: Scene): Promise<void> {
  const refused = after('event:refused', 2)
  const [held, delivered] = [after('pixel:held', 1), after('event:delivered', 2)]
  for (const event of LEAKING) {
    assert.equal(await ask(INTAKE_A, SECRETS.tokenA, withJson('POST', { events: [event] })), 422, JSON.stringify(event))
    assert.ok((await ask(INTAKE_A, SECRETS.tokenA, withJson('POST', { events: [event], validate_only: true }))) >= 400)
  }
  const good = [friendly('good_1'), friendly('refuse_1'), friendly('refuse_2'), friendly('good_2')]
  assert.equal(await ask(INTAKE_A, SECRETS.tokenA, withJson('POST', { events: good })), 200)
  await Promise.all([refused, delivered])
  assert.equal(await ask(INTAKE_A, SECRETS.tokenA, withJson('POST', { events: good })), 200, 'duplicates')
  const others = [
    friendly('good_1', { oppref: 'another' }),
    friendly('refuse_1', { data: { amount: '1.00', currency: 'EUR' } }),
  ]
  assert.equal(await ask(INTAKE_A, SECRETS.tokenA, withJson('POST', { events: others })), 200, 'conflicts')
  assert.equal(await ask(INTAKE_A, SECRETS.tokenA, withJson('POST', { events: [friendly('broken_1')] })), 200)
  assert.equal(
    await ask(INTAKE_B, SECRETS.tokenB, withJson('POST', { events: [order('hold_1'), friendly('phone')] })),
    200,
  )
  await bringCalls(ask)
  await held
}

/** Tracking calls of a person whose id is an address, as many installations send them: the context is kept under it. */
async function bringCalls(ask: Scene['ask']): Promise<void> {
  const properties = { order_id: 'o-1', total: 10, currency: 'USD' }
  const call = {
    type: 'track',
    event: 'Order Completed',
    messageId: 'm-1',
    timestamp: new Date().toISOString(),
    properties,
  }
  const people = [
    { userId: EMAIL },
    { anonymousId: EMAIL },
    { userId: EMAIL, properties: { ...properties, order_id: EMAIL } },
  ]
  for (const who of people)
    assert.equal(await ask('/v1/track?pid=px_a', SECRETS.tokenA, withJson('POST', { ...call, ...who })), 200)
  const traits = { email: EMAIL, firstName: 'Canaryname', phone: '+1 415 555 98 76' }
  const identify = { type: 'identify', userId: EMAIL, messageId: 'm-2', traits }
  assert.equal(await ask('/v1/identify?pid=px_a', SECRETS.tokenA, withJson('POST', identify)), 200)
}

/** Requests that are none, or not theirs, with something to keep quiet about in each part of them. */
async function bringNonsense({ ask }: Scene): Promise<void> {
  const event = order('x')
  const { strangersToken, tokenA, tokenB, admin } = SECRETS
  const hostile: readonly (readonly [path: string, token: string | undefined, init: RequestInit, status: number])[] = [
    [INTAKE_A, undefined, withJson('POST', { events: [event] }), 401],
    [INTAKE_A, strangersToken, withJson('POST', { events: [event] }), 401],
    [INTAKE_A, admin, withJson('POST', { events: [event] }), 401],
    [INTAKE_B, tokenA, withJson('POST', { events: [event] }), 403],
    [INTAKE_A, tokenB, withJson('POST', { events: [event] }), 403],
    [`/v1/events?pid=${EMAIL}`, tokenA, withJson('POST', { events: [event] }), 403],
    [`/v1/events/${EMAIL}`, tokenA, withJson('POST', {}), 404],
    [`/v1/events?email=${EMAIL}`, tokenA, withJson('POST', {}), 400],
    [INTAKE_A, tokenA, { method: 'POST', body: `{"events":[{"email":"${EMAIL}" oops ${tokenA}` }, 400],
    [INTAKE_A, tokenA, { method: 'POST', body: `{"events":[],"${EMAIL}":"${tokenB}"}` }, 400],
    [INTAKE_A, tokenA, { method: 'POST', body: `{"events":[],"validate_only":"${EMAIL}"}` }, 400],
    [INTAKE_A, tokenA, { method: 'POST', body: `{"events":[],"integration_source":"${EMAIL}"}` }, 400],
    [INTAKE_A, tokenA, { method: 'POST', body: `{"a":{"${EMAIL}":1,"${EMAIL}":2}}` }, 400],
    [INTAKE_A, tokenA, { method: 'POST', body: EMAIL, headers: { 'content-encoding': 'gzip' } }, 400],
    [INTAKE_A, tokenA, { method: 'POST', body: 'x', headers: { 'content-encoding': EMAIL } }, 415],
    ['/api/status', tokenA, {}, 401],
    ['/api/status', strangersToken, {}, 401],
    [`/api/events?state=${EMAIL}&${EMAIL}=${tokenA}`, admin, {}, 400],
    ['/api/refused/replay', admin, withJson('POST', { selection: { [EMAIL]: tokenA }, [EMAIL]: EMAIL }), 400],
    ['/api/events/row/1', admin, withJson('PUT', { event: order(EMAIL) }), 422],
    [`/v1/context/${EMAIL}?pid=px_a`, tokenA, withJson('PUT', { consent: true, landed_at_ms: 1, oppref: 'ref' }), 400],
    ['/v1/context/order-1?pid=px_a', tokenA, withJson('PUT', { consent: EMAIL, [EMAIL]: tokenA }), 400],
    ['/v1/context/order-1?pid=px_b', tokenA, withJson('PUT', { consent: true, landed_at_ms: 1 }), 403],
  ]
  for (const [path, token, init, status] of hostile)
    assert.equal(await ask(path, token, init), status, `${init.method ?? 'GET'} ${path} ${String(init.body)}`)
}

/** Every address that can be read, found in the document of all addresses. */
async function readEverything({ relay, ask, said }: Scene): Promise<void> {
  const { service } = relay
  const document = (await (
    await fetch(`${service.url}/openapi.json`, { headers: { authorization: `Bearer ${SECRETS.admin}` } })
  ).json()) as { paths: Record<string, Record<string, unknown>> }
  const values: Readonly<Record<string, string>> = { id: 'refuse_1', row: '1', pixel: 'px_b', key: 'order-1' }
  const paths = Object.entries(document.paths).filter(([path, methods]) => 'get' in methods && path !== '/api/stream')
  let read = 0
  for (const [path] of paths) {
    const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? 'x')
    const isIntake = path.startsWith('/v1/')
    const status = await ask(isIntake ? `${filled}?pid=px_a` : filled, isIntake ? SECRETS.tokenA : SECRETS.admin)
    if (status === 200) read += 1
    assert.ok(status < 500, `${status} ${filled}`)
  }
  assert.ok(read >= 10, `only ${read} of ${paths.length} addresses had something to read`)
  for (const path of [
    '/api/events/broken_1',
    '/api/events/hold_1',
    '/api/events/row/3',
    '/api/refused/export?form=accounts',
  ])
    await ask(path, SECRETS.admin)
  for (const argv of COMMANDS) {
    const env = { WAYBILL_RELAY: service.url, WAYBILL_ADMIN_TOKEN: SECRETS.admin, ...ENVIRONMENT }
    const { stdout, stderr } = await runCommand(argv, { env })
    said.push([argv.join(' '), stdout + stderr])
  }
}

const COMMANDS = [
  ['status'],
  ['events', 'ls'],
  ['events', 'show', 'refuse_1'],
  ['refused', 'ls'],
  ['refused', 'show', '1', '--row'],
  ['hold', 'px_b', '--reason', 'a test'],
]

/** Reads the stream of events until it ends, or is cut off because the relay does. */
async function readStream({ relay, said }: Scene): Promise<() => Promise<void>> {
  const headers = { authorization: `Bearer ${SECRETS.admin}` }
  const { status, body } = await fetch(`${relay.service.url}/api/stream`, { headers })
  assert.equal(status, 200)
  const reading = (async () => {
    for await (const text of body!.pipeThrough(new TextDecoderStream())) said.push(['GET /api/stream', text])
  })().catch(() => {})
  return async () => {
    await reading
    const lines = said.filter(([what]) => what === 'GET /api/stream')
    assert.ok(lines.some(([, text]) => text.includes('event:refused')))
  }
}

function assertSilent(said: readonly Said[], secrets: readonly string[]): void {
  for (const [what, text] of said) {
    for (const secret of secrets) {
      const at = text.toLowerCase().indexOf(secret.toLowerCase())
      assert.equal(at, -1, `${secret} in ${what}: ${text.slice(Math.max(0, at - 200), at + 200)}`)
    }
  }
}

/**
 * - two tenants, each with a key and a token of its own, bring good and bad events, with raw identity in every part of them
 * - the API repeats key and addresses in whatever it says: when it refuses, holds, fails, and in its headers
 * - strangers and tenants ask for what is not theirs; operators read everything there is; the engine fails with an error that says
 *   too much
 * - no key, token, raw identity or header of a caller is in any log line, answer, metric, export, stream, or in the files of the data
 */
test('no key, token, raw identity or header of a caller is in anything that the relay puts out', async (context) => {
  const scene = await setUp(context)
  const { relay, folder, said } = scene
  const endStream = await readStream(scene)
  await bringAll(scene)
  await bringNonsense(scene)
  writeFileSync(join(folder, 'waybill.config.json'), JSON.stringify({ ...config('x'), [SECRETS.keyA]: SECRETS.tokenA }))
  relay.reload()
  await readEverything(scene)
  const error = new Error(`${EMAIL} with ${SECRETS.keyA}`, { cause: new Error(`${SECRETS.tokenB} of ${EMAIL}`) })
  relay.service.engine.events.emit('engine:failed', { error })
  assert.equal(await relay.ended, false)
  await endStream()

  const data = join(folder, 'data')
  const files = readdirSync(data).map((name) => [name, readFileSync(join(data, name), 'latin1')] as const)
  assert.ok(relay.log().split('\n').length > 5 && said.length > 60 && files.some(([, text]) => text.length > 10_000))
  assertSilent([...said, ['the log', relay.log()], ...files], [...Object.values(SECRETS), ...PERSONAL])
})

/** Under its own secrets the search finds what it looks for; otherwise it would prove nothing. */
test('a secret that did come out would be found', () => {
  assert.throws(
    () => assertSilent([['x', `a ${SECRETS.keyA.toUpperCase()} b`]], Object.values(SECRETS)),
    /canary-key-of-a/,
  )
})

/** A failure of ours is told to whoever watches the log, and to the caller only that there was one. */
test('a failure of the store says nothing of what it was about', async (context) => {
  const said = `UNIQUE constraint failed for ${EMAIL} with ${KEY}`
  const failing = (store: Store): Store => ({ ...store, accept: () => Promise.reject(new Error(said)) })
  const relay = await startRelay(context, { store: failing })
  const { status, text } = await relay.bring([order('one')])
  assert.equal(status, 500)
  assertSilent(
    [
      ['the answer', text],
      ['the log', relay.log()],
    ],
    [EMAIL, KEY, 'UNIQUE constraint failed for canary'],
  )
  assert.match(relay.log(), /a request failed/)
})
