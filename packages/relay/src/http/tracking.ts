import type { Contract } from 'waybill'
import type { Source, SourceCall } from 'waybill/sources'
import { z } from 'zod'
import type { Bringer } from '../sources/index.ts'
import { type Answer, errorAnswer, jsonAnswer, laterAnswer } from './answer.ts'
import { readBody } from './body.ts'
import type { QueueBound } from './queue-bound.ts'
import { type Route, rawBodyOf, type Visit } from './route.ts'
import { whenThere } from './soon.ts'

export interface TrackingOptions {
  readonly bringer: Bringer
  readonly pixels: () => readonly { readonly pixelId: string; readonly contract: Contract }[]
  readonly sourceOf: (name: 'segment' | 'ga4', pixel: string) => Source
  readonly bound: QueueBound
  readonly maxBodyBytes: number
  readonly now: () => number
  readonly isStopping: () => boolean
}

/** Kinds of call as Segment's and RudderStack's SDKs send them; the last part of the path says which. */
const SEGMENT_CALLS = ['batch', 'track', 'identify', 'page', 'screen', 'group', 'alias'] as const

const query = z.object({
  pid: z.string().optional().meta({ description: 'The Pixel ID; needed where the token is for several.' }),
})
const RETRY_SECONDS = 5

/** `POST /v1/batch`, `/v1/track` and the like, and `/mp/collect`: tracking calls that a shop makes already, write key as token. */
export function trackingRoutes(options: TrackingOptions): readonly Route[] {
  const segment = SEGMENT_CALLS.map(
    (kind): Route => ({
      ...common(options),
      path: `/v1/${kind}`,
      summary: `Takes \`${kind}\` calls of Segment's and RudderStack's SDKs; the write key is an intake token.`,
      query,
      run: (visit) => receive(visit, 'segment', kind, options),
    }),
  )
  const ga4: Route = {
    ...common(options),
    path: '/mp/collect',
    summary: "Takes calls of GA4's Measurement Protocol; `api_secret` is an intake token.",
    tokenIn: 'api_secret',
    query: query.extend({ api_secret: z.string().optional(), measurement_id: z.string().optional() }),
    run: (visit) => receive(visit, 'ga4', 'collect', options),
  }
  return [...segment, ga4]
}

function common({ isStopping, bound }: TrackingOptions): Pick<Route, 'method' | 'access' | 'answers' | 'refuse'> {
  return {
    method: 'POST',
    access: 'intake',
    answers: {
      200: 'It is on disk.',
      400: 'The body is no JSON, or it does not say for which pixel.',
      401: 'The write key is missing or unknown.',
      403: 'The pixel is unknown, or not one of this write key.',
      413: 'The body is too large.',
      429: 'So much waits that nothing more is taken; come back after `Retry-After`.',
      503: 'Nothing can be kept just now; come back after `Retry-After`.',
    },
    refuse() {
      if (isStopping()) return laterAnswer(503, RETRY_SECONDS, 'The relay is stopping.')
      return whenThere(bound.isFull(), (isFull) => (isFull ? QUEUE_FULL : undefined))
    },
  }
}

async function receive(
  visit: Visit,
  name: 'segment' | 'ga4',
  topic: string,
  options: TrackingOptions,
): Promise<Answer> {
  const pixel = pixelOf(visit, options)
  if ('status' in pixel) return pixel
  const body = await readBody(rawBodyOf(visit), options.maxBodyBytes)
  if ('refusal' in body) return body.refusal
  const call: SourceCall = { payload: body.value, topic, receivedAtMs: options.now() }
  const mapped = options.sourceOf(name, pixel.pixelId)(call)
  const { accepted, duplicates, refused, remembered, skipped } = await options.bringer.bring(mapped, {
    pixel: pixel.pixelId,
    contract: pixel.contract,
    source: visit.admitted.who,
  })
  options.bound.add(accepted)
  // SDKs ask for `success`; the rest is for whoever looks.
  return jsonAnswer(200, { success: true, accepted, duplicates, refused, remembered, skipped: codesOf(skipped) })
}

function codesOf(skipped: readonly { readonly code: string }[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { code } of skipped) counts[code] = (counts[code] ?? 0) + 1
  return counts
}

type KnownPixel = ReturnType<TrackingOptions['pixels']>[number]

/** The pixel that is named, or the only one there can be. SDKs have no place for it. */
function pixelOf({ query: given, admitted }: Visit, { pixels }: TrackingOptions): KnownPixel | Answer {
  const { pid } = (given ?? {}) as { readonly pid?: unknown }
  const allowed = pixels().filter(({ pixelId }) => admitted.pixels === '*' || admitted.pixels.includes(pixelId))
  if (typeof pid === 'string' && pid !== '') return allowed.find(({ pixelId }) => pixelId === pid) ?? UNKNOWN_PIXEL
  const [only] = allowed
  if (only === undefined) return UNKNOWN_PIXEL
  return allowed.length === 1 ? only : WHICH_PIXEL
}

const QUEUE_FULL = laterAnswer(429, RETRY_SECONDS, 'The queue is full.')
const UNKNOWN_PIXEL = errorAnswer(403, '403: unknown pid', { type: 'server_error' })
const WHICH_PIXEL = errorAnswer(
  400,
  'The write key is for several pixels: add ?pid=<Pixel ID> to the URL, or give each pixel an intake token of its own.',
  { param: 'pid', code: 'missing_pixel' },
)
