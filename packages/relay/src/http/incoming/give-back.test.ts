import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { discard, giveBack } from './give-back.ts'

const LARGE_BYTES = 65_536

test('memory that belongs to these bytes alone is given back at once', () => {
  const bytes = new Uint8Array(LARGE_BYTES)
  giveBack(bytes)
  assert.equal(bytes.length, 0)
  assert.equal(bytes.buffer.byteLength, 0)
})

for (const [what, bytes] of [
  ['a part of what others read', new Uint8Array(new ArrayBuffer(2 * LARGE_BYTES), 0, LARGE_BYTES)],
  ['little', new Uint8Array(16)],
  ['memory that threads share', new Uint8Array(new SharedArrayBuffer(LARGE_BYTES))],
] as const)
  test(`${what} stays`, () => {
    const { length } = bytes
    giveBack(bytes)
    assert.equal(bytes.length, length)
  })

test('what is thrown away leaves its memory, piece by piece', async () => {
  const stream = new PassThrough()
  discard(stream)
  const pieces = [new Uint8Array(LARGE_BYTES), new Uint8Array(LARGE_BYTES)]
  for (const piece of pieces) stream.write(piece)
  await turn()
  assert.deepEqual(
    pieces.map(({ buffer }) => buffer.byteLength),
    [0, 0],
  )
})
