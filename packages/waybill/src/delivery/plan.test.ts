import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { PlanContext } from './batch.ts'
import { answerFor, brokenPromises, draw, type Naming, type Run, runPlan, seededRandom } from './plan.cases.ts'

const NAMINGS: readonly Naming[] = ['all', 'first', 'none', 'wrong']
const DRAWS = 200
const COUNT = 1_000

function runs(drawBad: (random: () => number) => Set<number>, naming: Naming = 'none'): Run[] {
  return Array.from({ length: DRAWS }, (_, seed) => {
    const bad = drawBad(seededRandom(seed + 1))
    const run = runPlan({ count: COUNT, bad, naming })
    assert.deepEqual(brokenPromises(run, COUNT, bad), [])
    return run
  })
}
const mean = (all: readonly Run[]): number => all.reduce((sum, { requests }) => sum + requests, 0) / all.length

describe('isolation of 1,000 events when the API names nobody, each bad one confirmed alone', () => {
  for (const [bad, ceiling] of [
    [1, 14],
    [2, 25],
    [5, 53],
    [10, 92],
  ] as const) {
    it(`takes at most ${ceiling} requests for ${bad} bad, in the mean over ${DRAWS} draws`, () => {
      const requests = mean(runs((random) => draw(bad, COUNT, random)))
      assert.ok(requests <= ceiling, `${requests}`)
    })
  }

  it('takes at most 36 requests for a run of 10 neighbours: each is alone in two requests, since none has a neighbour that passed', () => {
    const requests = mean(
      runs((random) => {
        const first = Math.floor(random() * (COUNT - 9))
        return new Set(Array.from({ length: 10 }, (_, step) => first + step))
      }),
    )
    assert.ok(requests <= 36, `${requests}`)
  })

  it('takes one request when nothing is bad', () => {
    assert.equal(runPlan({ count: COUNT, bad: new Set() }).requests, 1)
  })
})

describe('names', () => {
  it('of all bad events take three requests: the batch, the rest, and the named between canaries', () => {
    for (const bad of [1, 2, 10, 100]) {
      for (const { requests } of runs((random) => draw(bad, COUNT, random), 'all')) assert.equal(requests, 3)
    }
  })

  it('of the first bad event alone take at most d + 6 requests, and one for each that is asked again', () => {
    for (const bad of [1, 2, 3, 4, 5, 7, 8, 9, 12, 20, 50]) {
      for (const { requests } of runs((random) => draw(bad, COUNT, random), 'first')) {
        assert.ok(requests <= 2 * bad + 6, `${bad} bad: ${requests}`)
      }
    }
  })

  it('of the first bad event alone send at most six times the events, because the rest goes in parts', () => {
    for (const { sentEvents } of runs((random) => draw(10, COUNT, random), 'first')) {
      assert.ok(sentEvents <= 6.5 * COUNT, `${sentEvents}`)
    }
  })

  it('that are wrong cost requests and never a good event', () => {
    for (const bad of [1, 2, 5, 10]) runs((random) => draw(bad, COUNT, random), 'wrong')
  })
})

describe('every bad set of up to 12 events', () => {
  for (const naming of NAMINGS) {
    it(`has exactly the bad ones refused and every good one accepted exactly once (names: ${naming})`, () => {
      for (let count = 1; count <= 12; count++) {
        for (let bits = 0; bits < 2 ** count; bits++) {
          const bad = new Set(Array.from({ length: count }, (_, item) => item).filter((item) => (bits >> item) & 1))
          assert.deepEqual(brokenPromises(runPlan({ count, bad, naming }), count, bad), [], `${count}: ${[...bad]}`)
        }
      }
    })
  }
})

const anySubset = fc
  .integer({ min: 1, max: 120 })
  .chain((count) => fc.tuple(fc.constant(count), fc.uniqueArray(fc.nat({ max: count - 1 }))))

