import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { readLine } from './read-line.ts'

const never = new AbortController().signal

test('lines are read one at a time, however the input is cut, and the end of the input is no line', async () => {
  const input = new PassThrough()
  input.write('on')
  const first = readLine(input, never)
  input.write('e\ntwo\nth')
  assert.equal(await first, 'one')
  assert.equal(await readLine(input, never), 'two')
  input.end('ree')
  assert.equal(await readLine(input, never), undefined)
  assert.equal(await readLine(input, never), undefined)
})

test('between two lines nothing is taken from the input', async () => {
  const input = new PassThrough()
  input.write('one\n')
  assert.equal(await readLine(input, never), 'one')
  input.write('for the editor')
  assert.equal(String(input.read()), 'for the editor')
})

test('an interrupt ends the wait', async () => {
  const interrupt = new AbortController()
  const line = readLine(new PassThrough(), interrupt.signal)
  interrupt.abort()
  assert.equal(await line, undefined)
})
