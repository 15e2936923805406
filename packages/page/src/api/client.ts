/** Asks the relay. What it answers is data or an `ApiError`; a network that is away is an `ApiError` without a status. */

export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number | null
  readonly code: string
  readonly retryAfterS: number | null
  readonly errors: readonly { readonly message: string; readonly param?: string }[]

  constructor(
    message: string,
    parts: Pick<ApiError, 'status' | 'code'> & Partial<Pick<ApiError, 'retryAfterS' | 'errors'>>,
  ) {
    super(message)
    this.status = parts.status
    this.code = parts.code
    this.retryAfterS = parts.retryAfterS ?? null
    this.errors = parts.errors ?? []
  }
}

export type Query = Readonly<Record<string, string | number | boolean | null | undefined>>

export function addressOf(path: string, query: Query = {}): string {
  const parts = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') parts.set(key, String(value))
  }
  const text = parts.toString()
  return text === '' ? path : `${path}?${text}`
}

/** What others were just told will do, for whoever only looks; whoever has just written sees that. */
const OLD_WILL_DO = { 'cache-control': 'max-age=10' }
const SEES_OWN_MS = 15_000
let wroteMs = Number.NEGATIVE_INFINITY

/** From now on for a while nothing old will do: somebody has written, or waits for the first event. */
export function expectNews(): void {
  wroteMs = Date.now()
}

function looking(): RequestInit {
  return Date.now() - wroteMs < SEES_OWN_MS ? {} : { headers: OLD_WILL_DO }
}

export const get = <Answer>(path: string, query?: Query, signal?: AbortSignal): Promise<Answer> =>
  early(addressOf(path, query)) ?? ask(addressOf(path, query), { ...looking(), signal: signal ?? null })

export const post = <Answer>(path: string, body: unknown = {}): Promise<Answer> => write('POST', path, body)
export const put = <Answer>(path: string, body: unknown): Promise<Answer> => write('PUT', path, body)

function write<Answer>(method: string, path: string, body: unknown): Promise<Answer> {
  expectNews()
  return ask(path, { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } })
}

async function ask<Answer>(address: string, init: RequestInit): Promise<Answer> {
  let response: Response
  try {
    response = await fetch(address, { ...init, credentials: 'same-origin' })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new ApiError('The relay does not answer.', { status: null, code: 'offline' })
  }
  return read(response)
}

async function read<Answer>(response: Response): Promise<Answer> {
  const text = await response.text()
  if (response.ok) return JSON.parse(text) as Answer
  throw errorOf(response, text)
}

interface ErrorBody {
  readonly error?: { readonly message?: string; readonly code?: string | null; readonly errors?: ApiError['errors'] }
  readonly errors?: ApiError['errors']
}

function errorOf({ status, headers }: Response, text: string): ApiError {
  const { error, errors } = parsed(text)
  const after = Number(headers.get('retry-after') ?? Number.NaN)
  return new ApiError(error?.message ?? `Status ${status}`, {
    status,
    code: error?.code ?? `status_${status}`,
    retryAfterS: Number.isFinite(after) ? after : null,
    errors: error?.errors ?? errors ?? [],
  })
}

function parsed(text: string): ErrorBody {
  try {
    return (JSON.parse(text) as ErrorBody | null) ?? {}
  } catch {
    return {}
  }
}

const asked = new Map<string, Promise<unknown>>()

/** Asks before the page is there; whoever asks for the same first gets that answer. */
export function askEarly(address: string): void {
  const answer = ask(address, looking())
  answer.catch(() => {})
  asked.set(address, answer)
}

function early<Answer>(address: string): Promise<Answer> | undefined {
  const answer = asked.get(address)
  asked.delete(address)
  return answer as Promise<Answer> | undefined
}
