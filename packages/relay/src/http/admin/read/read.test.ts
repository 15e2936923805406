import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { order, orders, PIXEL, type Relay, startRelay, withJson } from '../../../service/service.helpers.ts'

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any form.
type Json = any

/** Three delivered and two refused orders, read as the page reads them. */
async function lived(context: TestContext, options: Parameters<typeof startRelay>[1] = {}): Promise<Relay> {
  const relay = await startRelay(context, { ...options, emulator: { poison: '^poison' } })
  const [delivered, refused] = [relay.next('event:delivered', 3), relay.next('event:refused', 2)]
  await relay.bring(orders(3))
  await delivered
  await relay.bring([order('poison_1', { user: { email_sha256: 'a'.repeat(64) } }), order('poison_2')])
  await refused
  return relay
}

test('today has the pipeline with the lists behind its numbers, the lag, the sources, and no cause where all is well', async (context) => {
  const relay = await lived(context)
  const { status, json } = await relay.ask('/api/today')
  assert.equal(status, 200)
  assert.deepEqual(
    ['accepted', 'delivered', 'refused', 'expired', 'queued'].map((stage) => json.pipeline[stage].events),
    [5, 3, 2, 0, 0],
  )
  assert.deepEqual(json.pipeline.delivered.money, [{ currency: 'USD', amount: 3 * 2599 }])
  assert.deepEqual([json.now.unaccounted, json.hasEvents, json.pixel], [0, true, null])
  assert.equal(json.lag.delivered.count, 3)
  assert.deepEqual(
    json.sources.map(({ source, delivered }: Json) => [source, delivered.events]),
    [['loopback', 3]],
  )
  assert.equal(json.verdict.enoughDays, false)
  assert.deepEqual(
    json.verdict.causes.filter(({ kind }: Json) => kind === 'fewer_came'),
    [],
  )
  for (const stage of ['accepted', 'delivered', 'refused', 'queued']) {
    const listed = (await relay.ask(`/api/events?${json.pipeline[stage].list}`)).json
    assert.equal(listed.total.events, json.pipeline[stage].events, stage)
  }
})

test('before the first event today says that there is none', async (context) => {
  const { json } = await (await startRelay(context)).ask('/api/today')
  assert.equal(json.hasEvents, false)
  assert.deepEqual(
    json.verdict.causes.map(({ kind }: Json) => kind),
    ['no_events_yet'],
  )
})

test('a series has what happened, what waited, the marks and, where asked, the band', async (context) => {
  const relay = await lived(context)
  await relay.ask('/api/marks', withJson('POST', { text: 'backend 2.14' }))
  const { json } = await relay.ask('/api/series?step=quarter&band=true&by=source')
  const [line] = json.series
  assert.equal(line.key, 'loopback')
  const sum = (numbers: number[]): number => numbers.reduce((total, one) => total + one, 0)
  assert.deepEqual([sum(line.columns.accepted), sum(line.columns.delivered), sum(line.columns.refused)], [5, 3, 2])
  assert.equal(line.columns.accepted.length, line.columns.atMs.length)
  assert.deepEqual(
    json.marks.map(({ text, kind }: Json) => [text, kind]),
    [['backend 2.14', 'user']],
  )
  assert.equal(json.band.weeks, 0)
  assert.equal(json.band.atMs.length, json.band.low.length)
  assert.equal((await relay.ask('/api/series?from=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z')).status, 400)
})

test('refused groups say where, whose, since when and what to do, with samples', async (context) => {
  const relay = await lived(context)
  const { json } = await relay.ask('/api/refused')
  const [group] = json.groups
  assert.deepEqual([group.pixel, group.code, group.events, group.samples.length], [PIXEL, 'event_rejected', 2, 2])
  assert.deepEqual(group.sources, [{ source: 'loopback', events: 2 }])
  assert.ok(group.deliverableUntilMs > Date.now())
  assert.deepEqual([json.total.events, json.groupCount], [2, 1])
})

test('an event shows its requests as a tree, its content masked, and how to ask the API about it by hand', async (context) => {
  const relay = await lived(context)
  const { json } = await relay.ask('/api/events/poison_1')
  const [account] = json.accounts
  assert.deepEqual([account.state, account.amount, account.currency], ['refused', 2599, 'USD'])
  assert.equal(account.masked.user.email_sha256, 'aaaa…')
  assert.match(
    account.curl,
    /^curl 'http:\/\/127\.0\.0\.1:\d+\/v1\/events\?pid=px' .*\$WAYBILL_API_KEY.*"validate_only":true/s,
  )
  assert.doesNotMatch(account.curl, /a{64}/)
  assert.deepEqual([account.testCase.expect.state, account.testCase.expect.code], ['refused', 'event_rejected'])
  assert.match(account.pixelHalf, /^<script nonce="your-nonce">.*oaiq.*order_created/s)
  assert.doesNotMatch(account.pixelHalf, /a{64}/)
  assert.ok(account.requests.length >= 2)
  const keys = new Set(account.requests.map(({ key }: Json) => key))
  const { requests } = (await relay.ask(`/api/requests/${account.requests.at(-1).key}/tree`)).json
  assert.ok(requests.some(({ key }: Json) => keys.has(key)))
  const list = (await relay.ask('/api/requests?limit=5')).json
  assert.ok(list.requests.every(({ pixel, verdict }: Json) => pixel === PIXEL && verdict !== ''))
  const summary = (await relay.ask('/api/requests/summary')).json
  assert.ok(summary.verdicts.some(({ verdict, requests: count }: Json) => verdict === 'delivered' && count > 0))
  assert.deepEqual([summary.pace[0].pixel, summary.pace[0].maxRequestsPerSecond], [PIXEL, 1_000])
})

