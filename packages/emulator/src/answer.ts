/** One HTTP answer as plain data. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array<ArrayBuffer>
}

/** The API's error object; `errors` only where single fields are named. */
export interface ApiError {
  readonly message: string
  readonly type: string
  readonly param: string | null
  readonly code: string | null
  readonly errors?: readonly FieldError[]
}

/** One named field of one event, such as `events[1].data.type`. */
export interface FieldError {
  readonly message: string
  readonly param: string
  readonly code: string
}

const JSON_TYPE = { 'content-type': 'application/json' }

// The smallest transparent GIF: 1 by 1 pixel.
const GIF_BASE64 = 'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7'

export function jsonAnswer(status: number, value: unknown): Answer {
  return { status, headers: JSON_TYPE, body: JSON.stringify(value) }
}

/** An error in the API's shape; what is not given is `invalid_request_error`, `param: null`, `code: null`. */
export function errorAnswer(status: number, error: Partial<ApiError> & { message: string }): Answer {
  const { message, type = 'invalid_request_error', param = null, code = null, errors } = error
  return jsonAnswer(status, { error: { message, type, param, code, ...(errors && { errors }) } })
}

export function acceptedAnswer(acceptedEvents: number): Answer {
  return jsonAnswer(200, { accepted_events: acceptedEvents })
}

export function gifAnswer(): Answer {
  const headers = { 'content-type': 'image/gif', 'cache-control': 'no-store' }
  return { status: 200, headers, body: Uint8Array.from(atob(GIF_BASE64), (character) => character.charCodeAt(0)) }
}

export function htmlAnswer(): Answer {
  const body = '<!doctype html><title>Welcome</title><p>Sign in to use this network.</p>'
  return { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body }
}
