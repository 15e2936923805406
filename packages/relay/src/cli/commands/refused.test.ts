import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { tempFile } from '../../files/files.helpers.ts'
import { order, orders, PIXEL, type Relay, type RelayOptions, startRelay } from '../../service/service.helpers.ts'
import { type Ran, run } from '../cli.helpers.ts'

const ask = (relay: Relay, ...argv: string[]): Promise<Ran> =>
  run(['refused', ...argv, '--relay', relay.url], { env: {} })

const DECIMAL = { data: { type: 'contents', amount: 12.5, currency: 'USD' } }

/** A relay whose API has refused so many events. */
async function withRefused(context: TestContext, count: number, options: RelayOptions = {}): Promise<Relay> {
  const relay = await startRelay(context, { emulator: { poison: '^bad' }, ...options })
  const refused = relay.next('event:refused', count)
  const delivered = relay.next('event:delivered')
  await relay.bring([order('good')])
  await delivered
  await relay.bring(orders(count, 'bad'))
  await refused
  return relay
}

test('what the API refused is grouped by code, sent again, and given up with a reason', async (context) => {
  const relay = await withRefused(context, 2)
  const { stdout } = await ask(relay, 'ls')
  assert.match(stdout, new RegExp(`^ +2 {2}${PIXEL} {2}event_rejected `, 'm'))
  assert.equal(JSON.parse((await ask(relay, 'ls', '--json')).stdout).groups[0].events, 2)
  const again = relay.next('event:refused', 2)
  assert.match((await ask(relay, 'replay', '--code', 'event_rejected')).stderr, /^replayed: 2, stillRefused: 0$/m)
  await again
  assert.equal((await ask(relay, 'discard', '--reason', 'a test')).exitCode, 2)
  assert.match((await ask(relay, 'discard', '--pixel', PIXEL, '--reason', 'a test')).stderr, /discarded: 2/)
  assert.match((await ask(relay, 'ls')).stderr, /Nothing is refused/)
})

const DRY_RUNS: readonly (readonly [argv: readonly string[], events: number])[] = [
  [[], 5],
  [['--since', '2020-01-01T00:00:00Z'], 5],
  [['--since', '2120-01-01T00:00:00Z'], 0],
  [['--code', 'event_rejected'], 5],
  [['--code', 'another'], 0],
  [['--pixel', PIXEL], 5],
  [['--pixel', 'another'], 0],
  [['--limit', '3', '--pixel', PIXEL], 3],
  [['bad_1', 'bad_4'], 2],
]

test('a dry run says how many a replay or a discard would be, and changes nothing', async (context) => {
  const relay = await withRefused(context, 5)
  for (const [argv, events] of DRY_RUNS) {
    const { exitCode, stdout, stderr } = await ask(relay, 'replay', '--dry-run', '--json', ...argv)
    assert.equal(exitCode, 0, stderr)
    assert.deepEqual(JSON.parse(stdout), { dryRun: true, events, stillRefused: 0 }, argv.join(' '))
    if (argv.length === 0) continue
    const discard = await ask(relay, 'discard', '--reason', 'x', '--dry-run', '--json', ...argv)
    assert.deepEqual(JSON.parse(discard.stdout), { dryRun: true, events }, argv.join(' '))
  }
  assert.equal((await relay.store.counts()).refused, 5)
})

test('events are replayed and discarded by id, at most so many, and at a rate', async (context) => {
  const relay = await withRefused(context, 5)
  const one = relay.next('event:refused')
  assert.match((await ask(relay, 'replay', 'bad_3')).stderr, /replayed: 1/)
  assert.deepEqual(
    (await one).map(({ id }) => id),
    ['bad_3'],
  )
  const two = relay.next('event:refused', 2)
  assert.match((await ask(relay, 'replay', '--limit', '2')).stderr, /replayed: 2, .*; there may be more/)
  await two
  // Or it would look as if all of this shape were refused.
  const passed = relay.next('event:delivered')
  await relay.bring([order('good_2')])
  await passed
  const all = relay.next('event:refused', 5)
  assert.match((await ask(relay, 'replay', '--rate', '1000')).stderr, /replaying: 5, ratePerSecond: 1000/)
  await all
  assert.match((await ask(relay, 'discard', 'bad_1', 'bad_2', '--reason', 'tests')).stderr, /discarded: 2/)
  const { discarded, refused, unaccounted } = await relay.store.counts()
  assert.deepEqual([discarded, refused, unaccounted], [2, 3, 0])
  const { stdout } = await ask(relay, 'show', 'bad_1')
  assert.match(stdout, /^discarded .* bad_1 {2}discarded$/m)
  assert.match(stdout, /discarded: tests/)
})

