/** What happens to several relays on one data set, drawn from a seed: relays stop, die and leave, and the store goes away. */
import type { AnswerKind } from '../answers.ts'
import { type Dice, diceFor } from '../dice.ts'
import type { Span } from '../plan.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, START_MS } from '../units.ts'

export interface SeveralArrival {
  readonly atMs: number
  /** Which relay is asked first. */
  readonly relay: number
  readonly pixel: string
  readonly events: readonly { readonly id: string; readonly wire: object }[]
}

/** Answers of one kind for a while. */
export interface Spell extends Span {
  readonly answer: AnswerKind
  readonly share: number
  readonly pixel: string
}

/**
 * Something that happens to one relay. `stop`: it stands still and goes on; `kill`, `leave`: it comes again as a new one; `replace`: it
 * leaves in order while a newer one begins in its place.
 */
export interface Mishap extends Span {
  readonly what: 'stop' | 'kill' | 'leave' | 'replace'
  readonly relay: number
}

/** A newer version begins to run, and changes the data so that an older one may not work on them. `isForced`: also while older relays live. */
export interface Change {
  readonly atMs: number
  readonly isForced: boolean
}

export interface SeveralPlan {
  readonly seed: number
  readonly relays: number
  readonly pixels: readonly string[]
  readonly arrivals: readonly SeveralArrival[]
  readonly spells: readonly Spell[]
  readonly mishaps: readonly Mishap[]
  /** The store cannot be reached: by one relay, or by none. */
  readonly aways: readonly (Span & { readonly relay: number | undefined })[]
  readonly change: Change | undefined
  /** Share of acceptances whose answer is lost. */
  readonly lostShare: number
  /** From then on the store's clock is off by so much. */
  readonly storeClock: readonly { readonly atMs: number; readonly byMs: number }[]
  /** How far each machine's wall clock is from the true time. */
  readonly wallMs: readonly number[]
  readonly holds: readonly (Span & { readonly pixel: string; readonly heldBy: number; readonly liftedBy: number })[]
  /** Events that the API refuses. */
  readonly bad: ReadonlySet<string>
  readonly events: ReadonlyMap<string, string>
  readonly latencyMs: number
  /** Longest that a call of the store takes, each way. */
  readonly storeMs: number
  /** When the last trouble is over. */
  readonly quietMs: number
  readonly endMs: number
  /** A stream of chance of its own for each part. */
  stream(name: string): () => number
}

const TROUBLED_MS = 4 * MINUTE_MS
/** After the last trouble everything has to be delivered within so long: a pause of the API's, and a few rounds of waiting. */
const AFTERWARDS_MS = 12 * MINUTE_MS
const SPELLS: readonly AnswerKind[] = ['429', '503', '500', 'reset', 'lost', 'html200', 'timeout', 'slow', '401']

/** What a life is about, where somebody looks for something: each leads to one kind of trouble for every relay in turn. */
export type Lean = 'stops' | 'cut off' | 'clock steps' | 'pauses' | 'slow answers' | 'upgrade' | 'breaking upgrade'

interface Draft {
  readonly dice: Dice
  readonly relays: number
  readonly pixels: readonly string[]
  readonly spells: Spell[]
  readonly mishaps: Mishap[]
  readonly aways: SeveralPlan['aways'][number][]
  readonly storeClock: SeveralPlan['storeClock'][number][]
  change?: Change
  /** Near which events arrive, beside the beginnings and ends of troubles. */
  readonly moments: number[]
}

/** For each relay one after the other, with time to come to itself. */
function eachInTurn({ dice, relays }: Draft, befall: (relay: number, fromMs: number) => void): void {
  for (let relay = 0; relay < relays; relay++)
    befall(relay, 20 * SECOND_MS + relay * 70 * SECOND_MS + dice.whole(10 * SECOND_MS))
}

