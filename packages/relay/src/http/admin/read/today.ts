import { z } from 'zod'
import { startOfQuarter, type Verdict, windowsOf } from '../../../page/index.ts'
import type { Count, Histogram, Now, Range } from '../../../store/index.ts'
import { type Answer, jsonAnswer } from '../../answer.ts'
import { checkedRoute, type Route } from '../../route.ts'
import { partsOf } from '../../verdict/index.ts'
import { given } from '../fields.ts'
import type { AdminOptions } from '../options.ts'
import { type PixelView, type PixelViews, pixelViews } from '../pixel-views.ts'
import { maySee, pixelsAsked, type Scope } from '../scope.ts'
import { type MarkView, markSchema, markView } from './mark-view.ts'
import { levelOf, needSchema } from './needs.ts'
import {
  type Figure,
  figureOf,
  figureSchema,
  isRange,
  moneySchema,
  moneyView,
  orNull,
  rangeFields,
  rangeOf,
  readFields,
} from './shared.ts'

const ENDS = ['delivered', 'refused', 'expired', 'discarded'] as const
const WAITS = ['queued', 'sending', 'held'] as const
const QUARTER_MS = 15 * 60_000

const level = z.enum(['green', 'amber', 'red'])
const stage = z.strictObject({
  events: z.number(),
  money: moneySchema,
  list: z.string().meta({ description: 'The query of `/api/events` that lists these.' }),
})
const causeSchema: z.ZodType = z
  .strictObject({
    kind: z.enum(['fewer_came', 'more_refused', 'waiting', 'delivered_reported_later', 'no_events_yet']),
    sinceMs: z.number(),
    untilMs: z.number(),
    pixel: z.string().nullable(),
    source: z.string().nullable(),
    code: z.string().nullable(),
    events: z.number(),
    expected: z.number().nullable(),
    percent: z.number().nullable(),
    why: z.enum(['held', 'shape_held', 'outage', 'rate', 'clock']).nullable(),
    mark: markSchema.nullable(),
    money: moneySchema,
    lostFromMs: z.number().nullable(),
  })
  .meta({ id: 'Cause' })
const lagSchema = z
  .strictObject({ count: z.number(), p50Ms: z.number(), p95Ms: z.number(), p99Ms: z.number() })
  .nullable()
const countsSchema = z.strictObject({
  accepted: z.number(),
  queued: z.number(),
  sending: z.number(),
  held: z.number(),
  delivered: z.number(),
  refused: z.number(),
  expired: z.number(),
  discarded: z.number(),
  unaccounted: z.number(),
})
const todaySchema: z.ZodType = z.strictObject({
  ...readFields,
  pixel: z.string().nullable(),
  fromMs: z.number(),
  untilMs: z.number(),
  timeZone: z.string(),
  now: countsSchema,
  waitingMoney: moneySchema,
  hasEvents: z.boolean(),
  counted: z.number().meta({ description: 'Share of what an earlier version kept that is in the numbers.' }),
  pipeline: z.strictObject({
    accepted: stage,
    queued: stage,
    sending: stage,
    held: stage,
    delivered: stage,
    refused: stage,
    expired: stage,
    discarded: stage,
  }),
  lag: z.strictObject({ accepted: lagSchema, delivered: lagSchema }),
  verdict: z.strictObject({
    level,
    causes: z.array(causeSchema),
    enoughDays: z.boolean(),
    lostFromMs: z.number().nullable(),
  }),
  state: level,
  needs: z.array(needSchema),
  sources: z.array(
    z.strictObject({ source: z.string(), accepted: figureSchema, delivered: figureSchema, refused: figureSchema }),
  ),
})

