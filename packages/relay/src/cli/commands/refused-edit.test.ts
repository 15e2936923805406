import assert from 'node:assert/strict'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { type TestContext, test } from 'node:test'
import { tempFile, tempFolder } from '../../files/files.helpers.ts'
import { order, type Relay, startRelay } from '../../service/service.helpers.ts'
import { type Ran, type RunOptions, run } from '../cli.helpers.ts'

const edit = (relay: Relay, argv: readonly string[], options: RunOptions = {}): Promise<Ran> =>
  run(['refused', 'edit', ...argv, '--relay', relay.url], { env: {}, ...options })

const DECIMAL = { type: 'contents', amount: 12.5, currency: 'USD' }

/** A relay whose intake refused the event `one` for its amount. */
async function withRefused(context: TestContext, changes: object = {}): Promise<Relay> {
  const relay = await startRelay(context)
  assert.equal((await relay.bring([order('one', { data: DECIMAL, ...changes })])).status, 422)
  return relay
}

async function stateOf(relay: Relay, id = 'one'): Promise<string> {
  const [account] = await relay.store.show(id)
  return account?.state ?? ''
}

/** What the API got under the id. */
function stored({ api }: Relay, id = 'one'): Record<string, Record<string, unknown>> {
  const found = api.emulator.events().find(({ event }) => (event as { id: string }).id === id)
  return (found?.event ?? {}) as Record<string, Record<string, unknown>>
}

/** Runs an edit that should go through, until the event is delivered. */
async function delivers(relay: Relay, argv: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const delivered = relay.next('event:delivered')
  const ran = await edit(relay, argv, options)
  assert.equal(ran.exitCode, 0, ran.stderr)
  await delivered
  return ran
}

test('--set fixes a field: the fields that differ are named, the event is queued and delivered under its id', async (context) => {
  const relay = await withRefused(context)
  const { stderr, stdout } = await delivers(relay, ['one', '--set', 'data.amount=1250'])
  assert.match(stderr, /^one of px is queued again\.\nChanged: data\.amount\n/)
  assert.equal(stdout, '')
  assert.equal(stored(relay)['data']?.['amount'], 1250)
  const [account] = await relay.store.show('one')
  assert.deepEqual(
    account?.history.map(({ what, by }) => [what, by]),
    [
      ['refused', undefined],
      ['edited', 'loopback'],
    ],
  )
  const [action] = (await relay.store.listActions({ limit: 1 })).items
  assert.deepEqual([action?.verb, action?.by, action?.about], ['event:edit', 'loopback', { rows: [account?.row] }])
})

test('several --set and --unset work together, and what is changed is named but never shown', async (context) => {
  const relay = await withRefused(context, { colour: 'red', user: { email: 'ada@example.com' } })
  const digest = 'b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514'
  const { stderr } = await delivers(relay, [
    ...['one', '--set', 'data.amount=1250', '--set', 'data.currency=EUR', '--unset', 'colour'],
    ...['--unset', 'user.email', '--set', `user.email_sha256=${digest}`],
  ])
  assert.match(stderr, /Changed: (?=.*data\.amount)(?=.*data\.currency)(?=.*colour)(?=.*user\.email_sha256)/)
  assert.doesNotMatch(stderr, /1250|EUR|red|b4c9|ada/)
  assert.deepEqual([stored(relay)['data']?.['currency'], stored(relay)['user']], ['EUR', { email_sha256: digest }])
})

test('the fixed event comes from a file or from standard input, in either form, also as a line of an export', async (context) => {
  const forms: readonly (readonly [id: string, event: object])[] = [
    ['wire', order('wire')],
    ['line', { ...order('line'), codes: ['decimal_amount'], reasons: ['x'] }],
    [
      'friendly',
      {
        id: 'friendly',
        type: 'order_created',
        timestamp: new Date(Date.now() - 60_000).toISOString(),
        actionSource: 'phone_call',
        user: { email: 'Ada@example.com' },
        data: { amount: '12.50', currency: 'USD' },
      },
    ],
  ]
  const relay = await startRelay(context)
  await relay.bring(forms.map(([id]) => order(id, { data: DECIMAL })))
  for (const [id, event] of forms) {
    const json = JSON.stringify(event, null, 2)
    if (id === 'line') await delivers(relay, [id, '--file', '-'], { stdin: json })
    else await delivers(relay, [id, '--file', tempFile(context, `${id}.json`, json)])
    assert.equal(await stateOf(relay, id), 'delivered')
  }
  assert.match(String(stored(relay, 'friendly')['user']?.['email_sha256']), /^[0-9a-f]{64}$/)
})

test('while it is refused all issues are told, nothing changes, and the exit code is 1', async (context) => {
  const relay = await withRefused(context)
  const argv = ['one', '--set', 'data.amount="x"', '--set', 'data.currency=XXXX', '--set', 'colour=red']
  const { exitCode, stderr } = await edit(relay, argv)
  assert.equal(exitCode, 1)
  assert.match(stderr, /^one of px is still refused; nothing was changed\.\n/)
  for (const path of ['data.amount', 'data.currency', 'colour'])
    assert.match(stderr, new RegExp(`^ {2}${path} {2}`, 'm'))
  assert.equal(await stateOf(relay), 'refused')
  const json = JSON.parse((await edit(relay, [...argv, '--json'])).stdout)
  assert.deepEqual([json.status, json.issues.length >= 3], ['refused', true])
})

