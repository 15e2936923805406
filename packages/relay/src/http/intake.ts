import type { ContractSetting, InvalidIdentity } from 'waybill'
import { z } from 'zod'
import { type Arrival, type IntakeResult, isAboutIdentity, type Judged } from '../engine/index.ts'
import { mayBring } from './access.ts'
import { type Answer, errorAnswer, jsonAnswer, jsonTextAnswer, laterAnswer } from './answer.ts'
import { readPlain, unfoldBody } from './body.ts'
import { envelopeSchema, readEnvelope, resultsSchema } from './envelope.ts'
import { giveBack } from './incoming/index.ts'
import { type MaybePromise, whenThere } from './maybe-promise.ts'
import type { QueueBound } from './queue-bound.ts'
import { type Route, rawBodyOf, type Visit } from './route.ts'
import { validationAnswer } from './validation.ts'

export interface IntakeOptions {
  /** Keeps events; resolves when they are on disk. */
  readonly accept: (arrival: Arrival) => Promise<readonly IntakeResult[]>
  /** Reads and judges a body in another thread, where that is faster; `undefined` where it has to be read here. */
  readonly readBeside: (body: BroughtBody) => Promise<Judged | undefined> | undefined
  /** Keeps what was read there; resolves when it is on disk. */
  readonly keep: (judged: Judged) => Promise<readonly IntakeResult[]>
  /** Judges events without keeping them. */
  readonly judge: (arrival: Arrival) => readonly IntakeResult[]
  readonly pixelOf: (pixelId: string) => IntakeRules | undefined
  readonly bound: QueueBound
  readonly maxBodyBytes: number
  readonly isStopping: () => boolean
}

/** What the events of a pixel are judged by at intake. */
export interface IntakeRules {
  readonly contract: ContractSetting
  /** Default `drop`: one bad optional field does not cost the conversion. */
  readonly invalidIdentity?: InvalidIdentity | undefined
}

export interface BroughtBody extends Pick<Arrival, 'pixel' | 'contract' | 'invalidIdentity' | 'source'> {
  readonly bytes: Uint8Array
}

const RETRY_WHEN_FULL_SECONDS = 5
const RETRY_WHEN_STOPPING_SECONDS = 2
/** An event can be wrong in more ways than anybody reads. */
const MAX_ISSUES = 100

const querySchema = z.object({
  pid: z.string().min(1).meta({ description: 'The Pixel ID.' }),
  refused_status: z.literal('200').optional().meta({
    description: 'With 200, the answer is 200 also where every event was refused: for senders that repeat on 422.',
  }),
})

/** `POST /v1/events`: the request of the API itself, answered when the events are on disk. */
export function intakeRoute(options: IntakeOptions): Route {
  return {
    method: 'POST',
    path: '/v1/events',
    access: 'intake',
    summary: 'Takes events as the Conversions API does, and keeps them until they are delivered.',
    query: querySchema,
    body: envelopeSchema,
    answers: {
      200: '`accepted_events` counts all but the refused; `results` lists what is not plainly accepted.',
      400: 'The body is no request; with `validate_only`, an event is invalid.',
      401: 'The token is missing or unknown.',
      403: 'The pixel is unknown, or not one of this token.',
      413: 'The body is too large.',
      422: 'Every event was refused.',
      429: 'So much waits that nothing more is taken; come back after `Retry-After`.',
      503: 'Nothing can be kept just now; come back after `Retry-After`.',
    },
    answerBodies: { 200: resultsSchema, 422: resultsSchema },
    refuse: (visit) => refuseEarly(visit, options),
    run: (visit) => Promise.resolve(receive(visit, options)),
  }
}

/** What can be said before the body is read. */
function refuseEarly({ query, admitted }: Visit, options: IntakeOptions): MaybePromise<Answer | undefined> {
  if (options.isStopping()) return laterAnswer(503, RETRY_WHEN_STOPPING_SECONDS, 'The relay is stopping.')
  const pixel = pixelIn(query)
  if (pixel === undefined) return MISSING_PIXEL
  if (!mayBring(admitted, pixel) || options.pixelOf(pixel) === undefined) return UNKNOWN_PIXEL
  return whenThere(options.bound.isFull(), (isFull) => (isFull ? QUEUE_FULL : undefined))
}

