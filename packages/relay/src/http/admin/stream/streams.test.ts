import assert from 'node:assert/strict'
import type { Readable } from 'node:stream'
import { type TestContext, test } from 'node:test'
import { type Lifecycle, LifecycleEvents } from '../../../engine/index.ts'
import { type StreamFilter, typesNamed } from './filter.ts'
import { Streams, type StreamsOptions } from './streams.ts'

const BASE = { row: 1, name: 'order_created' }
const DELIVERED = { ...BASE, pixel: 'px', id: 'one', lagMs: 5, mark: undefined }

interface Hub {
  readonly events: LifecycleEvents
  readonly streams: Streams
  readonly stop: () => void
  /** Lets the time of one heartbeat pass. */
  readonly beat: () => void
}

function hub(context: TestContext, options: Partial<StreamsOptions> = {}): Hub {
  const events = new LifecycleEvents()
  const stopping = new AbortController()
  context.after(() => stopping.abort())
  let wake: () => void = () => {}
  const sleep = (_ms: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve
      signal.addEventListener('abort', () => resolve())
    })
  const streams = new Streams({ events, sleep, now: () => 7, signal: stopping.signal, ...options })
  return { events, streams, stop: () => stopping.abort(), beat: () => wake() }
}

function open({ streams }: Hub, filter: StreamFilter = {}): Readable {
  const body = streams.open(filter)
  assert.ok(body)
  return body.setEncoding('utf8')
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Everything that waits, as messages; comments left out. */
async function take(body: Readable): Promise<Record<string, unknown>[]> {
  await turn()
  const text = String(body.read() ?? '')
  assert.ok(text === '' || text.endsWith('\n\n'), 'a message is cut')
  return text
    .split('\n\n')
    .filter((part) => part.startsWith('data: '))
    .map((part) => JSON.parse(part.slice(6)) as Record<string, unknown>)
}

const ARRIVAL: Lifecycle['event:accepted'] = {
  pixel: 'px',
  source: 'shop',
  count: 2,
  refused: 1,
  duplicates: 0,
  identity: {},
  codes: { missing_field: 1 },
  results: [
    { index: 0, id: 'one', status: 'accepted', issues: [] },
    { index: 1, id: 'two', status: 'accepted', issues: [] },
    {
      index: 2,
      id: 'bad',
      status: 'refused',
      issues: [{ code: 'missing_field', path: 'data', message: 'x', severity: 'error' }],
    },
  ],
}

function happen({ events }: Hub): void {
  events.emit('event:accepted', ARRIVAL)
  events.emit('event:delivered', DELIVERED)
  events.emit('event:refused', { ...BASE, pixel: 'other', id: 'three', code: 'c', message: 'about ada@example.com' })
  events.emit('pixel:held', { pixel: 'px', code: 'unauthorized', message: 'm', hint: 'h' })
  events.emit('clock:doubted', { reason: 'r' })
}

const FILTERS: readonly (readonly [name: string, filter: StreamFilter, types: readonly string[]])[] = [
  ['all', {}, ['event:accepted', 'event:refused', 'event:delivered', 'event:refused', 'pixel:held', 'clock:doubted']],
  ['one pixel', { pixel: 'px' }, ['event:accepted', 'event:refused', 'event:delivered', 'pixel:held']],
  ['types', { types: new Set(['event:refused', 'pixel:held']) }, ['event:refused', 'event:refused', 'pixel:held']],
  ['an id', { idPrefix: 'on' }, ['event:accepted', 'event:delivered']],
  ['an id that was refused at intake', { idPrefix: 'bad' }, ['event:refused']],
  ['an id of another pixel', { idPrefix: 'three', pixel: 'px' }, []],
]

for (const [name, filter, types] of FILTERS) {
  test(`a reader is told of ${name} and nothing else`, async (context) => {
    const one = hub(context)
    const body = open(one, filter)
    happen(one)
    const messages = await take(body)
    assert.deepEqual(
      messages.map(({ type }) => type),
      ['stream:opened', ...types],
    )
    assert.doesNotMatch(JSON.stringify(messages), /ada@/)
  })
}

test('an arrival is told as a whole with its codes, and event by event to whoever follows ids', async (context) => {
  const one = hub(context)
  const [all, followed] = [open(one), open(one, { idPrefix: '' })]
  one.events.emit('event:accepted', ARRIVAL)
  const atMs = 7
  const refused = { type: 'event:refused', atMs, pixel: 'px', id: 'bad', code: 'missing_field', at: 'intake' }
  assert.deepEqual((await take(all)).slice(1), [
    {
      type: 'event:accepted',
      atMs,
      pixel: 'px',
      source: 'shop',
      count: 2,
      refused: 1,
      duplicates: 0,
      codes: { missing_field: 1 },
    },
    refused,
  ])
  assert.deepEqual((await take(followed)).slice(1), [
    { type: 'event:accepted', atMs, pixel: 'px', id: 'one', status: 'accepted' },
    { type: 'event:accepted', atMs, pixel: 'px', id: 'two', status: 'accepted' },
    refused,
  ])
})

test('an engine that failed is told without what its error says', async (context) => {
  const one = hub(context)
  const body = open(one)
  one.events.emit('engine:failed', { error: new Error('key sk-1 of ada') })
  assert.deepEqual((await take(body)).slice(1), [{ type: 'engine:failed', atMs: 7 }])
})

const WORDS: readonly (readonly [word: string, types: readonly string[]])[] = [
  ['event:delivered', ['event:delivered']],
  ['delivered', ['event:delivered']],
  ['held', ['shape:held', 'pixel:held']],
  ['pixel', ['pixel:held', 'pixel:resumed', 'pixel:claimed', 'pixel:left']],
  ['event:lost', []],
  ['', []],
]

for (const [word, types] of WORDS) {
  test(`"${word}" names ${types.length === 0 ? 'no type' : types.join(', ')}`, () => {
    assert.deepEqual(typesNamed(word), types)
  })
}

/**
 * - room for about 4,000 characters; nobody reads while 1,000 events are delivered
 * - what had room comes, then one line with the number of the rest, then what happens later
 */
test('a reader that does not read loses lines, is told how many and where, and nobody waits for it', async (context) => {
  const one = hub(context, { maxWaiting: 4_000 })
  const body = open(one)
  for (let at = 0; at < 1_000; at++) one.events.emit('event:delivered', { ...DELIVERED, id: `id_${at}` })
  const first = await take(body)
  const told = first.filter(({ type }) => type === 'event:delivered')
  assert.ok(told.length > 10 && told.length < 100, String(told.length))
  assert.deepEqual(
    told.map(({ id }) => id),
    told.map((_, at) => `id_${at}`),
  )
  assert.deepEqual(first.at(-1), { type: 'stream:lost', atMs: 7, lost: 1_000 - told.length })
  one.events.emit('event:delivered', { ...DELIVERED, id: 'later' })
  assert.deepEqual(
    (await take(body)).map(({ id }) => id),
    ['later'],
  )
})

test('what is kept for a reader that never reads stays within its bound', async (context) => {
  const one = hub(context, { maxWaiting: 4_000 })
  const body = open(one)
  for (let at = 0; at < 50; at++) {
    for (let more = 0; more < 100; more++) one.events.emit('event:delivered', DELIVERED)
    await turn()
  }
  let kept = 0
  body.on('data', (text: string) => {
    kept += text.length
  })
  await turn()
  // What the stream took before it was full, and what waits for it.
  assert.ok(kept < body.readableHighWaterMark + 2 * 4_100, String(kept))
})

test('a quiet reader gets a sign of life', async (context) => {
  const one = hub(context)
  const body = open(one)
  await take(body)
  one.beat()
  await turn()
  assert.equal(body.read(), ':\n\n')
})

test('there are only so many readers at a time, and one that went makes room', async (context) => {
  const one = hub(context, { maxReaders: 2 })
  const first = open(one)
  open(one)
  assert.equal(one.streams.open({}), undefined)
  first.destroy()
  await turn()
  open(one)
})

test('while nobody reads nothing is listened to', async (context) => {
  const inner = new LifecycleEvents()
  let listeners = 0
  const events: StreamsOptions['events'] = {
    on(name, listener) {
      listeners += 1
      const end = inner.on(name, listener)
      return () => {
        listeners -= 1
        return end()
      }
    },
  }
  const one = hub(context, { events })
  assert.equal(listeners, 0)
  const bodies = [open(one), open(one)]
  const most = listeners
  assert.ok(most > 10)
  for (const body of bodies) body.destroy()
  await turn()
  assert.equal(listeners, 0)
  open(one)
  assert.equal(listeners, most)
})

test('when the relay stops, a reader hears the last word and ends, and one that lags behind is cut off', async (context) => {
  const one = hub(context, { maxWaiting: 100_000 })
  const [reading, lagging] = [open(one), open(one)]
  let text = ''
  reading.on('data', (piece: string) => {
    text += piece
  })
  const ended = new Promise<void>((resolve) => reading.once('end', resolve))
  for (let at = 0; at < 300; at++) one.events.emit('event:delivered', DELIVERED)
  await turn()
  const closed = new Promise<void>((resolve) => lagging.once('close', resolve))
  one.stop()
  await Promise.all([ended, closed])
  assert.match(text, /"type":"stream:ended","atMs":7\}\n\n$/)
  assert.deepEqual([lagging.destroyed, lagging.readableEnded], [true, false])
  assert.equal(one.streams.open({}), undefined)
})
