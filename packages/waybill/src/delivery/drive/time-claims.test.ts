import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../duration.ts'
import {
  dated,
  inTurn,
  LASTING_MS,
  looked,
  moment,
  type Step,
  silence,
  TRUE_MS,
  unasked,
  undated,
  window,
} from './time-claims.helpers.ts'
import { APART_MS, type ClaimName, type Moment, type TimeChange, TimeClaims, TOLERANCE_MS } from './time-claims.ts'

const CONFIRMED = [dated(0), dated(APART_MS)]
const HOUR_AHEAD = [dated(0, { offMs: HOUR_MS }), dated(APART_MS, { offMs: HOUR_MS })]
/** The window said twice, a minute apart, that the API is right. */
const API_CONFIRMED = [...HOUR_AHEAD, window(APART_MS, ['api']), window(APART_MS + LASTING_MS, ['api'])]

interface Row {
  readonly title: string
  readonly steps: readonly Step[]
  /** What people are told, in order. */
  readonly told: readonly string[]
  readonly by: 'machine' | 'api' | undefined
  readonly asksWindow?: boolean
}

const row = (title: string, steps: readonly Step[], rest: Omit<Row, 'title' | 'steps'>): Row => ({
  title,
  steps,
  ...rest,
})
const inDoubt = { told: [], by: undefined } as const
const byMachine = { told: ['confirmed by machine'], by: 'machine' } as const
const asked = { ...inDoubt, asksWindow: true } as const

const AT_THE_START: readonly Row[] = [
  row('nothing was heard', [], inDoubt),
  row('one answer is one witness', [dated(0)], inDoubt),
  row('two answers a moment less than 5 s apart are one witness', [dated(0), dated(APART_MS - 1)], inDoubt),
  row('two answers 5 s apart that agree confirm the machine', [dated(0), dated(APART_MS)], byMachine),
  row('two answers further apart do too', [dated(0), dated(APART_MS + 1)], byMachine),
  row('the first of three within a moment is the witness', [dated(0), dated(3_000), dated(APART_MS)], byMachine),
  row('answers of two endpoints are no pair', [dated(0, { from: 'a' }), dated(APART_MS, { from: 'b' })], inDoubt),
  ...[-1, 1].flatMap((sign) =>
    [TOLERANCE_MS - 1, TOLERANCE_MS].map((offMs) =>
      row(
        `both differ from the machine by ${sign * offMs} ms, a minute at most`,
        [dated(0, { offMs: sign * offMs }), dated(APART_MS, { offMs: sign * offMs })],
        byMachine,
      ),
    ),
  ),
  ...[-1, 1].map((sign) => {
    const offMs = sign * (TOLERANCE_MS + 1)
    return row(
      `both differ by ${offMs} ms, more than a minute: the window has to tell`,
      [dated(0, { offMs }), dated(APART_MS, { offMs })],
      asked,
    )
  }),
  row(
    'two answers that differ from each other by a minute agree',
    [dated(0, { offMs: -30_000 }), dated(APART_MS, { offMs: 30_000 })],
    byMachine,
  ),
  row(
    'two answers that differ from each other by more say nothing',
    [dated(0, { offMs: -30_000 }), dated(APART_MS, { offMs: 30_001 })],
    inDoubt,
  ),
  row(
    'one answer off by an hour, and the next two right',
    [dated(0, { offMs: HOUR_MS }), dated(6_000), dated(12_000)],
    byMachine,
  ),
  row('no two in a row agree for a moment less than a minute', inTurn(0, 20_000, 40_000, LASTING_MS - 1), inDoubt),
  row('no two in a row agree for a minute: the window has to tell', inTurn(0, 20_000, 40_000, LASTING_MS), asked),
  row('the machine jumped between the two answers', [dated(0), dated(APART_MS, { wallOffMs: HOUR_MS })], asked),
  row(
    'the machine was wrong and was set right: the next two answers agree with it',
    [
      dated(0, { wallOffMs: HOUR_MS }),
      dated(APART_MS, { wallOffMs: HOUR_MS }),
      dated(2 * APART_MS),
      dated(3 * APART_MS),
    ],
    byMachine,
  ),
  row(
    'one answer since it was set right is one witness',
    [dated(0, { wallOffMs: HOUR_MS }), dated(APART_MS, { wallOffMs: HOUR_MS }), dated(2 * APART_MS)],
    asked,
  ),
]

