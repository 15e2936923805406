import type { Answer } from './answer.ts'
import type { Handle } from './call.ts'
import { wait } from './wait.ts'

/** Like the global `fetch`, so that it can be handed to a client in its place. */
export type EmulatorFetch = (input: Request | URL | string, init?: RequestInit) => Promise<Response>

// Where nothing else ends a wait, the global fetch ends it after this long.
const HEADERS_TIMEOUT_MS = 300_000

/** A `fetch` that asks the API directly, without a port. */
export function createFetch(handle: Handle): EmulatorFetch {
  // A request's signal follows the caller's only weakly: without a reference here a hanging one could be collected.
  const hanging = new Set<Request>()
  return async (input, init) => {
    const request = input instanceof Request && init === undefined ? input : new Request(input, init)
    request.signal.throwIfAborted()
    hanging.add(request)
    try {
      const { outcome, delayMs } = await handle(request)
      await wait(delayMs, request.signal)
      if (outcome.kind === 'answer') return toResponse(outcome.answer)
      if (outcome.kind === 'hang') await wait(HEADERS_TIMEOUT_MS, request.signal)
      throw FAILURES[outcome.kind]()
    } finally {
      hanging.delete(request)
    }
  }
}

function toResponse({ status, headers, body }: Answer): Response {
  return new Response(body, { status, headers })
}

const FAILURES = {
  reset: () => fetchFailed('read ECONNRESET', 'ECONNRESET'),
  hang: () => fetchFailed('Headers Timeout Error', 'UND_ERR_HEADERS_TIMEOUT'),
} as const

function fetchFailed(message: string, code: string): TypeError {
  return new TypeError('fetch failed', { cause: Object.assign(new Error(message), { code }) })
}
