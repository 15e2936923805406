/** Answers that are not the API's judgement, by their kind. */

import type { VirtualTime } from '@waybill/relay/testing'
import { refusal } from './naming.ts'

export interface Scene {
  readonly ids: readonly string[]
  readonly time: VirtualTime
  readonly random: () => number
  readonly signal: AbortSignal | undefined
  /** The API's own answer; what it takes is stored, unless `store` is false. */
  readonly judge: (store?: boolean) => Promise<Response>
  /** Counts the requests of a life. */
  readonly count: number
}

export type AnswerKind =
  | '429'
  | '500'
  | '503'
  | '401'
  | '403'
  | '404'
  | '302'
  | '413'
  | 'refusesNamed'
  | 'refusesUnnamed'
  | 'refusesFirst'
  | 'refusesAlternating'
  | 'refusesUnique'
  | 'requestFault'
  | 'page400'
  | 'page502'
  | 'reset'
  | 'lost'
  | 'html200'
  | 'short'
  | 'zero'
  | 'zeroStored'
  | 'strangersResults'
  | 'timeout'
  | 'slow'

/** Every form that `Retry-After` was seen in. */
const RETRY_AFTERS = ['1', '30', '600', 'Thu, 01 Jan 1970 00:00:00 GMT', '-5', '999999', 'soon'] as const
const SLOW_MS = 20_000

/** Kinds after which nothing can have been stored, and the relay can know it. */
export const STORES_NOTHING: ReadonlySet<AnswerKind> = new Set<AnswerKind>([
  '429',
  '401',
  '403',
  '404',
  '302',
  '413',
  'refusesNamed',
  'refusesUnnamed',
  'refusesFirst',
  'refusesAlternating',
  'refusesUnique',
  'requestFault',
  'page400',
])

/** Kinds through which nothing gets: whoever asks often learns nothing more. */
export const LETS_NOTHING_THROUGH: ReadonlySet<AnswerKind> = new Set<AnswerKind>([
  ...STORES_NOTHING,
  '500',
  '503',
  'reset',
  'timeout',
])

/** Kinds that are, or look like, refusals of events. */
export const REFUSES: ReadonlySet<AnswerKind> = new Set<AnswerKind>([
  'refusesNamed',
  'refusesUnnamed',
  'refusesFirst',
  'refusesAlternating',
  'refusesUnique',
])

const error = (status: number, message: string): Response => refusal(status, { message, code: null })

const page = (status: number): Response =>
  new Response('<!doctype html><title>Sorry</title>', { status, headers: { 'content-type': 'text/html' } })

function asking(response: Response, { random }: Scene): Response {
  const retryAfter = RETRY_AFTERS[Math.floor(random() * RETRY_AFTERS.length * 1.3)]
  if (retryAfter !== undefined) response.headers.set('retry-after', retryAfter)
  return response
}

function named(positions: readonly number[], code: string): Response {
  const errors = positions.map((position) => ({ param: `events[${position}]`, code, message: 'was rejected.' }))
  return refusal(400, { param: errors[0]?.param ?? null, errors })
}

const everybody = ({ ids }: Scene): number[] => ids.map((_, position) => position)

export const ANSWERS: Readonly<Record<AnswerKind, (scene: Scene) => Promise<Response>>> = {
  '429': async (scene: Scene) => asking(error(429, 'slow down'), scene),
  '500': async () => error(500, 'broken'),
  '503': async (scene: Scene) => asking(error(503, 'busy'), scene),
  '401': async () => error(401, 'Unauthorized'),
  '403': async () => error(403, '403: unknown pid'),
  '404': async () => error(404, 'Not found'),
  '302': async () => new Response(null, { status: 302, headers: { location: 'https://elsewhere.example/' } }),
  '413': async () => error(413, 'The request body is too large.'),
  refusesNamed: async (scene: Scene) => named(everybody(scene), 'invalid_event'),
  refusesUnnamed: async () => refusal(400, {}),
  refusesFirst: async () => named([0], 'invalid_event'),
  refusesAlternating: async (scene: Scene) =>
    named(everybody(scene), scene.count % 2 === 0 ? 'one_code' : 'other_code'),
  refusesUnique: async (scene: Scene) => refusal(400, { code: `code_${scene.count}` }),
  requestFault: async () => refusal(400, { message: 'Missing required field: events', code: null }),
  page400: async () => page(400),
  page502: async () => page(502),
  reset: () => Promise.reject(new TypeError('fetch failed')),
  lost: async ({ judge }: Scene) => {
    await judge()
    throw new TypeError('fetch failed')
  },
  html200: async ({ judge }: Scene) => {
    await judge()
    return page(200)
  },
  short: async ({ judge, ids }: Scene) => counting(await judge(), Math.max(0, ids.length - 1)),
  zero: async ({ judge }: Scene) => counting(await judge(false), 0),
  zeroStored: async ({ judge }: Scene) => counting(await judge(), 0),
  strangersResults: async ({ ids }: Scene) => {
    const results = ids.map((id, index) => ({ index, id, status: 'refused', issues: [{ code: 'no', message: 'no' }] }))
    return Response.json({ accepted_events: 0, results }, { status: 200 })
  },
  timeout: ({ signal }: Scene) =>
    new Promise<never>((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
  slow: ({ time, judge }: Scene) =>
    new Promise<Response>((resolve) => time.at(time.elapsedMs + SLOW_MS, () => void judge().then(resolve))),
}

/** What a relay says of single events is not touched. */
async function counting(response: Response, accepted: number): Promise<Response> {
  const isPlain = response.status === 200 && !response.headers.has('waybill-relay')
  return isPlain ? Response.json({ accepted_events: accepted }) : response
}
