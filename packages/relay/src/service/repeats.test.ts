import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { WireEvent } from 'waybill'
import { type Asked, order, orders, PIXEL, type Relay, startRelay } from './service.helpers.ts'

const EVENTS = 3_000
const CLIENTS = 16
const TIMES = 3
const BODY_SIZES = [100, 250, 999, 1_000, 640]

/** A body that a client sends, beginning anywhere in the ring of events. */
function* bodies(events: readonly WireEvent[], client: number): Generator<readonly WireEvent[]> {
  const from = Math.floor((client * events.length) / CLIENTS)
  const ring = [...events.slice(from), ...events.slice(0, from)]
  for (let time = 0; time < TIMES; time++) {
    for (let at = 0, turn = client; at < ring.length; turn++) {
      const size = BODY_SIZES[turn % BODY_SIZES.length]!
      yield ring.slice(at, at + size)
      at += size
    }
  }
}

interface Results {
  readonly accepted_events: number
  readonly results: readonly { readonly index: number; readonly status: string }[]
}

/**
 * - 16 clients send the same events three times each, all at once, cut and ordered in their own ways
 * - each event is accepted once and answered `duplicate` 47 times; the API stores each once
 */
test('16 clients at once sending the same 3,000 events three times: 3,000 are stored', async (context) => {
  const relay = await startRelay(context, { env: { WAYBILL_PREFLIGHT: 'never' } })
  const events = orders(EVENTS)
  const answers = { accepted: 0, duplicate: 0, other: 0 }
  const client = async (number: number): Promise<void> => {
    for (const body of bodies(events, number)) {
      const { status, json } = await relay.bring(body)
      const { accepted_events, results } = json as Results
      assert.deepEqual([status, accepted_events], [200, body.length])
      const duplicates = results.filter((one) => one.status === 'duplicate').length
      answers.duplicate += duplicates
      answers.other += results.length - duplicates
      answers.accepted += body.length - results.length
    }
  }
  const delivered = relay.next('event:delivered', EVENTS)
  await Promise.all(Array.from({ length: CLIENTS }, (_, number) => client(number)))
  await delivered
  assert.deepEqual(answers, { accepted: EVENTS, duplicate: EVENTS * (CLIENTS * TIMES - 1), other: 0 })
  const { stored, duplicates } = relay.api.emulator.summary()
  assert.deepEqual([stored, duplicates], [EVENTS, 0])
  const { accepted, delivered: ended, unaccounted } = await relay.store.counts()
  assert.deepEqual([accepted, ended, unaccounted], [EVENTS, EVENTS, 0])
})

const FIRST = order('one', {
  timestamp_ms: Date.now() - 60_000,
  source_url: 'https://shop.example.com/canary-of-the-first',
  user: { country: 'US', zip_code: 'canary-94107' },
  data: { type: 'contents', amount: 4_711, currency: 'USD' },
})

/** What the repeat changes → the names that the conflict must give, and none of the values. */
const CONFLICTS: readonly (readonly [name: string, changes: object, fields: readonly string[]])[] = [
  ['an amount', { data: { type: 'contents', amount: 815, currency: 'USD' } }, ['data.amount']],
  ['a currency', { data: { type: 'contents', amount: 4_711, currency: 'EUR' } }, ['data.currency']],
  ['a field that was not there', { oppref: 'canary-oppref' }, ['oppref']],
  ['a field that is gone', { user: { country: 'US' } }, ['user.zip_code']],
  ['the time', { timestamp_ms: FIRST.timestamp_ms - 815 }, ['timestamp_ms']],
  [
    'several',
    { source_url: 'https://shop.example.com/canary-of-the-second', user: { country: 'DE', zip_code: 'canary-10115' } },
    ['source_url', 'user.country', 'user.zip_code'],
  ],
]
const VALUES = /canary|4711|815|94107|10115|"DE"|"US"|EUR|USD/

for (const [name, changes, fields] of CONFLICTS) {
  test(`other content under the same id is a conflict that names the fields and no value: ${name}`, async (context) => {
    const relay = await startRelay(context, { emulator: { fault: { '503': 1 }, retryAfter: 60 } })
    assert.equal((await relay.bring([FIRST])).json.accepted_events, 1)
    const again = await relay.bring([{ ...FIRST, ...changes }])
    assert.deepEqual([again.status, again.json.accepted_events], [200, 1])
    const [{ status, issues }] = again.json.results
    assert.equal(status, 'conflict')
    assert.ok(issues[0].message.includes(`differs in ${fields.join(', ')};`), issues[0].message)
    assert.doesNotMatch(JSON.stringify({ ...again.json, id: '' }), VALUES)
    assert.doesNotMatch(relay.log(), VALUES)
    const [account] = await relay.store.show('one')
    assert.deepEqual(JSON.parse(account!.wire!), FIRST, 'the first one counts')
  })
}

