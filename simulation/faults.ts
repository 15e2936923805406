/** The faults by name: what each draws into a plan. */
import type { AnswerKind } from './answers.ts'
import type { Dice } from './dice.ts'
import type { Draft, Naming, Span } from './plan.ts'
import { drawTraffic, type PlannedEvent } from './traffic.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from './units.ts'

export type FaultName =
  | '429'
  | '500'
  | '503'
  | 'reset'
  | 'lost'
  | 'html-200'
  | 'short'
  | 'timeout'
  | 'slow'
  | '401'
  | '403'
  | '404'
  | '302'
  | 'flap'
  | '413-to-everything'
  | '413-for-one-event'
  | 'limit-of-16-kb'
  | '400-named'
  | '400-unnamed'
  | '400-names-the-first'
  | '400-alternating-codes'
  | '400-unique-codes'
  | '400-request-fault'
  | '400-page'
  | '422-by-another-clock'
  | '422-by-a-shorter-window'
  | 'names-all'
  | 'names-one-each-time'
  | 'names-nobody'
  | 'names-the-neighbour'
  | 'names-always-the-first'
  | 'names-one-more'
  | 'names-out-of-range'
  | 'bad-run'
  | 'bad-shape'
  | 'other-generation'
  | 'one-event-gives-500'
  | 'one-event-resets'
  | 'one-event-times-out'
  | 'half-500'
  | 'half-reset'
  | 'date-in-verdicts'
  | 'date-in-all-answers'
  | 'date-in-pages'
  | 'clock-wrong-at-start'
  | 'clock-wrong-for-ever'
  | 'clock-a-little-off'
  | 'clock-jumps'
  | 'counts-zero'
  | 'counts-zero-and-stores'
  | 'counts-no-repeats'
  | '3000-shapes'
  | 'relay'
  | 'results-of-a-stranger'
  | 'gone-for-eight-days'

type Draw = (draft: Draft) => void

export const FOREVER_MS: number = 1_000 * DAY_MS
const SHARES = [0.2, 0.5, 1] as const
const WRONG_BY = [-8 * DAY_MS, -HOUR_MS, HOUR_MS, 8 * DAY_MS] as const
/** Larger events than this may be refused for their size alone. */
export const LARGE_BYTES: number = 64 * 1_024

/** Mostly at once and short, now and then later or for hours. */
function drawSpan({ dice, arrivals }: Draft, lengths: readonly Length[] = ['seconds', 'minutes', 'hours']): Span {
  const fromMs = dice.chance(0.7) ? dice.whole(5 * MINUTE_MS) : dice.pick(arrivals).atMs
  return { fromMs, toMs: fromMs + LENGTHS[dice.pick(lengths)](dice) }
}

type Length = 'seconds' | 'minutes' | 'hours' | 'five hours' | 'ever'

const LENGTHS: Readonly<Record<Length, (dice: Dice) => number>> = {
  seconds: (dice: Dice) => 5 * SECOND_MS + dice.whole(55 * SECOND_MS),
  minutes: (dice: Dice) => MINUTE_MS + dice.whole(14 * MINUTE_MS),
  hours: (dice: Dice) => 2 * HOUR_MS + dice.whole(3 * HOUR_MS),
  'five hours': () => 5 * HOUR_MS,
  ever: () => FOREVER_MS,
}

/** Something arrives while it lasts and something when it is over, or nobody would notice. */
function drawNoticed(draft: Draft, span: Span): void {
  drawTraffic(draft, { atMs: span.fromMs + draft.dice.whole(Math.min(HOUR_MS, span.toMs - span.fromMs)) })
  if (span.toMs < 2 * DAY_MS) drawTraffic(draft, { atMs: span.toMs + draft.dice.whole(10 * MINUTE_MS) })
}

/** Answers of one kind for a while; of some requests, or of all. */
function answers(
  answer: AnswerKind,
  { shares = SHARES, lengths }: { shares?: readonly number[]; lengths?: readonly Length[] } = {},
): (name: FaultName) => Draw {
  return (fault) => (draft) => {
    const span = drawSpan(draft, lengths)
    draft.phases.push({ ...span, fault, answer, share: draft.dice.pick(shares), pixel: draft.dice.pick(draft.pixels) })
    drawNoticed(draft, span)
  }
}

const toEverything = (answer: AnswerKind): ReturnType<typeof answers> =>
  answers(answer, { shares: [1], lengths: ['seconds', 'minutes', 'five hours'] })

const halfOf = (answer: AnswerKind): ReturnType<typeof answers> =>
  answers(answer, { shares: [0.5], lengths: ['minutes', 'hours'] })