const LEANS: Readonly<Record<Lean, (draft: Draft) => void>> = {
  stops: (draft: Draft) =>
    eachInTurn(draft, (relay, fromMs) => {
      draft.mishaps.push({
        what: 'stop',
        relay,
        fromMs,
        toMs: fromMs + 13 * SECOND_MS + draft.dice.whole(20 * SECOND_MS),
      })
    }),
  'cut off': (draft: Draft) =>
    eachInTurn(draft, (relay, fromMs) => {
      draft.aways.push({ relay, fromMs, toMs: fromMs + 20 * SECOND_MS + draft.dice.whole(20 * SECOND_MS) })
    }),
  'clock steps': ({ dice, storeClock }: Draft) => {
    for (let atMs = 20 * SECOND_MS, at = 0; atMs < TROUBLED_MS; atMs += 20 * SECOND_MS, at++)
      storeClock.push({ atMs: atMs + dice.whole(10 * SECOND_MS), byMs: at % 2 === 0 ? HOUR_MS : 0 })
  },
  pauses: (draft: Draft) => {
    for (const pixel of draft.pixels) draft.spells.push({ fromMs: 0, toMs: MINUTE_MS, answer: '429', share: 1, pixel })
    eachInTurn(draft, (relay, fromMs) => {
      const toMs = fromMs + 5 * SECOND_MS
      draft.mishaps.push({ what: draft.dice.pick(['kill', 'leave']), relay, fromMs, toMs })
    })
  },
  'slow answers': (draft: Draft) => {
    LEANS.stops(draft)
    // The answer comes while its relay stands still.
    for (const { fromMs } of [...draft.mishaps]) draft.moments.push(fromMs - SLOW_MS, fromMs - SLOW_MS)
    for (const pixel of draft.pixels)
      draft.spells.push({ fromMs: 0, toMs: TROUBLED_MS, answer: 'slow', share: 1, pixel })
  },
  /** One relay after the other is replaced by a newer one; requests are in flight, and events arrive while both are there. */
  upgrade: (draft: Draft) => {
    eachInTurn(draft, (relay, fromMs) => {
      draft.mishaps.push({ what: 'replace', relay, fromMs, toMs: fromMs + 5 * SECOND_MS })
      draft.moments.push(fromMs - 500, fromMs, fromMs + SECOND_MS)
    })
    for (const pixel of draft.pixels)
      draft.spells.push({ fromMs: 0, toMs: TROUBLED_MS, answer: 'slow', share: 0.5, pixel })
  },
  /** The same, and the newer version changes the data as soon as it may: when the last older one is gone, or by force in the midst of them. */
  'breaking upgrade': (draft: Draft) => {
    LEANS.upgrade(draft)
    const change = { atMs: draft.dice.whole(20 * SECOND_MS), isForced: draft.dice.chance(0.5) }
    draft.change = change
    for (let at = 0; at < 4; at++) draft.moments.push(change.atMs + at * SECOND_MS)
  },
}

export const LEAN_NAMES: readonly Lean[] = Object.keys(LEANS) as Lean[]

export function drawSeveral(seed: number, relays: number, lean?: Lean): SeveralPlan {
  const dice = diceFor(seed, 'several')
  const pixels = Array.from({ length: 1 + dice.whole(4) }, (_, at) => `pixel_${at}`)
  const draft: Draft = {
    ...{ dice, relays, pixels },
    spells: many(dice, 2, () => drawSpell(dice, pixels)),
    mishaps: many(dice, 4, () => drawMishap(dice, relays)),
    aways: dice.chance(0.4) ? many(dice, 2, () => drawAway(dice, relays)) : [],
    storeClock: dice.chance(0.3) ? many(dice, 2, () => drawStep(dice)) : [],
    moments: [],
  }
  const drawn = dice.chance(0.5) ? dice.pick(LEAN_NAMES) : undefined
  const leaning = lean ?? drawn
  if (leaning !== undefined) LEANS[leaning](draft)
  const holds = dice.chance(0.3) ? [drawHold(dice, relays, pixels)] : []
  return planOf(seed, draft, holds)
}

function planOf(seed: number, draft: Draft, holds: SeveralPlan['holds']): SeveralPlan {
  const { dice, relays, pixels, spells, aways, storeClock, change } = draft
  const mishaps = withoutOverlaps(draft.mishaps)
  const moments = [...mishaps, ...aways, ...holds].flatMap(({ fromMs, toMs }) => [fromMs, toMs])
  moments.push(...draft.moments, ...storeClock.map(({ atMs }) => atMs))
  const arrivals = drawArrivals(dice, { relays, pixels, moments })
  const events = new Map(arrivals.flatMap(({ events: list, pixel }) => list.map(({ id }) => [id, pixel] as const)))
  const quietMs = Math.max(...moments, ...spells.map(({ toMs }) => toMs), ...arrivals.map(({ atMs }) => atMs))
  const isBad = dice.chance(0.4)
  return {
    ...{ seed, relays, pixels, arrivals, spells, mishaps, aways, holds, events, quietMs, change },
    lostShare: dice.chance(0.3) ? 0.3 : 0,
    storeClock: storeClock.toSorted((a, b) => a.atMs - b.atMs),
    wallMs: Array.from({ length: relays }, () => (dice.chance(0.5) ? 0 : dice.pick(WALLS_MS))),
    bad: new Set([...events.keys()].filter(() => isBad && dice.chance(0.1))),
    latencyMs: dice.pick([5, 40, 400]),
    storeMs: dice.pick([1, 10, 50]),
    endMs: quietMs + AFTERWARDS_MS,
    stream: (name) => diceFor(seed, name).random,
  }
}