test('--dry-run only checks, whether it would pass or not', async (context) => {
  const relay = await withRefused(context)
  const good = await edit(relay, ['one', '--set', 'data.amount=1250', '--dry-run'])
  assert.deepEqual([good.exitCode, await stateOf(relay)], [0, 'refused'])
  assert.match(good.stderr, /would be queued again; nothing was changed\.\nChanged: data\.amount/)
  assert.equal((await edit(relay, ['one', '--set', 'data.amount=1.5', '--dry-run'])).exitCode, 1)
  assert.equal(relay.api.emulator.summary().requests, 0)
})

const WRONG: readonly (readonly [argv: readonly string[], said: RegExp])[] = [
  [['one'], /Say what to change: --set path=value/],
  [['one', '--set', 'amount'], /Write path=value/],
  [['one', '--set', 'data[0]=1'], /has no place for \[0\]/],
  [['one', '--file', 'no-such-file'], /no-such-file cannot be read/],
  [['one', '--file', '-'], /Standard input: This is not valid JSON/],
  [['one', '--set', 'data.amount=1250', '--set', 'id=two'], /The id and the name of an event stay what they are/],
  [['one', '--set', 'type=page_viewed', '--set', 'data={"type":"contents"}'], /The id and the name/],
  [['nobody', '--set', 'a=1'], /There is no event nobody/],
  [['good', '--set', 'a=1'], /did not end refused, expired or discarded/],
]

test('wrong use is one line with exit code 2, and changes nothing', async (context) => {
  const relay = await withRefused(context)
  const delivered = relay.next('event:delivered')
  await relay.bring([order('good')])
  await delivered
  for (const [argv, said] of WRONG) {
    const { exitCode, stderr } = await edit(relay, argv, { stdin: '{nope' })
    assert.deepEqual([exitCode, stderr.trim().split('\n').length], [2, 1], stderr)
    assert.match(stderr, said)
  }
  assert.equal(await stateOf(relay), 'refused')
})

test('an id that several refused events have wants a row', async (context) => {
  const relay = await withRefused(context)
  await relay.bring([order('one', { type: 'checkout_started', data: DECIMAL })])
  const { exitCode, stderr } = await edit(relay, ['one', '--set', 'data.amount=1250'])
  assert.equal(exitCode, 2)
  const [, row = ''] = /row (\d+) \(px, checkout_started, refused\)/.exec(stderr) ?? []
  await delivers(relay, [row, '--row', '--set', 'data.amount=1250'])
  assert.equal(stored(relay)['type'], 'checkout_started')
})

/** An editor that copies what it sees, with the mode of the file, and leaves another text. */
function editor(
  context: TestContext,
  ...texts: readonly string[]
): { readonly command: string; readonly folder: string } {
  const folder = tempFolder(context)
  for (const [at, text] of texts.entries()) writeFileSync(join(folder, `text-${at + 1}`), text)
  const script = join(folder, 'edit')
  writeFileSync(
    script,
    `#!/bin/sh
cd "${folder}"
echo run >> runs
n=$(wc -l < runs | tr -d ' ')
cat "$2" > "seen-$n"
ls -l "$2" | cut -c1-10 > mode
echo "$2" > path
cat "text-$n" > "$2"
`,
  )
  chmodSync(script, 0o755)
  // The variable may hold an option, which comes first.
  return { command: `${script} --wait`, folder }
}

const onTerminal = (command: string, input = ''): RunOptions => ({
  isTTY: true,
  stdin: Readable.from([Buffer.from(input)]),
  env: { EDITOR: command, NO_COLOR: '1' },
})

test('on a terminal the editor opens on a private file with the event, which is gone afterwards', async (context) => {
  if (process.platform === 'win32') return context.skip('the editor of this test is a shell script')
  const relay = await withRefused(context)
  const { command, folder } = editor(context, JSON.stringify(order('one')))
  const { stderr } = await delivers(relay, ['one'], onTerminal(command))
  assert.match(stderr, /is queued again/)
  const kept = JSON.parse(readFileSync(join(folder, 'seen-1'), 'utf8'))
  assert.deepEqual([kept.id, kept.data], ['one', DECIMAL])
  assert.equal(readFileSync(join(folder, 'mode'), 'utf8').trim(), '-rw-------')
  assert.equal(existsSync(readFileSync(join(folder, 'path'), 'utf8').trim()), false)
})

test('what is still refused is opened again with what was written, until it passes or is given up', async (context) => {
  if (process.platform === 'win32') return context.skip('the editor of this test is a shell script')
  const relay = await withRefused(context)
  const stillBad = JSON.stringify(order('one', { data: { ...DECIMAL, amount: 13.5 } }))
  const given = editor(context, '{nope', stillBad)
  const up = await edit(relay, ['one'], onTerminal(given.command, 'y\nn\n'))
  assert.equal(up.exitCode, 1)
  assert.match(up.stderr, /This is not one JSON object\.[\s\S]*still refused[\s\S]*data\.amount {2}decimal_amount/)
  assert.equal(readFileSync(join(given.folder, 'seen-2'), 'utf8'), '{nope')
  const passes = editor(context, stillBad, JSON.stringify(order('one')))
  await delivers(relay, ['one'], onTerminal(passes.command, '\n'))
})

test('an editor that changes nothing or fails changes nothing', async (context) => {
  if (process.platform === 'win32') return context.skip('the editors of this test are of a POSIX system')
  const relay = await withRefused(context)
  const same = await edit(relay, ['one'], onTerminal('true'))
  assert.deepEqual([same.exitCode, same.stderr], [0, 'Nothing was changed.\n'])
  const broken = await edit(relay, ['one'], onTerminal('false'))
  assert.equal(broken.exitCode, 2)
  assert.match(broken.stderr, /The editor ended with an error/)
  assert.equal(await stateOf(relay), 'refused')
})
