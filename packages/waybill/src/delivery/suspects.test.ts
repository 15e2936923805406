import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { PlanContext, Suspicion } from './batch.ts'
import { Learned } from './learned.ts'
import { answerFor, type Run, runPlan, type Setup } from './plan.cases.ts'
import type { GroupAnswer } from './question.ts'
import { PROBES_THAT_DECIDE, STREAK_THAT_ALARMS, spread, TOO_OLD } from './suspects.ts'

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, step) => from + step)
/** The one event of a batch stands for another than that of the batch before. */
const keyed = (key: number): Pick<Setup, 'tamper'> => ({ tamper: (context) => ({ ...context, keyOf: () => key }) })
const everyone = (count: number): Set<number> => new Set(range(0, count))

/** How many events ended, or wait, in each way. */
function tally({ settled }: Run): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { kind } of settled.values()) counts[kind] = (counts[kind] ?? 0) + 1
  return counts
}

const refused = (code = 'bad'): GroupAnswer => ({
  kind: 'refused',
  events: [],
  reason: { code, message: 'no', path: 'id' },
})

describe('a refusal is final after two refusals and a pass of the shape:', () => {
  const cases: readonly (readonly [string, Setup, Record<string, number>, number])[] = [
    ['one bad event alone takes three requests', { count: 1, bad: new Set([0]) }, { refused: 1 }, 3],
    [
      'one that passes when it is asked again is delivered',
      { count: 1, bad: new Set(), answer: (_group, request) => (request === 1 ? refused() : { kind: 'delivered' }) },
      { delivered: 1 },
      3,
    ],
    [
      'while no canary is answered it waits',
      { count: 1, bad: new Set([0]), canary: () => 'unknown' },
      { suspect: 1 },
      2,
    ],
    [
      'while the canary of the shape is refused and the least one passes, the shape is held',
      { count: 1, bad: new Set([0]), canary: (shape) => (shape === undefined ? 'passed' : 'refused') },
      { unexplained: 1 },
      3,
    ],
    [
      'while the least canary is refused too, the API is not judging',
      { count: 1, bad: new Set([0]), canary: () => 'refused' },
      { suspect: 1 },
      3,
    ],
    [
      'a neighbour of the shape that passes is as good as a canary',
      { count: 2, bad: new Set([1]) },
      { delivered: 1, refused: 1 },
      3,
    ],
    [
      'named events are asked again between canaries, and no canary beside it is needed',
      { count: 10, bad: new Set([1, 4]), naming: 'all' },
      { delivered: 8, refused: 2 },
      3,
    ],
  ]
  for (const [words, setup, expected, requests] of cases) {
    it(words, () => {
      const run = runPlan(setup)
      assert.deepEqual(tally(run), expected)
      assert.equal(run.requests, requests)
    })
  }

  it('without canaries an event whose shape has nothing else is no more than a suspect', () => {
    const run = runPlan({ count: 1, bad: new Set([0]), tamper: (context) => ({ ...context, canaries: false }) })
    assert.deepEqual(tally(run), { suspect: 1 })
  })

  it('an API that refuses everything gets few requests, and refuses nobody', () => {
    const run = runPlan({ count: 1_000, bad: everyone(1_000), canary: () => 'refused' })
    assert.equal(run.notJudging, true)
    assert.deepEqual(Object.keys(tally(run)).sort(), ['open', 'suspect'])
    assert.ok(run.requests <= 25, `${run.requests}`)
  })
})