const CHANGES: readonly Row[] = [
  row('one wrong Date is ignored', [...CONFIRMED, dated(60_000, { offMs: 8 * DAY_MS })], byMachine),
  row(
    'a right one between two wrong ones makes them single again',
    [...CONFIRMED, dated(60_000, { offMs: HOUR_MS }), dated(66_000), dated(72_000, { offMs: HOUR_MS })],
    byMachine,
  ),
  row(
    'two wrong ones that do not agree are ignored',
    [...CONFIRMED, dated(60_000, { offMs: HOUR_MS }), dated(66_000, { offMs: -HOUR_MS })],
    byMachine,
  ),
  row(
    'two wrong ones less than 5 s apart are one',
    [...CONFIRMED, dated(60_000, { offMs: HOUR_MS }), dated(64_999, { offMs: HOUR_MS })],
    byMachine,
  ),
  row(
    'wrong ones of two endpoints are no pair',
    [...CONFIRMED, dated(60_000, { offMs: HOUR_MS, from: 'a' }), dated(66_000, { offMs: HOUR_MS, from: 'b' })],
    byMachine,
  ),
  row('wrong twice is a doubt', [...CONFIRMED, dated(60_000, { offMs: HOUR_MS }), dated(65_000, { offMs: HOUR_MS })], {
    told: ['confirmed by machine', 'doubted'],
    by: undefined,
  }),
  row(
    'wrong a third time: the window has to tell',
    [...CONFIRMED, ...[60_000, 65_000, 70_000].map((atMs) => dated(atMs, { offMs: HOUR_MS }))],
    { told: ['confirmed by machine', 'doubted'], by: undefined, asksWindow: true },
  ),
  row(
    'a doubt ends with two right ones',
    [...CONFIRMED, dated(60_000, { offMs: HOUR_MS }), dated(65_000, { offMs: HOUR_MS }), dated(70_000), dated(75_000)],
    { told: ['confirmed by machine', 'doubted', 'confirmed by machine'], by: 'machine' },
  ),
  ...[HOUR_MS, -HOUR_MS, 8 * DAY_MS, -8 * DAY_MS, TOLERANCE_MS + 1, -TOLERANCE_MS - 1].map((jumpMs) =>
    row(`the machine's clock jumps by ${jumpMs} ms: a doubt`, [...CONFIRMED, looked(60_000, jumpMs)], {
      told: ['confirmed by machine', 'doubted'],
      by: undefined,
    }),
  ),
  ...[TOLERANCE_MS, -TOLERANCE_MS, 0].map((jumpMs) =>
    row(`the machine's clock moves by ${jumpMs} ms: none`, [...CONFIRMED, looked(60_000, jumpMs)], byMachine),
  ),
  row(
    'it jumped back before two answers came',
    [...CONFIRMED, looked(60_000, HOUR_MS), looked(70_000), dated(80_000), dated(85_000)],
    { told: ['confirmed by machine', 'doubted', 'confirmed by machine'], by: 'machine' },
  ),
  row("where the API's claim is confirmed, the machine may jump", [...API_CONFIRMED, looked(HOUR_MS, -8 * DAY_MS)], {
    told: ['confirmed by api'],
    by: 'api',
  }),
]

/** An answer of another endpoint, then the window of the first says twice that it is an hour ahead. */
const besideOther = (otherMs: number, atMs: number): readonly Step[] => [
  dated(otherMs, { from: 'other' }),
  ...[0, APART_MS].map((afterMs) => dated(atMs + afterMs, { offMs: HOUR_MS })),
  ...[APART_MS, APART_MS + LASTING_MS].map((afterMs) => window(atMs + afterMs, ['api'])),
]