/** An answer to each request that carries certain events, and to no other. */
function answersTo(
  answer: AnswerKind,
  { timeoutMs, ballastBytes = [0] }: { timeoutMs?: number; ballastBytes?: readonly number[] } = {},
): (name: FaultName) => Draw {
  return (fault) => (draft) => {
    const { dice } = draft
    // Some wait for days, most for hours: each day of waiting is lived.
    const leftMs = dice.pick([8 * HOUR_MS, 12 * HOUR_MS, 2 * DAY_MS])
    const victims = drawTraffic(draft, { ballastBytes: dice.pick(ballastBytes), size: 1, leftMs })
    const crowd = drawTraffic(draft, { size: 20 + dice.whole(200), leftMs })
    const ids = new Set([...victims, ...(dice.chance(0.5) ? [dice.pick(crowd)] : [])].map(({ id }) => id))
    const length = dice.pick(['minutes', 'hours', 'ever', 'ever'] as const)
    draft.phases.push({ fault, answer, share: 1, ids, fromMs: 0, toMs: LENGTHS[length](dice) })
    if (timeoutMs !== undefined) draft.timeoutMs = timeoutMs
  }
}

/** A way of naming, and bad events to be named. */
function names(naming: Naming): () => Draw {
  return () => (draft) => {
    draft.account.naming = naming
    drawBad(draft, drawTraffic(draft, { size: 10 + draft.dice.whole(150), young: true }), 1 + draft.dice.whole(6))
  }
}

function drawBad({ dice, bad }: Draft, events: readonly PlannedEvent[], count: number): void {
  for (let left = count; left > 0; left--) bad.set(dice.pick(events).id, 'event_rejected')
}

function date(scope: 'verdicts' | 'all' | 'pages'): () => Draw {
  return () => (draft) => {
    const { dice } = draft
    const span = drawSpan(draft, ['seconds', 'minutes', 'five hours'])
    draft.dates.push({ ...span, scope, byMs: dice.pick(WRONG_BY) })
    if (scope === 'pages') draft.phases.push({ ...span, fault: 'date-in-pages', answer: 'page502', share: 0.4 })
    drawNoticed(draft, span)
  }
}

/** A clock that is wrong when the process starts; `endMs`: when it is set right. */
function clock(endMs: (dice: Dice) => number): () => Draw {
  return () => (draft) => {
    const { dice, clock } = draft
    clock.push({ atMs: 0, byMs: dice.pick(WRONG_BY) })
    const rightAtMs = endMs(dice)
    if (rightAtMs < FOREVER_MS) clock.push({ atMs: rightAtMs, byMs: 0 })
  }
}

