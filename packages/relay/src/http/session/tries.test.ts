import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Tries } from './tries.ts'

function tries(): { tries: Tries; at: (ms: number) => void } {
  let nowMs = 1_000
  const made = new Tries({ perAddress: 5, inAll: 60, monotonic: () => nowMs })
  const at = (ms: number): void => {
    nowMs = 1_000 + ms
  }
  return { tries: made, at }
}

test('an address has five failed tries a minute: the fifth is heard, the sixth waits until the first is a minute old', () => {
  const { tries: book, at } = tries()
  for (let failed = 0; failed < 5; failed += 1) {
    at(failed * 1_000)
    assert.equal(book.waitMs('192.0.2.7'), 0, `${failed} failed`)
    book.failed('192.0.2.7')
  }
  assert.equal(book.waitMs('192.0.2.7'), 56_000)
  assert.equal(book.waitMs('192.0.2.8'), 0)
  at(59_999)
  assert.equal(book.waitMs('192.0.2.7'), 1)
  at(60_000)
  assert.equal(book.waitMs('192.0.2.7'), 0)
})

test('all addresses together have sixty', () => {
  const { tries: book, at } = tries()
  for (let failed = 0; failed < 60; failed += 1) {
    assert.equal(book.waitMs('198.51.100.1'), 0, `${failed} failed`)
    book.failed(`192.0.2.${failed}`)
  }
  assert.equal(book.waitMs('198.51.100.1'), 60_000)
  at(60_000)
  assert.equal(book.waitMs('198.51.100.1'), 0)
})
