import { MINUTE_MS } from 'waybill/delivery'
import type { Counts } from '../counts.ts'
import type { EndState } from '../event.ts'
import type {
  Backlog,
  BacklogQuestion,
  Histogram,
  Known,
  Latency,
  LatencyQuestion,
  Now,
  NowQuestion,
  PixelOverview,
  PixelsOverview,
  PixelsQuestion,
} from '../reads/index.ts'
import { belowMs } from '../roll-up/bucket.ts'
import { QUARTER_GRAIN, quarterOf } from '../roll-up/edges.ts'
import { ACCEPTED, DELIVERED, END_CODES, EXPIRED, REFUSED } from '../state.ts'
import { SUSPICION_KINDS } from '../suspicion.ts'
import { rangeOf, totalOf } from './groups.ts'
import { type Moment, type Took, WHOLE_PIXEL } from './moment.ts'
import type { NumbersByPixel, PixelNumbers } from './numbers.ts'
import { isWithin, type Piece, piecesOf } from './pieces.ts'
import type { Reading } from './reading.ts'
import { slices, sumOfAll, sumOver } from './sums.ts'
import { conditions, isIn, wantedOf } from './where.ts'

export function countsOf(moment: Moment, pixel: number, { shapes, kinds, sending }: PixelNumbers): Counts {
  const live = { queued: 0, sending, held: 0 }
  for (const [shape, { waiting }] of shapes)
    live[moment.hold(pixel, shape) === undefined ? 'queued' : 'held'] += waiting
  const ended = (state: EndState): number => kinds.get(END_CODES[state]) ?? 0
  const states = {
    ...live,
    delivered: ended('delivered'),
    refused: ended('refused'),
    expired: ended('expired'),
    discarded: ended('discarded'),
  }
  const accepted = kinds.get(ACCEPTED) ?? 0
  return { accepted, ...states, unaccounted: accepted - Object.values(states).reduce((sum, events) => sum + events, 0) }
}

function sumCounts(all: readonly Counts[]): Counts {
  const names = ['accepted', 'queued', 'sending', 'held', 'delivered', 'refused', 'expired', 'discarded'] as const
  const total = (name: keyof Counts): number => all.reduce((sum, counts) => sum + counts[name], 0)
  const sums = Object.fromEntries(names.map((name) => [name, total(name)])) as unknown as Counts
  return { ...sums, unaccounted: total('unaccounted') }
}

export function* now(moment: Moment, { pixels }: NowQuestion): Reading<Now> {
  const tally = yield* moment.numbers(pixels)
  const counts = sumCounts([...tally].map(([pixel, numbers]) => countsOf(moment, pixel, numbers)))
  const wanted = wantedOf(moment, { ...(pixels && { pixels }) })
  const waiting = yield* sumOfAll(moment, { kinds: [ACCEPTED], count: 'ends', wanted, by: [] })
  return {
    counts,
    waitingMoney: totalOf(moment, waiting).money,
    holds: holdsOf(moment, tally, wanted.pixels),
    hasEvents: counts.accepted > 0,
    counted: yield* moment.counted(),
  }
}

function holdsOf(moment: Moment, tally: NumbersByPixel, only: readonly number[] | undefined): Now['holds'] {
  return [...moment.holds()].flatMap(([pixel, shapes]) => {
    if (only?.includes(pixel) === false) return []
    const numbers = tally.get(pixel)
    return [...shapes].map(([shape, hold]) => ({
      ...hold,
      pixel: moment.terms.text(pixel),
      shape: shape === WHOLE_PIXEL ? undefined : moment.terms.text(shape),
      events:
        shape === WHOLE_PIXEL
          ? [...(numbers?.shapes.values() ?? [])].reduce((sum, { waiting }) => sum + waiting, numbers?.sending ?? 0)
          : liveOf(numbers, shape),
    }))
  })
}

function liveOf(numbers: PixelNumbers | undefined, shape: number): number {
  const { waiting = 0, leased = 0 } = numbers?.shapes.get(shape) ?? {}
  return waiting + leased
}

