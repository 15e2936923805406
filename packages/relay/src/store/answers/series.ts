import { HOUR_MS, MINUTE_MS } from 'waybill/delivery'
import type { Series, SeriesLine, SeriesQuestion, Step, WaitingQuestion, WaitingSeries } from '../reads/index.ts'
import { OTHER } from '../reads/index.ts'
import { DAY_GRAIN, type Edges, MINUTE_GRAIN, QUARTER, QUARTER_GRAIN } from '../roll-up/edges.ts'
import type { LocalDays } from '../roll-up/local-day.ts'
import { FLOW_CODES } from '../state.ts'
import type { Moment } from './moment.ts'
import { isWithin, type Minutes, type Piece, piecesOf } from './pieces.ts'
import type { Reading } from './reading.ts'
import { MoneySum, type Sum, type Summed, slices, sumOver } from './sums.ts'
import { isIn, textOf, wantedOf } from './where.ts'

const MAX_LINES = 20
const MAX_WEEKS = 8
/** A chart of more points than pixels shows nothing more. */
const MAX_POINTS = 3_000
const QUARTER_MS = QUARTER * MINUTE_MS
const GRAIN: Readonly<Record<Step, number>> = {
  minute: MINUTE_GRAIN,
  quarter: QUARTER_GRAIN,
  hour: QUARTER_GRAIN,
  day: DAY_GRAIN,
}

/** Flow over time. */
export function* series(moment: Moment, question: SeriesQuestion): Reading<Series> {
  const { kinds, by, weeksBefore = 0 } = question
  const step = stepOf(question, moment.edges)
  const timesMs = pointsOf(question, step, moment.days)
  const sum: Sum = {
    kinds: kinds.map((kind) => FLOW_CODES[kind]),
    count: 'flow',
    wanted: wantedOf(moment, question),
    by: by === undefined ? [] : [by],
  }
  const weeks = Math.min(MAX_WEEKS, weeksBefore)
  const spans = Array.from({ length: weeks + 1 }, (_, week) => spanOf(timesMs, step, moment.days, week))
  const read: (Summed[] | undefined)[] = []
  for (const span of spans) read.push(yield* readSpan(moment, span, step, sum))
  return { step, timesMs, nowMs: yield* moment.lastMs(), lines: linesOf(moment, { sum, read, spans, kinds }) }
}

/** The finest that is kept of all of the range, but no finer than asked. */
export function stepOf({ step, fromMs }: { readonly step: Step; readonly fromMs: number }, edges: Edges): Step {
  const from = fromMs / MINUTE_MS
  if (from < edges.quarterFrom) return 'day'
  return step === 'minute' && from < edges.minuteFrom ? 'quarter' : step
}

/** The beginnings of the points, Unix milliseconds. */
export function pointsOf({ fromMs, untilMs }: SeriesQuestion | WaitingQuestion, step: Step, days: LocalDays): number[] {
  if (!(untilMs > fromMs)) throw new TypeError('The range ends before it begins.')
  const points: number[] = []
  const first = step === 'day' ? days.startOf(fromMs) : floorTo(fromMs, step, days)
  for (let at = first; at < untilMs; at = nextOf(at, step, days)) {
    points.push(at)
    if (points.length > MAX_POINTS) throw new TypeError(`More than ${MAX_POINTS} points: ask for a longer step.`)
  }
  return points
}

const STEP_MS: Readonly<Record<Exclude<Step, 'day'>, number>> = {
  minute: MINUTE_MS,
  quarter: QUARTER_MS,
  hour: HOUR_MS,
}

/** Hours begin where the clock of the zone says so. */
function floorTo(timeMs: number, step: Exclude<Step, 'day'>, days: LocalDays): number {
  const startMs = days.startOf(timeMs)
  return startMs + Math.floor((timeMs - startMs) / STEP_MS[step]) * STEP_MS[step]
}

export function nextOf(timeMs: number, step: Step, days: LocalDays): number {
  return step === 'day' ? days.nextOf(timeMs) : timeMs + STEP_MS[step]
}

/** Points of one week: where each begins and ends, Unix minutes. */
interface Span {
  readonly starts: readonly number[]
  readonly ends: readonly number[]
}

function spanOf(timesMs: readonly number[], step: Step, days: LocalDays, week: number): Span {
  const shifted = week === 0 ? timesMs : timesMs.map((timeMs) => days.daysBefore(timeMs, 7 * week))
  return {
    starts: shifted.map((timeMs) => timeMs / MINUTE_MS),
    ends: shifted.map((timeMs) => nextOf(timeMs, step, days) / MINUTE_MS),
  }
}

function* readSpan(moment: Moment, { starts, ends }: Span, step: Step, sum: Sum): Reading<Summed[] | undefined> {
  const minutes: Minutes = { from: starts[0] ?? 0, until: ends.at(-1) ?? 0 }
  const first = yield* firstMinute(moment)
  if (first === undefined || minutes.until <= first) return starts.length === 0 ? [] : undefined
  return yield* sumOver(moment, piecesFor(moment, minutes, step), sum, true)
}

function piecesFor({ edges, days }: Moment, minutes: Minutes, step: Step): Piece[] {
  // A day of before the setting was changed is cut otherwise: from quarters all are cut alike, as far as there are any.
  const coarsest = step === 'day' && minutes.from < edges.quarterFrom ? DAY_GRAIN : Math.min(QUARTER_GRAIN, GRAIN[step])
  return piecesOf(minutes, edges, days, coarsest)
}

