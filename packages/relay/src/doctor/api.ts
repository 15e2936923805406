import type { Runtime } from 'waybill'
import { skewOf } from './clock.ts'
import type { Endpoint } from './endpoint.ts'
import type { Finding } from './finding.ts'
import { codeOf } from './within.ts'

/** Whether anything answers at the endpoint, asked without a key. */
export interface ApiFacts {
  readonly origin: string
  readonly durationMs: number
  /** Any status will do: only that there is an answer counts. `undefined` where there was none. */
  readonly status: number | undefined
  readonly code?: string | undefined
  readonly skewMs: number | undefined
}

const REMEDIES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Nobody listens there: check host and port of the endpoint, or start what should.',
  ETIMEDOUT: 'Look for a firewall that drops what goes out, or a proxy that has to be used.',
}
const OTHER_REMEDY = 'Look for a firewall or proxy between this machine and the endpoint.'

export function judgeApi({ origin, status, durationMs, code = 'unknown' }: ApiFacts): Finding {
  const about = { check: 'api', about: origin } as const
  if (status !== undefined) return { ...about, level: 'ok', message: `answers, in ${Math.round(durationMs)} ms` }
  return { ...about, level: 'wrong', message: `does not answer (${code})`, next: REMEDIES[code] ?? OTHER_REMEDY }
}

/** What a request needs of the outside. */
export interface Asking {
  readonly fetch: typeof fetch
  /** This machine's clock, and its waiting. */
  readonly runtime: Runtime
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/** One request without key and body, whose answer's `Date` tells the API's time. No redirect is followed. */
export async function askApi(
  { origin }: Endpoint,
  { fetch: send, runtime, timeoutMs, signal }: Asking,
): Promise<ApiFacts> {
  const sentMs = runtime.now()
  const startedMs = performance.now()
  const limit = AbortSignal.timeout(timeoutMs)
  try {
    const options = { method: 'HEAD', redirect: 'manual', signal: AbortSignal.any([signal, limit]) } as const
    const { status, headers } = await send(origin, options)
    const durationMs = performance.now() - startedMs
    const skewMs = skewOf({ date: headers.get('date'), sentMs, receivedMs: runtime.now() })
    return { origin, status, durationMs, skewMs }
  } catch (error) {
    const code = limit.aborted ? 'ETIMEDOUT' : codeOf(error)
    return { origin, status: undefined, durationMs: performance.now() - startedMs, code, skewMs: undefined }
  }
}
