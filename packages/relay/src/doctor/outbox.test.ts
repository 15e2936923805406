import assert from 'node:assert/strict'
import { test } from 'node:test'
import { judgeOutbox, lookAtOutbox, type OutboxFacts } from './outbox.ts'

const facts = (changes: Partial<OutboxFacts>): OutboxFacts => ({
  name: 'shop',
  newest: 1,
  standing: { version: 1, waiting: 0, isMore: false, oldest: undefined },
  failure: undefined,
  ...changes,
})
const waiting = (ageMs: number, version = 1): Partial<OutboxFacts> => ({
  standing: { version, waiting: 3, isMore: false, oldest: { place: 1n, ageMs } },
})

test('an outbox is well while nothing waits for longer than a minute', () => {
  const CASES = [
    [{}, 'ok', 'version 1, 0 wait'],
    [waiting(60_000), 'ok', 'version 1, 3 wait, the oldest for 60 s'],
    [waiting(61_000), 'warning', 'version 1, 3 wait, the oldest for 61 s'],
    [{ ...waiting(0), newest: 2 }, 'warning', 'version 1, 3 wait, the oldest for 0 s; this program has version 2'],
    [
      { standing: undefined, failure: { code: '42P01', message: 'no such table' } },
      'wrong',
      'cannot be read (42P01): no such table',
    ],
  ] as const
  for (const [changes, level, message] of CASES) {
    const found = judgeOutbox(facts(changes))
    assert.deepEqual([found.level, found.message], [level, message])
    assert.equal(found.next === undefined, level === 'ok')
  }
})

test('a database that is not there is a finding', async () => {
  const found = judgeOutbox(
    await lookAtOutbox({ name: 'shop', url: 'postgres://a@127.0.0.1:1/shop', pixels: '*' }, 5_000),
  )
  assert.equal(found.level, 'wrong')
  assert.match(found.message, /ECONNREFUSED/)
})