/** The state of each pixel. */
export function* pixels(moment: Moment, question: PixelsQuestion): Reading<PixelsOverview> {
  const tally = yield* moment.numbers(question.pixels)
  const wanted = wantedOf(moment, { ...(question.pixels && { pixels: question.pixels }) })
  const { pieces } = rangeOf(moment, question)!
  const flow = yield* sumOver(moment, pieces, { kinds: [ACCEPTED, DELIVERED], count: 'flow', wanted, by: ['pixel'] })
  const ends = yield* sumOver(moment, pieces, { kinds: [REFUSED, EXPIRED], count: 'ends', wanted, by: ['pixel'] })
  const numbers = [...flow, ...ends]
  const last = yield* lastTimes(moment)
  const beside = { oldest: yield* moment.oldest(tally), kinds: yield* moment.suspects(tally) }
  return {
    pixels: [...tally].map(([pixel, of]): PixelOverview => {
      const count = (kind: number) =>
        totalOf(
          moment,
          numbers.filter((each) => each.kind === kind && each.keys[0] === pixel),
        )
      return {
        pixel: moment.terms.text(pixel),
        ...statusOf(moment, pixel, of, beside),
        accepted: count(ACCEPTED),
        delivered: count(DELIVERED),
        refused: count(REFUSED),
        expired: count(EXPIRED),
        lastAcceptedMs: last.get(`${ACCEPTED} ${pixel}`),
        lastDeliveredMs: last.get(`${DELIVERED} ${pixel}`),
        lastRefusedMs: last.get(`${REFUSED} ${pixel}`),
      }
    }),
  }
}

type Status = Omit<PixelOverview, 'pixel' | 'accepted' | 'delivered' | 'refused' | 'expired' | `last${string}Ms`>

interface Beside {
  readonly oldest: ReadonlyMap<number, number>
  readonly kinds: ReadonlyMap<number, Partial<Status['suspectsByKind']>>
}

function statusOf(moment: Moment, pixel: number, numbers: PixelNumbers, { oldest, kinds }: Beside): Status {
  const shapes = [...numbers.shapes]
  const held = [...(moment.holds().get(pixel) ?? [])].filter(([shape]) => shape !== WHOLE_PIXEL)
  const byKind = kinds.get(pixel) ?? {}
  return {
    counts: countsOf(moment, pixel, numbers),
    oldestTimestampMs: oldest.get(pixel),
    hold: moment.holds().get(pixel)?.get(WHOLE_PIXEL),
    heldShapes: held.map(([shape, hold]) => ({
      shape: moment.terms.text(shape),
      events: liveOf(numbers, shape),
      hold,
    })),
    suspects: shapes.reduce((sum, [, { apart }]) => sum + apart, 0),
    suspectsByKind: Object.fromEntries(
      SUSPICION_KINDS.map((kind) => [kind, byKind[kind] ?? 0]),
    ) as Status['suspectsByKind'],
  }
}

function* lastTimes(moment: Moment): Reading<Map<string, number>> {
  const kinds = [ACCEPTED, DELIVERED, REFUSED].join()
  const sql = `SELECT kind, pixel, max(last) AS last FROM ${moment.tables.known}
    WHERE kind IN (${kinds}) AND flow > 0 GROUP BY kind, pixel`
  const found = yield* moment.all(sql)
  return new Map(found.map(({ kind, pixel, last }) => [`${kind} ${pixel}`, Number(last) * MINUTE_MS]))
}