describe('refusals with no pass of the shape between them are one witness:', () => {
  const earlier: Suspicion = { kind: 'refused', times: 2, firstMs: 0, code: 'bad', message: 'no' }
  const cases: readonly (readonly [string, ReadonlySet<number>, Record<string, number>])[] = [
    ['what was refused twice in earlier batches and passes now is delivered', new Set(), { delivered: 1 }],
    ['what is refused once more, with a pass before it, is refused', new Set([0]), { refused: 1 }],
  ]
  for (const [words, bad, expected] of cases)
    it(words, () => {
      const run = runPlan({ count: 1, bad, suspicionOf: () => earlier })
      assert.deepEqual(tally(run), expected)
      assert.equal(run.requests, 2)
    })

  it('people are told of all of them', () => {
    const run = runPlan({ count: 1, bad: new Set([0]), suspicionOf: () => earlier, canary: () => 'unknown' })
    const end = run.settled.get(0)
    assert.ok(end?.kind === 'suspect' && end.times === 2)
  })

  for (const naming of ['none', 'first'] as const)
    it(`an API that refuses everything for a while refuses nobody (it names ${naming})`, () => {
      for (const last of range(1, 40)) {
        let asked = 0
        const run = runPlan({
          count: 24,
          bad: new Set(),
          answer(group) {
            asked += 1
            return asked <= last ? answerFor(group, everyone(24), naming, () => 'bad') : { kind: 'delivered' }
          },
          canary(shape) {
            asked += 1
            if (asked > last) return 'passed'
            return shape === undefined ? 'unknown' : 'refused'
          },
          names() {
            asked += 1
            return { kind: 'names', again: new Map(), areWrong: false, isUnknown: true }
          },
        })
        assert.equal(tally(run)['refused'], undefined, `${last} answers`)
      }
    })
})

describe('names', () => {
  it('are distrusted when a canary is named, and each event is sent alone', () => {
    const learned = new Learned(1_000_000)
    const run = runPlan({
      count: 10,
      bad: new Set([3]),
      naming: 'all',
      learned,
      names: () => ({ kind: 'names', again: new Map(), areWrong: true, isUnknown: false }),
    })
    assert.equal(learned.trust.names, false)
    assert.deepEqual(tally(run), { delivered: 9, refused: 1 })
  })

  it('that accuse one more than the bad one cost the innocent nothing', () => {
    const answer = (group: readonly number[]): GroupAnswer => {
      const at = group.indexOf(3)
      if (at < 0) return { kind: 'delivered' }
      const { reason } = refused() as Extract<GroupAnswer, { kind: 'refused' }>
      const other = at === 0 ? 1 : at - 1
      const named = group.length === 1 ? [at] : [at, other]
      return { kind: 'refused', events: named.map((position) => ({ position, ...reason })), reason }
    }
    // Between canaries it accuses the one before as well, which is a canary.
    const names = (): ReturnType<NonNullable<Setup['names']>> => {
      return { kind: 'names', again: new Map(), areWrong: true, isUnknown: false }
    }
    const run = runPlan({ count: 10, bad: new Set([3]), answer, names })
    assert.deepEqual(tally(run), { delivered: 9, refused: 1 })
    assert.equal(run.settled.get(3)?.kind, 'refused')
  })

  it('that nobody could be asked about again are sent alone', () => {
    const names = (): ReturnType<NonNullable<Setup['names']>> => {
      return { kind: 'names', again: new Map(), areWrong: false, isUnknown: true }
    }
    assert.deepEqual(tally(runPlan({ count: 10, bad: new Set([3]), naming: 'all', names })), {
      delivered: 9,
      refused: 1,
    })
  })
})