test('a conflict after the delivery says that the content differs, and no more', async (context) => {
  const relay = await startRelay(context)
  const delivered = relay.next('event:delivered')
  await relay.bring([FIRST])
  await delivered
  const again = await relay.bring([{ ...FIRST, oppref: 'canary' }])
  assert.equal(again.json.results[0].status, 'conflict')
  assert.match(again.json.results[0].issues[0].message, /other content; the first one counts/)
})

/** Refuses orders of this amount, as the API may for reasons that no check knows. */
const UNLUCKY = 1_300

async function withUnlucky(...args: Parameters<typeof startRelay>): Promise<Relay> {
  const [context, options] = args
  return startRelay(context, {
    ...options,
    env: { WAYBILL_PREFLIGHT: 'never' },
    fetch: (input, init) => {
      const { events } = JSON.parse(String(init?.body)) as { events: { data: { amount: number } }[] }
      const at = events.findIndex(({ data }) => data.amount === UNLUCKY)
      if (at === -1) return fetch(input, init)
      const error = { message: 'No luck.', type: 'x', param: `events[${at}].data.amount`, code: 'unlucky' }
      return Promise.resolve(Response.json({ error }, { status: 400 }))
    },
  })
}

const amountOf = (amount: number): object => ({ data: { type: 'contents', amount, currency: 'USD' } })

/**
 * - the API refuses an event; the same again is a duplicate that carries the first's state and reason, and is not sent again
 * - fixed and sent again under its id, it is delivered: the same account, whose history keeps the refusal
 */
test('an event that the API refused, fixed and sent again under its id, is delivered under the same account', async (context) => {
  const relay = await withUnlucky(context)
  const bad = order('mendable', amountOf(UNLUCKY))
  const refused = relay.next('event:refused')
  await relay.bring([bad, order('neighbour')])
  const [end] = await refused

  const again = await relay.bring([bad])
  assertDuplicate(again, 'unlucky', /ended refused: No luck\./)
  const delivered = relay.next('event:delivered')
  const fixed = await relay.bring([order('mendable', amountOf(1_299))])
  assert.deepEqual(fixed.json, { accepted_events: 1, results: [] })
  await delivered
  const accounts = (await relay.ask('/api/events/mendable')).json.accounts
  assert.equal(accounts.length, 1)
  const [{ state, history, requests }] = accounts
  assert.deepEqual([accounts[0].row, state], [end?.row, 'delivered'])
  assert.deepEqual(
    history.map(({ what, code }: { what: string; code: string | null }) => [what, code]),
    [
      ['refused', 'unlucky'],
      ['arrived', null],
    ],
  )
  assert.deepEqual(
    requests.map(({ verdict }: { verdict: string }) => verdict),
    // Refused by name in the batch, and once more between two canaries.
    ['refused', 'refused', 'delivered'],
  )
  assert.equal(relay.api.emulator.summary().stored, 2)
})

test('an event that intake refused, sent again, is a duplicate with its issues; fixed it is delivered', async (context) => {
  const relay = await startRelay(context)
  const bad = order('mendable', { data: { type: 'contents', amount: 12.5, currency: 'USD' } })
  const first = await relay.bring([bad])
  const { status, issues } = first.json.results[0]
  assert.deepEqual([first.status, status], [422, 'refused'])
  const again = await relay.bring([bad])
  assert.deepEqual([again.status, again.json.results[0].issues], [422, issues])
  assert.equal((await relay.store.show('mendable')).length, 1)
  const delivered = relay.next('event:delivered')
  assert.deepEqual((await relay.bring([order('mendable')])).json, { accepted_events: 1, results: [] })
  await delivered
  const [account, ...others] = await relay.store.show('mendable')
  assert.deepEqual(
    [others.length, account?.state, account?.history.map(({ what }) => what)],
    [0, 'delivered', ['refused', 'arrived']],
  )
  assert.equal((await relay.bring([bad])).json.results[0].status, 'refused')
  assert.equal((await relay.store.show('mendable', PIXEL))[0]?.state, 'delivered', 'a delivery is not undone')
})

function assertDuplicate({ status, json }: Asked, code: string, message: RegExp): void {
  assert.deepEqual([status, json.accepted_events, json.results[0].status], [200, 1, 'duplicate'])
  const [issue] = json.results[0].issues
  assert.equal(issue.code, code)
  assert.match(issue.message, message)
}
