import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import { type TestContext, test } from 'node:test'
import { order, PIXEL, type Relay, startRelay, withJson } from '../../service/service.helpers.ts'
import { run } from '../cli.helpers.ts'
import { main } from '../main.ts'

/** A command that runs until it is interrupted. */
interface Tail {
  readonly out: Text
  readonly talk: Text
  interrupt(): void
  /** The exit code. */
  readonly ended: Promise<number>
}

interface Text {
  readonly stream: Writable & { isTTY: boolean }
  /** Resolves with all there is when it fits. */
  until(fits: RegExp): Promise<string>
}

function text(): Text {
  let written = ''
  const waiting: (() => void)[] = []
  const stream = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      written += String(chunk)
      for (const look of waiting.splice(0)) look()
      done()
    },
  })
  return {
    stream: Object.assign(stream, { isTTY: false }),
    async until(fits) {
      while (!fits.test(written)) await new Promise<void>((resolve) => waiting.push(resolve))
      return written
    },
  }
}

interface TailOptions {
  readonly env?: Record<string, string>
  /** Pauses between attempts, as they are asked for. */
  readonly pauses?: number[]
}

function startTail(context: TestContext, relay: Relay, argv: readonly string[] = [], options: TailOptions = {}): Tail {
  const [out, talk] = [text(), text()]
  const interrupt = new AbortController()
  context.after(() => interrupt.abort())
  const ended = main(['tail', '--relay', relay.url, ...argv], {
    env: options.env ?? {},
    signal: interrupt.signal,
    stdout: out.stream,
    stderr: talk.stream,
    runtime: {
      now: () => Date.now(),
      random: () => 0.5,
      sleep: (ms) => {
        options.pauses?.push(ms)
        return new Promise((resolve) => setImmediate(resolve))
      },
    },
  })
  return { out, talk, ended, interrupt: () => interrupt.abort() }
}

/** Lets things happen until all that is wanted is seen: a stream tells what comes after it was opened. */
async function happen({ out }: Tail, relay: Relay, wanted: readonly string[]): Promise<void> {
  const seen = Promise.all(wanted.map((type) => out.until(new RegExp(type))))
  let isSeen = false
  void seen.then(() => {
    isSeen = true
  })
  for (let number = 1; !isSeen; number++) {
    await relay.ask(`/api/pixels/${PIXEL}/hold`, withJson('POST', { reason: 'a test' }))
    await relay.ask(`/api/pixels/${PIXEL}/resume`, { method: 'POST' })
    await relay.bring([order(`first_${number}`)])
  }
}

const connected = (tail: Tail, relay: Relay): Promise<void> => happen(tail, relay, ['pixel:held'])

test('tail shows what happens, one line each, without a personal value, until Ctrl-C ends it with 0', async (context) => {
  const relay = await startRelay(context)
  const tail = startTail(context, relay)
  await connected(tail, relay)
  await relay.bring([order('one'), { id: 'bad', user: { email: 'ada@example.com' } }])
  const shown = await tail.out.until(/event:delivered .* one /)
  assert.match(shown, /^\S+Z {2}pixel:held {8}px {2}held_by_operator {2}a test {2}by loopback {2}waybill resume px$/m)
  assert.match(shown, /^\S+Z {2}event:accepted {4}px {2}1 from loopback {2}1 refused \(missing_field 1\)$/m)
  assert.match(shown, /^\S+Z {2}event:refused {5}px {2}bad {2}missing_field {2}at intake$/m)
  assert.match(shown, /^\S+Z {2}request:answered {2}px {2}200 {2}delivered {2}\d+ events? {2}\d+ ms$/m)
  assert.match(shown, /^\S+Z {2}event:delivered {3}px {2}order_created {2}one {2}after \d+ ms$/m)
  assert.doesNotMatch(shown, /ada@/)
  tail.interrupt()
  assert.equal(await tail.ended, 0)
})