const DRAWS: Readonly<Record<FaultName, (name: FaultName) => Draw>> = {
  '429': answers('429'),
  '500': answers('500'),
  '503': answers('503'),
  reset: answers('reset'),
  lost: answers('lost'),
  'html-200': answers('html200'),
  short: answers('short'),
  timeout: answers('timeout'),
  slow: answers('slow'),
  '401': answers('401'),
  '403': answers('403'),
  '404': toEverything('404'),
  '302': answers('302'),
  flap: answers('refusesUnnamed', { shares: [0.2, 0.5], lengths: ['seconds', 'minutes'] }),
  '413-to-everything': toEverything('413'),
  '413-for-one-event': answersTo('413', { ballastBytes: [0, 20_000, 70_000] }),
  'limit-of-16-kb': () => (draft: Draft) => {
    draft.account.maxBodyBytes = 16 * 1_024
    drawTraffic(draft, { size: 200, young: true })
    if (draft.dice.chance(0.5)) drawTraffic(draft, { size: 2, ballastBytes: draft.dice.pick([15_000, 20_000, 70_000]) })
  },
  '400-named': toEverything('refusesNamed'),
  '400-unnamed': toEverything('refusesUnnamed'),
  '400-names-the-first': toEverything('refusesFirst'),
  '400-alternating-codes': toEverything('refusesAlternating'),
  '400-unique-codes': toEverything('refusesUnique'),
  '400-request-fault': toEverything('requestFault'),
  '400-page': toEverything('page400'),
  '422-by-another-clock': () => (draft: Draft) => {
    const span = drawSpan(draft, ['seconds', 'minutes', 'hours'])
    draft.judges.push({ ...span, clockByMs: draft.dice.pick(WRONG_BY), showsItsClock: draft.dice.chance(0.5) })
    drawNoticed(draft, span)
  },
  '422-by-a-shorter-window': () => (draft: Draft) => {
    const span = draft.dice.chance(0.5) ? { fromMs: 0, toMs: FOREVER_MS } : drawSpan(draft)
    draft.judges.push({ ...span, windowMs: 2 * DAY_MS })
    drawNoticed(draft, span)
  },
  'names-all': names('all'),
  'names-one-each-time': names('first'),
  'names-nobody': names('none'),
  'names-the-neighbour': names('neighbour'),
  'names-always-the-first': names('always the first'),
  'names-one-more': names('one more'),
  'names-out-of-range': names('out of range'),
  'bad-run': () => (draft: Draft) => {
    const events = drawTraffic(draft, { size: 30 + draft.dice.whole(300), young: true })
    const from = draft.dice.whole(events.length)
    for (const { id } of events.slice(from, from + 2 + draft.dice.whole(40))) draft.bad.set(id, 'event_rejected')
  },
  'bad-shape': () => (draft: Draft) => {
    const { dice, pixels } = draft
    const pixel = dice.pick(pixels)
    const events = drawTraffic(draft, { pixel, size: 20 + dice.whole(60), variants: ['lead'], leftMs: DAY_MS })
    for (const { id } of events) draft.bad.set(id, 'event_rejected')
    drawTraffic(draft, { pixel, size: 20, variants: ['plain', 'clicked'], young: true })
  },
  'other-generation': () => (draft: Draft) => {
    const span = drawSpan(draft, ['minutes', 'five hours', 'ever'])
    draft.judges.push({ ...span, otherGeneration: true })
    drawTraffic(draft, { size: 30, variants: ['known', 'plain'], leftMs: 2 * DAY_MS })
    // Of so few the rule for many of a shape says nothing.
    const atMs = span.fromMs + draft.dice.whole(MINUTE_MS)
    drawTraffic(draft, { size: 1 + draft.dice.whole(4), variants: ['member'], atMs, young: true })
    drawNoticed(draft, span)
  },
  'one-event-gives-500': answersTo('500'),
  'one-event-resets': answersTo('reset'),
  'one-event-times-out': answersTo('timeout', { timeoutMs: 3_000 }),
  'half-500': halfOf('500'),
  'half-reset': halfOf('reset'),
  'date-in-verdicts': date('verdicts'),
  'date-in-all-answers': date('all'),
  'date-in-pages': date('pages'),
  'clock-wrong-at-start': clock((dice) => MINUTE_MS + dice.whole(3 * HOUR_MS)),
  'clock-wrong-for-ever': clock(() => FOREVER_MS),
  'clock-a-little-off': () => (draft: Draft) => {
    draft.clock.push({ atMs: 0, byMs: draft.dice.pick([-50, -5, 5, 50]) * SECOND_MS })
    drawTraffic(draft, { size: 100 })
  },
  'clock-jumps': () => (draft: Draft) => {
    const atMs = draft.dice.whole(HOUR_MS)
    draft.clock.push({ atMs, byMs: draft.dice.pick(WRONG_BY) })
    draft.clock.push({ atMs: atMs + 1 + draft.dice.whole(2 * HOUR_MS), byMs: 0 })
    if (draft.dice.chance(0.5)) return
    // Requests are under way when it jumps.
    draft.phases.push({ fromMs: atMs - 15_000, toMs: atMs, fault: 'clock-jumps', answer: 'slow', share: 1 })
    for (const pixel of draft.pixels) drawTraffic(draft, { atMs: Math.max(0, atMs - 10_000), pixel, young: true })
  },
  'counts-zero': answers('zero', { shares: [1], lengths: ['seconds', 'minutes', 'hours'] }),
  'counts-zero-and-stores': answers('zeroStored', { shares: [1], lengths: ['seconds', 'minutes', 'hours'] }),
  'counts-no-repeats': () => (draft: Draft) => {
    draft.account.countsRepeats = false
    const span = drawSpan(draft, ['minutes'])
    draft.phases.push({ ...span, fault: 'counts-no-repeats', answer: 'lost', share: 0.3 })
  },
  '3000-shapes': () => (draft: Draft) => {
    const { dice, pixels } = draft
    // Where there is one that asks for examples of new shapes, that one.
    const pixel = pixels[1] ?? pixels[0]!
    for (let left = 3; left > 0; left--)
      drawTraffic(draft, { pixel, atMs: dice.whole(MINUTE_MS), size: 1_000, variants: ['custom'], young: true })
    drawTraffic(draft, { pixel, size: 100, variants: ['plain'], young: true })
    const awayMs = MINUTE_MS + dice.whole(5 * MINUTE_MS)
    draft.phases.push({ fromMs: 0, toMs: awayMs, fault: '3000-shapes', answer: '503', share: 1 })
    // New names go on coming, beside what is known.
    for (let turn = 1; turn <= 40; turn++)
      drawTraffic(draft, { pixel, atMs: awayMs + turn * 10_000, size: 10, variants: ['custom', 'plain'], young: true })
  },
  relay: () => (draft: Draft) => {
    draft.account.isRelay = true
    drawBad(draft, drawTraffic(draft, { size: 60 }), draft.dice.whole(4))
    if (draft.dice.chance(0.5)) draft.account.doubtsDateByMs = draft.dice.pick(WRONG_BY)
  },
  'results-of-a-stranger': answers('strangersResults', { lengths: ['seconds', 'minutes'] }),
  'gone-for-eight-days': () => (draft: Draft) => {
    const fromMs = draft.dice.whole(HOUR_MS)
    draft.phases.push({ fromMs, toMs: fromMs + 8 * DAY_MS, fault: 'gone-for-eight-days', answer: 'reset', share: 1 })
    drawTraffic(draft, { atMs: fromMs + 7.5 * DAY_MS, young: true })
  },
}

export const FAULT_NAMES: readonly FaultName[] = Object.keys(DRAWS) as FaultName[]

/** Draws a fault into a plan. */
export const FAULTS: Readonly<Record<FaultName, Draw>> = Object.fromEntries(
  FAULT_NAMES.map((name) => [name, DRAWS[name](name)]),
) as Record<FaultName, Draw>
