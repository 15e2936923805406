import { type Answer, errorAnswer, jsonAnswer } from './answer.ts'
import { readBody } from './body.ts'
import { answered, type Handle, type Reply, type Visit } from './call.ts'
import type { Context } from './context.ts'
import { receiveImage } from './image-events.ts'
import type { Ledger } from './ledger.ts'
import type { Behaviour, Settings } from './options.ts'
import { receiveEvents } from './server-events.ts'

type Route = (context: Context, visit: Visit) => Reply | Promise<Reply>

interface Endpoint {
  readonly method: string
  readonly route: Route
}

const ENDPOINTS: ReadonlyMap<string, Endpoint> = new Map<string, Endpoint>([
  ['/v1/events', { method: 'POST', route: receiveEvents }],
  ['/v1/sdk/events', { method: 'GET', route: receiveImage }],
  ['/_emulator/summary', { method: 'GET', route: ({ ledger }) => atOnce(jsonAnswer(200, ledger.summary())) }],
  ['/_emulator/events', { method: 'GET', route: ({ ledger }, { query }) => atOnce(listEvents(ledger, query)) }],
  ['/_emulator/requests', { method: 'GET', route: ({ ledger }) => atOnce(listRequests(ledger)) }],
  ['/_emulator/behave', { method: 'POST', route: behave }],
  ['/_emulator/reset', { method: 'POST', route: resetAll }],
])

/** The whole API without a port. */
export function createHandle(context: Context): Handle {
  let calls = 0
  return async (call) => {
    calls += 1
    const id = `req_${String(calls).padStart(6, '0')}`
    const url = URL.canParse(call.url) ? new URL(call.url) : null
    const endpoint = ENDPOINTS.get(url?.pathname ?? '')
    const isServed = url !== null && endpoint?.method === call.method
    const reply = isServed
      ? await endpoint.route(context, { call, query: url.searchParams, id })
      : atOnce(refuseAddress(endpoint))
    return stamp(reply, id, context.settings.now())
  }
}

function atOnce(answer: Answer): Reply {
  return { outcome: answered(answer), delayMs: 0 }
}

function refuseAddress(endpoint: Endpoint | undefined): Answer {
  if (endpoint === undefined) return errorAnswer(404, { message: 'Not found', code: 'not_found' })
  const refusal = errorAnswer(405, { message: 'Method not allowed', code: 'method_not_allowed' })
  return { ...refusal, headers: { ...refusal.headers, allow: endpoint.method } }
}

function resetAll(context: Context): Reply {
  context.reset()
  return atOnce(jsonAnswer(200, {}))
}

/** Any page may send a form or a text to a port of this machine; JSON only one that was let. */
async function behave(context: Context, { call }: Visit): Promise<Reply> {
  if (!/^application\/json\b/i.test(call.headers.get('content-type') ?? ''))
    return atOnce(errorAnswer(415, { message: 'Content-Type must be application/json.', code: 'unsupported_type' }))
  try {
    const { text, refusal } = await readBody(call, MAX_BEHAVIOUR_BYTES)
    if (refusal !== null) return atOnce(refusal)
    if (text !== '') context.behave(JSON.parse(text) as Behaviour)
  } catch (error) {
    return atOnce(errorAnswer(400, { message: (error as Error).message, code: 'invalid_behaviour' }))
  }
  return atOnce(jsonAnswer(200, behaviourOf(context.settings)))
}

const MAX_BEHAVIOUR_BYTES = 100_000

function behaviourOf({ fault, errors, latencyMs, retryAfter, slowMs, poison }: Settings): object {
  return { fault, errors, latencyMs, retryAfter, slowMs, poison: poison?.source ?? null }
}

function listRequests(ledger: Ledger): Answer {
  return jsonAnswer(200, { requests: ledger.requests() })
}

function listEvents(ledger: Ledger, query: URLSearchParams): Answer {
  try {
    return jsonAnswer(200, { events: ledger.events(query.get('pid') ?? undefined) })
  } catch {
    // Half a gigabyte of events does not fit into one string.
    const message = 'The ledger is too large for one answer: ask for one pid.'
    return errorAnswer(413, { message, code: 'ledger_too_large' })
  }
}

function stamp({ outcome, delayMs }: Reply, id: string, nowMs: number): Reply {
  if (outcome.kind !== 'answer') return { outcome, delayMs }
  const headers = { ...outcome.answer.headers, date: new Date(nowMs).toUTCString(), 'x-request-id': id }
  return { outcome: answered({ ...outcome.answer, headers }), delayMs }
}