/** `/api/today`: is everything well, and if not, what, since when, from where. */
export function todayRoute(options: AdminOptions): Route {
  return checkedRoute({
    method: 'GET',
    path: '/api/today',
    access: 'viewer',
    summary: 'The pipeline of a range, what explains its figures, and what needs somebody.',
    query: z.strictObject(rangeFields),
    answers: { 200: 'How it stands.', 503: 'It would take too long: ask for a shorter range, or for one pixel.' },
    answerBodies: { 200: todaySchema },
    async handle({ query, pixels }) {
      const range = rangeOf(query, options.clock.now())
      return isRange(range) ? today(query.pixel, range, pixels, options) : range
    },
  })
}

async function today(pixel: string | undefined, range: Range, scope: Scope, options: AdminOptions): Promise<Answer> {
  const { reads, clock, timeZone } = options
  const filter = given({ pixels: pixelsAsked(scope, pixel) })
  const [now, views, latency, sources, ends] = await Promise.all([
    reads.ask('now', filter),
    pixelViews({ scope, pixel, range }, options),
    reads.ask('latency', { ...filter, ...range }),
    sourcesOf(filter, range, options),
    Promise.all(ENDS.map((state) => reads.ask('groups', { ...filter, ...range, count: { ends: state }, by: [] }))),
  ])
  const verdict = await verdictOf({ pixel, range, scope, now, views }, options)
  const ended = Object.fromEntries(ENDS.map((state, at) => [state, ends[at]!.total])) as Record<
    (typeof ENDS)[number],
    Count
  >
  return jsonAnswer(200, {
    commit: now.commit,
    atMs: clock.now(),
    pixel: orNull(pixel),
    ...range,
    timeZone: timeZone(),
    now: now.counts,
    waitingMoney: moneyView(now.waitingMoney),
    hasEvents: now.hasEvents,
    counted: now.counted,
    pipeline: pipelineOf({ accepted: sources.accepted, ended, counts: now.counts }, pixel, range),
    lag: { accepted: lagOf(latency.accepted), delivered: lagOf(latency.delivered) },
    verdict,
    state: levelOf(views.needs, now.counts.unaccounted),
    needs: views.needs,
    sources: sources.list,
  })
}

interface Stages {
  readonly accepted: Figure
  readonly ended: Readonly<Record<(typeof ENDS)[number], Count>>
  readonly counts: Now['counts']
}

/** Each number with the list that it opens. */
function pipelineOf(
  { accepted, ended, counts }: Stages,
  pixel: string | undefined,
  { fromMs, untilMs }: Range,
): object {
  const list = (parts: Readonly<Record<string, string | number>>): string =>
    queryOf({ ...(pixel !== undefined && { pixel }), ...parts })
  const range = { from: fromMs, until: untilMs }
  const waits = WAITS.map((state) => [state, { events: counts[state], money: [], list: list({ state }) }])
  const finals = ENDS.map((state) => [state, { ...figureOf(ended[state]), list: list({ state, ...range }) }])
  return { accepted: { ...accepted, list: list(range) }, ...Object.fromEntries([...waits, ...finals]) }
}

function queryOf(parts: Readonly<Record<string, string | number>>): string {
  return Object.entries(parts)
    .map(([key, value]) => `${key}=${encodeURIComponent(value)}`)
    .join('&')
}

function lagOf({ events, p50Ms, p95Ms, p99Ms }: Histogram): object | null {
  if (p50Ms === undefined || p95Ms === undefined || p99Ms === undefined) return null
  return { count: events, p50Ms, p95Ms, p99Ms }
}

/** Flow by source: what happened in the range. */
async function sourcesOf(
  filter: Readonly<Record<string, unknown>>,
  range: Range,
  { reads }: AdminOptions,
): Promise<{ readonly accepted: Figure; readonly list: readonly object[] }> {
  const kinds = ['accepted', 'delivered', 'refused'] as const
  const found = await Promise.all(
    kinds.map((flow) => reads.ask('groups', { ...filter, ...range, count: { flow }, by: ['source'], limit: 100 })),
  )
  const rows = new Map<string, Record<string, Figure>>()
  for (const [at, { groups }] of found.entries())
    for (const { key, ...count } of groups) {
      const source = key.source ?? ''
      rows.set(source, { ...NONE, ...rows.get(source), [kinds[at]!]: figureOf(count) })
    }
  const list = [...rows].map(([source, figures]) => ({ source, ...figures }))
  return { accepted: figureOf(found[0]!.total), list }
}

