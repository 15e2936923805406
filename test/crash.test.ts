import assert from 'node:assert/strict'
import test from 'node:test'
import { POINTS } from '../crash/points.ts'
import { crashTest } from '../crash/run.ts'

test('the real relay, killed at each named point and at random moments under load, loses and doubles nothing', async () => {
  const { problems, acknowledged, startsMs, killsAt } = await crashTest({ kills: 2 * POINTS.length, seed: 7 })
  assert.deepEqual(problems, [])
  for (const point of POINTS) assert.ok((killsAt[point] ?? 0) >= 1, point)
  assert.ok(acknowledged > 100, `only ${acknowledged} events were acknowledged`)
  assert.ok(startsMs.length > 0)
})

test('a relay that acknowledges before it commits is found', async () => {
  const { problems } = await crashTest({ kills: 4, seed: 7, isBroken: true })
  assert.ok(
    problems.some((problem) => /acknowledged events were never stored/.test(problem)),
    problems.join('\n'),
  )
})
