import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { order, type Relay, startRelay } from '../../service/service.helpers.ts'

/** Each route of the admin API, tried with each kind of token: what is missing from the tables fails too. */

const TOKENS = [
  { name: 'ops', token: 'operator-token' },
  { name: 'client', token: 'reader-token', role: 'reader' },
  { name: 'client-px', token: 'reader-px-token', role: 'reader', pixels: ['px'] },
  { name: 'agency', token: 'operator-other-token', pixels: ['other'] },
]
const BEARERS: Readonly<Record<string, string>> = {
  operator: 'operator-token',
  reader: 'reader-token',
  readerOfPx: 'reader-px-token',
  operatorOfOther: 'operator-other-token',
  wrong: 'no-such-token',
}
const INTAKE = { name: 'shop', token: 'intake-token' }

interface Door {
  readonly method: string
  readonly path: string
}

const relayOf = (context: TestContext): Promise<Relay> =>
  startRelay(context, {
    emulator: { poison: '^poison' },
    file: { adminTokens: TOKENS, intakeTokens: [INTAKE] },
  })

async function doorsOf({ ask }: Relay): Promise<Door[]> {
  const { json } = await ask('/openapi.json')
  return Object.entries(json.paths as Record<string, object>)
    .filter(([path]) => path.startsWith('/api/') || path === '/logout')
    .flatMap(([path, operations]) => Object.keys(operations).map((method) => ({ method: method.toUpperCase(), path })))
}

/** Reads that have a body: lists of what is looked for. */
const READING_POSTS: ReadonlySet<string> = new Set(['/logout', '/api/events/search', '/api/orders/compare'])
/** Of the writers alone, since they show or change who may. */
const FOR_OPERATORS: ReadonlySet<string> = new Set(['/api/links'])

function isRead({ method, path }: Door): boolean {
  return method === 'GET' ? !FOR_OPERATORS.has(path) : READING_POSTS.has(path)
}

async function statusOf(relay: Relay, { method, path }: Door, headers: Record<string, string>): Promise<number> {
  const filled = path.replace('{pixel}', 'px').replace(/\{\w+\}/, '1')
  const stop = new AbortController()
  const response = await fetch(relay.url + filled, {
    method,
    headers: { ...headers, ...(method !== 'GET' && { 'content-type': 'application/json' }) },
    ...(method !== 'GET' && { body: '{}' }),
    signal: stop.signal,
  })
  // A stream does not end by itself.
  stop.abort()
  return response.status
}

test('each route of the API with each token: 401 without, 403 for a reader who writes, and let in otherwise', async (context) => {
  const relay = await relayOf(context)
  const doors = await doorsOf(relay)
  assert.ok(doors.length > 20)
  for (const door of doors) {
    const by = (name: string): Promise<number> => statusOf(relay, door, { authorization: `Bearer ${BEARERS[name]}` })
    const named = `${door.method} ${door.path}`
    assert.equal(await statusOf(relay, door, {}), 401, `${named} by nobody`)
    assert.equal(await by('wrong'), 401, `${named} by a wrong token`)
    assert.equal(await statusOf(relay, door, { authorization: `Bearer ${INTAKE.token}` }), 401, `${named} by intake`)
    for (const reader of ['reader', 'readerOfPx']) {
      const status = await by(reader)
      if (isRead(door)) assert.ok(status !== 401 && status !== 403 && status < 500, `${named} by ${reader}: ${status}`)
      else assert.equal(status, 403, `${named} by ${reader}`)
    }
    const status = await by('operator')
    assert.ok(status !== 401 && status !== 403 && status < 500, `${named} by the operator: ${status}`)
  }
})

test('each route of the API by a session of each role, from our page and from another', async (context) => {
  const relay = await relayOf(context)
  for (const door of await doorsOf(relay)) {
    for (const role of ['operator', 'reader'] as const) {
      const cookie = await cookieOf(relay, BEARERS[role]!)
      const named = `${door.method} ${door.path} by a session of ${role}`
      if (door.path !== '/logout' && door.method !== 'GET') {
        assert.equal(await statusOf(relay, door, { cookie, origin: 'https://evil.example' }), 403, `${named}, forged`)
        assert.equal(await statusOf(relay, door, { cookie }), 403, `${named}, without an origin`)
      }
      const status = await statusOf(relay, door, { cookie, origin: relay.url })
      const mayCome = role === 'operator' || isRead(door)
      if (mayCome) assert.ok(status !== 401 && status !== 403 && status < 500, `${named}: ${status}`)
      else assert.equal(status, 403, named)
    }
  }
})

