import type { Readable } from 'node:stream'

/** One HTTP answer as plain data. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array | Readable
  /** Of a refusal: its code, for whoever counts. */
  readonly reason?: string
}

/** The error object of the API, which the relay speaks too. */
export interface ApiError {
  readonly message: string
  readonly type: string
  readonly param: string | null
  readonly code: string | null
  readonly errors?: readonly FieldError[]
}

/** One named field, such as `events[1].data.type`. */
export interface FieldError {
  readonly message: string
  readonly param: string
  readonly code: string
}

/** What an error says beside its message; the rest is `invalid_request_error`, `param: null`, `code: null`. */
export type ErrorDetails = Partial<Omit<ApiError, 'message'>>

const JSON_TYPE = { 'content-type': 'application/json' }

export function jsonAnswer(status: number, value: unknown): Answer {
  return jsonTextAnswer(status, JSON.stringify(value))
}

/** The same for a value that is JSON already. */
export function jsonTextAnswer(status: number, body: string): Answer {
  return { status, headers: JSON_TYPE, body }
}

export function errorAnswer(status: number, message: string, details: ErrorDetails = {}): Answer {
  const { type = 'invalid_request_error', param = null, code = null, errors } = details
  const answer = jsonAnswer(status, { error: { message, type, param, code, ...(errors && { errors }) } })
  return code === null ? answer : { ...answer, reason: code }
}

/** Nothing was taken; the same request is welcome after so many seconds. */
export function laterAnswer(
  status: 429 | 503,
  retryAfterSeconds: number,
  message: string,
  code: string | null = null,
): Answer {
  const type = status === 429 ? 'rate_limit_error' : 'server_error'
  const answer = errorAnswer(status, message, { type, code })
  return { ...answer, headers: { ...answer.headers, 'retry-after': String(retryAfterSeconds) } }
}

export function textAnswer(status: number, contentType: string, body: string | Readable): Answer {
  return { status, headers: { 'content-type': contentType }, body }
}
