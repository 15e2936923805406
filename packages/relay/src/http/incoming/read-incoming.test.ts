import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { Collector } from './collector.ts'
import { gunzip } from './gunzip.ts'
import { type NoBody, readIncoming } from './read-incoming.ts'
import { Room, type Share } from './room.ts'

interface Arrival {
  readonly stream: PassThrough
  readonly share: Share
  readonly results: (Uint8Array | NoBody)[]
}

function roomOf(limitBytes: number): Room {
  return new Room({ limitBytes: () => limitBytes, monotonic: () => 0 })
}

function arrive(room: Room, announced?: number, maxBytes = 1_000): Arrival {
  const stream = new PassThrough()
  stream.on('error', () => {})
  const results: (Uint8Array | NoBody)[] = []
  const headers = announced === undefined ? {} : { 'content-length': String(announced) }
  const done = (result: Uint8Array | NoBody): void => void results.push(result)
  return { stream, results, share: readIncoming(room, { headers, stream, maxBytes, hasToken: true, done }) }
}

function textOf(results: readonly (Uint8Array | NoBody)[]): unknown {
  return results.map((one) => (typeof one === 'string' ? one : { text: Buffer.from(one).toString() }))
}

for (const announced of [6, undefined])
  test(`a body is read whole, ${announced === undefined ? 'without a length' : 'with its length'}, and told once`, async () => {
    const room = roomOf(100)
    const { stream, results, share } = arrive(room, announced)
    for (const piece of ['ab', 'cde', 'f']) {
      stream.write(piece)
      await turn()
    }
    stream.end()
    await turn()
    stream.destroy()
    await turn()
    assert.deepEqual(textOf(results), [{ text: 'abcdef' }])
    assert.equal(room.usedBytes, 6)
    share.leave()
    assert.equal(room.usedBytes, 0)
  })

test('an empty body is one', async () => {
  const { stream, results } = arrive(roomOf(100))
  stream.end()
  await turn()
  assert.deepEqual(textOf(results), [{ text: '' }])
})

for (const [bytes, result] of [
  [999, 999],
  [1_000, 1_000],
  [1_001, 'too_large'],
] as const)
  for (const announced of [bytes, undefined])
    test(`of ${bytes} bytes, ${announced ? 'announced' : 'not announced'}, 1,000 may be`, async () => {
      const { stream, results } = arrive(roomOf(5_000), announced)
      stream.end(Buffer.alloc(bytes))
      await turn()
      await turn()
      assert.deepEqual(
        results.map((one) => (typeof one === 'string' ? one : one.length)),
        [result],
      )
    })

test('what was announced too large is refused before any of it comes, and takes no room', () => {
  const room = roomOf(100)
  assert.deepEqual(arrive(room, 1_001).results, ['too_large'])
  assert.equal(room.usedBytes, 0)
})

test('a sender that goes away leaves nothing behind', async () => {
  const room = roomOf(100)
  const { stream, results } = arrive(room, 50)
  stream.write('abc')
  await turn()
  assert.equal(room.usedBytes, 3)
  stream.destroy()
  await turn()
  assert.deepEqual([results, room.usedBytes], [['gone'], 0])
})

test('a body that is ended for others gives its room back, and what still comes of it is thrown away', async () => {
  const room = roomOf(100)
  const first = arrive(room, 200)
  first.stream.write(Buffer.alloc(90))
  await turn()
  const second = arrive(room, 60)
  second.stream.write(Buffer.alloc(60))
  await turn()
  assert.deepEqual([first.results, second.results.length, room.usedBytes], [['crowded'], 0, 60])
  first.stream.write(Buffer.alloc(110))
  await turn()
  assert.deepEqual([first.results, first.stream.readableLength, room.usedBytes], [['crowded'], 0, 60])
  second.stream.end()
  await turn()
  assert.equal((second.results[0] as Uint8Array).length, 60)
})

test('a body in single bytes is collected in little more than its bytes', () => {
  const collector = new Collector()
  const sent = Array.from({ length: 40_000 }, (_, at) => at % 251)
  for (const byte of sent) collector.add(Uint8Array.of(byte))
  const large = Array<number>(5_000).fill(7)
  collector.add(Uint8Array.from(large))
  collector.add(Uint8Array.of(1, 2, 3))
  assert.deepEqual([...collector.take()], [...sent, ...large, 1, 2, 3])
  assert.equal(collector.bytes, 45_003)
})

const TEXT = 'a text that is long enough '.repeat(50)

for (const [name, bytes, maxBytes, room, result] of [
  ['gzip', gzipSync(TEXT), 10_000, 10_000, TEXT],
  ['gzip of nothing', gzipSync(''), 10_000, 10_000, ''],
  ['gzip that is just not too large', gzipSync(TEXT), TEXT.length, 10_000, TEXT],
  ['gzip that is too large', gzipSync(TEXT), TEXT.length - 1, 10_000, 'too_large'],
  ['gzip for which there is no room', gzipSync(TEXT), 10_000, TEXT.length - 1, 'crowded'],
  ['no gzip', Buffer.from('abc'), 10_000, 10_000, 'not_gzip'],
  ['half of a gzip', gzipSync(TEXT).subarray(0, 20), 10_000, 10_000, 'not_gzip'],
  ['nothing', new Uint8Array(), 10_000, 10_000, 'not_gzip'],
] as const)
  test(`unfolded step by step: ${name}`, async () => {
    let left: number = room
    const take = (more: number): boolean => {
      left -= more
      return left >= 0
    }
    const unfolded = await gunzip(bytes, maxBytes, take)
    assert.equal(typeof unfolded === 'string' ? unfolded : Buffer.from(unfolded).toString(), result)
  })

test('many are unfolded side by side, bombs among them, and each has its own result', async () => {
  const bomb = gzipSync(new Uint8Array(50_000_000))
  const bodies = Array.from({ length: 40 }, (_, at) => (at % 4 === 0 ? bomb : gzipSync(`${at} ${TEXT}`)))
  const results = await Promise.all(bodies.map((body) => gunzip(body, 1_000_000, () => true)))
  for (const [at, result] of results.entries())
    assert.equal(
      typeof result === 'string' ? result : Buffer.from(result).toString(),
      at % 4 === 0 ? 'too_large' : `${at} ${TEXT}`,
    )
})