const sessions = new Map<string, string>()

/** Log-ins are few: five a relay at the most may fail, and none should be needed twice. */
async function cookieOf(relay: Relay, token: string): Promise<string> {
  const known = sessions.get(relay.url + token)
  if (known !== undefined && (await relay.ask('/api/me', { headers: { cookie: known } })).status === 200) return known
  const headers = { origin: relay.url }
  const { headers: answered } = await relay.ask('/login', { method: 'POST', headers, body: JSON.stringify({ token }) })
  const cookie = (answered.get('set-cookie') ?? '').split(';')[0]!
  sessions.set(relay.url + token, cookie)
  return cookie
}

/** Reads whose answers name pixels or events. */
const SHOWING = [
  '/api/status',
  '/api/pixels',
  '/api/events?limit=50',
  '/api/events/poison_1',
  '/api/events/row/1',
  '/api/refused',
  '/api/refused/export?form=accounts',
  '/api/actions',
  '/api/pixels/px/shapes',
  '/api/today',
  '/api/today?pixel=px',
  '/api/series?by=pixel',
  '/api/requests',
  '/api/requests/summary',
  '/api/signal',
  '/api/orders/webhooks',
  '/api/events/export',
  '/api/marks',
  '/api/tasks',
]
const SHOWS_NO_NAME: ReadonlySet<string> = new Set([
  '/api/actions',
  '/api/signal',
  '/api/marks',
  '/api/tasks',
  '/api/orders/webhooks',
])

test('to the token of some pixels there are no others: nothing of them is shown, and nothing of them can be changed', async (context) => {
  const relay = await relayOf(context)
  const refused = relay.next('event:refused')
  await relay.bring([order('good_1'), order('poison_1')], {}, { authorization: `Bearer ${INTAKE.token}` })
  await refused
  const as = (name: string): Record<string, string> => ({ authorization: `Bearer ${BEARERS[name]}` })
  for (const path of SHOWING) {
    const seen = await relay.ask(path, { headers: as('readerOfPx') })
    assert.ok(SHOWS_NO_NAME.has(path) || /px|poison_1/.test(seen.text), `${path} shows its own`)
    const unseen = await relay.ask(path, { headers: as('operatorOfOther') })
    // The question itself may be repeated.
    assert.doesNotMatch(unseen.text.replaceAll('"pixel":"px","fromMs"', ''), /"px"|poison_1|good_1/, path)
    assert.doesNotMatch(unseen.text, /"events":[1-9]/, path)
  }
  const { json } = await relay.ask('/api/status', { headers: as('operatorOfOther') })
  assert.deepEqual([json.counts.accepted, json.counts.refused, json.counts.unaccounted], [0, 0, 0])
  const before = await relay.store.counts()
  const rows = (await relay.store.search({ state: 'refused', limit: 10 })).items.map(({ row }) => row)
  const WRITES: readonly (readonly [path: string, body: object])[] = [
    ['/api/pixels/px/hold', { reason: 'not mine' }],
    ['/api/pixels/px/resume', {}],
    ['/api/refused/replay', { selection: { state: 'refused' } }],
    ['/api/refused/replay', { selection: { state: 'refused', pixel: 'px' } }],
    ['/api/refused/replay', { selection: { rows } }],
    ['/api/refused/discard', { selection: { rows }, reason: 'not mine' }],
    ['/api/refused/discard', { selection: { state: 'refused' }, reason: 'not mine' }],
    ['/api/refused/confirm', { selection: { rows } }],
    ['/api/refused/release', { selection: { suspect: true } }],
    ['/api/links', { pixels: ['px'] }],
  ]
  for (const [path, body] of WRITES) {
    const answer = await relay.ask(path, { method: 'POST', headers: as('operatorOfOther'), body: JSON.stringify(body) })
    assert.ok(answer.status === 404 || /^\{"\w+":0(?:,"\w+":0)*\}$/.test(answer.text), `${path}: ${answer.text}`)
  }
  const edited = { method: 'PUT', headers: as('operatorOfOther'), body: JSON.stringify({ event: order('poison_1') }) }
  assert.equal((await relay.ask(`/api/events/row/${rows[0]}`, edited)).status, 404)
  assert.deepEqual(await relay.store.counts(), before)
  assert.deepEqual(await relay.store.holds(), [])
})
