import type { Body } from '../delivery/drive/port.ts'
import type { Answer } from '../delivery/verdict.ts'
import { requireCheckedTls } from './checked-tls.ts'
import { privateOnly } from './plain-http.ts'
import type { Settings } from './settings.ts'

/** Room to name each of 1,000 events with several fields; the rest of a longer answer is not read. */
const MAX_ANSWER_BYTES = 1_024 * 1_024

export interface PostOptions {
  /** Milliseconds until the attempt is given up. */
  readonly timeoutMs: number
  /** Ends the attempt. */
  readonly signal: AbortSignal
}

/** Sends one request body and gives what came back. Never rejects. */
export type Post = (body: Body, options: PostOptions) => Promise<Answer>

/** The only place that holds the key: in a closure, so that no error, log or inspection can show it. */
export function createPost(
  settings: Pick<Settings, 'url' | 'fetch' | 'runtime'>,
  apiKey: string,
  userAgent: string,
): Post {
  const { url, runtime } = settings
  const { host } = new URL(url)
  const send = privateOnly(settings.fetch, new URL(url))
  if (url.startsWith('https:')) requireCheckedTls()
  const headers = {
    authorization: `Bearer ${apiKey}`,
    'content-type': 'application/json',
    accept: 'application/json',
    'user-agent': userAgent,
  }
  return async (body, { timeoutMs, signal }) => {
    const abort = new AbortController()
    const stopTimer = new AbortController()
    let timedOut = false
    const stop = (): void => abort.abort()
    signal.addEventListener('abort', stop)
    if (signal.aborted) stop()
    void runtime.sleep(timeoutMs, stopTimer.signal).then(() => {
      if (stopTimer.signal.aborted) return
      timedOut = true
      stop()
    })
    const request = { method: 'POST', headers, body, redirect: 'manual', signal: abort.signal } as const
    const work = exchange(() => send(url, request), apiKey)
    try {
      // A fetch of somebody else's making may ignore the signal; the time limit holds all the same.
      return await Promise.race([work, whenAborted(abort.signal)])
    } catch (error) {
      return timedOut ? { kind: 'failure', reason: 'timeout' } : failureOf(error, { host, apiKey })
    } finally {
      stopTimer.abort()
      signal.removeEventListener('abort', stop)
    }
  }
}

/** What Node and its OpenSSL call a certificate that is no good, and a server that speaks no TLS. */
const TLS_CODE =
  /^(?:(?:ERR_TLS|ERR_SSL|CERT|CRL|UNABLE_TO|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED)_\w+|EPROTO|HOSTNAME_MISMATCH|INVALID_(?:CA|PURPOSE)|PATH_LENGTH_EXCEEDED)$/

/** What runtimes write as a code, as in `ECONNREFUSED`, `UND_ERR_SOCKET` and `ConnectionRefused`; a text of another kind could repeat what was sent. */
const PLATFORM_CODE = /^(?:[A-Z][A-Z0-9_]{2,63}|(?:[A-Z][a-z]{1,30}){2,6})$/

/** One that has no code gives a fault of the network without a cause. */
function failureOf(error: unknown, { host, apiKey }: { host: string; apiKey: string }): Answer {
  const codes = codesOf(error).filter((code) => PLATFORM_CODE.test(code) && !code.includes(apiKey))
  const tls = codes.find((code) => TLS_CODE.test(code))
  if (tls !== undefined) return { kind: 'failure', reason: 'tls', detail: tls }
  const [code] = codes
  return { kind: 'failure', reason: 'network', ...(code !== undefined && { detail: `${code} ${host}` }) }
}

/** Runtimes put the code on the error or on its cause, or on the several causes of which each was an address. The innermost comes first. */
function codesOf(error: unknown, depth: number = 0): string[] {
  if (typeof error !== 'object' || error === null || depth > 3) return []
  const { code, cause, errors } = error as { code?: unknown; cause?: unknown; errors?: unknown }
  const inner = [cause, ...(Array.isArray(errors) ? errors.slice(0, 8) : [])]
  const found = inner.flatMap((one) => codesOf(one, depth + 1))
  return typeof code === 'string' ? [...found, code] : found
}

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason))
  })
}

async function exchange(send: () => Promise<Response>, apiKey: string): Promise<Answer> {
  const response = await send()
  const { headers } = response
  const status = response.type === 'opaqueredirect' ? 302 : response.status
  return {
    kind: 'response',
    status,
    body: await readBody(response),
    retryAfter: headers.get('retry-after'),
    date: headers.get('date'),
    relay: headers.get('waybill-relay'),
    requestId: readRequestId(headers.get('x-request-id'), apiKey),
  }
}

const REQUEST_ID = /^[\w.:/=+-]{1,200}$/

/** An id as servers write them, or nothing: the header is kept and shown, and could repeat anything that was sent. */
function readRequestId(header: string | null, apiKey: string): string | null {
  return header !== null && REQUEST_ID.test(header) && !header.includes(apiKey) ? header : null
}

/** The body as text, or `undefined` when it is longer than any honest answer. A body that breaks off rejects. */
async function readBody(response: Response): Promise<string | undefined> {
  if (typeof response.body?.getReader !== 'function') return response.text()
  const reader = response.body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    bytes += value.byteLength
    if (bytes > MAX_ANSWER_BYTES) {
      void reader.cancel().catch(() => {})
      return undefined
    }
    text += decoder.decode(value, { stream: true })
  }
}