function receive(visit: Visit, options: IntakeOptions): MaybePromise<Answer> {
  return whenThere(unfoldBody(rawBodyOf(visit), options.maxBodyBytes), (plain) => {
    if ('refusal' in plain) return plain.refusal
    const pixel = pixelIn(visit.query) ?? ''
    const known = options.pixelOf(pixel)
    if (known === undefined) return UNKNOWN_PIXEL
    const { contract, invalidIdentity = 'drop' } = known
    const body: BroughtBody = { pixel, contract, invalidIdentity, source: visit.admitted.who, bytes: plain.bytes }
    return whenThere(options.readBeside(body), (judged) => {
      if (judged === undefined) return read(body, options, refusedStatusIn(visit.query))
      giveBack(body.bytes)
      return answerWhenKept(options.keep(judged), options.bound, refusedStatusIn(visit.query))
    })
  })
}

function read({ bytes, ...from }: BroughtBody, options: IntakeOptions, refusedStatus: number): MaybePromise<Answer> {
  const body = readPlain(bytes)
  if ('refusal' in body) return body.refusal
  const envelope = readEnvelope(body.value)
  if ('refusal' in envelope) return envelope.refusal
  const { events, validate_only } = envelope.envelope
  const arrival: Arrival = { ...from, events, texts: body.texts, lostNumbers: body.lostNumbers }
  if (validate_only === true) return validationAnswer(options.judge(arrival))
  return answerWhenKept(options.accept(arrival), options.bound, refusedStatus)
}

/** Apart from `read`, so that what was brought is not held in memory until its commit. */
function answerWhenKept(
  keeping: ReturnType<IntakeOptions['accept']>,
  bound: QueueBound,
  refusedStatus: number,
): Promise<Answer> {
  return keeping.then((results) => {
    bound.add(results.filter(({ status }) => status === 'accepted').length)
    return resultsAnswer(results, refusedStatus)
  })
}

function resultsAnswer(results: readonly IntakeResult[], refusedStatus: number): Answer {
  if (results.every(isPlain)) return jsonTextAnswer(200, `{"accepted_events":${results.length},"results":[]}`)
  const others = results.filter((result) => !isPlain(result))
  const refused = others.filter(({ status }) => status === 'refused').length
  const status = results.length > 0 && refused === results.length ? refusedStatus : 200
  return jsonAnswer(status, {
    accepted_events: results.length - refused,
    results: others.map(({ issues, ...result }) => ({ ...result, issues: issues.slice(0, MAX_ISSUES) })),
  })
}

/** An accepted event is told what became of its identity, and nothing else. */
function isPlain({ status, issues }: IntakeResult): boolean {
  return status === 'accepted' && !issues.some(isAboutIdentity)
}

/** What is answered where every event was refused. Each has its account: who would only repeat it asks for 200. */
function refusedStatusIn(query: unknown): number {
  return (query as { readonly refused_status?: unknown } | undefined)?.refused_status === '200' ? 200 : 422
}

function pixelIn(query: unknown): string | undefined {
  const { pid } = (query ?? {}) as { readonly pid?: unknown }
  return typeof pid === 'string' && pid !== '' ? pid : undefined
}

const QUEUE_FULL = laterAnswer(429, RETRY_WHEN_FULL_SECONDS, 'The queue is full.')
const MISSING_PIXEL = errorAnswer(
  400,
  JSON.stringify([{ type: 'missing', loc: ['query', 'pid'], msg: 'Field required', input: null }]),
)
/** The same for a pixel that is not configured and one that the token may not bring events for. */
const UNKNOWN_PIXEL = errorAnswer(403, '403: unknown pid', { type: 'server_error' })
