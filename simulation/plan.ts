/** What happens in one life, drawn from its seed alone, so that a failing seed replays exactly. */
import type { AnswerKind } from './answers.ts'
import { type Dice, diceFor } from './dice.ts'
import { FAULT_NAMES, FAULTS, type FaultName, FOREVER_MS } from './faults.ts'
import { drawTraffic, type PlannedEvent } from './traffic.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from './units.ts'

export interface Arrival {
  readonly atMs: number
  readonly pixel: string
  readonly events: readonly PlannedEvent[]
}

/** From when to when something is wrong, in milliseconds since the start. */
export interface Span {
  readonly fromMs: number
  readonly toMs: number
}

/** Answers that are not the API's judgement. */
export interface Phase extends Span {
  readonly fault: FaultName
  readonly answer: AnswerKind
  /** Share of the requests that meets it. */
  readonly share: number
  /** Default: every pixel. */
  readonly pixel?: string
  /** Only requests that carry one of these events. */
  readonly ids?: ReadonlySet<string>
}

/** `Date` headers that are wrong: of verdicts, of all answers, or of what gateways say. */
export interface WrongDate extends Span {
  readonly scope: 'verdicts' | 'all' | 'pages'
  readonly byMs: number
}

/** Judgements by other rules than the usual ones. */
export interface OddJudge extends Span {
  /** The API's clock is off by this much; its `Date` shows it or not. */
  readonly clockByMs?: number
  readonly showsItsClock?: boolean
  readonly windowMs?: number
  /** It reads the other generation of `user`. */
  readonly otherGeneration?: boolean
}

/** How a refusal names the bad events. */
export type Naming = 'all' | 'first' | 'none' | 'neighbour' | 'always the first' | 'one more' | 'out of range'

/** What the API is like for the whole life. */
export interface Account {
  naming: Naming
  maxBodyBytes: number
  countsRepeats: boolean
  isRelay: boolean
  /** A relay that is in doubt about its clock, which is off by so much. */
  doubtsDateByMs?: number
}

/** A plan while faults are being drawn into it. */
export interface Draft {
  readonly dice: Dice
  readonly pixels: readonly string[]
  readonly arrivals: Arrival[]
  readonly phases: Phase[]
  readonly dates: WrongDate[]
  readonly judges: OddJudge[]
  /** From then on the machine's wall clock is off by so much. */
  readonly clock: { readonly atMs: number; readonly byMs: number }[]
  readonly crashes: number[]
  /** Events that only the API knows to be bad → the code it gives them. */
  readonly bad: Map<string, string>
  readonly account: Account
  timeoutMs: number
}

export interface Plan extends Readonly<Draft> {
  readonly seed: number
  readonly faults: readonly FaultName[]
  readonly latencyMs: number
  readonly endMs: number
  /** Every event that arrives, by its id. */
  readonly events: ReadonlyMap<string, PlannedEvent>
  /** A stream of chance of its own for each part. */
  stream(name: string): () => number
}

export interface PlanOptions {
  /** Faults that may turn up. Default: all. */
  readonly pool?: readonly FaultName[] | undefined
  /** A fault that every life has. */
  readonly fault?: FaultName | undefined
}

/** Longer than a window, so that nothing can be left waiting for its end. */
const AFTERWARDS_MS = 7 * DAY_MS + 2 * HOUR_MS

export function drawPlan(seed: number, { pool = FAULT_NAMES, fault }: PlanOptions = {}): Plan {
  const dice = diceFor(seed, 'plan')
  const draft = drawDraft(dice)
  const faults = drawFaults(seed, dice, pool, fault)
  for (const name of faults) FAULTS[name](draft)
  nameTheOld(draft)
  draft.clock.sort((a, b) => a.atMs - b.atMs)
  const events = new Map(draft.arrivals.flatMap(({ events: list }) => list.map((event) => [event.id, event] as const)))
  draft.arrivals.push(...repeats(draft))
  return {
    ...draft,
    seed,
    faults,
    events,
    latencyMs: dice.pick([1, 5, 40]),
    endMs: Math.max(...[...events.values()].map(({ timeMs }) => timeMs), lastEndMs(draft)) + AFTERWARDS_MS,
    stream: (name) => diceFor(seed, name).random,
  }
}

/** What lives have in common: pixels, traffic, sometimes a crash, sometimes a few bad events. */
function drawDraft(dice: Dice): Draft {
  const pixels = Array.from({ length: 1 + dice.whole(3) }, (_, index) => `pixel_${index}`)
  const draft: Draft = {
    dice,
    pixels,
    arrivals: [],
    phases: [],
    dates: [],
    judges: [],
    clock: [],
    crashes: dice.chance(0.35) ? [dice.chance(0.7) ? dice.whole(10 * MINUTE_MS) : dice.whole(DAY_MS)] : [],
    bad: new Map(),
    account: {
      naming: dice.pick(['all', 'first', 'none']),
      maxBodyBytes: Number.POSITIVE_INFINITY,
      countsRepeats: true,
      isRelay: false,
    },
    timeoutMs: 30 * 1_000,
  }
  for (let count = 1 + dice.whole(5); count > 0; count--) drawTraffic(draft)
  if (dice.chance(0.4)) {
    const { events } = dice.pick(draft.arrivals)
    for (let count = 1 + dice.whole(3); count > 0; count--) draft.bad.set(dice.pick(events).id, 'event_rejected')
  }
  return draft
}

/** Of an API that does not say why, nobody could know that it means the time: whichever fault was drawn first, it says so. */
function nameTheOld({ account, judges }: Draft): void {
  const judgesTime = judges.some(({ clockByMs, windowMs }) => clockByMs !== undefined || windowMs !== undefined)
  if (judgesTime && account.naming === 'none') account.naming = 'all'
}

/** When the last fault that ends is over, and the last arrival and crash. */
function lastEndMs({ phases, dates, judges, arrivals, crashes }: Draft): number {
  const ends = [...phases, ...dates, ...judges].map(({ toMs }) => toMs).filter((toMs) => toMs < FOREVER_MS)
  return Math.max(...ends, ...arrivals.map(({ atMs }) => atMs), ...crashes)
}

/** Each fault leads in its turn; half of the lives have it alone. */
function drawFaults(seed: number, dice: Dice, pool: readonly FaultName[], forced?: FaultName): FaultName[] {
  const names = new Set([forced ?? pool[(seed - 1) % pool.length]!])
  const more = dice.pick([0, 0, 0, 1, 1, 2])
  for (let index = 0; index < more; index++) {
    const next = dice.pick(pool)
    // Where the machine's clock and the API's are wrong at the same time, nobody can know what time it is.
    if (isOfTime(next) && [...names].some(isOfTime)) continue
    // A relay checks by the specified window.
    if ([...names, next].includes('relay') && [...names, next].some((name) => name.startsWith('422'))) continue
    names.add(next)
  }
  return [...names]
}

const isOfTime = (name: FaultName): boolean => /^(?:clock|date|422-by-another-clock)/.test(name)

/** Clients that got no answer send again. */
function repeats({ arrivals, dice }: Draft): Arrival[] {
  return arrivals
    .filter(() => dice.chance(0.25))
    .map((arrival) => ({ ...arrival, atMs: arrival.atMs + 1 + dice.whole(HOUR_MS) }))
}
