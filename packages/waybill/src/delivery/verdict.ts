import { isObject } from '../contract/plain.ts'
import { readRetryAfterMs } from './backoff.ts'

/** What came back for one request, before anybody has judged it. */
export type Answer =
  | {
      readonly kind: 'response'
      readonly status: number
      /** The whole body as text; `undefined` when it was cut, too large or not readable. */
      readonly body: string | undefined
      readonly retryAfter?: string | null
      readonly date?: string | null
      readonly requestId?: string | null
      /** The header by which a relay says that it is one: `0.2.0; clock=confirmed`. */
      readonly relay?: string | null
    }
  | {
      readonly kind: 'failure'
      /**
       * `tls`: whoever answers cannot be trusted, or does not speak TLS. `unasked`: nothing was sent, because what it depends on could not be
       * found out.
       */
      readonly reason: 'network' | 'timeout' | 'tls' | 'unasked'
      /** The platform's code for it, such as `CERT_HAS_EXPIRED`; of a fault of the network with the host, as in `ECONNREFUSED 127.0.0.1:8788`. */
      readonly detail?: string
    }

/** Why the API refused something, in its own words. */
export interface Reason {
  /** The API's code of the fault. */
  readonly code: string
  /** The API's words. */
  readonly message: string
  /** The API's `param` with the event's index removed, as in `data.amount`; empty when it named none. */
  readonly path: string
}

/** An event that the API named, by its position in the request. */
export interface NamedEvent extends Reason {
  /** Position in the request, from 0. Example: `3` for `events[3]`. */
  readonly position: number
}

export type HoldCode =
  | 'unauthorized'
  | 'wrong_key_family'
  | 'unknown_pixel'
  | 'blocked_by_firewall'
  | 'forbidden'
  | 'not_found'
  | 'redirected'
  | 'request_rejected'
  /** A 400 or 422 without the API's own JSON: somebody on the way answered. */
  | 'not_the_api'
  /** 200, twice, and none of what was sent was counted. */
  | 'counts_none'
  /** 413 to the least canary. */
  | 'everything_too_large'
  /** The least canary is refused. */
  | 'not_judging'

/** One entry of a relay's answer: the relay accepts the good events and reports the others. */
export interface RelayResult {
  /** Position in the request, from 0. */
  readonly index: number
  /** What the relay made of it. */
  readonly status: string
  /** Why, as the relay wrote it. */
  readonly issues: readonly unknown[]
}

/** The one judgement of an answer. Everything that follows from an answer follows from this value. */
export type Verdict =
  | { readonly kind: 'delivered' }
  /** 200, but fewer counted than sent: ask once more with the same body. */
  | { readonly kind: 'recount'; readonly counted: number }
  | { readonly kind: 'results'; readonly results: readonly RelayResult[] }
  /**
   * `ambiguous`: the API may have stored the events. `isFailure`: it failed on the request (5xx other than 503, reset, timeout) and did not
   * ask for a pause; what was sent may be the reason.
   */
  | {
      readonly kind: 'retry'
      readonly ambiguous: boolean
      readonly isFailure: boolean
      readonly retryAfterMs?: number | undefined
      readonly slowDown: boolean
      readonly why: string
      /** Of a fault that waiting seldom fixes. */
      readonly code?: 'tls'
    }
  /** The content was refused; `events` is empty when the API named nobody. */
  | { readonly kind: 'refused'; readonly events: readonly NamedEvent[]; readonly reason: Reason }
  /** Nothing of this pixel can be sent until somebody acts. */
  | { readonly kind: 'hold'; readonly code: HoldCode; readonly message: string }
  | { readonly kind: 'too_large' }

interface ApiError {
  readonly message: string
  readonly code: string | undefined
  readonly param: unknown
  readonly errors: readonly unknown[]
}

type Response = Extract<Answer, { kind: 'response' }>
type Failure = Extract<Answer, { kind: 'failure' }>

const HELD_STATUS: Readonly<Record<number, (message: string, text: string) => HoldCode>> = {
  401: (message) => (message.includes('Missing scopes') ? 'wrong_key_family' : 'unauthorized'),
  403: (message, text) => {
    if (/unknown pid/i.test(message)) return 'unknown_pixel'
    return /^\s*error code: \d+/.test(text) ? 'blocked_by_firewall' : 'forbidden'
  },
  404: () => 'not_found',
}

/** Said of the request as a whole, whatever `param` says (observed). */
const REQUEST_MESSAGE = /^Missing required field|\bpid\b/i

