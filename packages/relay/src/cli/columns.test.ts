import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { describe, it } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import fc from 'fast-check'
import { colourOf, columns } from './columns.ts'
import { forTerminal, type Io, say, style } from './io.ts'
import { folded, wrapped } from './screen.ts'

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

  it('of any texts stay within the screen and cut no word, but one that no line holds', () => {
    const word = fc.stringMatching(/^[a-z0-9:_-]{1,30}$/)
    const text = fc.array(word, { maxLength: 12 }).map((words) => words.join(' '))
    const rows = fc.array(fc.array(text, { minLength: 1, maxLength: 7 }), { maxLength: 6 })
    fc.assert(
      fc.property(rows, fc.integer({ min: 40, max: 120 }), (texts, width) => {
        const table = texts.map((row) => row.map((one) => ({ text: one })))
        const lines = columns(table, ioOf({ isTTY: true, columns: width }, { NO_COLOR: '1' }))
        assert.deepEqual(
          lines.filter((line) => line.length > width),
          [],
        )
        assert.deepEqual(
          lines.join(' ').split(/\s+/).filter(Boolean),
          texts.flat().join(' ').split(/\s+/).filter(Boolean),
        )
      }),
    )
  })

  it('that leave no room for the last one are a text that goes on below', () => {
    const cells = [
      'refused',
      '2026-03-19T04:00:00Z',
      'USD 25.99',
      'px_main',
      'order_created',
      'order_1',
      'invalid_currency',
    ]
    const lines = columns([cells.map((text) => ({ text }))], ioOf({ isTTY: true, columns: 80 }))
    assert.deepEqual(lines, [
      'refused  2026-03-19T04:00:00Z  USD 25.99  px_main  order_created  order_1',
      '    invalid_currency',
    ])
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

  it('a line of talk goes on set in; a command to copy stays in one piece, and so does what no screen shows', () => {
    assert.equal(folded('  one two three four five six', 24), '  one two three four\n    five six')
    assert.equal(folded('  waybill resume px_1 --shape long', 24), '  waybill resume px_1 --shape long')
    assert.equal(folded('  one two three four five six', Number.POSITIVE_INFINITY), '  one two three four five six')
  })

  it('talk fits the screen, and what colours add does not count', () => {
    const io = ioOf({ isTTY: true, columns: 30 })
    say(io, `${style(io, 'red', 'waybill:')} one two three four five six seven`)
    const shown = stripVTControlCharacters(String((io.stderr as PassThrough).read()))
    assert.equal(shown, 'waybill: one two three four\n  five six seven\n')
  })
})