const WINDOW: readonly Row[] = [
  row('the window may say that the machine is right', [...HOUR_AHEAD, window(6_000, ['machine'])], byMachine),
  row('both pass: still in doubt', [...HOUR_AHEAD, window(6_000, ['machine', 'api'])], asked),
  row('none passes: still in doubt', [...HOUR_AHEAD, window(6_000, [])], asked),
  row('against the machine, once is not enough', [...HOUR_AHEAD, window(APART_MS, ['api'])], asked),
  row(
    'nor is twice within a moment less than a minute',
    [...HOUR_AHEAD, window(APART_MS, ['api']), window(APART_MS + LASTING_MS - 1, ['api'])],
    asked,
  ),
  row(
    'nor are two that said different times, a minute apart',
    [
      ...HOUR_AHEAD,
      window(APART_MS, ['api']),
      ...[MINUTE_MS, 2 * MINUTE_MS].map((atMs) => dated(atMs, { offMs: -HOUR_MS })),
      window(2 * MINUTE_MS, ['api']),
    ],
    asked,
  ),
  row('the window said twice, a minute apart, that the API is right', API_CONFIRMED, {
    told: ['confirmed by api'],
    by: 'api',
  }),
  row('another endpoint has said otherwise', besideOther(0, HOUR_MS), asked),
  row('it said so a day ago', besideOther(0, DAY_MS), { told: ['confirmed by api'], by: 'api' }),
  ...(['machine', 'api'] as const).flatMap((by) => {
    const short = (atMs: number): Step => window(atMs, [by], { isShort: true })
    return [
      row(`the near end alone says once that the ${by} is right`, [...HOUR_AHEAD, short(APART_MS)], asked),
      row(
        `the near end alone says so twice, less than a minute apart: ${by}`,
        [...HOUR_AHEAD, short(APART_MS), short(APART_MS + LASTING_MS - 1)],
        asked,
      ),
      row(
        `the near end alone says so twice, a minute apart: ${by}`,
        [...HOUR_AHEAD, short(APART_MS), short(APART_MS + LASTING_MS)],
        { told: [`confirmed by ${by}`], by },
      ),
    ]
  }),
  row(
    'what the window says of a clock that is confirmed changes nothing',
    [...CONFIRMED, window(6_000, ['api'])],
    byMachine,
  ),
  row('two claims within a minute of each other are one', [dated(0), window(1_000, ['machine', 'api'])], byMachine),
  row('no Date at all, once', [undated(0)], inDoubt),
  row('no Date, twice within less than 5 s', [undated(0), undated(APART_MS - 1)], inDoubt),
  row('no Date, twice: the window has to tell', [undated(0), undated(APART_MS)], asked),
  row(
    'no Date, and the window takes the machine',
    [undated(0), undated(APART_MS), window(6_000, ['machine'])],
    byMachine,
  ),
  row('no Date, and the window takes nobody', [undated(0), undated(APART_MS), window(6_000, [])], asked),
]

const SILENCE: readonly Row[] = [
  row('a day in which nobody was asked', [unasked(DAY_MS)], inDoubt),
  row('a day of which most was not asked', [silence(HOUR_MS), unasked(2 * DAY_MS), silence(2 * HOUR_MS)], inDoubt),
  row('a moment less than 24 h of silence', [silence(DAY_MS - 1)], inDoubt),
  row('24 h of silence: the machine counts', [silence(DAY_MS)], byMachine),
  row('24 h with a verdict in between', [dated(HOUR_MS), silence(DAY_MS)], inDoubt),
  row('24 h after the only verdict, which agreed', [dated(HOUR_MS), silence(HOUR_MS + DAY_MS)], byMachine),
  row(
    '24 h after the only verdict, which differed',
    [dated(HOUR_MS, { offMs: HOUR_MS }), silence(HOUR_MS + DAY_MS)],
    inDoubt,
  ),
  row('24 h with a verdict that told no time', [undated(HOUR_MS), silence(DAY_MS)], inDoubt),
  row('24 h, and the machine parted from the monotonic clock', [looked(HOUR_MS, -HOUR_MS), silence(DAY_MS)], inDoubt),
  row('24 h, and it parted, and came back', [looked(HOUR_MS, HOUR_MS), looked(2 * HOUR_MS), silence(DAY_MS)], inDoubt),
  row(
    '24 h, and the machine is earlier than what is stored',
    [silence(DAY_MS, { newestMs: TRUE_MS + DAY_MS + 1 })],
    inDoubt,
  ),
  row(
    '24 h, and the newest in the store is of this moment',
    [silence(DAY_MS, { newestMs: TRUE_MS + DAY_MS })],
    byMachine,
  ),
]