/** What `slow` takes to answer. */
const SLOW_MS = 20 * SECOND_MS
const WALLS_MS = [-5 * HOUR_MS, HOUR_MS, 3 * HOUR_MS]

/** Some at any time, most when something begins or ends: what is in flight then shows what becomes of it. */
function drawArrivals(
  dice: Dice,
  { relays, pixels, moments }: { relays: number; pixels: readonly string[]; moments: readonly number[] },
): SeveralArrival[] {
  const near = moments.flatMap((atMs) => (dice.chance(0.8) ? [atMs - 500 + dice.whole(3 * SECOND_MS)] : []))
  const times = [...near, ...many(dice, 6, () => dice.whole(TROUBLED_MS)), dice.whole(MINUTE_MS)]
  return times.map((atMs, at) => drawArrival(dice, { at, atMs: Math.max(0, atMs), relays, pixels }))
}

function many<Item>(dice: Dice, most: number, draw: () => Item): Item[] {
  return Array.from({ length: dice.whole(most + 1) }, draw)
}

function drawArrival(
  dice: Dice,
  { at, atMs, relays, pixels }: { at: number; atMs: number; relays: number; pixels: readonly string[] },
): SeveralArrival {
  const events = Array.from({ length: 1 + dice.whole(8) }, (_, index) => {
    const id = `e${at}_${index}`
    const isLead = dice.chance(0.3)
    const timestamp_ms = START_MS + atMs - dice.whole(2 * DAY_MS)
    const about = isLead
      ? { type: 'lead_created', action_source: 'offline', data: { type: 'customer_action' } }
      : { type: 'order_created', data: { type: 'contents', amount: 4_500, currency: 'EUR' } }
    return { id, wire: { id, timestamp_ms, source_url: 'https://shop.example/done', action_source: 'web', ...about } }
  })
  return { atMs, relay: dice.whole(relays), pixel: dice.pick(pixels), events }
}

function drawSpell(dice: Dice, pixels: readonly string[]): Spell {
  const fromMs = dice.whole(TROUBLED_MS)
  const toMs = fromMs + dice.pick([3 * SECOND_MS, 20 * SECOND_MS, 90 * SECOND_MS])
  return { fromMs, toMs, answer: dice.pick(SPELLS), share: dice.pick([0.5, 1]), pixel: dice.pick(pixels) }
}

/** Stops are shorter and longer than a claim, and just as long. */
const STOPPED_MS = [2, 6, 8, 9, 10, 11, 13, 20, 45].map((seconds) => seconds * SECOND_MS)

function drawMishap(dice: Dice, relays: number): Mishap {
  const what = dice.pick(['stop', 'stop', 'kill', 'leave'] as const)
  const fromMs = dice.whole(TROUBLED_MS)
  const forMs =
    what === 'stop'
      ? dice.pick(STOPPED_MS) + dice.whole(SECOND_MS)
      : dice.pick([SECOND_MS, 20 * SECOND_MS, 60 * SECOND_MS])
  return { what, relay: dice.whole(relays), fromMs, toMs: fromMs + forMs }
}

/** What happens to one relay happens one after the other, with time to come to itself. */
function withoutOverlaps(mishaps: readonly Mishap[]): Mishap[] {
  const kept: Mishap[] = []
  for (const one of mishaps.toSorted((a, b) => a.fromMs - b.fromMs))
    if (!kept.some(({ relay, toMs }) => relay === one.relay && toMs + 15 * SECOND_MS > one.fromMs)) kept.push(one)
  return kept
}

function drawAway(dice: Dice, relays: number): SeveralPlan['aways'][number] {
  const fromMs = dice.whole(TROUBLED_MS)
  const toMs = fromMs + dice.pick([SECOND_MS, 6 * SECOND_MS, 15 * SECOND_MS, 40 * SECOND_MS])
  return { fromMs, toMs, relay: dice.chance(0.6) ? dice.whole(relays) : undefined }
}

function drawStep(dice: Dice): SeveralPlan['storeClock'][number] {
  return { atMs: dice.whole(TROUBLED_MS), byMs: dice.pick([-HOUR_MS, HOUR_MS, 12 * SECOND_MS, -12 * SECOND_MS]) }
}

function drawHold(dice: Dice, relays: number, pixels: readonly string[]): SeveralPlan['holds'][number] {
  const fromMs = dice.whole(TROUBLED_MS)
  const [heldBy, liftedBy] = [dice.whole(relays), dice.whole(relays)]
  return { fromMs, toMs: fromMs + dice.pick([10, 40]) * SECOND_MS, pixel: dice.pick(pixels), heldBy, liftedBy }
}