/** Histograms of how long events took. */
export function* latency(moment: Moment, question: LatencyQuestion): Reading<Latency> {
  const { edges, days } = moment
  const range = rangeOf(moment, question)!.range
  const pieces = piecesOf(
    { from: range.fromMs / MINUTE_MS, until: range.untilMs / MINUTE_MS },
    { ...edges, quarterTo: Number.MAX_SAFE_INTEGER },
    days,
  )
  const pixels = question.pixels?.flatMap((pixel) => moment.terms.find(pixel) ?? [])
  const pixel = pixels === undefined ? 'l.pixel = 0' : isIn('l.pixel', pixels)
  const buckets = { [ACCEPTED]: new Map<number, number>(), [DELIVERED]: new Map<number, number>() }
  for (const piece of yield* slices(moment, pieces.map(coarser), 'latency')) {
    moment.mustBeInTime()
    const times = moment.timesOf(piece, 'latency')
    const sql = `${times.sql}
      SELECT l.kind AS kind, l.bucket AS bucket, sum(l.events) AS events
      FROM t ${times.join} ${moment.tables.latency} AS l ON l.grain = ${piece.grain} AND l.time = t.time
        AND l.kind IN (${ACCEPTED}, ${DELIVERED}) AND ${pixel}
      WHERE ${isWithin('l', piece)} GROUP BY l.kind, l.bucket`
    const rows = (yield* moment.all(sql)) as unknown as Took[]
    for (const { kind, bucket, events } of [...rows, ...moment.packedTook([ACCEPTED, DELIVERED], piece, pixels)]) {
      const found = buckets[kind as typeof ACCEPTED]
      found.set(bucket, (found.get(bucket) ?? 0) + events)
    }
  }
  return { accepted: histogramOf(buckets[ACCEPTED]), delivered: histogramOf(buckets[DELIVERED]) }
}

/** A quarter of an hour is the finest that is kept. */
function coarser({ grain, from, until }: Piece): Piece {
  return grain < QUARTER_GRAIN ? { grain: QUARTER_GRAIN, from: quarterOf(from), until } : { grain, from, until }
}

export function histogramOf(counts: ReadonlyMap<number, number>): Histogram {
  const rising = [...counts].sort((a, b) => a[0] - b[0])
  const events = rising.reduce((sum, [, count]) => sum + count, 0)
  const quantile = (share: number): number | undefined => {
    let seen = 0
    for (const [bucket, count] of rising) {
      seen += count
      if (seen >= events * share) return belowMs(bucket)
    }
    return undefined
  }
  return {
    events,
    p50Ms: quantile(0.5),
    p95Ms: quantile(0.95),
    p99Ms: quantile(0.99),
    buckets: rising.map(([bucket, count]) => [belowMs(bucket), count]),
  }
}

const MAX_KNOWN = 1_000

/** For choices in a form. */
export function* known(moment: Moment, { pixels: of }: NowQuestion): Reading<Known> {
  const { known: table } = moment.tables
  const where = conditions(wantedOf(moment, { ...(of && { pixels: of }) })).join(' AND ')
  const accounts = `kind = ${ACCEPTED}`
  const texts = function* (column: string, kinds: string): Reading<string[]> {
    const sql = `SELECT DISTINCT ${column} FROM ${table} WHERE ${kinds} AND ${where} AND ${column} > 0 LIMIT ${MAX_KNOWN}`
    return (yield* moment.all(sql)).map((row) => moment.terms.text(row[column] as number)).sort()
  }
  const first = (yield* moment.one(`SELECT min(first) AS first FROM ${table} WHERE ${accounts} AND ${where}`))?.[
    'first'
  ]
  const oldest = yield* moment.oldestMs()
  const firstMs = first === null ? undefined : (first as number) * MINUTE_MS
  return {
    pixels: yield* texts('pixel', accounts),
    names: yield* texts('name', accounts),
    sources: yield* texts('source', accounts),
    codes: yield* texts('code', `kind BETWEEN ${DELIVERED} AND ${END_CODES.discarded}`),
    firstMs,
    forgottenBeforeMs:
      oldest !== undefined && firstMs !== undefined && oldest - firstMs > MINUTE_MS ? oldest : undefined,
  }
}

/** What has not ended, by pixel. Throws `TooSlowError`. */
export function* backlog(moment: Moment, { pixels: of, ...range }: BacklogQuestion): Reading<Backlog> {
  const tally = yield* moment.numbers(of)
  const oldest = yield* moment.oldest(tally)
  const within = yield* moment.within(tally, range)
  return {
    pixels: [...tally].map(([pixel, numbers]) => ({
      pixel: moment.terms.text(pixel),
      counts: countsOf(moment, pixel, numbers),
      oldestTimestampMs: oldest.get(pixel),
      within: within.get(pixel) ?? range.beforeMs.map(() => 0),
    })),
  }
}