test('with --json each line is a JSON object', async (context) => {
  const relay = await startRelay(context)
  const tail = startTail(context, relay, ['--json'])
  await connected(tail, relay)
  await relay.bring([order('one')])
  const shown = await tail.out.until(/"id":"one".*\n$/)
  const messages = shown
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const { type, pixel, id, atMs } = messages.at(-1)
  assert.deepEqual([type, pixel, id, typeof atMs], ['event:delivered', PIXEL, 'one', 'number'])
})

const FILTERS: readonly (readonly [argv: readonly string[], types: readonly string[]])[] = [
  [
    ['--state', 'delivered', 'resumed'],
    ['event:delivered', 'pixel:resumed'],
  ],
  [['--type', 'request:answered'], ['request:answered']],
  [
    ['--type', 'event', '--pixel', PIXEL, '--id', 'fir'],
    ['event:accepted', 'event:delivered'],
  ],
]

for (const [argv, types] of FILTERS) {
  test(`tail ${argv.join(' ')} shows that alone`, async (context) => {
    const relay = await startRelay(context, { env: { WAYBILL_PREFLIGHT: 'never' } })
    const tail = startTail(context, relay, ['--json', ...argv])
    await happen(tail, relay, types)
    const shown = await tail.out.until(/\n$/)
    const seen = new Set(
      shown
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).type),
    )
    assert.deepEqual([...seen].sort(), [...types].sort())
  })
}

/**
 * - the relay stops and another one starts at its address
 * - tail says so, waits longer each time, and goes on with what the second one does
 */
test('when the relay restarts tail says so and goes on by itself', async (context) => {
  const first = await startRelay(context)
  const pauses: number[] = []
  const tail = startTail(context, first, [], { pauses })
  await connected(tail, first)
  await first.stop()
  await tail.talk.until(/The relay at http:\S+ went away; trying again until Ctrl-C\.\n/)
  while (pauses.length < 3) await new Promise((resolve) => setImmediate(resolve))
  const second = await startRelay(context, { env: { WAYBILL_LISTEN: new URL(first.url).host } })
  const said = await tail.talk.until(/Connected to http:\S+ again\.\n/)
  assert.equal(said.match(/went away/g)?.length, 1)
  assert.deepEqual(pauses.slice(0, 3), [375, 750, 1_500])
  assert.ok(pauses.every((ms) => ms <= 30_000))
  await second.bring([order('later')])
  await tail.out.until(/event:delivered .* later/)
  tail.interrupt()
  assert.equal(await tail.ended, 0)
})

test('Ctrl-C while it waits to try again ends it with 0', async (context) => {
  const relay = await startRelay(context)
  const tail = startTail(context, relay)
  await connected(tail, relay)
  await relay.stop()
  await tail.talk.until(/went away/)
  tail.interrupt()
  assert.equal(await tail.ended, 0)
})

test('tail ends when nobody reads it any more', async (context) => {
  const relay = await startRelay(context)
  const tail = startTail(context, relay)
  await connected(tail, relay)
  tail.out.stream.destroy(new Error('EPIPE'))
  assert.equal(await tail.ended, 0)
})

test('wrong use and a relay that is not there are one line with exit code 2', async (context) => {
  const relay = await startRelay(context, { env: { WAYBILL_ADMIN_TOKEN: 'admin-token-78' } })
  const WRONG: readonly (readonly [argv: readonly string[], said: RegExp])[] = [
    [['--relay', 'http://127.0.0.1:9'], /No relay answers at/],
    [['--relay', relay.url], /wants an admin token: set WAYBILL_ADMIN_TOKEN/],
    [['--relay', relay.api.url], /has no admin API for you/],
    [['--state', 'lost'], /Allowed choices are accepted/],
  ]
  for (const [argv, said] of WRONG) {
    const { exitCode, stdout, stderr } = await run(['tail', ...argv], { env: {} })
    assert.deepEqual([exitCode, stdout, stderr.trim().split('\n').length], [2, '', 1], stderr)
    assert.match(stderr, said)
  }
  const token = { WAYBILL_ADMIN_TOKEN: 'admin-token-78' }
  const unknown = await run(['tail', '--type', 'event:lost', '--relay', relay.url], { env: token })
  assert.equal(unknown.exitCode, 2)
  assert.match(unknown.stderr, /type: write types such as event:delivered/)
})