/**
 * Answer in, verdict out (design, section 5). `sent` is the number of events in the request; `nowMs` only reads `Retry-After`.
 * `isRelay`: the endpoint is known to be a relay, though it may be one that does not say so.
 */
export function judgeAnswer(answer: Answer, sent: number, nowMs: number, isRelay: boolean = false): Verdict {
  if (answer.kind === 'failure') return judgeFailure(answer)
  const { status } = answer
  const json = parse(answer.body)
  const ofRelay = status === 200 || status === 422 ? judgeResults(json, sent, isRelay || !!answer.relay) : undefined
  if (ofRelay !== undefined) return ofRelay
  if (status === 200) return judgeSuccess(json, sent)
  if (status === 400 || status === 422)
    return isApiError(json) ? judgeRefusal(readError(json), sent) : notTheApi(status)
  if (status === 413) return { kind: 'too_large' }
  if ((status >= 300 && status < 400) || status === 0)
    return { kind: 'hold', code: 'redirected', message: `The endpoint answered with a redirect (${status}).` }
  const held = HELD_STATUS[status]
  if (held !== undefined) {
    const { message } = readError(json)
    return {
      kind: 'hold',
      code: held(message, answer.body ?? ''),
      message: message || `The endpoint answered ${status}.`,
    }
  }
  return retryLater(answer, nowMs)
}

/** The API's own JSON: `error` is an object. */
function isApiError(json: unknown): boolean {
  return isObject(json) && isObject(json['error'])
}

function notTheApi(status: number): Verdict {
  const message = `The endpoint answered ${status} without the API's JSON: something on the way to it answered instead.`
  return { kind: 'hold', code: 'not_the_api', message }
}

/**
 * Whether an answer comes from whoever judges events: only such an answer's `Date` is a claim about the time. A relay's counts where
 * its own clock is confirmed.
 */
export function carriesVerdict(answer: Answer): boolean {
  if (answer.kind === 'failure') return false
  const { status, body, relay } = answer
  if (isOfRelayInDoubt(answer)) return false
  const json = parse(body)
  const isCounted = isObject(json) && Number.isInteger(json['accepted_events'])
  if (status === 200) return isCounted
  return status >= 400 && status < 500 && (isApiError(json) || (!!relay && isCounted))
}

/** Whether an answer comes from a relay that does not know what time it is: it takes what it is brought, whatever its time. */
export function isOfRelayInDoubt(answer: Answer): boolean {
  return answer.kind === 'response' && !!answer.relay && !/;\s*clock=confirmed(?![\w-])/.test(answer.relay)
}

const FAILED: Readonly<Record<Failure['reason'], string>> = {
  network: 'the connection failed',
  timeout: 'the request timed out',
  tls: 'no TLS connection that can be trusted',
  unasked: 'the API contradicted itself about what it reads',
}

function judgeFailure({ reason, detail }: Failure): Verdict {
  const why = detail === undefined ? FAILED[reason] : `${FAILED[reason]} (${detail})`
  // TLS can break after a request left, too.
  const isTls = reason === 'tls'
  const isSent = reason !== 'unasked'
  const isFailure = isSent && !isTls
  return { kind: 'retry', ambiguous: isSent, isFailure, slowDown: false, why, ...(isTls && { code: reason }) }
}

/** The same verdict with every text of the API passed through `tidy`, so that it is fit to be kept and shown. */
export function withTidyText(verdict: Verdict, tidy: (text: string) => string): Verdict {
  const tidied = <Said extends Reason>(said: Said): Said => ({
    ...said,
    code: tidy(said.code),
    message: tidy(said.message),
    path: tidy(said.path),
  })
  if (verdict.kind === 'hold') return { ...verdict, message: tidy(verdict.message) }
  if (verdict.kind !== 'refused') return verdict
  return { kind: 'refused', events: verdict.events.map(tidied), reason: tidied(verdict.reason) }
}

function judgeSuccess(json: unknown, sent: number): Verdict {
  const accepted = isObject(json) ? json['accepted_events'] : undefined
  if (accepted === sent) return { kind: 'delivered' }
  if (Number.isInteger(accepted) && (accepted as number) >= 0 && (accepted as number) < sent)
    return { kind: 'recount', counted: accepted as number }
  return UNCOUNTED
}

const UNCOUNTED: Verdict = {
  kind: 'retry',
  ambiguous: true,
  isFailure: false,
  slowDown: false,
  why: 'the endpoint answered 200 without a count of accepted events that fits',
}

