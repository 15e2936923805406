/** A make-believe API for plans: it knows the bad events and names them as told. Shared by tests and benches. */
import type { PlanContext, Settlement, Suspicion } from './batch.ts'
import { Learned } from './learned.ts'
import { planBatch, planSuspects } from './plan.ts'
import type { CanaryAnswer, GroupAnswer, NamesAnswer, Question, Reply } from './question.ts'
import type { NamedEvent, Reason } from './verdict.ts'

export type Naming = 'all' | 'first' | 'none' | 'wrong'

export interface Run {
  readonly requests: number
  /** Of these, canaries. */
  readonly canaries: number
  readonly sentEvents: number
  readonly settled: ReadonlyMap<number, Settlement>
  /** How often each event was in a request that the API accepted. */
  readonly accepted: ReadonlyMap<number, number>
  readonly heldShapes: ReadonlySet<string>
  readonly notJudging: boolean
  readonly wayIsBroken: boolean
}

export interface Setup {
  readonly count: number
  readonly bad: ReadonlySet<number>
  readonly naming?: Naming
  readonly shapeOf?: (item: number) => string
  /** Default: every bad event is refused for a reason of its own. */
  readonly codeOf?: (item: number) => string
  /** Stands in for the make-believe API: for answers that change their mind. `request` counts from 1. */
  readonly answer?: ((group: readonly number[], request: number) => GroupAnswer) | undefined
  /** Default: every canary passes. */
  readonly canary?: (shape: string | undefined, timestampMs: number | undefined) => CanaryAnswer['said']
  /** What an API says when it is asked again by name. Default: as it names. */
  readonly names?: (named: readonly number[]) => NamesAnswer<number>
  readonly suspicionOf?: (item: number) => Suspicion | undefined
  readonly bytesOf?: (item: number) => number
  readonly learned?: Learned
  /** Changes the context, or puts something between the plan and its account: for tests that break the plan on purpose. */
  readonly tamper?: (context: PlanContext<number>, group: () => readonly number[]) => PlanContext<number>
}

export function runPlan(setup: Setup): Run {
  const { count, tamper = (context) => context, learned = new Learned(4_000_000) } = setup
  const items = Array.from({ length: count }, (_, index) => index)
  const settled = new Map<number, Settlement>()
  const accepted = new Map<number, number>()
  const found = { heldShapes: new Set<string>(), notJudging: false, wayIsBroken: false }
  const context: PlanContext<number> = {
    learned,
    shapeOf: setup.shapeOf ?? (() => 'shape'),
    keyOf: (item) => item,
    bytesOf: setup.bytesOf ?? (() => 300),
    timestampOf: () => 0,
    isSettled: (item) => settled.has(item),
    settle(item, settlement) {
      if (settled.has(item)) throw new Error(`event ${item} was settled twice`)
      settled.set(item, settlement)
    },
    ...(setup.suspicionOf && { suspicionOf: setup.suspicionOf }),
    ageOf: () => 'young',
    now: () => 0,
    canaries: true,
    finality: 'confirmed',
    notJudging() {
      found.notJudging = true
    },
    wayIsBroken() {
      found.wayIsBroken = true
    },
    shapeIsRefused: (shape) => void found.heldShapes.add(shape),
  }
  let sent: readonly number[] = []
  const tampered = tamper(context, () => sent)
  const plan = (setup.suspicionOf === undefined ? planBatch : planSuspects)(items, tampered)
  const counts = { requests: 0, canaries: 0, sentEvents: 0 }
  for (let step = plan.next(); !step.done; ) {
    counts.requests += 1
    if (step.value.ask === 'canary') counts.canaries += 1
    if (step.value.ask === 'events') {
      sent = step.value.group
      counts.sentEvents += sent.length
    }
    const reply = replyTo(step.value, setup, counts.requests)
    if (reply.kind === 'delivered') for (const item of sent) accepted.set(item, (accepted.get(item) ?? 0) + 1)
    step = plan.next(reply)
  }
  return { ...counts, ...found, settled, accepted }
}

