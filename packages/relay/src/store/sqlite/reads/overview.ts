import { MINUTE_MS } from 'waybill/delivery'
import type { Counts } from '../../counts.ts'
import type { EndState } from '../../event.ts'
import type {
  Histogram,
  Known,
  Latency,
  LatencyQuestion,
  Now,
  NowQuestion,
  PixelOverview,
  PixelsOverview,
  PixelsQuestion,
} from '../../reads/index.ts'
import { SUSPICION_KINDS } from '../../suspicion.ts'
import { WHOLE_PIXEL } from '../hold-book.ts'
import { belowMs } from '../roll-up/bucket.ts'
import { QUARTER_GRAIN, quarterOf } from '../roll-up/edges.ts'
import { ACCEPTED, APART, DELIVERED, END_CODES, EXPIRED, REFUSED } from '../state.ts'
import { rangeOf, totalOf } from './groups.ts'
import type { Moment } from './moment.ts'
import { type Piece, piecesOf } from './pieces.ts'
import { slices, sumOfAll, sumOver, timesSql } from './sums.ts'
import { conditions, wantedOf } from './where.ts'

export interface PixelNumbers {
  /** By shape: how many of it have not ended, and how many of these are apart. */
  readonly shapes: Map<number, { all: number; apart: number }>
  /** By kind. */
  readonly kinds: Map<number, number>
}

/** How many are where, as the store keeps it. */
export function tallyOf(moment: Moment, pixels: readonly string[] | undefined): Map<number, PixelNumbers> {
  const wanted = wantedOf(moment, { ...(pixels && { pixels }) })
  const found = new Map<number, PixelNumbers>()
  const sql = `SELECT pixel, shape, kind, events FROM tally WHERE ${conditions(wanted).join(' AND ')}`
  for (const row of moment.all(sql) as Record<string, number>[]) {
    const { pixel = 0, shape = 0, kind = 0, events = 0 } = row
    const numbers = found.get(pixel) ?? { shapes: new Map(), kinds: new Map() }
    found.set(pixel, numbers)
    if (kind >= DELIVERED) {
      numbers.kinds.set(kind, events)
      continue
    }
    const counted = numbers.shapes.get(shape) ?? { all: 0, apart: 0 }
    numbers.shapes.set(shape, counted)
    counted.all += events
    if (kind === APART) counted.apart += events
  }
  return found
}

function sendingOf({ live }: Moment): (pixel: number, shape: number) => number {
  const counts = new Map(live.sending.map(([pixel, shape, events]) => [`${pixel} ${shape}`, events]))
  return (pixel, shape) => counts.get(`${pixel} ${shape}`) ?? 0
}