/** On a slow machine the relay has asked by then what time it is, with an event of its own. */
function assertNothingSent({ api }: Relay): void {
  const { requests, validate_requests } = api.emulator.summary()
  assert.equal(requests, validate_requests)
}

test('what intake refused is judged again by a replay, and is not sent while it is bad', async (context) => {
  const relay = await startRelay(context)
  assert.equal((await relay.bring([order('one', DECIMAL)])).status, 422)
  for (const argv of [['one'], []])
    assert.match(
      (await ask(relay, 'replay', '--dry-run', ...argv)).stderr,
      /dryRun: true, events: 0, stillRefused: 1$/m,
    )
  assert.match((await ask(relay, 'replay', 'one')).stderr, /replayed: 0, stillRefused: 1/)
  assert.match((await ask(relay, 'replay')).stderr, /replayed: 0, stillRefused: 1/)
  assert.match((await ask(relay, 'replay', '--rate', '10')).stderr, /replaying: 1/)
  assert.equal((await relay.store.counts()).refused, 1)
  assertNothingSent(relay)
})

test('what stands in the place of a personal value is not sent: the event waits until it is fixed', async (context) => {
  const relay = await startRelay(context)
  const data = (id: string): object => ({ type: 'contents', contents: [{ id }] })
  assert.equal((await relay.bring([order('one', { data: data('ada@example.com') })])).status, 422)
  assert.match((await ask(relay, 'replay')).stderr, /replayed: 0, stillRefused: 1/)
  assertNothingSent(relay)
  const delivered = relay.next('event:delivered')
  assert.equal((await ask(relay, 'edit', 'one', '--set', 'data.contents[0].id=sku_1')).exitCode, 0)
  await delivered
  assert.deepEqual(relay.api.emulator.events()[0]?.event.data, data('sku_1'))
})

const WRONG: readonly (readonly [argv: readonly string[], said: RegExp])[] = [
  [['replay', 'nobody'], /There is no event nobody/],
  [['replay', 'good'], /good did not end refused, expired or discarded: row \d+ \(px, order_created, delivered\)/],
  [['replay', 'bad_1', '--code', 'x'], /not both/],
  [['replay', '--rate', '0'], /number above 0/],
  [['replay', '--since', 'today'], /It must be a time/],
  [['discard', 'bad_1'], /--reason/],
  [['discard', '--reason', 'x'], /Say which ones to discard/],
  [['export', '--since', 'today'], /It must be a time/],
  [['show', '77'], /There is no such event/],
  [['show', 'bad_1', '--row'], /There is no event bad_1/],
]

test('wrong use is answered in one line with exit code 2', async (context) => {
  const relay = await withRefused(context, 1)
  for (const [argv, said] of WRONG) {
    const { exitCode, stdout, stderr } = await ask(relay, ...argv)
    assert.deepEqual([exitCode, stdout, stderr.trim().split('\n').length], [2, '', 1], stderr)
    assert.match(stderr, said)
  }
})

