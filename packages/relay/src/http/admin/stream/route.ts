import type { Readable } from 'node:stream'
import { z } from 'zod'
import type { Lifecycle } from '../../../engine/index.ts'
import { type Answer, laterAnswer, textAnswer } from '../../answer.ts'
import { checkedRoute, type Route } from '../../route.ts'
import { given, pixelField } from '../fields.ts'
import type { AdminOptions } from '../options.ts'
import { pixelsAsked } from '../scope.ts'
import { typesNamed } from './filter.ts'
import { tickSchema } from './tick.ts'

const RETRY_SECONDS = 10
const TYPES =
  'write types such as event:delivered, or one half of them, such as delivered or pixel, with commas between'

const typesField: z.ZodType<ReadonlySet<keyof Lifecycle> | undefined> = z
  .string({ error: TYPES })
  .max(1_000, { error: TYPES })
  .transform((text) => text.split(',').map((word) => word.trim()))
  .refine((words) => words.every((word) => typesNamed(word).length > 0), { error: TYPES })
  .transform((words) => new Set(words.flatMap(typesNamed)))
  .optional()
  .meta({ description: 'Lifecycle events by name, or by one half of it; several with commas between.' })

const streamQuery = z.strictObject({
  pixel: pixelField.optional(),
  tick: z
    .literal('true', { error: 'write true' })
    .optional()
    .meta({ description: 'One `tick` a second with counts, instead of single lines.' }),
  type: typesField,
  id: z
    .string()
    .max(2_000)
    .optional()
    .meta({ description: 'What the id begins with; then only what concerns single events is told.' }),
})

/** `/api/stream`: what happens, as it happens. */
export function streamRoutes({ streams, ticks }: Pick<AdminOptions, 'streams' | 'ticks'>): readonly Route[] {
  return [
    checkedRoute({
      method: 'GET',
      path: '/api/stream',
      access: 'viewer',
      summary: 'Lifecycle events as they happen, as server-sent events whose data is JSON with `type` and `atMs`.',
      query: streamQuery,
      answers: {
        200: 'The stream. `stream:lost` tells a reader that is too slow how many lines it missed; `stream:ended`, that the relay stops.',
        429: 'As many read as may; come back after `Retry-After`.',
      },
      messages: z.union([tickSchema, z.looseObject({ type: z.string(), atMs: z.number() })]),
      async handle({ query: { pixel, type, id, tick }, pixels: scope }) {
        if (tick !== undefined) return streamOrNot(ticks.open(pixelsAsked(scope, pixel)))
        const pixels = scope === '*' ? undefined : new Set(scope)
        return streamOrNot(streams.open(given({ pixel, pixels, types: type, idPrefix: id })))
      },
    }),
  ]
}

function streamOrNot(body: Readable | undefined): Answer {
  return body === undefined ? TOO_MANY : streamAnswer(body)
}

function streamAnswer(body: Parameters<typeof textAnswer>[2]): Answer {
  const answer = textAnswer(200, 'text/event-stream', body)
  // A connection that is not kept does not outlive its stream, so that it never delays a stop.
  return { ...answer, headers: { ...answer.headers, connection: 'close', 'x-accel-buffering': 'no' } }
}

const TOO_MANY = laterAnswer(429, RETRY_SECONDS, 'As many read the stream as may: close one, or come back later.')
