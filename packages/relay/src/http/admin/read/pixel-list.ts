import { HOUR_MS } from 'waybill/delivery'
import { z } from 'zod'
import type { Series } from '../../../store/index.ts'
import { jsonAnswer } from '../../answer.ts'
import { checkedRoute, type Route } from '../../route.ts'
import { given } from '../fields.ts'
import type { AdminOptions } from '../options.ts'
import { pixelViews } from '../pixel-views.ts'
import { pixelsAsked } from '../scope.ts'
import { needSchema } from './needs.ts'
import { figureSchema, isRange, orNull, rangeFields, rangeOf, readFields } from './shared.ts'

const RATE_MS = 10 * 60_000
const countsSchema = z.record(z.string(), z.number())

/** A pixel as it is listed. What else is known of it stands beside. */
const pixelSchema: z.ZodType = z
  .looseObject({
    pixel: z.string(),
    state: z.enum(['delivering', 'held', 'unconfigured']),
    hint: z.string().optional(),
    hold: z
      .strictObject({ code: z.string(), message: z.string(), atMs: z.number(), by: z.string() })
      .optional()
      .meta({ description: 'Why nothing is sent.' }),
    heldShapes: z.array(z.looseObject({ shape: z.string(), events: z.number() })),
    counts: countsSchema.optional(),
    suspects: z.number(),
    failing: z
      .strictObject({ requests: z.number(), sinceMs: z.number(), status: z.number().optional() })
      .optional()
      .meta({ description: 'Its requests fail one after the other.' }),
    expiring: z.strictObject({ within24h: z.number(), within1h: z.number() }),
    keyState: z.enum(['ok', 'refused', 'unknown']),
    lastAcceptedMs: z.number().nullable(),
    lastDeliveredMs: z.number().nullable(),
    accepted: figureSchema,
    delivered: figureSchema,
    refused: figureSchema,
    expired: figureSchema,
    ratePerSecond: z.number().meta({ description: 'Delivered a second, over the last ten minutes.' }),
    maxRequestsPerSecond: z.number().nullable(),
    lostFromMs: z.number().nullable(),
    problem: z.string().nullable().meta({ description: 'The kind of what needs somebody first.' }),
    remedy: z.string().nullable(),
    relay: z.string().nullable().optional().meta({
      description: 'Where several relays can share the data: the one that delivers it; null where none does now.',
    }),
    spark: z.array(z.number()).nullable().meta({ description: 'Accepted by hour, of the largest pixels.' }),
  })
  .meta({ id: 'Pixel' })

/** `/api/pixels`: which pixel needs somebody. */
export function pixelListRoute(options: AdminOptions): Route {
  return checkedRoute({
    method: 'GET',
    path: '/api/pixels',
    access: 'viewer',
    summary:
      'The pixels with their state and, where one is held or no longer configured, the reason; what loses first is first.',
    query: z.strictObject(rangeFields),
    answers: { 200: 'The pixels.', 503: 'It would take too long.' },
    answerBodies: { 200: z.strictObject({ ...readFields, pixels: z.array(pixelSchema), needs: z.array(needSchema) }) },
    async handle({ query, pixels: scope }) {
      const { reads, clock } = options
      const nowMs = clock.now()
      const range = rangeOf(query, nowMs)
      if (!isRange(range)) return range
      const filter = given({ pixels: pixelsAsked(scope, query.pixel) })
      const [{ commit, pixels, needs }, lately, hours] = await Promise.all([
        pixelViews({ scope, pixel: query.pixel, range }, options),
        reads.ask('pixels', { ...filter, fromMs: nowMs - RATE_MS, untilMs: nowMs + 1 }),
        reads.ask('series', { ...filter, ...lastDay(nowMs), step: 'hour', kinds: ['accepted'], by: 'pixel' }),
      ])
      const rates = new Map(lately.pixels.map((one) => [one.pixel, one.delivered.events / (RATE_MS / 1_000)]))
      const sparks = sparksOf(hours)
      const views = pixels.map((one) => {
        return { ...one, ratePerSecond: rates.get(one.pixel) ?? 0, spark: orNull(sparks.get(one.pixel)) }
      })
      return jsonAnswer(200, { commit, atMs: nowMs, pixels: views, needs })
    },
  })
}

function lastDay(nowMs: number): { readonly fromMs: number; readonly untilMs: number } {
  const untilMs = Math.ceil(nowMs / HOUR_MS) * HOUR_MS
  return { fromMs: untilMs - 24 * HOUR_MS, untilMs }
}

function sparksOf({ lines }: Series): ReadonlyMap<string, readonly number[]> {
  return new Map(lines.flatMap(({ key, events }) => (key === undefined ? [] : [[key, events]])))
}
