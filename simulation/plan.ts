/** What happens in one life, drawn from its seed alone, so that a failing seed replays exactly. */
import { seededRandom } from '../packages/waybill/src/delivery/plan.cases.ts'
import type { Fault, Phase } from './api.ts'

export interface Arrival {
  readonly atMs: number
  readonly pixel: string
  readonly events: readonly object[]
}

export interface Plan {
  readonly seed: number
  readonly pixels: readonly string[]
  readonly arrivals: readonly Arrival[]
  readonly phases: readonly Phase[]
  readonly crashes: readonly number[]
  readonly clockShifts: readonly { readonly atMs: number; readonly byMs: number }[]
  readonly poison: RegExp | undefined
  readonly errors: 'all' | 'first' | 'none' | 'wrong'
  readonly endMs: number
  /** Whether any fault makes good events be refused alone, so that a refusal proves nothing. */
  readonly flaps: boolean
  /** Ids of every event that arrives, with its own time in milliseconds since the start. */
  readonly events: ReadonlyMap<string, number>
  /** A stream of chance of its own for each part. */
  stream(name: string): () => number
}

const START_MS = Date.UTC(2026, 2, 19, 4)
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
/** Long enough for every window to close, so that nothing can be left waiting. */
const END_MS = 8.5 * DAY_MS

const FAULTS: readonly Fault[] = [
  '429',
  '500',
  '503',
  'reset',
  'lost',
  'html200',
  'short',
  'timeout',
  'slow',
  '401',
  '403',
  '302',
  'flap',
]

function hash(text: string): number {
  let value = 2166136261
  for (const character of text) value = Math.imul(value ^ character.codePointAt(0)!, 16777619)
  return value >>> 0
}

export function drawPlan(seed: number): Plan {
  const stream = (name: string): (() => number) => seededRandom(hash(`${seed} ${name}`))
  const random = stream('plan')
  const whole = (below: number): number => Math.floor(random() * below)
  const pick = <Item>(list: readonly Item[]): Item => list[whole(list.length)]!
  const pixels = Array.from({ length: 1 + whole(3) }, (_, index) => `pixel_${index}`)
  const phases = Array.from({ length: whole(6) }, () => drawPhase(random, pick, whole))
  const arrivals = Array.from({ length: 1 + whole(8) }, (_, index) => drawArrival(index, pick(pixels), random, whole))
  return {
    seed,
    pixels,
    arrivals: [...arrivals, ...repeats(arrivals, whole)],
    phases,
    crashes: Array.from({ length: whole(4) }, () => (random() < 0.7 ? whole(10 * MINUTE_MS) : whole(DAY_MS))),
    clockShifts: random() < 0.15 ? drawShift(random, whole) : [],
    poison: drawPoison(random, whole),
    errors: pick(['all', 'first', 'none', 'none', 'wrong'] as const),
    endMs: END_MS,
    flaps: phases.some(({ fault }) => fault === 'flap'),
    events: new Map(arrivals.flatMap(({ events }) => events.map((event) => [idOf(event), timeOf(event)] as const))),
    stream,
  }
}

const idOf = (event: object): string => (event as { id: string }).id
const timeOf = (event: object): number => (event as { timestamp_ms: number }).timestamp_ms - START_MS

function drawPhase(
  random: () => number,
  pick: <Item>(list: readonly Item[]) => Item,
  whole: (below: number) => number,
): Phase {
  const fromMs = random() < 0.6 ? whole(5 * MINUTE_MS) : whole(12 * HOUR_MS)
  const lengthMs = random() < 0.7 ? whole(10 * MINUTE_MS) : whole(3 * HOUR_MS)
  return { fromMs, toMs: fromMs + lengthMs, fault: pick(FAULTS), share: pick([0.2, 0.5, 1]) }
}

function drawArrival(index: number, pixel: string, random: () => number, whole: (below: number) => number): Arrival {
  const atMs = random() < 0.7 ? whole(5 * MINUTE_MS) : whole(2 * DAY_MS)
  const size = random() < 0.2 ? 200 + whole(900) : 1 + whole(40)
  const shape = whole(3)
  const events = Array.from({ length: size }, (_, at) => {
    // Some are nearly too old when they come, some are ahead of their time.
    const drawn = random()
    const ageMs =
      drawn < 0.05 ? 7 * DAY_MS - whole(20 * MINUTE_MS) - 1 : drawn < 0.08 ? -whole(20 * HOUR_MS) : whole(3 * DAY_MS)
    return {
      id: `e${index}_${at}`,
      type: 'order_created',
      timestamp_ms: START_MS + atMs - ageMs,
      ...(shape > 0 && { oppref: 'ref' }),
      ...(shape > 1 && { opt_out: false }),
      data: { type: 'contents', amount: at, currency: 'USD' },
    }
  })
  return { atMs, pixel, events }
}

/** Clients that got no answer send again. */
function repeats(arrivals: readonly Arrival[], whole: (below: number) => number): Arrival[] {
  return arrivals
    .filter(() => whole(3) === 0)
    .map((arrival) => ({ ...arrival, atMs: arrival.atMs + 1 + whole(HOUR_MS) }))
}

function drawShift(random: () => number, whole: (below: number) => number): { atMs: number; byMs: number }[] {
  const atMs = whole(HOUR_MS)
  const byMs = (random() < 0.5 ? -1 : 1) * (random() < 0.5 ? HOUR_MS : 8 * DAY_MS)
  return [
    { atMs, byMs },
    { atMs: atMs + whole(2 * HOUR_MS), byMs: 0 },
  ]
}

/** Bad events only the API knows: some by their number, so that they come alone or in runs. */
function drawPoison(random: () => number, whole: (below: number) => number): RegExp | undefined {
  const drawn = random()
  if (drawn < 0.3) return undefined
  if (drawn < 0.7) return new RegExp(`^e\\d+_(${[whole(40), whole(40), whole(400)].join('|')})$`)
  return new RegExp(`^e${whole(4)}_${whole(9)}\\d?$`)
}