test('show has the reasons with paths and hints, the attempts, the history, and the event without what is personal', async (context) => {
  const relay = await withRefused(context, 1)
  const bad = order('mine', {
    ...DECIMAL,
    user: { email_sha256: 'ada@example.com' },
    source_url: 'https://x/?e=ada%40example.com',
  })
  await relay.bring([bad])
  const mine = (await ask(relay, 'show', 'mine')).stdout
  assert.match(mine, /^refused .* mine /m)
  assert.match(mine, / {2}data\.amount {2}decimal_amount: .*\n {4}Use money/)
  assert.match(mine, / {2}user\.email_sha256 {2}/)
  assert.match(mine, /Attempts\n {2}none\n/)
  assert.match(mine, /"email_sha256": "\[removed\]"/)
  assert.doesNotMatch(mine, /ada/)
  await ask(relay, 'replay', 'bad_1', '--dry-run')
  const again = relay.next('event:refused')
  await ask(relay, 'replay', 'bad_1')
  await again
  const bad1 = (await ask(relay, 'show', 'bad_1')).stdout
  assert.match(bad1, /Why\n {2}event_rejected: /)
  assert.match(bad1, /Attempts\n {2}\S+Z {2}400 {2}refused, alone/)
  assert.match(bad1, /History\n {2}\S+Z {2}refused {2}event_rejected\n {2}\S+Z {2}replayed {2}by loopback\n/)
  assert.match(bad1, /Event\n {2}\{\n {4}"id": "bad_1",/)
  const { accounts } = JSON.parse((await ask(relay, 'show', 'bad_1', '--json')).stdout)
  const byRow = await ask(relay, 'show', String(accounts[0].row), '--json')
  assert.deepEqual(JSON.parse(byRow.stdout), { accounts })
})

test('an event whose id cannot be read is shown by its row', async (context) => {
  const relay = await startRelay(context)
  await relay.bring([{ type: 'order_created', timestamp_ms: 1 }])
  const [{ row }] = (await relay.ask('/api/events')).json.events
  assert.match((await ask(relay, 'show', String(row))).stdout, /^refused .*\(no id\)/)
  assert.match((await ask(relay, 'ls')).stdout, new RegExp(`\\(no id, row ${row}\\)`))
})

/**
 * - an export of what the relay refused is fixed with a text tool and given to `send`, aimed at the relay
 * - the accounts that were refused are the ones that are delivered
 */
test('an export that was fixed is sent again by waybill send, under the same ids', async (context) => {
  const relay = await startRelay(context)
  await relay.bring([order('one', DECIMAL), order('two', DECIMAL), order('three')])
  const exported = (await ask(relay, 'export', '--code', 'decimal_amount')).stdout
  assert.deepEqual(
    exported
      .trim()
      .split('\n')
      .map((line) => {
        const { id, codes, reasons } = JSON.parse(line)
        return [id, codes, typeof reasons[0]]
      })
      .sort(),
    [
      ['one', ['decimal_amount'], 'string'],
      ['two', ['decimal_amount'], 'string'],
    ],
  )
  const fixed = tempFile(context, 'fixed.ndjson', exported.replaceAll('12.5', '1250'))
  const delivered = relay.next('event:delivered', 2)
  const sent = await run(['send', fixed, '--pixel', PIXEL, '--endpoint', relay.url])
  assert.equal(sent.exitCode, 0, sent.stderr)
  await delivered
  const { stdout } = await run(['events', 'show', 'one', '--relay', relay.url], { env: {} })
  assert.match(stdout, /^delivered .* one$/m)
  assert.deepEqual(
    relay.api.emulator
      .events()
      .map(({ event }) => (event as { id: string }).id)
      .sort(),
    ['one', 'three', 'two'],
  )
  const { refused, accepted, unaccounted } = await relay.store.counts()
  assert.deepEqual([refused, accepted, unaccounted], [0, 3, 0])
})

test('an export that was not fixed is refused again by the check of send', async (context) => {
  const relay = await startRelay(context)
  await relay.bring([order('one', DECIMAL), 7, 'text'])
  const file = tempFile(context, 'refused.ndjson', (await ask(relay, 'export')).stdout)
  const sent = await run(['send', file, '--pixel', PIXEL, '--endpoint', relay.url, '--json'])
  assert.equal(sent.exitCode, 1, sent.stderr)
  const { refused, byCode } = JSON.parse(sent.stdout)
  assert.deepEqual([refused, byCode], [3, { decimal_amount: 1, malformed_row: 2 }])
})

test('an export of several pixels wants one to be named, or the accounts', async (context) => {
  const file = { pixels: [{ pixelId: 'px2', apiKeyEnv: 'WAYBILL_API_KEY' }] }
  const relay = await startRelay(context, { file })
  await relay.bring([order('one', DECIMAL)])
  const other = { method: 'POST', body: JSON.stringify({ events: [order('two', DECIMAL)] }) }
  assert.equal((await relay.ask('/v1/events?pid=px2', other)).status, 422)
  const both = await ask(relay, 'export')
  assert.deepEqual([both.exitCode, both.stdout], [2, ''])
  assert.match(both.stderr, /name one pixel/)
  const lines = (text: string): { pixel: string; id: string }[] =>
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  assert.deepEqual(
    lines((await ask(relay, 'export', '--pixel', 'px2')).stdout).map(({ id }) => id),
    ['two'],
  )
  const accounts = lines((await ask(relay, 'export', '--accounts')).stdout)
  assert.deepEqual(accounts.map(({ pixel }) => pixel).sort(), [PIXEL, 'px2'])
})