function judgeRefusal(error: ApiError, sent: number): Verdict {
  const { message, param, code = 'invalid_request' } = error
  const aboutEvents = typeof param !== 'string' || param.startsWith('events[')
  // A list about a missing pid names no event; an event's own message never speaks of one.
  if (!aboutEvents || (typeof param !== 'string' && error.errors.length === 0 && REQUEST_MESSAGE.test(message))) {
    return { kind: 'hold', code: 'request_rejected', message }
  }
  return { kind: 'refused', events: namedEvents(error, sent), reason: { code, message, path: pathOf(param) } }
}

/** Every event that `errors[]` or `param` names; the first thing said of an event is its reason. */
function namedEvents(error: ApiError, sent: number): NamedEvent[] {
  const found = new Map<number, NamedEvent>()
  const details = error.errors.filter(isObject)
  for (const { param, code, message } of [
    ...details,
    { param: error.param, code: error.code, message: error.message },
  ]) {
    const position = typeof param === 'string' ? /^events\[(\d{1,9})\]/.exec(param)?.[1] : undefined
    if (position === undefined || found.has(Number(position))) continue
    found.set(Number(position), {
      position: Number(position),
      code: typeof code === 'string' ? code : (error.code ?? 'invalid_event'),
      message: typeof message === 'string' ? message : error.message,
      path: pathOf(param),
    })
  }
  // One index beyond the request shows that the names cannot be relied on.
  const all = [...found.values()]
  return all.every(({ position }) => position < sent) ? all.sort((a, b) => a.position - b.position) : []
}

/** `events[3].data.contents[0].amount` → `data.contents[].amount`. */
function pathOf(param: unknown): string {
  return typeof param === 'string' ? param.replace(/^events\[\d+\]\.?/, '').replace(/\[\d+\]/g, '[]') : ''
}

const REFUSED_FOR_LOAD: ReadonlySet<number> = new Set([429, 503])
/** Answers after which nothing can have been stored. */
const NOTHING_STORED: ReadonlySet<number> = new Set([408, 425, 429])

function retryLater(answer: Response, nowMs: number): Verdict {
  const { status } = answer
  const retryAfterMs = readRetryAfterMs(answer.retryAfter, nowMs, answer.date)
  return {
    kind: 'retry',
    ambiguous: !NOTHING_STORED.has(status) && (status >= 500 || status < 300),
    isFailure: status >= 500 && status !== 503 && retryAfterMs === undefined,
    slowDown: REFUSED_FOR_LOAD.has(status),
    retryAfterMs,
    why: `the endpoint answered ${status}`,
  }
}

/** A relay's answer, which counts all but the refused; `undefined` where it is none. */
function judgeResults(json: unknown, sent: number, isRelay: boolean): Verdict | undefined {
  if (!isObject(json) || !Array.isArray(json['results']) || !Number.isInteger(json['accepted_events'])) return undefined
  if (!isRelay) return UNCOUNTED
  const results = json['results']
    .filter(isObject)
    .flatMap(({ index, status, issues }): RelayResult[] =>
      Number.isInteger(index) && typeof status === 'string'
        ? [{ index: index as number, status, issues: Array.isArray(issues) ? issues : [] }]
        : [],
    )
  const refused = new Set(results.filter(({ status }) => status === 'refused').map(({ index }) => index))
  const fits = results.every(({ index }) => index >= 0 && index < sent)
  return fits && json['accepted_events'] === sent - refused.size ? { kind: 'results', results } : UNCOUNTED
}

function readError(json: unknown): ApiError {
  const error = isObject(json) && isObject(json['error']) ? json['error'] : {}
  const plain = isObject(json) && typeof json['error'] === 'string' ? json['error'] : ''
  return {
    message: textOf(error['message']) || plain,
    code: typeof error['code'] === 'string' ? error['code'] : undefined,
    param: error['param'],
    errors: Array.isArray(error['errors']) ? error['errors'] : [],
  }
}

/** The answer to a missing pid holds a validator's list, and nobody promised that it is one as text. */
function textOf(message: unknown): string {
  if (typeof message === 'string') return message
  return typeof message === 'object' && message !== null ? JSON.stringify(message) : ''
}

function parse(body: string | undefined): unknown {
  try {
    return body === undefined ? undefined : JSON.parse(body)
  } catch {
    return undefined
  }
}
