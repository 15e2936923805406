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
}

export function runPlan(setup: Setup): Run {
  const { count, bad, naming = 'none', shapeOf = () => 'shape', codeOf = (item) => `code_${item}` } = setup
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
  const plan = planBatch(items, context)
  let requests = 0
  let sentEvents = 0
  for (let step = plan.next(); !step.done; ) {
    const group = step.value
    requests += 1
    sentEvents += group.length
    const answer = answerFor(group, bad, naming, codeOf)
    if (answer.kind === 'delivered') for (const item of group) accepted.set(item, (accepted.get(item) ?? 0) + 1)
    step = plan.next(answer)
  }
  for (const { item, reason } of watch.flush()) context.settle(item, { kind: 'refused', reason })
  return { requests, sentEvents, settled, accepted }
}

function answerFor(
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
