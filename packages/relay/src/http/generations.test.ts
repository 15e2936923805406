import assert from 'node:assert/strict'
import { test } from 'node:test'
import { order, PIXEL, type Relay, startRelay } from '../service/service.helpers.ts'

const HASH = 'b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514'
const QUIET = { WAYBILL_PREFLIGHT: 'never' }

/** What senders in use send: singular keys, and beside them what was documented since July. */
const MIXTURES: readonly object[] = [
  {
    user: {
      email_sha256: HASH,
      external_id_sha256: HASH,
      country: 'US',
      city: 'Tucson',
      zip_code: '85701',
      ip_address: '203.0.113.1',
      user_agent: 'Mozilla/5.0',
    },
  },
  { user: { email_sha256: HASH, obref: '0f6f5a52-7f0e-4a3b-9d57-2b1f6f2f6a10' } },
  { data: { type: 'contents', contents: [{ id: 'mug-3', group_id: 'mug', variant_dict: { colour: 'green' } }] } },
  { type: 'custom', custom_event_name: 'sample_requested', data: { type: 'custom', rooms: 'four', remark: null } },
]

async function stored(relay: Relay, events: readonly unknown[]): Promise<unknown[]> {
  const delivered = relay.next('event:delivered', events.length)
  const answer = await relay.bring(events, { integration_source: 'shop.1' })
  assert.deepEqual([answer.status, answer.json.accepted_events], [200, events.length], answer.text)
  await delivered
  return relay.api.emulator.events(PIXEL).map(({ event }) => event)
}

test('what senders in use send passes a relay as it is installed, unchanged', async (context) => {
  for (const contract of ['2026-06', 'both'] as const) {
    const relay = await startRelay(context, { emulator: { contract }, env: QUIET })
    const events = MIXTURES.map((change, index) => order(`o${index}`, change))
    const answer = await relay.bring(events)
    assert.deepEqual(answer.json, { accepted_events: events.length, results: [] })
    await relay.next('event:delivered', events.length)
    const byId = new Map(relay.api.emulator.events(PIXEL).map(({ event }) => [event.id, event]))
    for (const event of events) assert.deepEqual(byId.get((event as { id: string }).id), event)
  }
})

test('an account that reads lists gets lists, whichever keys come, and status tells what it reads', async (context) => {
  const relay = await startRelay(context, { emulator: { contract: '2026-11' }, env: QUIET })
  assert.equal((await relay.ask('/api/pixels')).json.pixels[0].contractsRead, undefined)
  await stored(relay, [order('first', { user: { email_sha256: HASH, country: 'US' } })])
  const [pixel] = (await relay.ask('/api/pixels')).json.pixels
  assert.deepEqual([pixel.contract, pixel.contractsRead], ['auto', ['2026-11']])
  // From now on it is known at intake, and told in the answer.
  const { json } = await relay.bring([order('second', { user: { zip_code: '85701' } })])
  const [{ index, status, issues }] = json.results
  assert.deepEqual(
    [index, status, issues[0].code, issues[0].path],
    [0, 'accepted', 'identity_translated', 'user.zip_code'],
  )
  await relay.next('event:delivered', 1)
  assert.deepEqual(
    relay.api.emulator.events(PIXEL).map(({ event }) => event.user),
    [{ emails_sha256: [HASH], countries: ['US'] }, { postal_codes: ['85701'] }],
  )
  assert.equal(
    await relay.store.getMeta(`contract:${PIXEL}`),
    JSON.stringify({ endpoint: relay.api.url, reads: ['2026-11'] }),
  )
})

test('a malformed value of user costs the value and not the conversion, is told in the answer and counted', async (context) => {
  const relay = await startRelay(context, { env: QUIET })
  const user = { email_sha256: 'user@example.com', country: 'Narnia', city: 'Tucson', zip_code: 'n/a' }
  const answer = await relay.bring([order('a', { user }), order('b')])
  assert.equal(answer.status, 200)
  assert.deepEqual(
    answer.json.results.map(({ id, status, issues }: { id: string; status: string; issues: { code: string }[] }) => [
      id,
      status,
      issues.map(({ code }) => code),
    ]),
    [['a', 'accepted', ['raw_identity', 'invalid_country', 'means_nothing']]],
  )
  await relay.next('event:delivered', 2)
  assert.deepEqual(relay.api.emulator.events(PIXEL).find(({ event }) => event.id === 'a')?.event.user, {
    city: 'Tucson',
  })
  const { text } = await relay.ask('/metrics')
  for (const code of ['raw_identity', 'invalid_country', 'means_nothing'])
    assert.match(text, new RegExp(`^waybill_identity_warnings_total\\{pixel="${PIXEL}",code="${code}"\\} 1$`, 'm'))
  assert.ok(!relay.log().includes('user@example.com'))
})

test('a pixel may ask that such an event be refused', async (context) => {
  const relay = await startRelay(context, { env: { ...QUIET, WAYBILL_INVALID_IDENTITY: 'refuse' } })
  const answer = await relay.bring([order('a', { user: { country: 'Narnia' } })])
  assert.deepEqual([answer.status, answer.json.results[0].status], [422, 'refused'])
})

test('events whose id means nothing are refused one by one, and an opt-out that is no boolean is never dropped', async (context) => {
  const relay = await startRelay(context, { env: QUIET })
  const answer = await relay.bring([
    order('null'),
    order('NULL'),
    order('null', { opt_out: true }),
    order('x', { opt_out: 'yes' }),
  ])
  assert.equal(answer.status, 422)
  assert.deepEqual(
    answer.json.results.map(({ status }: { status: string }) => status),
    ['refused', 'refused', 'refused', 'refused'],
  )
  assert.equal((await relay.store.counts()).refused, 4)
})