const tell = (change: TimeChange): string => (change.what === 'doubted' ? 'doubted' : `confirmed by ${change.by}`)

for (const [name, rows] of Object.entries({ AT_THE_START, CHANGES, WINDOW, SILENCE }))
  describe(`claims about the time: ${name.toLowerCase().replaceAll('_', ' ')}`, () => {
    for (const { title, steps, told, by, asksWindow = false } of rows)
      it(title, () => {
        const claims = new TimeClaims(moment(0))
        const changes = steps.map((step) => step(claims)).filter((change) => change !== undefined)
        assert.deepEqual(changes.map(tell), told)
        assert.equal(claims.confirmedBy, by)
        assert.equal(claims.mustAskWindow, asksWindow)
      })
  })

describe('what time it is', () => {
  const run = (steps: readonly Step[]): TimeClaims => {
    const claims = new TimeClaims(moment(0))
    for (const step of steps) step(claims)
    return claims
  }

  it('is all that may be right while in doubt, and one where it is confirmed', () => {
    const at = moment(60_000)
    assert.deepEqual(run([]).all(at), [at.wallMs])
    assert.deepEqual(run(HOUR_AHEAD).all(at), [at.wallMs, at.wallMs + HOUR_MS])
    assert.deepEqual(run(CONFIRMED).all(at), [at.wallMs])
    assert.deepEqual(run(API_CONFIRMED).all(at), [at.wallMs + HOUR_MS])
  })

  it('is what was confirmed before while a jump is not settled, and that stays a claim', () => {
    const at = moment(60_000, 8 * DAY_MS)
    const claims = run([...CONFIRMED, looked(60_000, 8 * DAY_MS)])
    assert.equal(claims.now(at), TRUE_MS + 60_000)
    assert.deepEqual(
      claims.claims(at).map(({ name }) => name),
      ['machine', 'api', 'kept'],
    )
    assert.ok(claims.all(at).includes(at.wallMs))
  })

  it("goes by the monotonic clock where the API's claim is confirmed, and follows its Date slowly", () => {
    const claims = run(API_CONFIRMED)
    assert.equal(claims.now(moment(2 * HOUR_MS, -8 * DAY_MS)), TRUE_MS + 3 * HOUR_MS)
    dated(3 * HOUR_MS, { offMs: HOUR_MS + 2_000 })(claims)
    assert.equal(claims.now(moment(3 * HOUR_MS)), TRUE_MS + 4 * HOUR_MS)
    dated(3 * HOUR_MS, { offMs: HOUR_MS + 2_001 })(claims)
    assert.equal(claims.now(moment(3 * HOUR_MS)), TRUE_MS + 4 * HOUR_MS + 2_001)
  })

  const AHEAD_MS = 50_000
  const twice = (offMs: number, atMs: number = 0): Step[] => [dated(atMs, { offMs }), dated(atMs + APART_MS, { offMs })]
  const AHEAD: readonly (readonly [title: string, steps: readonly Step[], aheadMs: number, wallOffMs?: number])[] = [
    ['nothing heard', [], 0],
    ['one answer', [dated(0, { offMs: AHEAD_MS })], 0],
    ['two answers', twice(AHEAD_MS), AHEAD_MS],
    ['two answers a minute ahead', twice(MINUTE_MS), MINUTE_MS],
    ['the API is behind', twice(-AHEAD_MS), 0],
    ['more than a minute', twice(MINUTE_MS + 1), 0],
    ['what both of two say', [dated(0, { offMs: 10_000 }), dated(APART_MS, { offMs: AHEAD_MS })], 10_000],
    ['one that says more, of many', [...CONFIRMED, dated(60_000, { offMs: AHEAD_MS })], 0],
    [
      'two that say more, less than 5 s apart',
      [...CONFIRMED, ...[60_000, 64_999].map((at) => dated(at, { offMs: AHEAD_MS }))],
      0,
    ],
    ['two that say more', [...CONFIRMED, ...twice(AHEAD_MS, 60_000)], AHEAD_MS],
    ['one that says less', [...twice(AHEAD_MS), dated(60_000)], 0],
    ['one that is an hour off', [...twice(AHEAD_MS), dated(60_000, { offMs: HOUR_MS })], AHEAD_MS],
    ['the machine was set right since', twice(AHEAD_MS), 0, AHEAD_MS],
    ['the machine was set back since', twice(AHEAD_MS), MINUTE_MS, -AHEAD_MS],
    ['in doubt', [...twice(AHEAD_MS), looked(60_000, -HOUR_MS)], 0],
    ['after a doubt, by the window', [...twice(AHEAD_MS), ...twice(HOUR_MS, 60_000), window(70_000, ['machine'])], 0],
    ["the API's claim is confirmed", API_CONFIRMED, 0],
  ]
  for (const [title, steps, aheadMs, wallOffMs = 0] of AHEAD)
    it(`the API is ${aheadMs} ms ahead: ${title}`, () => {
      assert.equal(run(steps).aheadMs(moment(2 * MINUTE_MS, wallOffMs)), aheadMs)
    })
})

