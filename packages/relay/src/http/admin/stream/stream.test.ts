import assert from 'node:assert/strict'
import { get, type IncomingMessage } from 'node:http'
import { type TestContext, test } from 'node:test'
import { order, orders, PIXEL, type Relay, startRelay } from '../../../service/service.helpers.ts'

interface Watch {
  /** Messages so far. */
  readonly seen: Record<string, unknown>[]
  /** Resolves when a message fits. */
  until(fits: (message: Record<string, unknown>) => boolean): Promise<void>
  readonly ended: Promise<'whole' | 'cut'>
}

/** Reads the stream of a relay as a browser would. */
async function watch(context: TestContext, relay: Relay, query = ''): Promise<Watch> {
  const closing = new AbortController()
  context.after(() => closing.abort())
  const response = await fetch(`${relay.url}/api/stream${query}`, { signal: closing.signal })
  assert.deepEqual([response.status, response.headers.get('content-type')], [200, 'text/event-stream'])
  const seen: Record<string, unknown>[] = []
  let waiting: (() => void)[] = []
  const read = async (): Promise<'whole' | 'cut'> => {
    let rest = ''
    for await (const piece of response.body!.pipeThrough(new TextDecoderStream())) {
      const parts = `${rest}${piece}`.split('\n\n')
      rest = parts.pop()!
      seen.push(...parts.filter((part) => part.startsWith('data: ')).map((part) => JSON.parse(part.slice(6))))
      for (const look of waiting.splice(0)) look()
    }
    return 'whole'
  }
  const ended = read().catch((): 'cut' => 'cut')
  const until: Watch['until'] = async (fits) => {
    // What is waited for came late: looking from the end keeps many messages cheap.
    while (!seen.findLast(fits)) await new Promise<void>((resolve) => waiting.push(resolve))
  }
  waiting = []
  await until(({ type }) => type === 'stream:opened')
  return { seen, until, ended }
}

test('the stream tells of acceptance, requests, delivery, refusals, holds and resumption, as they happen', async (context) => {
  const relay = await startRelay(context, { emulator: { poison: '^poison' } })
  const { seen, until } = await watch(context, relay)
  await relay.bring([order('one'), order('poison'), { id: 'bad', user: { email: 'ada@example.com' } }])
  await until(({ type, id }) => type === 'event:delivered' && id === 'one')
  await until(({ type, id }) => type === 'event:refused' && id === 'poison')
  await relay.ask(`/api/pixels/${PIXEL}/hold`, { method: 'POST', body: '{"reason":"a test"}' })
  await relay.ask(`/api/pixels/${PIXEL}/resume`, { method: 'POST' })
  await until(({ type }) => type === 'pixel:resumed')
  const types = new Set(seen.map(({ type }) => type))
  for (const type of ['event:accepted', 'request:answered', 'pixel:held']) assert.ok(types.has(type), type)
  const accepted = seen.find(({ type }) => type === 'event:accepted')
  assert.deepEqual([accepted?.['count'], accepted?.['refused'], accepted?.['codes']], [2, 1, { missing_field: 1 }])
  const held = seen.find(({ type }) => type === 'pixel:held')
  assert.deepEqual([held?.['message'], held?.['by']], ['a test', 'loopback'])
  assert.doesNotMatch(JSON.stringify(seen), /ada@|example\.com/)
})

test('the filters of the address are obeyed, and a wrong one is named', async (context) => {
  const relay = await startRelay(context)
  const { seen, until } = await watch(context, relay, `?type=delivered&pixel=${PIXEL}&id=wanted`)
  await relay.bring([order('other'), order('wanted_1'), order('wanted_2')])
  await until(({ id }) => id === 'wanted_2')
  assert.deepEqual(
    seen.slice(1).map(({ type, id }) => [type, id]),
    [
      ['event:delivered', 'wanted_1'],
      ['event:delivered', 'wanted_2'],
    ],
  )
  const wrong = await relay.ask('/api/stream?type=delivered,lost')
  assert.deepEqual([wrong.status, wrong.json.error.errors[0].param], [400, 'type'])
})

test('without the admin token there is no stream', async (context) => {
  const relay = await startRelay(context, { env: { WAYBILL_ADMIN_TOKEN: 'admin-token-78' } })
  assert.equal((await relay.ask('/api/stream')).status, 401)
})

/** Opens the stream and reads nothing of it, as a terminal does that was stopped. */
async function dontRead(context: TestContext, { url }: Relay): Promise<IncomingMessage> {
  const request = get(`${url}/api/stream`)
  context.after(() => request.destroy())
  const response = await new Promise<IncomingMessage>((resolve) => request.once('response', resolve))
  request.on('error', () => {})
  response.on('error', () => {})
  response.pause()
  return response
}

/** A lifecycle event of about a thousand bytes; so many of them fill every buffer between relay and reader. */
function made(relay: Relay, id: string): void {
  const about = { pixel: PIXEL, row: 1, id, name: 'x'.repeat(900) }
  relay.engine.events.emit('event:delivered', { ...about, lagMs: 5, mark: undefined })
}

const ROUNDS = 60
const PER_ROUND = 500

/** Each round is less than may wait for a reader, and the next begins when the reader has it. */
async function makeMany(relay: Relay, reader: Watch): Promise<void> {
  for (let round = 1; round <= ROUNDS; round++) {
    for (let at = 1; at < PER_ROUND; at++) made(relay, 'made')
    made(relay, `end_of_${round}`)
    await reader.until(({ id }) => id === `end_of_${round}`)
  }
}

/**
 * - one reader that reads, one that never does; 30 MB of lifecycle events, more than any buffer between them holds
 * - the first gets all, delivery goes on, and the second is told how many lines it lost when it reads at last
 */
test('a reader that does not read delays neither delivery nor the others, and hears what it lost', async (context) => {
  const relay = await startRelay(context)
  const slow = await dontRead(context, relay)
  const fast = await watch(context, relay, '?type=event:delivered')
  await makeMany(relay, fast)
  const delivered = relay.next('event:delivered', 20)
  await relay.bring(orders(20))
  await delivered
  const ordersSeen = (): number => fast.seen.filter(({ id }) => String(id).startsWith('order_')).length
  await fast.until(() => ordersSeen() === 20)
  assert.equal(fast.seen.length, 1 + ROUNDS * PER_ROUND + 20)
  assert.ok(!fast.seen.some(({ type }) => type === 'stream:lost'))
  assert.match(await textUntilLost(slow), /"type":"stream:lost","atMs":\d+,"lost":\d{4,}/)
})

/** Reads on until it says what was lost. */
async function textUntilLost(response: IncomingMessage): Promise<string> {
  let text = ''
  for await (const piece of response) {
    text = `${text.slice(-200)}${String(piece)}`
    if (text.includes('stream:lost')) break
  }
  return text.slice(text.indexOf('data: {"type":"stream:lost"'))
}

test('a stop is delayed by no reader, whether it reads or not', async (context) => {
  const relay = await startRelay(context, { file: { graceMs: 60_000 } })
  const reading = await watch(context, relay)
  await dontRead(context, relay)
  await makeMany(relay, reading)
  const beganMs = performance.now()
  await relay.stop()
  assert.ok(performance.now() - beganMs < 20_000, 'the stop waited for a reader')
  assert.equal(await reading.ended, 'whole')
  assert.equal(reading.seen.at(-1)?.['type'], 'stream:ended')
})
