import type { Facts, Flow, Money, WaitingFor, WaitingSeries } from './facts.ts'
import { type Grid, QUARTER_MS } from './steps.ts'

/** What waits now, or what waited in the range and was delivered later. */
export interface Wait {
  readonly why: WaitingFor
  readonly sinceMs: number
  readonly untilMs: number
  readonly pixel: string | null
  readonly source: string | null
  readonly code: string | null
  readonly events: number
  readonly money: readonly Money[]
  readonly lostFromMs: number | null
}

/** A queue counts as waiting when it holds more than this many minutes of what comes, and so many events. */
const LONG_PART = 0.5
const MIN_WAITING = 20
const MIN_SAMPLES = 2
const MAIN_PART = 0.7

/** Holds, outages and a clock in doubt are known to the moment. */
export function knownWaits(facts: Facts, wants: (pixel: string) => boolean): Wait[] {
  const { untilMs, holds, failing, clockDoubtSinceMs, lostFromMs } = facts
  const common = { untilMs, source: null, money: [] }
  const held = holds
    .filter(({ pixel, events }) => wants(pixel) && events > 0)
    .map((hold): Wait => {
      const { pixel, shape, code, sinceMs, events, money } = hold
      const why = shape === null ? 'held' : 'shape_held'
      return { ...common, why, sinceMs, pixel, code, events, money, lostFromMs: hold.lostFromMs }
    })
  const heldPixels = new Set(held.map(({ pixel }) => pixel))
  const out = failing
    .filter(({ pixel, events }) => wants(pixel) && events >= 1 && !heldPixels.has(pixel))
    .map(({ pixel, sinceMs, code, events }): Wait => {
      return { ...common, why: 'outage', sinceMs, pixel, code, events, lostFromMs }
    })
  return [...asOne(held), ...asOne(out), ...clockWait(clockDoubtSinceMs, facts)]
}

/** Many pixels that began to wait for the same reason are one thing. */
function asOne(waits: readonly Wait[]): Wait[] {
  const [first] = waits
  if (first === undefined || waits.length === 1) return [...waits]
  const isCommon = waits.every(({ code, why }) => code === first.code && why === first.why)
  if (!isCommon) return [...waits]
  const losses = waits.flatMap(({ lostFromMs }) => lostFromMs ?? [])
  return [
    {
      ...first,
      pixel: null,
      sinceMs: Math.min(...waits.map(({ sinceMs }) => sinceMs)),
      events: waits.reduce((sum, { events }) => sum + events, 0),
      money: addUp(waits.flatMap(({ money }) => money)),
      lostFromMs: losses.length === 0 ? null : Math.min(...losses),
    },
  ]
}

export function addUp(parts: readonly Money[]): Money[] {
  const sums = new Map<string, number>()
  for (const { currency, amount } of parts) sums.set(currency, (sums.get(currency) ?? 0) + amount)
  return [...sums].map(([currency, amount]) => ({ currency, amount })).sort((left, right) => right.amount - left.amount)
}

function clockWait(sinceMs: number | null, { nowMs, untilMs, waiting, lostFromMs }: Facts): Wait[] {
  const events = waiting.reduce((sum, { steps }) => sum + lastOf(steps), 0)
  // A start is in doubt for moments.
  if (sinceMs === null || nowMs - sinceMs < QUARTER_MS || events === 0) return []
  return [{ why: 'clock', sinceMs, untilMs, pixel: null, source: null, code: null, events, money: [], lostFromMs }]
}

function lastOf(steps: ReadonlyMap<number, number>): number {
  let last = Number.NEGATIVE_INFINITY
  for (const at of steps.keys()) last = Math.max(last, at)
  return steps.get(last) ?? 0
}

/** Stretches in which a pixel's queue was long, by its samples: one that still lasts waits, one that is over was delivered later. */
export function sampledWaits(
  facts: Facts,
  grid: Grid,
  wants: (pixel: string) => boolean,
): (Wait & { isOver: boolean })[] {
  return facts.waiting.filter(({ pixel }) => wants(pixel)).flatMap((one) => longQueues(one, facts.flows, grid))
}

function longQueues(
  { pixel, steps }: WaitingSeries,
  flows: readonly Flow[],
  grid: Grid,
): (Wait & { isOver: boolean })[] {
  const own = flows.filter((flow) => flow.pixel === pixel)
  const came = (at: number): number => own.reduce((sum, { accepted }) => sum + (accepted.get(at) ?? 0), 0)
  const isLong = (at: number): boolean => (steps.get(at) ?? 0) > Math.max(MIN_WAITING, came(at) * LONG_PART)
  const found: (Wait & { isOver: boolean })[] = []
  for (let first = 0; first < grid.steps.length; first += 1) {
    if (!isLong(grid.steps[first]!)) continue
    let next = first
    while (next < grid.steps.length && isLong(grid.steps[next]!)) next += 1
    const isOver = next < grid.steps.length
    if (next - first >= MIN_SAMPLES) found.push({ ...waitOf(pixel, own, grid.steps.slice(first, next), steps), isOver })
    first = next
  }
  return found
}

function waitOf(
  pixel: string,
  own: readonly Flow[],
  during: readonly number[],
  steps: ReadonlyMap<number, number>,
): Wait {
  const late = (flow: Flow): number =>
    during.reduce((sum, at) => sum + Math.max(0, (flow.accepted.get(at) ?? 0) - (flow.delivered.get(at) ?? 0)), 0)
  const parts = own.map((flow) => ({ source: flow.source, events: late(flow) }))
  const total = parts.reduce((sum, { events }) => sum + events, 0)
  const main = parts.sort((left, right) => right.events - left.events)[0]
  return {
    why: 'rate',
    sinceMs: during[0]!,
    untilMs: during.at(-1)! + QUARTER_MS,
    pixel,
    source: main !== undefined && main.events >= total * MAIN_PART ? main.source : null,
    code: null,
    events: Math.max(...during.map((at) => steps.get(at) ?? 0)),
    money: [],
    lostFromMs: null,
  }
}
