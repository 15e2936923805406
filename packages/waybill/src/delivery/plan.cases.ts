/** A make-believe API for plans: it knows the bad events and names them as told. Shared by tests and benches. */
import type { GroupAnswer, PlanContext, Settlement } from './batch.ts'
import { planBatch } from './plan.ts'
import { createSystemicWatch } from './systemic.ts'
import type { NamedEvent, Reason } from './verdict.ts'

export type Naming = 'all' | 'first' | 'none' | 'wrong'

export interface Run {
  readonly requests: number
  readonly sentEvents: number
  readonly settled: ReadonlyMap<number, Settlement>
  /** How often each event was in a request that the API accepted. */
  readonly accepted: ReadonlyMap<number, number>
}

export interface Setup {
  readonly count: number
  readonly bad: ReadonlySet<number>
  readonly naming?: Naming
  readonly shapeOf?: (item: number) => string
  /** Default: every bad event is refused for a reason of its own, so that the systemic rule has nothing to see. */
  readonly codeOf?: (item: number) => string
  /** Stands in for the make-believe API: for answers that change their mind. `request` counts from 1. */
  readonly answer?: (group: readonly number[], request: number) => GroupAnswer
  /** Puts something between the plan and its account: for tests that break the plan on purpose. */
  readonly tamper?: (context: PlanContext<number>, group: () => readonly number[]) => PlanContext<number>
}

export function runPlan(setup: Setup): Run {
  const { count, bad, naming = 'none', shapeOf = () => 'shape', codeOf = (item) => `code_${item}` } = setup
  const { answer: answerTo = (group) => answerFor(group, bad, naming, codeOf), tamper = (context) => context } = setup
  const items = Array.from({ length: count }, (_, index) => index)
  const settled = new Map<number, Settlement>()
  const accepted = new Map<number, number>()
  const watch = createSystemicWatch<number>()
  const context: PlanContext<number> = {
    watch,
    shapeOf,
    isSettled: (item) => settled.has(item),
    settle(item, settlement) {
      if (settled.has(item)) throw new Error(`event ${item} was settled twice`)
      settled.set(item, settlement)
    },
    trust: { names: true },
  }
  let sent: readonly number[] = []
  const plan = planBatch(
    items,
    tamper(context, () => sent),
  )
  let requests = 0
  let sentEvents = 0
  for (let step = plan.next(); !step.done; ) {
    const group = step.value
    requests += 1
    sentEvents += group.length
    sent = group
    const answer = answerTo(group, requests)
    if (answer.kind === 'delivered') for (const item of group) accepted.set(item, (accepted.get(item) ?? 0) + 1)
    step = plan.next(answer)
  }
  for (const { item, reason } of watch.flush()) context.settle(item, { kind: 'refused', reason })
  return { requests, sentEvents, settled, accepted }
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
export function brokenPromises({ settled, accepted }: Run, count: number, bad: ReadonlySet<number>): string[] {
  const items = Array.from({ length: count }, (_, item) => item)
  const said: readonly [string, (item: number) => boolean][] = [
    ['was never settled', (item) => !settled.has(item)],
    ['is good and was not delivered', (item) => !bad.has(item) && settled.get(item)?.kind !== 'delivered'],
    ['is bad and was not refused', (item) => bad.has(item) && settled.get(item)?.kind !== 'refused'],
    ['is good and was not accepted exactly once', (item) => !bad.has(item) && accepted.get(item) !== 1],
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
