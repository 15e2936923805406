import { z } from 'zod'
import type { SourceStanding } from '../../../observe/index.ts'
import { jsonAnswer } from '../../answer.ts'
import { checkedRoute, type Route } from '../../route.ts'
import { pixelField } from '../fields.ts'
import type { AdminOptions } from '../options.ts'
import { maySee } from '../scope.ts'
import { orNull } from './shared.ts'

const reasonSchema = z.strictObject({ code: z.string(), message: z.string(), count: z.number(), lastMs: z.number() })
const standingSchema: z.ZodType = z.strictObject({
  source: z.string(),
  pixel: z.string().nullable(),
  accepted: z.number(),
  duplicates: z.number(),
  refused: z.number(),
  remembered: z.number().meta({ description: 'Kept for an order that is yet to come.' }),
  skipped: z.array(reasonSchema).meta({ description: 'No conversion, on purpose.' }),
  conflicts: z.array(reasonSchema),
  turnedAway: z.array(reasonSchema).meta({ description: 'Not believed or not understood.' }),
  alarm: z.string().nullable(),
})

/** `/api/orders/webhooks`: what webhooks and tracking calls came to, by their own count. */
export function webhookCountRoute({ sources, clock, startedMs }: AdminOptions): Route {
  return checkedRoute({
    method: 'GET',
    path: '/api/orders/webhooks',
    access: 'viewer',
    summary: 'What webhooks and tracking calls came to since the relay started, and why some came to nothing.',
    query: z.strictObject({ pixel: pixelField.optional() }),
    answers: { 200: 'By source and pixel.' },
    answerBodies: { 200: z.strictObject({ atMs: z.number(), sinceMs: z.number(), sources: z.array(standingSchema) }) },
    async handle({ query, pixels }) {
      const isWanted = ({ pixel }: SourceStanding): boolean =>
        pixel === undefined
          ? pixels === '*' && query.pixel === undefined
          : maySee(pixels, pixel) && (query.pixel ?? pixel) === pixel
      return jsonAnswer(200, {
        atMs: clock.now(),
        sinceMs: startedMs,
        sources: sources().filter(isWanted).map(standingView),
      })
    },
  })
}

function standingView({
  source,
  pixel,
  accepted,
  duplicates,
  refused,
  remembered,
  reasons,
  alarm,
}: SourceStanding): object {
  const of = (outcome: SourceStanding['reasons'][number]['outcome']): object[] =>
    reasons
      .filter((reason) => reason.outcome === outcome)
      .map(({ code, message, count, lastMs }) => ({ code, message, count, lastMs }))
  return {
    source,
    pixel: orNull(pixel),
    accepted,
    duplicates,
    refused,
    remembered,
    skipped: of('skipped'),
    conflicts: of('conflict'),
    turnedAway: of('turned_away'),
    alarm: orNull(alarm),
  }
}