describe('a shape of which nothing passes', () => {
  it('is held at the eighth refusal in a row and four probes, whatever the codes, and nobody is refused', () => {
    const run = runPlan({ count: 100, bad: everyone(100) })
    assert.deepEqual(tally(run), { unexplained: 100 })
    assert.ok(run.requests <= 60, `${run.requests}`)
  })
  it('is not held at the seventh', () => {
    const count = STREAK_THAT_ALARMS - 1
    assert.deepEqual(tally(runPlan({ count, bad: everyone(count) })), { refused: count })
  })
  it('is cleared by a probe that passes', () => {
    const bad = new Set(range(0, 9))
    const run = runPlan({ count: 40, bad })
    assert.deepEqual(tally(run), { delivered: 31, refused: 9 })
  })
  it('is left as it is where the events that would tell may not leave any more, from whatever request on', () => {
    const reason = { code: 'later', message: 'not now', path: '' }
    for (const waiting of [false, true])
      for (const last of range(0, 40)) {
        const learned = new Learned(1_000_000)
        for (const event of range(100, waiting ? 100 + STREAK_THAT_ALARMS : 100)) learned.refused('shape', event)
        let context: PlanContext<number> | undefined
        const suspicion: Suspicion = { kind: 'refused', times: 1, firstMs: 0, ...reason }
        const run = runPlan({
          count: 24,
          bad: everyone(24),
          learned,
          ...(waiting && { suspicionOf: () => suspicion }),
          tamper: (given) => {
            context = given
            return given
          },
          answer(group, request) {
            if (request <= last) return refused()
            for (const item of group) if (!context!.isSettled(item)) context!.settle(item, { kind: 'open', reason })
            return { kind: 'delivered' }
          },
        })
        assert.equal(run.settled.size, 24, `${last}`)
        assert.equal(tally(run)['delivered'], undefined)
      }
  })
  it('leaves the other shapes alone', () => {
    const run = runPlan({ count: 100, bad: everyone(50), shapeOf: (item) => (item < 50 ? 'broken' : 'good') })
    assert.deepEqual(tally(run), { unexplained: 50, delivered: 50 })
    assert.deepEqual([...run.heldShapes], ['broken'])
  })
  it('is held where its events trickle in, at the twelfth', () => {
    const learned = new Learned(1_000_000)
    const ends = range(0, 12).map(
      (event) => [...runPlan({ count: 1, bad: everyone(1), learned, ...keyed(event) }).settled.values()][0]!.kind,
    )
    assert.deepEqual(ends, [...new Array(11).fill('refused'), 'unexplained'])
    assert.equal(learned.streakOf('shape').refused, 11)
  })
  it('is not held for a few that are refused again and again, as where batches are broken off', () => {
    const learned = new Learned(1_000_000)
    for (const _ of range(0, 12)) {
      const run = runPlan({ count: 6, bad: everyone(6), learned })
      assert.deepEqual([tally(run), run.heldShapes.size], [{ refused: 6 }, 0])
    }
  })
})

describe('an event on which the API fails', () => {
  const failing = (...bad: number[]): Setup['answer'] => {
    return (group) =>
      group.some((item) => bad.includes(item))
        ? { kind: 'failing', why: 'the endpoint answered 500', times: 1 }
        : { kind: 'delivered' }
  }
  it('waits by itself, and its neighbours travel', () => {
    const run = runPlan({ count: 1_000, bad: new Set(), answer: failing(500) })
    assert.deepEqual(tally(run), { delivered: 999, suspect: 1 })
    assert.ok(run.requests <= 15, `${run.requests}`)
    const end = run.settled.get(500)
    assert.ok(end?.kind === 'suspect' && end.suspicion === 'fails')
    assert.match(end.reason.message, /failed on this event 1 time/)
  })
  it('counts on from earlier batches', () => {
    const earlier: Suspicion = { kind: 'fails', times: 4, firstMs: 0, code: 'fails_alone', message: 'x' }
    const run = runPlan({ count: 1, bad: new Set(), answer: failing(0), suspicionOf: () => earlier })
    const end = run.settled.get(0)
    assert.ok(end?.kind === 'suspect' && end.times === 5)
  })
  it('does not hide one that is refused', () => {
    const answer: Setup['answer'] = (group, request) =>
      group.includes(7) ? answerFor(group, new Set([7]), 'none', () => 'bad') : failing(3)!(group, request)
    const run = runPlan({ count: 20, bad: new Set([7]), answer })
    assert.deepEqual(tally(run), { delivered: 18, suspect: 1, refused: 1 })
  })
})

