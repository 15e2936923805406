import { DAY_MS, HOUR_MS } from 'waybill/delivery'
import { z } from 'zod'
import { bandOfSteps, type Window, windowsOf } from '../../../page/index.ts'
import type { FlowKind, Range, Series, SeriesLine, Step } from '../../../store/index.ts'
import { type Answer, jsonAnswer } from '../../answer.ts'
import { checkedRoute, type Route } from '../../route.ts'
import { given } from '../fields.ts'
import type { AdminOptions } from '../options.ts'
import { maySee, pixelsAsked, type Scope } from '../scope.ts'
import { markSchema, markView } from './mark-view.ts'
import { isRange, rangeFields, rangeOf, readFields } from './shared.ts'

const KINDS = ['accepted', 'delivered', 'refused', 'expired', 'discarded'] as const satisfies readonly FlowKind[]
type Kind = (typeof KINDS)[number]
const QUARTER_MS = HOUR_MS / 4
const STEP_MS: Readonly<Record<Step, number>> = { minute: 60_000, quarter: QUARTER_MS, hour: HOUR_MS, day: DAY_MS }
/** A chart of more points shows no more. */
const MOST_POINTS = 800
/** Bands are made of quarters, which are kept for so long. */
const LONGEST_BAND_MS = 8 * DAY_MS

const seriesQuery = z.strictObject({
  ...rangeFields,
  source: z.string().max(2_000).optional(),
  name: z.string().max(2_000).optional(),
  code: z.string().max(2_000).optional(),
  step: z.enum(['auto', 'minute', 'quarter', 'hour', 'day']).default('auto'),
  by: z.enum(['none', 'source', 'code', 'pixel', 'name']).default('none'),
  band: z.enum(['true', 'false']).default('false').meta({
    description: 'What is usual for the weekday and hour, beside; of ranges up to eight days.',
  }),
})
type SeriesQuery = z.output<typeof seriesQuery>

const numbers = z.array(z.number())
const kindColumns = z.strictObject({
  atMs: numbers.meta({ description: 'The beginning of each point.' }),
  accepted: numbers,
  delivered: numbers,
  refused: numbers,
  expired: numbers,
  discarded: numbers,
})
const seriesSchema: z.ZodType = z.strictObject({
  ...readFields,
  step: z.enum(['minute', 'quarter', 'hour', 'day']),
  stepMs: z.number(),
  timeZone: z.string(),
  fromMs: z.number(),
  untilMs: z.number(),
  countedUntilMs: z.number().meta({ description: 'A point that ends later is not over.' }),
  series: z.array(z.strictObject({ key: z.string(), columns: kindColumns })),
  waiting: z
    .strictObject({ atMs: numbers, queued: numbers, held: numbers, sending: numbers })
    .meta({ description: 'The most that waited at any minute of a point.' }),
  band: z
    .strictObject({
      atMs: numbers,
      low: z.array(z.number().nullable()),
      median: z.array(z.number().nullable()),
      high: z.array(z.number().nullable()),
      weeks: z.number(),
    })
    .nullable(),
  marks: z.array(markSchema),
})

/** `/api/series`: what happened over time, for charts. */
export function seriesRoute(options: AdminOptions): Route {
  return checkedRoute({
    method: 'GET',
    path: '/api/series',
    access: 'viewer',
    summary:
      'What happened over time: accepted, delivered, refused, expired, discarded; what waited; marks; what is usual.',
    query: seriesQuery,
    answers: { 200: 'The series.', 503: 'It would take too long: ask for a shorter range, or for one pixel.' },
    answerBodies: { 200: seriesSchema },
    async handle({ query, pixels }) {
      const range = rangeOf(query, options.clock.now())
      return isRange(range) ? series(query, range, pixels, options) : range
    },
  })
}

async function series(query: SeriesQuery, range: Range, scope: Scope, options: AdminOptions): Promise<Answer> {
  const { reads, clock, timeZone } = options
  const { pixel, source, name, code, by } = query
  const pixels = pixelsAsked(scope, pixel)
  const filter = given({ pixels, source, name, code })
  const step = query.step === 'auto' ? fittingStep(range) : query.step
  const split = by === 'none' ? {} : { by }
  const [flow, waiting, { marks }, band] = await Promise.all([
    reads.ask('series', { ...filter, ...range, step, kinds: KINDS, ...split }),
    reads.ask('waiting', { ...given({ pixels }), ...range, step }),
    reads.ask('marks', range),
    query.band === 'true' ? bandOf(filter, range, options) : null,
  ])
  return jsonAnswer(200, {
    commit: flow.commit,
    atMs: clock.now(),
    step: flow.step,
    stepMs: STEP_MS[flow.step],
    timeZone: timeZone(),
    ...range,
    countedUntilMs: flow.nowMs,
    series: columnsOf(flow),
    waiting: { atMs: waiting.timesMs, queued: waiting.queued, held: waiting.held, sending: waiting.sending },
    band,
    marks: marks.filter((mark) => mark.pixel === undefined || maySee(scope, mark.pixel)).map(markView),
  })
}

/** The finest step that a chart can show. */
function fittingStep({ fromMs, untilMs }: Range): Step {
  const steps = ['minute', 'quarter', 'hour', 'day'] as const
  return steps.find((step) => (untilMs - fromMs) / STEP_MS[step] <= MOST_POINTS) ?? 'day'
}

function columnsOf({ lines, timesMs }: Series): object[] {
  const keys = [...new Set(lines.map(({ key = '' }) => key))]
  const none = (): number[] => timesMs.map(() => 0)
  return (keys.length === 0 ? [''] : keys).map((key) => {
    const own = new Map<string, SeriesLine>()
    for (const line of lines) if ((line.key ?? '') === key) own.set(line.kind, line)
    const columns = KINDS.map((kind: Kind) => [kind, own.get(kind)?.events ?? none()])
    return { key, columns: { atMs: timesMs, ...Object.fromEntries(columns) } }
  })
}

/** What is usual of what is accepted, by quarters of an hour. */
async function bandOf(
  filter: Readonly<Record<string, unknown>>,
  range: Range,
  { reads, timeZone }: AdminOptions,
): Promise<object | null> {
  if (range.untilMs - range.fromMs > LONGEST_BAND_MS) return null
  const zone = timeZone()
  const ask = ({ fromMs, untilMs }: Window): Promise<Series> =>
    reads.ask('series', { ...filter, fromMs, untilMs, step: 'quarter', kinds: ['accepted'] })
  const parts = await Promise.all(windowsOf(range, zone).map(ask))
  const steps = new Map<number, number>()
  for (const { lines, timesMs, step } of parts)
    if (step === 'quarter') for (const [at, time] of timesMs.entries()) add(steps, time, lines[0]?.events[at])
  const { atMs, low, median, high, weeks } = bandOfSteps(steps, range, zone)
  const from = atMs.findIndex((time) => time >= range.fromMs)
  const own = (values: Float64Array): (number | null)[] =>
    [...values.subarray(Math.max(0, from))].map((value) => (Number.isNaN(value) ? null : Math.round(value * 10) / 10))
  return {
    atMs: atMs.slice(Math.max(0, from)),
    low: own(low),
    median: own(median),
    high: own(high),
    weeks: Number.isFinite(weeks) ? weeks : 0,
  }
}

/** A quarter of which nothing was ever counted is unknown, and stands nowhere. */
function add(steps: Map<number, number>, time: number, events: number | undefined): void {
  if (events !== undefined && events > 0) steps.set(time, events)
}
