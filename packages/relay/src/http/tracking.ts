import type { ContractSetting } from 'waybill'
import type { Source, SourceCall } from 'waybill/sources'
import { z } from 'zod'
import type { SourceIntake } from '../sources/index.ts'
import { type Admitted, isAdmitted, mayBring } from './access.ts'
import { type Answer, errorAnswer, jsonAnswer, laterAnswer } from './answer.ts'
import { readBody } from './body.ts'
import { whenThere } from './maybe-promise.ts'
import type { QueueBound } from './queue-bound.ts'
import { type Route, rawBodyOf, type Visit } from './route.ts'
import { originOf, withPages } from './tracking-cors.ts'
import { TRACKING_PATHS } from './tracking-paths.ts'

export interface TrackingOptions {
  readonly sourceIntake: SourceIntake
  readonly pixels: () => readonly { readonly pixelId: string; readonly contract: ContractSetting }[]
  /** What is made of the calls for a pixel by the bearer of a token. */
  readonly sourceOf: (kind: TrackingKind, pixel: string, token: string) => TrackingSource
  /** Whoever shows this token in the body. */
  readonly admitKey: (key: string | undefined) => Admitted | Answer
  /** Origins of the pages that some token is for. */
  readonly origins: () => ReadonlySet<string>
  readonly bound: QueueBound
  readonly maxBodyBytes: number
  readonly now: () => number
  readonly isStopping: () => boolean
}

export type TrackingKind = 'segment' | 'ga4'

export interface TrackingSource {
  readonly map: Source
  readonly name?: string | undefined
  readonly waitForBuyerMs: number
}

const query = z.object({
  pid: z.string().optional().meta({ description: 'The Pixel ID; needed where the token is for several.' }),
})
const RETRY_SECONDS = 5

/** `POST /v1/batch`, `/v1/track` and the like, and `/mp/collect`: tracking calls that a shop makes already, write key as token. */
export function trackingRoutes(options: TrackingOptions): readonly Route[] {
  const segment = TRACKING_PATHS.map(
    ({ kind, path, isForPages }): Route => ({
      ...common('segment', options),
      path,
      summary: `Takes \`${kind}\` calls of Segment's and RudderStack's SDKs; the write key, in the header or in the body, is an intake token.`,
      query,
      run: (visit) => receive(visit, { source: 'segment', topic: kind, isForPages }, options),
    }),
  )
  const ga4: Route = {
    ...common('ga4', options),
    path: '/mp/collect',
    summary: "Takes calls of GA4's Measurement Protocol; `api_secret` is an intake token.",
    tokenIn: 'api_secret',
    query: query.extend({ api_secret: z.string().optional(), measurement_id: z.string().optional() }),
    run: (visit) => receive(visit, { source: 'ga4', topic: 'collect', isForPages: false }, options),
  }
  return [...segment, ga4].flatMap((route) => withPages(route, options.origins))
}

function common(
  source: TrackingKind,
  { isStopping, bound }: TrackingOptions,
): Pick<Route, 'method' | 'access' | 'answers' | 'refuse' | 'callerOf'> {
  return {
    method: 'POST',
    access: 'tracking',
    callerOf: () => ({ source }),
    answers: {
      200: 'It is on disk.',
      400: 'The body is no JSON, or it does not say for which pixel.',
      401: 'The write key is missing or unknown.',
      403: 'The pixel is unknown, or not one of this write key; or the write key is not for pages, or not for this page.',
      413: 'The body is too large.',
      429: 'So much waits that nothing more is taken; come back after `Retry-After`.',
      503: 'Nothing can be kept just now; come back after `Retry-After`.',
    },
    refuse({ admitted }) {
      if (isStopping()) return laterAnswer(503, RETRY_SECONDS, 'The relay is stopping.')
      // Nobody without a key learns how full the queue is.
      if (admitted.isPending) return undefined
      return whenThere(bound.isFull(), (isFull) => (isFull ? QUEUE_FULL : undefined))
    },
  }
}

interface Door {
  readonly source: TrackingKind
  readonly topic: string
  readonly isForPages: boolean
}