describe('any subset', () => {
  it('is refused exactly, or held where so many of a shape are refused that the shape may be at fault', () => {
    fc.assert(
      fc.property(anySubset, fc.constantFrom(...NAMINGS), ([count, positions], naming) => {
        const bad = new Set(positions)
        assert.deepEqual(brokenPromises(runPlan({ count, bad, naming }), count, bad), [])
      }),
      { numRuns: 500 },
    )
  })

  it('is refused exactly, when all have one reason but no shape has eight bad ones', () => {
    fc.assert(
      fc.property(anySubset, fc.constantFrom(...NAMINGS), ([count, positions], naming) => {
        const bad = new Set(positions)
        const shapeOf = (item: number): string => `shape ${Math.floor(item / 7)}`
        const run = runPlan({ count, bad, naming, shapeOf, codeOf: () => 'same' })
        assert.deepEqual(brokenPromises(run, count, bad), [])
      }),
      { numRuns: 500 },
    )
  })

  it('has everyone accounted for and no good event refused, also when the systemic rule speaks', () => {
    fc.assert(
      fc.property(
        anySubset,
        fc.constantFrom(...NAMINGS),
        fc.integer({ min: 1, max: 4 }),
        ([count, positions], naming, shapes) => {
          const bad = new Set(positions)
          const shapeOf = (item: number): string => `shape ${item % shapes}`
          const { settled, accepted } = runPlan({ count, bad, naming, shapeOf, codeOf: () => 'same' })
          assert.equal(settled.size, count)
          for (const [item, { kind }] of settled) {
            assert.equal(kind === 'delivered', accepted.has(item))
            if (kind === 'refused') assert.ok(bad.has(item), `${item} is good`)
          }
        },
      ),
      { numRuns: 500 },
    )
  })
})

describe('an API that changes its mind', () => {
  const flapping = fc.record({
    count: fc.integer({ min: 1, max: 40 }),
    seed: fc.integer(),
    naming: fc.constantFrom(...NAMINGS),
    tooLarge: fc.boolean(),
  })
  it('never makes an event both delivered and refused, nor neither, nor refused without a request of its own or a name', () => {
    fc.assert(
      fc.property(flapping, ({ count, seed, naming, tooLarge }) => {
        const random = seededRandom(seed)
        const suspect = new Set<number>()
        const run = runPlan({
          count,
          bad: new Set(),
          answer: (group) => {
            if (tooLarge && random() < 0.1) {
              if (group.length === 1) suspect.add(group[0]!)
              return { kind: 'too_large' }
            }
            const answer = answerFor(
              group,
              draw(random() < 0.5 ? 0 : 2, 40, random),
              naming,
              () => `code ${random() < 0.5}`,
            )
            if (answer.kind !== 'refused') return answer
            for (const { position } of answer.events) suspect.add(group[position]!)
            if (group.length === 1) suspect.add(group[0]!)
            return answer
          },
        })
        assert.equal(run.settled.size, count)
        for (const [item, { kind }] of run.settled) {
          if (kind === 'delivered') assert.ok(run.accepted.has(item), `${item} was never accepted`)
          else assert.ok(suspect.has(item) || kind === 'unexplained' || kind === 'open', `${item} was never accused`)
          if (kind === 'refused') assert.equal(run.accepted.has(item), false, `${item} was accepted and then refused`)
        }
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('the alarm rings when the plan is broken on purpose:', () => {
  const bad = new Set([3, 4, 9])
  const broken = (
    tamper: (context: PlanContext<number>, group: () => readonly number[]) => PlanContext<number>,
  ): string[] => brokenPromises(runPlan({ count: 20, bad, tamper }), 20, bad)

  it('settling by position in the request instead of by event', () => {
    const found = broken((context, group) => ({
      ...context,
      settle(item, settlement) {
        const position = group().indexOf(item)
        if (!context.isSettled(position)) context.settle(position, settlement)
      },
      isSettled: () => false,
    }))
    assert.notDeepEqual(found, [])
  })

  it('a first refusal taken as final', () => {
    let refusals = 1
    // It changes its mind after one refusal: everything is good.
    const answer: Parameters<typeof runPlan>[0]['answer'] = (group) =>
      refusals-- > 0 ? answerFor(group, new Set(group), 'none', () => 'flap') : { kind: 'delivered' }
    const told = (finality: 'confirmed' | 'first'): string[] => {
      refusals = 1
      const run = runPlan({ count: 1, bad: new Set(), answer, tamper: (context) => ({ ...context, finality }) })
      return brokenPromises(run, 1, new Set())
    }
    assert.deepEqual(told('confirmed'), [])
    assert.notDeepEqual(told('first'), [])
  })

  it('sending an event again that was accepted', () => {
    const found = broken((context) => {
      let forgotten = false
      const settle: PlanContext<number>['settle'] = (item, settlement) => {
        if (!forgotten && settlement.kind === 'delivered') forgotten = true
        else context.settle(item, settlement)
      }
      return { ...context, settle }
    })
    assert.notDeepEqual(found, [])
  })

  it('an account that loses an event', () => {
    const found = broken((context) => ({
      ...context,
      settle: (item, settlement) => (item === 7 ? undefined : context.settle(item, settlement)),
    }))
    assert.ok(found.includes('event 7 was never settled'))
  })
})
