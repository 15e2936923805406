import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import test, { after } from 'node:test'
import { BROKEN } from '../simulation/broken/index.ts'
import { hunt } from '../simulation/hunt.ts'
import { openThreads } from '../simulation/many.ts'
import { drawPlan } from '../simulation/plan.ts'
import { problemList } from '../simulation/report.ts'
import { type Outcome, simulate } from '../simulation/simulate.ts'
import { wantedAlone, wantedAmong } from '../simulation/wanted.ts'

const SEEDS = 60
const SEEDS_OF_SEVERAL = 40
const SEEDS_OF_UPGRADE = 15

const { liveMany, close } = openThreads()
after(close)

/** The page says of each broken relay in which life it shows. */
const PAGE = readFileSync(new URL('../simulation/README.md', import.meta.url), 'utf8')
const LISTED = [...PAGE.matchAll(/^\|[^|]*\| `([^`]+)` \| `\w+`, (\d+) \|$/gm)].map(
  ([, name, seed]) => [name!, Number(seed)] as const,
)

test(`every promise holds in ${SEEDS} simulated lives with faults and crashes`, async () => {
  const outcomes: Outcome[] = []
  const tasks = Array.from({ length: SEEDS }, (_, index) => ({ seed: index + 1 }))
  await liveMany(tasks.values(), (outcome) => outcomes.push(outcome))
  assert.equal(outcomes.length, SEEDS)
  const failed = outcomes.filter(({ problems }) => problems.length > 0)
  assert.deepEqual(
    failed.map((outcome) => `--seed ${outcome.seed}\n${problemList(outcome, 3)}`),
    [],
  )
})

/**
 * - an API refuses for the time, by a window or a clock of its own, and the same life draws that it names nobody, in either order
 * - it says all the same whom it means: two refusals that give another reason, and a pass of the shape, would be final by the rule
 */
test('an API that refuses for the time says so, in whatever order its faults are drawn', () => {
  const orders = (['422-by-a-shorter-window', '422-by-another-clock'] as const).flatMap((name) => [
    [name, 'names-nobody'] as const,
    ['names-nobody', name] as const,
  ])
  for (const [fault, other] of orders) {
    const plans = Array.from({ length: SEEDS }, (_, index) => drawPlan(index + 1, { fault, pool: [other] }))
    const both = plans.filter(({ faults }) => faults.includes(other))
    assert.ok(both.length > 0, `${fault} with ${other}`)
    assert.deepEqual(new Set(both.map(({ account }) => account.naming)), new Set(['all']), `${fault}, ${other}`)
  }
})

/**
 * - the endpoint is a relay, and for a while its check reads the other generation of `user`: it refuses what it would take later
 * - its refusals are final, so that no promise is broken; what it refuses is told with its own code
 */
test("a relay's refusals are final, also while its check reads the other generation", async () => {
  const outcomes: Outcome[] = []
  const tasks = Array.from({ length: 12 }, (_, index) => ({
    seed: index + 1,
    fault: 'relay' as const,
    pool: ['other-generation'] as const,
  }))
  await liveMany(tasks.values(), (outcome) => outcomes.push(outcome))
  assert.ok(outcomes.some(({ faults }) => faults.includes('other-generation')))
  assert.deepEqual(
    outcomes.flatMap(({ problems }) => problems),
    [],
  )
})

test('a seed lives the same life each time', async () => {
  const task = { seed: 8, sabotage: 'settles before the answer', fault: 'reset' } as const
  const first = await simulate(task)
  assert.notDeepEqual(first.problems, [])
  assert.deepEqual((await simulate(task)).problems, first.problems)
})

test(`each relay that is broken on purpose is found within ${SEEDS} seeds, and the relay as it is raises no such alarm`, async () => {
  const finds = await hunt(wantedAlone(new Map(LISTED)), SEEDS, liveMany)
  assert.deepEqual(
    finds.filter(({ task, control }) => task === undefined || control.length > 0),
    [],
  )
})

test('the page of the simulation lists each broken relay with a sentence of the rule', () => {
  assert.deepEqual(LISTED.map(([name]) => name).sort(), Object.keys(BROKEN).sort())
})

test(`every promise holds in ${SEEDS_OF_SEVERAL} simulated lives of three relays that stop, die and are cut off`, async () => {
  const outcomes: Outcome[] = []
  const tasks = Array.from({ length: SEEDS_OF_SEVERAL }, (_, index) => ({ seed: index + 1, relays: 3 }))
  await liveMany(tasks.values(), (outcome) => outcomes.push(outcome))
  assert.equal(outcomes.length, SEEDS_OF_SEVERAL)
  const failed = outcomes.filter(({ problems }) => problems.length > 0)
  assert.deepEqual(
    failed.map((outcome) => `--relays 3 --seed ${outcome.seed}\n${problemList(outcome, 3)}`),
    [],
  )
})

/**
 * - each of three relays is replaced in its turn: a newer one begins while the older one leaves in order, with requests in flight
 * - events arrive before, during and after it, beside whatever else befalls the life
 * - breaking: the newer version changes the data, beside which no older relay may work: once the last one is gone, or by force in the midst
 *   of them, which then stop by themselves
 */
for (const lean of ['upgrade', 'breaking upgrade'] as const)
  test(`every promise holds in ${SEEDS_OF_UPGRADE} simulated lives of three relays with one ${lean} after the other`, async () => {
    const outcomes: Outcome[] = []
    const tasks = Array.from({ length: SEEDS_OF_UPGRADE }, (_, index) => ({ seed: index + 1, relays: 3, lean }))
    await liveMany(tasks.values(), (outcome) => outcomes.push(outcome))
    assert.equal(outcomes.length, SEEDS_OF_UPGRADE)
    const failed = outcomes.filter(({ problems }) => problems.length > 0)
    assert.deepEqual(
      failed.map((outcome) => `--relays 3 --lean '${lean}' --seed ${outcome.seed}\n${problemList(outcome, 3)}`),
      [],
    )
  })

test(`each relay among several that is broken on purpose is found within ${SEEDS_OF_SEVERAL} seeds`, async () => {
  const finds = await hunt(wantedAmong(3), SEEDS_OF_SEVERAL, liveMany)
  assert.deepEqual(
    finds.filter(({ task, control }) => task === undefined || control.length > 0),
    [],
  )
})
