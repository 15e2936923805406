import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { bring, shopify, order as shopOrder, start } from '../../http/webhooks.helpers.ts'
import { order, orders, PIXEL, type Relay, startRelay } from '../../service/service.helpers.ts'
import { type Ran, run } from '../cli.helpers.ts'

const ask = (relay: Relay, ...argv: string[]): Promise<Ran> =>
  run(['events', ...argv, '--relay', relay.url], { env: {} })

async function withEvents(context: TestContext): Promise<Relay> {
  const relay = await startRelay(context, { emulator: { poison: '^bad' } })
  const ended = [relay.next('event:delivered', 3), relay.next('event:refused', 2)]
  await relay.bring([...orders(3, 'good'), ...orders(2, 'bad'), { id: 'odd' }])
  await Promise.all(ended)
  return relay
}

const all = ['bad_1', 'bad_2', 'good_1', 'good_2', 'good_3', 'odd']
const FILTERS: readonly (readonly [argv: readonly string[], ids: readonly string[]])[] = [
  [[], all],
  [['--pixel', PIXEL], all],
  [['--pixel', 'another'], []],
  [
    ['--state', 'delivered'],
    ['good_1', 'good_2', 'good_3'],
  ],
  [
    ['--state', 'refused'],
    ['bad_1', 'bad_2', 'odd'],
  ],
  [
    ['--state', 'refused', '--code', 'event_rejected'],
    ['bad_1', 'bad_2'],
  ],
  [['--code', 'missing_field'], ['odd']],
  [
    ['--id', 'good_'],
    ['good_1', 'good_2', 'good_3'],
  ],
  [['--id', 'g', '--state', 'refused'], []],
  [['--since', '2020-01-01'], all],
  [['--since', '2120-01-01'], []],
]

test('ls shows what fits every filter that is given', async (context) => {
  const relay = await withEvents(context)
  for (const [argv, ids] of FILTERS) {
    const { exitCode, stdout } = await ask(relay, 'ls', '--json', ...argv)
    const found = JSON.parse(stdout)
      .events.map(({ id }: { id: string }) => id)
      .sort()
    assert.deepEqual([exitCode, found], [0, ids], argv.join(' '))
  }
  assert.match((await ask(relay, 'ls', '--id', 'nobody')).stderr, /There is no such event/)
})

test('ls shows when it happened and the amount as people write it; where there is none, nothing', async (context) => {
  const relay = await startRelay(context)
  const delivered = relay.next('event:delivered', 3)
  const at = new Date(Math.floor(Date.now() / 1_000) * 1_000 - 5_000)
  const money = (currency: string, amount: number): object => ({ data: { type: 'contents', amount, currency } })
  const same = { timestamp_ms: at.getTime() }
  await relay.bring([
    order('eur', { ...same, ...money('EUR', 5) }),
    order('jpy', { ...same, ...money('JPY', 2599) }),
    order('plain', { ...same, data: { type: 'contents' } }),
  ])
  await delivered
  const rows = (await ask(relay, 'ls')).stdout
    .trim()
    .split('\n')
    .map((line) => line.split(/ {2,}/))
  const time = at.toISOString().replace('.000', '')
  assert.deepEqual(
    rows.toSorted((a, b) => (a.at(-1)! < b.at(-1)! ? -1 : 1)),
    [
      ['delivered', time, 'EUR 0.05', PIXEL, 'order_created', 'eur'],
      ['delivered', time, 'JPY 2599', PIXEL, 'order_created', 'jpy'],
      ['delivered', time, PIXEL, 'order_created', 'plain'],
    ],
  )
})

test('ls goes on page by page, and the cursor is talk and not data', async (context) => {
  const relay = await withEvents(context)
  const seen: string[] = []
  let cursor: string[] = []
  do {
    const { stdout, stderr } = await ask(relay, 'ls', '--limit', '2', ...cursor)
    seen.push(
      ...stdout
        .trim()
        .split('\n')
        .filter(Boolean)
        .map((line) => line.split('  ')[3] ?? line),
    )
    cursor =
      /--cursor '(.*)'/
        .exec(stderr)
        ?.slice(1, 2)
        .flatMap((text) => ['--cursor', text]) ?? []
  } while (cursor.length > 0)
  assert.equal(seen.length, 6)
})

test('show finds an account by id, by row, and by a row although an event has it as its id', async (context) => {
  const relay = await withEvents(context)
  const [good] = await relay.store.show('good_1')
  const delivered = relay.next('event:delivered')
  await relay.bring([order(String(good?.row))])
  await delivered
  const show = async (...argv: string[]): Promise<string[]> =>
    JSON.parse((await ask(relay, 'show', '--json', ...argv)).stdout).accounts.map(({ id }: { id: string }) => id)
  assert.deepEqual(await show('good_1'), ['good_1'])
  assert.deepEqual(await show(String(good?.row)), [String(good?.row)])
  assert.deepEqual(await show(String(good?.row), '--row'), ['good_1'])
  assert.equal((await ask(relay, 'show', 'good_1', '--pixel', 'another')).exitCode, 2)
  assert.equal((await ask(relay, 'show', '999999')).exitCode, 2)
})

test('show tells the shop that an event of a webhook is of, and none where none is known', async (context) => {
  const relay = await start(context)
  const delivered = relay.next('event:delivered', 2)
  await bring(relay, 'shopify', shopify('orders/paid', shopOrder(820982)))
  await relay.bring(orders(1, 'own'))
  await delivered
  const shown = (await ask(relay, 'show', '820982')).stdout
  assert.match(shown, /\n {2}shop shop\.example\.com, by webhook:shopify/)
  const told = JSON.parse((await ask(relay, 'show', '820982', '--json')).stdout).accounts[0]
  assert.deepEqual([told.shop, 'origin' in told], ['shop.example.com', false])
  assert.doesNotMatch((await ask(relay, 'show', 'own_1')).stdout, /shop/)
})

test('what an id holds cannot steer the terminal', async (context) => {
  const relay = await startRelay(context)
  const delivered = relay.next('event:delivered')
  await relay.bring([order('\u001b[2J')])
  await delivered
  const { stdout } = await ask(relay, 'ls')
  assert.ok(stdout.includes('\\u001b[2J') && !stdout.includes('\u001b'))
})
