import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ACCEPTED } from './accepted.cases.ts'
import { createJudge } from './judge.ts'
import { REFUSED } from './refused.cases.ts'
import { LEAD, NOW_MS } from './sample.cases.ts'

for (const { name, event, contract = 'both' } of ACCEPTED) {
  test(`an event is accepted with ${name} (${contract})`, () => {
    assert.deepEqual(createJudge(contract, null)(event, NOW_MS), [])
  })
}

for (const { name, event, contract = 'both', errors } of REFUSED) {
  test(`an event is refused with ${name} (${contract})`, () => {
    const found = createJudge(contract, null)(event, NOW_MS).map(({ path, code }) => `${path} ${code}`)
    assert.deepEqual(found.sort(), [...errors].sort())
  })
}

test('a poisoned id is refused although its event is valid, and stays refused', () => {
  const judge = createJudge('both', /^lead_/)
  for (const _ of [1, 2]) {
    assert.deepEqual(judge(LEAD, NOW_MS), [{ path: '', code: 'event_rejected', rule: 'was rejected.' }])
  }
  assert.deepEqual(judge({ ...LEAD, id: 'x' }, NOW_MS), [])
})