export function countsOf(moment: Moment, pixel: number, { shapes, kinds }: PixelNumbers): Counts {
  const sending = sendingOf(moment)
  const live = { queued: 0, sending: 0, held: 0 }
  for (const [shape, { all }] of shapes) {
    // A lease may have ended since the question was asked.
    const leased = Math.min(all, sending(pixel, shape))
    live.sending += leased
    live[moment.hold(pixel, shape) === undefined ? 'queued' : 'held'] += all - leased
  }
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

export function now(moment: Moment, { pixels }: NowQuestion): Now {
  const tally = tallyOf(moment, pixels)
  const counts = sumCounts([...tally].map(([pixel, numbers]) => countsOf(moment, pixel, numbers)))
  const wanted = wantedOf(moment, { ...(pixels && { pixels }) })
  const waiting = sumOfAll(moment, { kinds: [ACCEPTED], count: 'ends', wanted, by: [] })
  return {
    counts,
    waitingMoney: totalOf(moment, waiting).money,
    holds: holdsOf(moment, tally, wanted.pixels),
    hasEvents: counts.accepted > 0,
    counted: countedShare(moment),
  }
}

function countedShare(moment: Moment): number {
  if (moment.countedFrom === 0) return 1
  const newest = Number(moment.one('SELECT max(row) AS row FROM event')?.['row'] ?? 1)
  return Math.max(0, Math.min(1, 1 - moment.countedFrom / (newest + 1)))
}

function holdsOf(
  moment: Moment,
  tally: ReadonlyMap<number, PixelNumbers>,
  only: readonly number[] | undefined,
): Now['holds'] {
  return [...moment.holds()].flatMap(([pixel, shapes]) => {
    if (only?.includes(pixel) === false) return []
    const numbers = tally.get(pixel)
    return [...shapes].map(([shape, hold]) => ({
      ...hold,
      pixel: moment.terms.text(pixel),
      shape: shape === WHOLE_PIXEL ? undefined : moment.terms.text(shape),
      events:
        shape === WHOLE_PIXEL
          ? [...(numbers?.shapes.values() ?? [])].reduce((sum, { all }) => sum + all, 0)
          : (numbers?.shapes.get(shape)?.all ?? 0),
    }))
  })
}

/** The state of each pixel. */
export function pixels(moment: Moment, question: PixelsQuestion): PixelsOverview {
  const tally = tallyOf(moment, question.pixels)
  const wanted = wantedOf(moment, { ...(question.pixels && { pixels: question.pixels }) })
  const { pieces } = rangeOf(moment, question)!
  const flow = sumOver(moment, pieces, { kinds: [ACCEPTED, DELIVERED], count: 'flow', wanted, by: ['pixel'] })
  const ends = sumOver(moment, pieces, { kinds: [REFUSED, EXPIRED], count: 'ends', wanted, by: ['pixel'] })
  const numbers = [...flow, ...ends]
  const last = lastTimes(moment)
  return {
    pixels: [...tally].map(([pixel, of]): PixelOverview => {
      const count = (kind: number) =>
        totalOf(
          moment,
          numbers.filter((each) => each.kind === kind && each.keys[0] === pixel),
        )
      return {
        pixel: moment.terms.text(pixel),
        ...statusOf(moment, pixel, of),
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

function statusOf(moment: Moment, pixel: number, numbers: PixelNumbers): Status {
  const shapes = [...numbers.shapes]
  const held = [...(moment.holds().get(pixel) ?? [])].filter(([shape]) => shape !== WHOLE_PIXEL)
  const suspects = shapes.reduce((sum, [, { apart }]) => sum + apart, 0)
  return {
    counts: countsOf(moment, pixel, numbers),
    oldestTimestampMs: oldestOf(moment, pixel, shapes),
    hold: moment.holds().get(pixel)?.get(WHOLE_PIXEL),
    heldShapes: held.map(([shape, hold]) => ({
      shape: moment.terms.text(shape),
      events: numbers.shapes.get(shape)?.all ?? 0,
      hold,
    })),
    suspects,
    suspectsByKind: suspectsByKind(moment, pixel, suspects),
  }
}

function suspectsByKind(moment: Moment, pixel: number, suspects: number): Status['suspectsByKind'] {
  const sql = 'SELECT count(*) AS events FROM suspicion WHERE pixel = ? AND kind = ?'
  const count = (kind: string): number => (suspects === 0 ? 0 : Number(moment.one(sql, pixel, kind)?.['events']))
  return Object.fromEntries(SUSPICION_KINDS.map((kind) => [kind, count(kind)])) as Status['suspectsByKind']
}

const OLDEST = [
  'SELECT min(timestamp_ms / 60000) * 60000 AS at FROM event WHERE state = 0 AND pixel = ? AND shape = ?',
  'SELECT min(timestamp_ms) AS at FROM event WHERE state = 1 AND pixel = ? AND shape = ?',
  'SELECT min(timestamp_ms) AS at FROM suspicion WHERE pixel = ? AND shape = ?',
]

/** Leased or not: a lease keeps its events while the API is away. */
export function oldestOf(
  moment: Moment,
  pixel: number,
  shapes: readonly (readonly [number, { all: number }])[],
): number | undefined {
  const times = shapes
    .filter(([, { all }]) => all > 0)
    .flatMap(([shape]) => OLDEST.map((sql) => moment.one(sql, pixel, shape)?.['at'] as number | null))
    .filter((at) => at !== null)
  return times.length === 0 ? undefined : Math.min(...times)
}

function lastTimes(moment: Moment): Map<string, number> {
  const kinds = [ACCEPTED, DELIVERED, REFUSED].join()
  const sql = `SELECT kind, pixel, max(last) AS last FROM known WHERE kind IN (${kinds}) AND flow > 0 GROUP BY kind, pixel`
  return new Map(moment.all(sql).map(({ kind, pixel, last }) => [`${kind} ${pixel}`, Number(last) * MINUTE_MS]))
}

/** Histograms of how long events took. */
export function latency(moment: Moment, question: LatencyQuestion): Latency {
  const { edges, days } = moment
  const range = rangeOf(moment, question)!.range
  const pieces = piecesOf(
    { from: range.fromMs / MINUTE_MS, until: range.untilMs / MINUTE_MS },
    { ...edges, quarterTo: Number.MAX_SAFE_INTEGER },
    days,
  )
  const pixels = question.pixels?.flatMap((pixel) => moment.terms.find(pixel) ?? [])
  const pixel = pixels === undefined ? 'pixel = 0' : `pixel IN (${pixels.join()})`
  const buckets = { [ACCEPTED]: new Map<number, number>(), [DELIVERED]: new Map<number, number>() }
  for (const piece of slices(moment, pieces.map(coarser), 'latency')) {
    moment.mustBeInTime()
    const sql = `${timesSql(piece, 'latency')}
      SELECT l.kind AS kind, l.bucket AS bucket, sum(l.events) AS events
      FROM t CROSS JOIN latency AS l ON l.grain = ${piece.grain} AND l.time = t.time
        AND l.kind IN (${ACCEPTED}, ${DELIVERED}) AND l.${pixel}
      WHERE t.time < ${piece.until} GROUP BY l.kind, l.bucket`
    for (const row of moment.all(sql) as Record<string, number>[]) {
      const found = buckets[row['kind'] as typeof ACCEPTED]
      found.set(row['bucket']!, (found.get(row['bucket']!) ?? 0) + row['events']!)
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
export function known(moment: Moment, { pixels: of }: NowQuestion): Known {
  const wanted = wantedOf(moment, { ...(of && { pixels: of }) })
  const where = conditions(wanted).join(' AND ')
  const texts = (column: string, kinds: string): string[] =>
    moment
      .all(
        `SELECT DISTINCT ${column} AS term FROM known WHERE ${kinds} AND ${where} AND ${column} > 0 LIMIT ${MAX_KNOWN}`,
      )
      .map(({ term }) => moment.terms.text(term as number))
      .sort()
  const accounts = `kind = ${ACCEPTED}`
  const first = moment.one(`SELECT min(first) AS first FROM known WHERE ${accounts} AND ${where}`)?.['first'] as
    | number
    | null
  const oldest = moment.one('SELECT accepted_ms FROM event ORDER BY row LIMIT 1')?.['accepted_ms'] as number | undefined
  const firstMs = first === null ? undefined : first * MINUTE_MS
  return {
    pixels: texts('pixel', accounts),
    names: texts('name', accounts),
    sources: texts('source', accounts),
    codes: texts('code', `kind BETWEEN ${DELIVERED} AND ${END_CODES.discarded}`),
    firstMs,
    forgottenBeforeMs:
      oldest !== undefined && firstMs !== undefined && oldest - firstMs > MINUTE_MS ? oldest : undefined,
  }
}