async function receive(visit: Visit, door: Door, options: TrackingOptions): Promise<Answer> {
  const body = await readBody(rawBodyOf(visit), options.maxBodyBytes, 'as_text')
  if ('refusal' in body) return visit.admitted.isPending ? (options.admitKey(undefined) as Answer) : body.refusal
  const admitted = visit.admitted.isPending ? options.admitKey(writeKeyIn(body.value)) : visit.admitted
  if (!isAdmitted(admitted)) return admitted
  const wrongDoor = wrongDoorOf(visit, admitted, door)
  if (wrongDoor !== undefined) return wrongDoor
  if (visit.admitted.isPending && (await options.bound.isFull())) return QUEUE_FULL
  const pixel = pixelOf(visit, admitted, options)
  return 'status' in pixel ? pixel : bring(body.value, { door, admitted, pixel }, options)
}

/** Where SDKs put the key that send no header: at the top of the body, or in each of its messages. */
function writeKeyIn(body: unknown): string | undefined {
  const { writeKey, batch } = (body ?? {}) as { readonly writeKey?: unknown; readonly batch?: unknown }
  if (typeof writeKey === 'string') return writeKey
  const keys = Array.isArray(batch) ? batch.map((message) => (message as { writeKey?: unknown } | null)?.writeKey) : []
  const [first] = keys
  return typeof first === 'string' && keys.every((key) => key === first) ? first : undefined
}

/** The short paths are for pages, and a token of pages is for the pages that it names. Without any token only this machine calls. */
function wrongDoorOf(visit: Visit, { browserOrigins }: Admitted, { isForPages }: Door): Answer | undefined {
  if (browserOrigins === undefined) return undefined
  if (browserOrigins.length === 0) return isForPages ? NOT_FOR_PAGES : undefined
  const origin = originOf(visit)
  return origin === undefined || browserOrigins.some((one) => one.toLowerCase() === origin) ? undefined : OTHER_PAGE
}

interface Sender {
  readonly door: Door
  readonly admitted: Admitted
  readonly pixel: KnownPixel
}

async function bring(payload: unknown, { door, admitted, pixel }: Sender, options: TrackingOptions): Promise<Answer> {
  const { pixelId, contract } = pixel
  const { map, name, waitForBuyerMs } = options.sourceOf(door.source, pixelId, admitted.who)
  const call: SourceCall = { payload, topic: door.topic, receivedAtMs: options.now() }
  const { accepted, duplicates, refused, remembered, skipped, conflicts } = await options.sourceIntake.bring(
    map(call),
    {
      pixel: pixelId,
      contract,
      source: admitted.who,
      kind: name === undefined ? door.source : `${door.source}/${name}`,
      waitForBuyerMs,
    },
  )
  options.bound.add(accepted)
  // SDKs ask for `success`; the rest is for whoever looks.
  const counts = { accepted, duplicates, refused, remembered, conflicts: conflicts.length, skipped: codesOf(skipped) }
  return jsonAnswer(200, { success: true, ...counts })
}

function codesOf(skipped: readonly { readonly code: string }[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { code } of skipped) counts[code] = (counts[code] ?? 0) + 1
  return counts
}

type KnownPixel = ReturnType<TrackingOptions['pixels']>[number]

/** The pixel that is named, or the only one there can be. SDKs have no place for it. */
function pixelOf({ query: given }: Visit, admitted: Admitted, { pixels }: TrackingOptions): KnownPixel | Answer {
  const { pid } = (given ?? {}) as { readonly pid?: unknown }
  const allowed = pixels().filter(({ pixelId }) => mayBring(admitted, pixelId))
  if (typeof pid === 'string' && pid !== '') return allowed.find(({ pixelId }) => pixelId === pid) ?? UNKNOWN_PIXEL
  const [only] = allowed
  if (only === undefined) return UNKNOWN_PIXEL
  return allowed.length === 1 ? only : WHICH_PIXEL
}

const QUEUE_FULL = laterAnswer(429, RETRY_SECONDS, 'The queue is full.')
const NOT_FOR_PAGES = errorAnswer(
  403,
  'This address is for SDKs in browsers, and the write key is for none: name the pages in browserOrigins of its intake token, or send to /v1/batch from a server.',
  { code: 'not_for_pages' },
)
const OTHER_PAGE = errorAnswer(
  403,
  'The write key is not for pages of this origin: browserOrigins of its intake token names others.',
  {
    code: 'unknown_origin',
  },
)
const UNKNOWN_PIXEL: Answer = {
  ...errorAnswer(403, '403: unknown pid', { type: 'server_error' }),
  reason: 'unknown_pixel',
}
const WHICH_PIXEL = errorAnswer(
  400,
  'The write key is for several pixels: add ?pid=<Pixel ID> to the URL, or give each pixel an intake token of its own.',
  { param: 'pid', code: 'missing_pixel' },
)