test('what identifies a visitor is found by its digest, which goes in the body', async (context) => {
  const relay = await lived(context)
  const find = (identity: string) => relay.ask('/api/events/search', withJson('POST', { identity }))
  const { json } = await find('a'.repeat(64))
  assert.deepEqual(
    json.events.map(({ id }: Json) => id),
    ['poison_1'],
  )
  assert.deepEqual([json.total.events, json.total.atLeast], [1, false])
  assert.match(json.searched, /keepBodies/)
  assert.deepEqual((await find('b'.repeat(64))).json.events, [])
  assert.equal((await find('user@example.com')).status, 400)
})

test('a list is exported whole, as CSV that runs nothing and as JSON', async (context) => {
  const relay = await startRelay(context)
  const delivered = relay.next('event:delivered', 3)
  await relay.bring([order('=HYPERLINK("x")'), order('two'), order('three')])
  await delivered
  const csv = await relay.ask('/api/events/export?state=delivered')
  assert.match(csv.headers.get('content-type') ?? '', /^text\/csv/)
  assert.match(csv.headers.get('content-disposition') ?? '', /filename="events\.csv"/)
  const lines = csv.text.replace('\uFEFF', '').trimEnd().split('\r\n')
  assert.equal(lines.length, 4)
  assert.match(lines[0]!, /^row,pixel,name,id,state/)
  assert.ok(lines.some((line) => line.includes(`"'=HYPERLINK(""x"")"`)))
  const json = await relay.ask('/api/events/export?format=json')
  assert.deepEqual(
    JSON.parse(json.text).map(({ state }: Json) => state),
    ['delivered', 'delivered', 'delivered'],
  )
  assert.deepEqual(JSON.parse((await relay.ask('/api/events/export?format=json&state=held')).text), [])
})

test("the shop's orders are compared by id and by money, and nothing else of them is asked", async (context) => {
  const relay = await lived(context)
  const asked = [
    { id: 'order_1', amount: 2599, currency: 'USD' },
    { id: 'order_2', amount: 2600, currency: 'USD' },
    { id: 'poison_1', amount: 2599, currency: 'USD' },
    { id: 'unknown', amount: 100, currency: 'EUR' },
  ]
  const { json } = await relay.ask('/api/orders/compare', withJson('POST', { orders: asked }))
  assert.deepEqual(
    json.results.map(({ id, is, sameAmount }: Json) => [id, is, sameAmount]),
    [
      ['order_1', 'delivered', true],
      ['order_2', 'delivered', false],
      ['poison_1', 'refused', true],
      ['unknown', 'unknown', null],
    ],
  )
  assert.deepEqual(
    json.totals.map(({ is, orders: count, money }: Json) => [is, count, money[0].amount]),
    [
      ['delivered', 2, 5199],
      ['refused', 1, 2599],
      ['unknown', 1, 100],
    ],
  )
})

test('signal is shares of what was delivered, with the warnings that can be counted and the three that cannot', async (context) => {
  const relay = await startRelay(context)
  const delivered = relay.next('event:delivered', 4)
  const user = { email_sha256: 'c'.repeat(64), ip_address: '203.0.113.1' }
  await relay.bring([order('a', { user }), order('b', { user }), order('c', { oppref: 'ref_1' }), order('d')])
  await delivered
  const { json } = await relay.ask('/api/signal')
  const shareOf = (key: string): Json => json.shares.find((share: Json) => share.key === key)
  assert.deepEqual([json.events, shareOf('email').events, shareOf('email').percent], [4, 2, 50])
  assert.deepEqual(
    [shareOf('clickReference').events, shareOf('phone').events, shareOf('ipAddress').percent],
    [1, 0, 50],
  )
  assert.deepEqual(json.names, [{ name: 'order_created', events: 4 }])
  assert.deepEqual(
    json.warnings.map(({ number, shown }: Json) => [number, shown]),
    [
      [1, true],
      [2, true],
      [3, true],
      [4, false],
      [5, false],
      [6, true],
      [7, true],
      [8, true],
      [9, false],
    ],
  )
})

test('pixels say what needs somebody first, and what their key and pace are', async (context) => {
  const relay = await lived(context)
  await relay.ask(`/api/pixels/${PIXEL}/hold`, withJson('POST', { reason: 'campaign ended' }))
  await relay.bring([order('waits')])
  const { json } = await relay.ask('/api/pixels')
  const [pixel] = json.pixels
  assert.deepEqual([pixel.pixel, pixel.state, pixel.problem, pixel.keyState], [PIXEL, 'held', 'held', 'ok'])
  assert.ok(pixel.lostFromMs > Date.now())
  assert.equal(json.needs[0].action, 'resume')
})

test('one tick a second tells the counts, also to a session, and only of what may be seen', async (context) => {
  const relay = await lived(context)
  const stop = new AbortController()
  context.after(() => stop.abort())
  const response = await fetch(`${relay.url}/api/stream?tick=true`, { signal: stop.signal })
  let text = ''
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk
    if (text.includes('"tick"')) break
  }
  const tick = JSON.parse(/data: (\{"type":"tick".*)/.exec(text)![1]!)
  assert.deepEqual([tick.counts.accepted, tick.counts.delivered, tick.held, tick.state], [5, 3, [], 'amber'])
  assert.ok(tick.commit > 0 && tick.version !== '')
})

test('each answer says at which commit it was read, and numbers rise with it', async (context) => {
  const relay = await lived(context)
  const paths = [
    'today',
    'series',
    'signal',
    'pixels',
    'events',
    'refused',
    'requests',
    'requests/summary',
    'marks',
    'actions',
  ]
  for (const path of paths) {
    const { json } = await relay.ask(`/api/${path}`)
    assert.ok(Number.isInteger(json.commit) && json.commit > 0, path)
  }
})
