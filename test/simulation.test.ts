import assert from 'node:assert/strict'
import test from 'node:test'
import { BROKEN } from '../simulation/broken.ts'
import { simulateMany } from '../simulation/many.ts'
import { simulate } from '../simulation/run.ts'
import { storeParts } from '../simulation/stores.ts'

const SEEDS = 300

test(`every promise holds in ${SEEDS} simulated lives with faults and crashes`, async () => {
  const outcomes = await simulateMany(Array.from({ length: SEEDS }, (_, index) => index + 1))
  assert.equal(outcomes.length, SEEDS)
  for (const { seed, problems } of outcomes)
    assert.deepEqual(problems, [], `npm run simulate -- --seeds 1 --from ${seed}`)
})

test('a seed lives the same life each time', async () => {
  const broken = { ...storeParts(), ...BROKEN['settles before the answer'] }
  const first = await simulate(7, broken)
  assert.notDeepEqual(first, [])
  assert.deepEqual(await simulate(7, broken), first)
})

for (const [what, broken] of Object.entries(BROKEN)) {
  test(`a relay that ${what} is found within ${SEEDS} seeds`, async () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const problems = await simulate(seed, { ...storeParts(), ...broken })
      if (problems.length > 0) return
    }
    assert.fail('no seed found it')
  })
}
