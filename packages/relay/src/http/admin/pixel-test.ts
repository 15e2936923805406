import { z } from 'zod'
import { errorAnswer, jsonAnswer, laterAnswer } from '../answer.ts'
import { checkedRoute, type Route } from '../route.ts'
import { isKnown, NO_PIXEL, pixelParams } from './known-pixel.ts'
import type { AdminOptions } from './options.ts'

const EVERY_MS = 1_000

const testSchema: z.ZodType = z.strictObject({
  passed: z.boolean(),
  status: z.number().nullable().meta({ description: 'Of the answer; `null` where none came.' }),
  verdict: z.string(),
  code: z.string().nullable(),
  message: z.string().nullable(),
  durationMs: z.number(),
  requestId: z.string().nullable(),
})

/** `/api/pixels/:pixel/test`: whether key, pixel and way are right, now. */
export function pixelTestRoute(options: AdminOptions): Route {
  let lastMs = Number.NEGATIVE_INFINITY
  return checkedRoute({
    method: 'POST',
    path: '/api/pixels/:pixel/test',
    access: 'admin',
    summary: "Asks the pixel's API with an event of ours, which it judges and does not store.",
    params: pixelParams,
    body: z.strictObject({}),
    answers: {
      200: 'What it said.',
      404: 'There is no such pixel.',
      409: 'The pixel is not in the configuration, so there is no key to ask with.',
      429: 'Another test was a moment ago.',
      503: 'The API asked for a pause, or did not answer in time.',
    },
    answerBodies: { 200: testSchema },
    async handle({ params: { pixel }, pixels }) {
      if (!(await isKnown(pixels, pixel, options))) return NO_PIXEL
      if (!options.pixels().some(({ pixelId }) => pixelId === pixel)) return NOT_CONFIGURED
      const nowMs = options.monotonic()
      if (nowMs - lastMs < EVERY_MS) return TOO_SOON
      lastMs = nowMs
      const tested = await options.operator.test(pixel)
      if (tested === undefined) return NO_ANSWER
      const { status, code, message, requestId, ...rest } = tested
      const orNull = <Value>(value: Value | undefined): Value | null => value ?? null
      return jsonAnswer(200, {
        ...rest,
        status: orNull(status),
        code: orNull(code),
        message: orNull(message),
        requestId: orNull(requestId),
      })
    },
  })
}

const NOT_CONFIGURED = errorAnswer(409, 'Add the pixel to the configuration first: there is no key to ask with.', {
  param: 'pixel',
  code: 'unconfigured',
})
const TOO_SOON = laterAnswer(429, 1, 'Another test was a moment ago: try again in a second.', 'too_soon')
const NO_ANSWER = laterAnswer(503, 5, 'The API asked for a pause, or did not answer in time.', 'no_answer')