const NOTHING: Figure = { events: 0, money: [] }
const NONE: Readonly<Record<string, Figure>> = { accepted: NOTHING, delivered: NOTHING, refused: NOTHING }

interface Asked {
  readonly pixel: string | undefined
  readonly range: Range
  readonly scope: Scope
  readonly now: Now
  readonly views: PixelViews
}

/** Judged by quarters of an hour, beside the thread that delivers. */
function verdictOf(asked: Asked, options: AdminOptions): Promise<Verdict<MarkView>> {
  const { pixel, range, scope } = asked
  const whole = { fromMs: startOfQuarter(range.fromMs), untilMs: startOfQuarter(range.untilMs - 1) + QUARTER_MS }
  const { holds, counts } = asked.now
  const key = JSON.stringify([
    pixel,
    whole,
    scope,
    holds.map(({ pixel: one, shape, code }) => [one, shape, code]),
    counts.unaccounted,
  ])
  return options.verdicts.of(key, () => judged(asked, whole, options))
}

async function judged(
  { pixel, scope, now, views }: Asked,
  range: Range,
  { reads, clock, timeZone, verdictThread, doubtSinceMs }: AdminOptions,
): Promise<Verdict<MarkView>> {
  const zone = timeZone()
  // What all others do tells a holiday from a drop; nothing of them is said. Of several pixels, those alone are compared.
  const own = pixel === undefined || !maySee(scope, pixel) ? pixelsAsked(scope, pixel) : undefined
  const single = pixel ?? (own?.length === 1 ? own[0] : undefined)
  const pixels = single === undefined ? own : undefined
  const parts = partsOf(windowsOf(range, zone), pixels, clock.now())
  const byKey = new Map(parts.map((part) => [part.key, part]))
  const { marks } = await reads.ask('marks', { fromMs: range.fromMs - 4 * QUARTER_MS, untilMs: range.untilMs })
  const lost = views.pixels.flatMap(({ lostFromMs }) => lostFromMs ?? [])
  const known = {
    nowMs: clock.now(),
    ...range,
    timeZone: zone,
    pixel: orNull(single),
    holds: now.holds.map(({ pixel: held, shape, code, atMs, events }) => {
      const lostFromMs = views.pixels.find((view) => view.pixel === held)?.lostFromMs ?? null
      return { pixel: held, shape: orNull(shape), code, sinceMs: atMs, events, money: [], lostFromMs }
    }),
    failing: views.pixels.flatMap(failingOf),
    clockDoubtSinceMs: orNull(doubtSinceMs()),
    marks: marks.filter((mark) => mark.pixel === undefined || maySee(scope, mark.pixel)).map(markView),
    unaccounted: now.counts.unaccounted,
    lostFromMs: lost.length === 0 ? null : Math.min(...lost),
  }
  const keys = parts.map(({ key }) => key)
  return verdictThread.judge(keys, known, async (key) => {
    const { fromMs, untilMs } = byKey.get(key)!
    return (await reads.serve('flows', { fromMs, untilMs, ...(pixels && { pixels }) })).body
  })
}

function failingOf({
  pixel,
  failing,
  counts,
}: PixelView): { pixel: string; sinceMs: number; code: string; events: number }[] {
  if (failing === undefined || failing.requests < 5 || counts === undefined) return []
  const code = failing.status === undefined ? 'no_answer' : `status_${failing.status}`
  return [{ pixel, sinceMs: failing.sinceMs, code, events: counts.queued + counts.sending }]
}