describe('the time of a canary', () => {
  for (const [title, offMs, expectedMs] of [
    ['follows the API where the machine is an hour ahead', -HOUR_MS, -HOUR_MS],
    ['follows the machine where that is an hour behind', HOUR_MS, 0],
    ['follows the API where no time is in the window of both', 8 * DAY_MS, 8 * DAY_MS],
    ['follows the API where that is eight days behind', -8 * DAY_MS, -8 * DAY_MS],
  ] as const)
    it(title, () => {
      const at: Moment = { monotonicMs: 0.4, wallMs: TRUE_MS }
      const claims = new TimeClaims(at)
      assert.equal(claims.inside(at), TRUE_MS)
      dated(0, { offMs })(claims)
      const inside = claims.inside({ ...at, monotonicMs: 0.7 })
      assert.ok(Number.isInteger(inside), 'an event has whole milliseconds')
      assert.ok(Math.abs(inside - TRUE_MS - expectedMs) <= 2, `${inside - TRUE_MS} ms`)
    })
})

describe('for how long a window told nothing', () => {
  const both: readonly ClaimName[] = ['machine', 'api']
  const UNTOLD: readonly (readonly [title: string, steps: readonly Step[], untoldMs: number])[] = [
    ['it was asked once', [...HOUR_AHEAD, window(10_000, both)], 0],
    ['it was asked again after 40 s', [...HOUR_AHEAD, window(10_000, both), window(50_000, both)], 40_000],
    ['the API was away in between', [...HOUR_AHEAD, window(10_000, both), window(HOUR_MS, both)], MINUTE_MS],
    [
      'it was the window of another',
      [...HOUR_AHEAD, ...[10_000, 50_000].map((at) => window(at, both, { from: 'b' }))],
      0,
    ],
    [
      'no canary passed, so that it does not judge',
      [...HOUR_AHEAD, ...[10_000, 50_000].map((at) => window(at, []))],
      0,
    ],
    ['it tells, and is to say so again', [...HOUR_AHEAD, ...[10_000, 50_000].map((at) => window(at, ['api']))], 0],
    [
      'verdicts came, and it was not asked',
      [...HOUR_AHEAD, ...[1, 2, 3].map((at) => dated(at * MINUTE_MS, { offMs: HOUR_MS }))],
      0,
    ],
    [
      'a new doubt began',
      [
        ...HOUR_AHEAD,
        window(10_000, both),
        window(50_000, both),
        window(55_000, ['machine']),
        looked(HOUR_MS, HOUR_MS),
      ],
      0,
    ],
  ]
  for (const [title, steps, untoldMs] of UNTOLD)
    it(title, () => {
      const claims = new TimeClaims(moment(0))
      for (const step of steps) step(claims)
      assert.equal(claims.untoldForMs('api'), untoldMs)
    })
})
