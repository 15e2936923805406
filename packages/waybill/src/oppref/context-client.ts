import { ConfigError, WaybillError } from '../errors.ts'
import { readContext, type VisitContext, writeContext } from './visit-context.ts'

export type { VisitContext }

/**
 * `invalid_key`: the business key is no path segment (empty, `.`, `..`, half a character). `timeout`, `network`: the relay gave no answer. `refused`: it answered with the
 * status given. `unreadable`: its answer is no context.
 */
export type ContextFault = 'invalid_key' | 'timeout' | 'network' | 'refused' | 'unreadable'

export type CarryResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: ContextFault; readonly status?: number }

/** The relay could not be asked. Never holds the key, the token or anything of the visitor. */
export class ContextError extends WaybillError {
  /** Always `'ContextError'`. */
  override readonly name: string = 'ContextError'
  declare readonly code: ContextFault
}

export interface ContextClientOptions {
  /** Base URL of the relay; `http:` only to loopback. */
  readonly relay: string
  /** An intake token of the relay. It stays on the server. */
  readonly token: string
  /** From the conversions tab in Ads Manager. */
  readonly pixelId: string
  /** Default: the runtime's own `fetch`. */
  readonly fetch?: typeof fetch | undefined
  /** One call. Default 2,000: a page waits for `carry`. */
  readonly timeoutMs?: number | undefined
}

/** Keeps what was captured at landing with a business key, such as the order's id, until a webhook needs it. */
export interface ContextClient {
  /** Keeps the context, in the place of an earlier one. Never rejects: no page fails because the relay does. */
  carry(key: string, context: VisitContext): Promise<CarryResult>
  /** The context; `undefined` where there is none (any more). Rejects with a {@link ContextError} when the relay cannot say. */
  recall(key: string): Promise<VisitContext | undefined>
  /** Withdraws consent: the relay forgets the context. Never rejects; look at `ok`, and try again where it is false. */
  withdraw(key: string): Promise<CarryResult>
}

/**
 * A client of the relay's context store. The contract of `/v1/context/<key>?pid=<Pixel ID>`, with `Authorization: Bearer
 * <intake token>`; `<key>` is one percent-encoded path segment, and keys of one pixel are unknown to another:
 *
 * - `PUT`, a JSON body `{ "oppref"?, "obref"?, "ip_address"?, "user_agent"?: string, "consent": boolean, "landed_at_ms": integer }`
 *   → 204; the last one counts. With `"consent": false` the four texts are absent, and the relay forgets those it had.
 * - `GET` → 200 and that body; 404 when there is none, it is older than the relay's age limit, or consent was withdrawn.
 * - `DELETE` → 204, also when there was none.
 * - Anything else is a refusal: 400 a bad key or body, 401 or 403 the token, 413 too large, 429 or 503 later.
 *
 * Throws a {@link ConfigError} for a missing or wrong option.
 */
export function createContextClient(options: ContextClientOptions): ContextClient {
  const call = createCall(options)
  return {
    carry: async (key, context) => resultOf(await call('PUT', key, writeContext(context))),
    withdraw: async (key) => resultOf(await call('DELETE', key)),
    async recall(key) {
      const answer = await call('GET', key)
      if (!('status' in answer)) throw contextError(answer.reason)
      if (answer.status === 404) return undefined
      if (answer.status !== 200) throw contextError('refused', answer.status)
      const context = readContext(answer.body)
      if (context === undefined) throw contextError('unreadable', answer.status)
      return context
    },
  }
}

/** What came back: a status with the body's JSON, or why nothing did. */
type Answer = { readonly status: number; readonly body: unknown } | { readonly reason: ContextFault }
type Call = (method: string, key: string, body?: string) => Promise<Answer>

function resultOf(answer: Answer): CarryResult {
  if (!('status' in answer)) return { ok: false, reason: answer.reason }
  const { status } = answer
  return status >= 200 && status < 300 ? { ok: true } : { ok: false, reason: 'refused', status }
}

const ABOUT: Readonly<Record<ContextFault, string>> = {
  invalid_key: 'The key cannot stand in an address.',
  timeout: 'The relay answered too late.',
  network: 'The relay did not answer.',
  refused: 'The relay refused it.',
  unreadable: 'The relay gave no context.',
}

function contextError(code: ContextFault, status?: number): ContextError {
  const message = status === undefined ? ABOUT[code] : `${ABOUT[code]} Status ${status}.`
  return new ContextError(code, message, { hint: 'Check relay, token and key.' })
}

/** The only place that holds the token: in a closure, so that no error or log can show it. */
function createCall({ relay, token, pixelId, fetch: send = fetch, timeoutMs = 2_000 }: ContextClientOptions): Call {
  const base = baseOf(relay)
  requireText(token, 'token')
  requireText(pixelId, 'pixelId')
  if (!Number.isSafeInteger(timeoutMs) || timeoutMs < 1)
    throw new ConfigError('invalid_option', 'timeoutMs is a whole number above 0.')
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  return async (method, key, body) => {
    const segment = segmentOf(key)
    if (segment === undefined) return { reason: 'invalid_key' }
    const signal = AbortSignal.timeout(timeoutMs)
    const init = { method, headers, signal, redirect: 'manual', ...(body === undefined ? {} : { body }) } as const
    try {
      const url = `${base}/v1/context/${segment}?pid=${encodeURIComponent(pixelId)}`
      // A fetch of somebody else's making may ignore the signal; the time limit holds all the same.
      return await Promise.race([exchange(() => send(url, init)), whenAborted(signal)])
    } catch {
      return { reason: signal.aborted ? 'timeout' : 'network' }
    }
  }
}

/** The key as one segment of a path; `undefined` for one that an address would lose: `..` leads to the folder above. */
function segmentOf(key: unknown): string | undefined {
  if (typeof key !== 'string' || /^\.{0,2}$/.test(key)) return undefined
  try {
    return encodeURIComponent(key)
  } catch {
    return undefined
  }
}

async function exchange(send: () => Promise<Response>): Promise<Answer> {
  const response = await send()
  const text = await response.text()
  try {
    return { status: response.status, body: JSON.parse(text) }
  } catch {
    return { status: response.status, body: undefined }
  }
}

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))
}

function requireText(value: unknown, name: string): void {
  if (typeof value === 'string' && /^[!-~]+$/.test(value)) return
  throw new ConfigError('missing_option', `createContextClient needs ${name}, without spaces.`)
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/** The relay's address without a slash at its end. A token never travels in clear, except to this machine. */
function baseOf(relay: string): string {
  const url = URL.canParse(relay) ? new URL(relay) : undefined
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.test(url.hostname))
  if (url !== undefined && isSafe && url.search === '' && url.username === '' && url.password === '') {
    return url.origin + url.pathname.replace(/\/+$/, '')
  }
  throw new ConfigError('invalid_option', 'relay is no base URL with https (http only to loopback).')
}