function* firstMinute(moment: Moment): Reading<number | undefined> {
  const found: number[] = []
  for (const grain of [DAY_GRAIN, QUARTER_GRAIN, MINUTE_GRAIN]) {
    const span = yield* moment.spanOf('rollup', grain)
    if (span !== undefined) found.push(span.first)
  }
  return found.length === 0 ? undefined : Math.min(...found)
}

interface Read {
  readonly sum: Sum
  /** This week's first, then those before; `undefined` where nothing was counted yet. */
  readonly read: readonly (Summed[] | undefined)[]
  readonly spans: readonly Span[]
  readonly kinds: SeriesQuestion['kinds']
}

function linesOf(moment: Moment, all: Read): SeriesLine[] {
  const { sum, read, kinds } = all
  return kinds.flatMap((kind) => {
    const code = FLOW_CODES[kind]
    const ofKind = (rows: Summed[] | undefined): Summed[] | undefined => rows?.filter((row) => row.kind === code)
    const weeks = read.map(ofKind)
    if (sum.by.length === 0) return [lineOf(moment, all, { kind, key: undefined, weeks })]
    const keys = largest(weeks.flatMap((rows) => rows ?? []))
    const pick = (isMeant: (key: number) => boolean): (Summed[] | undefined)[] =>
      weeks.map((rows) => rows?.filter(({ keys: [key = 0] }) => isMeant(key)))
    const lines = keys.slice(0, MAX_LINES).map((key) => {
      const text = textOf(moment, sum.by[0]!, key, code)
      return lineOf(moment, all, { kind, key: text, weeks: pick((each) => each === key) })
    })
    const rest = new Set(keys.slice(MAX_LINES))
    if (rest.size === 0) return lines
    return [...lines, lineOf(moment, all, { kind, key: OTHER, weeks: pick((each) => rest.has(each)) })]
  })
}

function largest(rows: readonly Summed[]): number[] {
  const sums = new Map<number, number>()
  for (const { keys, events } of rows) sums.set(keys[0]!, (sums.get(keys[0]!) ?? 0) + events)
  return [...sums].sort((a, b) => b[1] - a[1]).map(([key]) => key)
}

interface LineParts extends Pick<SeriesLine, 'kind' | 'key'> {
  readonly weeks: readonly (Summed[] | undefined)[]
}

function lineOf(moment: Moment, { spans }: Read, { kind, key, weeks }: LineParts): SeriesLine {
  const [own = [], ...before] = weeks
  const money = new MoneySum()
  for (const row of own) money.add(row.currency, row.money)
  return {
    kind,
    key,
    events: spread(own, spans[0]!),
    money: money.value(moment),
    before: before.map((rows, at) => rows && spread(rows, spans[at + 1]!)),
  }
}

/** Each row into its point. */
export function spread(rows: readonly Pick<Summed, 'time' | 'events'>[], { starts, ends }: Span): number[] {
  const events = new Array<number>(starts.length).fill(0)
  for (const row of rows) {
    const at = pointAt(starts, row.time)
    if (at >= 0 && row.time < ends[at]!) events[at]! += row.events
  }
  return events
}

/** The last point that begins at or before a time; -1: none. */
function pointAt(starts: readonly number[], time: number): number {
  let [low, high] = [0, starts.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (starts[middle]! <= time) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** What waited. */
export function* waiting(moment: Moment, question: WaitingQuestion): Reading<WaitingSeries> {
  const step = stepOf(question, moment.edges)
  const timesMs = pointsOf(question, step, moment.days)
  const span = spanOf(timesMs, step, moment.days, 0)
  const parts = { queued: [] as number[], held: [] as number[], sending: [] as number[] }
  for (const name of ['queued', 'held', 'sending'] as const) parts[name] = new Array<number>(timesMs.length).fill(0)
  const pixels = question.pixels?.flatMap((pixel) => moment.terms.find(pixel) ?? [])
  const pixel = pixels === undefined ? 's.pixel = 0' : isIn('s.pixel', pixels)
  const pieces = piecesFor(moment, { from: span.starts[0]!, until: span.ends.at(-1)! }, step)
  for (const piece of yield* slices(moment, pieces, 'sample')) {
    moment.mustBeInTime()
    const times = moment.timesOf(piece, 'sample')
    const sql = `${times.sql}
      SELECT s.time AS time, sum(queued) AS queued, sum(held) AS held, sum(sending) AS sending
      FROM t ${times.join} ${moment.tables.sample} AS s ON s.grain = ${piece.grain} AND s.time = t.time AND ${pixel}
      WHERE ${isWithin('s', piece)} GROUP BY s.time`
    for (const row of yield* moment.all(sql)) raise(parts, span, row as unknown as Sample)
  }
  return { step, timesMs, ...parts }
}

interface Sample {
  readonly time: number
  readonly queued: number
  readonly held: number
  readonly sending: number
}

function raise(parts: Record<'queued' | 'held' | 'sending', number[]>, { starts, ends }: Span, sample: Sample): void {
  const at = pointAt(starts, sample.time)
  if (at < 0 || sample.time >= ends[at]!) return
  for (const name of ['queued', 'held', 'sending'] as const) parts[name][at] = Math.max(parts[name][at]!, sample[name])
}
