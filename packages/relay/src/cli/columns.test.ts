import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { describe, it } from 'node:test'
import { colourOf, columns, wrapped } from './columns.ts'
import { forTerminal, type Io } from './io.ts'

const ioOf = (stream: object, env: Record<string, string> = {}): Io => {
  const stdout = Object.assign(new PassThrough(), stream)
  const signal = new AbortController().signal
  return { stdin: new PassThrough(), stdout, stderr: stdout, env, signal, now: () => 0 }
}
const ROWS = [
  [
    { text: 'refused', format: 'red' as const },
    { text: 'order_1' },
    { text: 'The currency is missing, so nobody knows what the amount means.' },
  ],
  [{ text: 'delivered', format: 'green' as const }, { text: 'o2' }, { text: '' }],
]

describe('columns', () => {
  it('are one line a row in a pipe, without colour', () => {
    assert.deepEqual(columns(ROWS, ioOf({})), [
      'refused    order_1  The currency is missing, so nobody knows what the amount means.',
      'delivered  o2',
    ])
  })

  it('fit a terminal of 80 characters and of 40, and cut no word', () => {
    for (const width of [80, 40]) {
      const lines = columns(ROWS, ioOf({ isTTY: true, columns: width }, { NO_COLOR: '1' }))
      assert.ok(
        lines.every((line) => line.length <= width),
        lines.join('\n'),
      )
      const words = lines.slice(0, -1).join(' ').split(/\s+/)
      assert.deepEqual(
        words,
        'refused order_1 The currency is missing, so nobody knows what the amount means.'.split(' '),
      )
    }
  })

  it('have colours on a terminal that wants them, and none under NO_COLOR', () => {
    const [line = ''] = columns(ROWS, ioOf({ isTTY: true, columns: 200 }))
    assert.ok(forTerminal(line).startsWith('\u001b[31mrefused'))
    const [plain = ''] = columns(ROWS, ioOf({ isTTY: true, columns: 200 }, { NO_COLOR: '1' }))
    assert.match(forTerminal(plain), /^refused/)
  })

  it('a word longer than the room has a line for itself', () => {
    assert.deepEqual(wrapped('a verylongword b', 6), ['a', 'verylongword', 'b'])
  })

  it('states and types of messages have their colours', () => {
    assert.deepEqual(['event:delivered', 'refused', 'pixel:held', 'queued'].map(colourOf), [
      'green',
      'red',
      'yellow',
      undefined,
    ])
  })
})
