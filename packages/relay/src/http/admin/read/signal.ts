import { z } from 'zod'
import type { Range, Signal } from '../../../store/index.ts'
import { type Answer, jsonAnswer } from '../../answer.ts'
import { checkedRoute, type Route } from '../../route.ts'
import { given } from '../fields.ts'
import type { AdminOptions } from '../options.ts'
import { pixelsAsked, type Scope } from '../scope.ts'
import { isRange, rangeFields, rangeOf, readFields } from './shared.ts'
import { SIGNALS, type SignalKey, warningsOf } from './signal-shares.ts'

const signalSchema: z.ZodType = z.strictObject({
  ...readFields,
  pixel: z.string().nullable(),
  fromMs: z.number(),
  untilMs: z.number(),
  events: z.number().meta({ description: 'Delivered in the range.' }),
  shares: z.array(
    z.strictObject({
      key: z.enum(Object.keys(SIGNALS) as [SignalKey, ...SignalKey[]]),
      events: z.number(),
      percent: z.number().nullable(),
      addedAtAttempt: z.number().meta({ description: 'Of these, added by what was known of the visitor.' }),
      before: z.number().nullable().meta({ description: 'Percent in as long a time before.' }),
    }),
  ),
  late: z.strictObject({ over1h: z.number(), percent: z.number().nullable() }),
  names: z.array(z.strictObject({ name: z.string(), events: z.number() })),
  warnings: z.array(
    z.strictObject({
      number: z.number(),
      shown: z.boolean().meta({ description: '`false`: only in Ads Manager.' }),
      level: z.enum(['ok', 'low', 'unknown']),
      percent: z.number().nullable(),
      events: z.number().nullable(),
    }),
  ),
})

/** `/api/signal`: what the API is given to match with, as shares that can be counted again. */
export function signalRoute(options: AdminOptions): Route {
  return checkedRoute({
    method: 'GET',
    path: '/api/signal',
    access: 'viewer',
    summary: 'Of delivered events, the shares that have each thing to match with, and what changed.',
    query: z.strictObject(rangeFields),
    answers: { 200: 'The shares.', 503: 'It would take too long.' },
    answerBodies: { 200: signalSchema },
    async handle({ query, pixels }) {
      const range = rangeOf(query, options.clock.now())
      return isRange(range) ? signal(query.pixel, range, pixels, options) : range
    },
  })
}

const HOUR_MS = 3_600_000

async function signal(pixel: string | undefined, range: Range, scope: Scope, options: AdminOptions): Promise<Answer> {
  const { reads, clock } = options
  const filter = given({ pixels: pixelsAsked(scope, pixel) })
  const lengthMs = range.untilMs - range.fromMs
  const [own, before, latency] = await Promise.all([
    reads.ask('signal', { ...filter, ...range }),
    reads.ask('signal', { ...filter, fromMs: range.fromMs - lengthMs, untilMs: range.fromMs }),
    reads.ask('latency', { ...filter, ...range }),
  ])
  const { events, buckets } = latency.delivered
  const over1h = buckets.reduce((sum, [belowMs, count]) => sum + (belowMs > HOUR_MS ? count : 0), 0)
  const late = { over1h, percent: percentOf(over1h, events) }
  const names = namesOf(own)
  const shares = (Object.keys(SIGNALS) as SignalKey[]).map((key) => shareOf(key, own, before))
  const percents = Object.fromEntries(shares.map(({ key, percent }) => [key, percent]))
  return jsonAnswer(200, {
    commit: own.commit,
    atMs: clock.now(),
    pixel: pixel ?? null,
    ...range,
    events: own.events,
    shares,
    late,
    names,
    warnings: warningsOf({ percents, latePercent: late.percent, names: names.length, events: own.events }),
  })
}

interface Share {
  readonly key: SignalKey
  readonly events: number
  readonly percent: number | null
  readonly addedAtAttempt: number
  readonly before: number | null
}

function shareOf(key: SignalKey, own: Signal, before: Signal): Share {
  const [events, addedAtAttempt] = countOf(key, own)
  return {
    key,
    events,
    percent: percentOf(events, own.events),
    addedAtAttempt,
    before: percentOf(countOf(key, before)[0], before.events),
  }
}

/** Events that have it in themselves or got it at the attempt, and those that got it. */
function countOf(key: SignalKey, { shapes, added, events }: Signal): [events: number, added: number] {
  const keys = SIGNALS[key]
  let own = 0
  for (const { shape, events: count } of shapes) {
    const has = new Set(
      shape
        .split('|')
        .slice(1)
        .flatMap((part) => part.split(',')),
    )
    if (keys.some((one) => has.has(one))) own += count
  }
  const more = Math.max(0, ...keys.map((one) => added[one] ?? 0))
  return [Math.min(events, own + more), more]
}

function percentOf(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((part / whole) * 1_000) / 10
}

function namesOf({ shapes }: Signal): { readonly name: string; readonly events: number }[] {
  const names = new Map<string, number>()
  for (const { name, events } of shapes) names.set(name, (names.get(name) ?? 0) + events)
  return [...names].map(([name, events]) => ({ name, events })).sort((one, other) => other.events - one.events)
}