describe('a 413', () => {
  const large = (limit: number, sizes: (item: number) => number): Setup['answer'] => {
    return (group) =>
      group.reduce((sum, item) => sum + sizes(item), 0) > limit ? { kind: 'too_large' } : { kind: 'delivered' }
  }
  it('to the least canary too is a fault of the way: nobody is refused', () => {
    const run = runPlan({ count: 50, bad: new Set(), answer: () => ({ kind: 'too_large' }), canary: () => 'too_large' })
    assert.equal(run.wayIsBroken, true)
    assert.deepEqual(tally(run), { open: 50 })
    assert.equal(run.requests, 2)
  })
  it('is cut by halves until it fits', () => {
    const run = runPlan({ count: 100, bad: new Set(), bytesOf: () => 300, answer: large(16_000, () => 300) })
    assert.deepEqual(tally(run), { delivered: 100 })
  })
  it('to a small event alone is no refusal: it waits by itself', () => {
    const answer: Setup['answer'] = (group) => (group.includes(3) ? { kind: 'too_large' } : { kind: 'delivered' })
    assert.deepEqual(tally(runPlan({ count: 10, bad: new Set(), answer })), { delivered: 9, suspect: 1 })
  })
  for (const [words, passed, end] of [
    ['above 64 KB and above all that passed is refused, after a second one', 10_000, 'refused'],
    ['that is smaller than what passed waits by itself', 90_000, 'suspect'],
  ] as const) {
    it(`to one event ${words}`, () => {
      const learned = new Learned(4_000_000)
      learned.bodyPassed(passed)
      const sizes = (item: number): number => (item === 3 ? 80_000 : 300)
      const answer: Setup['answer'] = (group) => (group.includes(3) ? { kind: 'too_large' } : { kind: 'delivered' })
      const run = runPlan({ count: 5, bad: new Set(), bytesOf: sizes, answer, learned })
      assert.equal(run.settled.get(3)?.kind, end)
      assert.equal(tally(run)['delivered'], 4)
    })
  }
})

describe('an event that the API calls too old', () => {
  const answer: Setup['answer'] = (group) => answerFor(group, new Set([0]), 'all', () => TOO_OLD)
  const earlier = (firstMs: number): Suspicion => ({ kind: 'too_old', times: 1, firstMs, code: TOO_OLD, message: 'x' })
  const MINUTE_MS = 60_000
  const cases: readonly (readonly [string, Partial<Setup>, 'old' | 'young' | 'unknown', string])[] = [
    ['is expired where it is too old by our confirmed clock', {}, 'old', 'expired'],
    ['waits while our clock is in doubt', {}, 'unknown', 'suspect'],
    [
      'waits where it is young by our clock and a canary of its time is refused too',
      { canary: () => 'refused' },
      'young',
      'suspect',
    ],
    [
      'is expired after 15 minutes of that',
      { canary: () => 'refused', suspicionOf: () => earlier(-15 * MINUTE_MS) },
      'young',
      'expired',
    ],
    [
      'is not expired after 14',
      { canary: () => 'refused', suspicionOf: () => earlier(-14 * MINUTE_MS) },
      'young',
      'suspect',
    ],
    ['is refused like any other where a canary of its time passes', {}, 'young', 'refused'],
  ]
  for (const [words, setup, age, end] of cases) {
    it(words, () => {
      const tamper: Setup['tamper'] = (context) => ({ ...context, ageOf: () => age })
      const run = runPlan({ count: 1, bad: new Set([0]), answer, ...setup, tamper })
      assert.equal(run.settled.get(0)?.kind, end)
    })
  }
})

describe('spread', () => {
  it('chooses members evenly, without the ends', () => {
    assert.deepEqual(spread(range(0, 100), PROBES_THAT_DECIDE), [20, 40, 60, 80])
    assert.deepEqual(spread(range(0, 4), PROBES_THAT_DECIDE), [0, 1, 2, 3])
  })
})