function replyTo(question: Question<number>, setup: Setup, request: number): Reply<number> {
  const { bad, naming = 'none', codeOf = (item) => `code_${item}`, canary = () => 'passed' } = setup
  if (question.ask === 'events') {
    const { answer = (group) => answerFor(group, bad, naming, codeOf) } = setup
    return answer(question.group, request)
  }
  if (question.ask === 'names')
    return (setup.names ?? ((named) => namesFor(named, bad, naming, codeOf)))(question.named)
  const said = canary(question.shape, question.timestampMs)
  if (said !== 'refused') return { kind: 'canary', said }
  return { kind: 'canary', said, reason: { code: 'canary_refused', message: 'refused', path: '' } }
}

/** The answer to named events between canaries, of an API that knows the bad ones and names them as told. */
export function namesFor(
  named: readonly number[],
  bad: ReadonlySet<number>,
  naming: Naming,
  codeOf: (item: number) => string,
): NamesAnswer<number> {
  // Canaries stand at the even positions; no event has a negative number.
  const group = [...named.flatMap((item) => [-1, item]), -1]
  const answer = answerFor(group, bad, naming, codeOf)
  const events = answer.kind === 'refused' ? answer.events : []
  const areWrong = events.length === 0 || events.some(({ position }) => position % 2 === 0)
  const again = areWrong ? [] : events.map((event) => [group[event.position]!, event] as const)
  return { kind: 'names', again: new Map(again), areWrong, isUnknown: false }
}

/** The answer of an API that knows the bad ones and names them as told. */
export function answerFor(
  group: readonly number[],
  bad: ReadonlySet<number>,
  naming: Naming,
  codeOf: (item: number) => string,
): GroupAnswer {
  const positions = group.flatMap((item, position) => (bad.has(item) ? [position] : []))
  if (positions.length === 0) return { kind: 'delivered' }
  const reasonAt = (position: number): Reason => ({ code: codeOf(group[position]!), message: 'refused', path: 'id' })
  const name = (position: number, said: number): NamedEvent => ({ position: said, ...reasonAt(position) })
  const off = (position: number): number => (position + 1 < group.length ? position + 1 : Math.max(0, position - 1))
  const events: Readonly<Record<Naming, () => NamedEvent[]>> = {
    all: () => positions.map((position) => name(position, position)),
    first: () => [name(positions[0]!, positions[0]!)],
    none: () => [],
    wrong: () => positions.map((position) => name(position, off(position))),
  }
  const named = [...new Map(events[naming]().map((event) => [event.position, event])).values()]
  return { kind: 'refused', events: named, reason: reasonAt(positions[0]!) }
}

/**
 * What a run must keep, whatever the API is like: exactly the bad ones refused, every good one accepted exactly once, everyone
 * accounted for. Gives what is broken, in words.
 */
export function brokenPromises(run: Run, count: number, bad: ReadonlySet<number>): string[] {
  const { settled, accepted, heldShapes } = run
  // Of a shape that is held nobody is refused, and what is left of it waits.
  const waits = (item: number): boolean => heldShapes.size > 0 && settled.get(item)?.kind === 'unexplained'
  const items = Array.from({ length: count }, (_, item) => item)
  const said: readonly [string, (item: number) => boolean][] = [
    ['was never settled', (item) => !settled.has(item)],
    [
      'is good and was not delivered',
      (item) => !bad.has(item) && settled.get(item)?.kind !== 'delivered' && !waits(item),
    ],
    ['is bad and was not refused', (item) => bad.has(item) && settled.get(item)?.kind !== 'refused' && !waits(item)],
    ['is good and was not accepted exactly once', (item) => !bad.has(item) && accepted.get(item) !== 1 && !waits(item)],
    ['is bad and was accepted', (item) => bad.has(item) && accepted.has(item)],
  ]
  return said.flatMap(([words, isBroken]) => items.filter(isBroken).map((item) => `event ${item} ${words}`))
}

/** A seeded stream of numbers 0 ≤ x < 1 (mulberry32), so that every draw can be repeated. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** `count` different numbers below `below`. */
export function draw(count: number, below: number, random: () => number): Set<number> {
  const drawn = new Set<number>()
  while (drawn.size < count) drawn.add(Math.floor(random() * below))
  return drawn
}
