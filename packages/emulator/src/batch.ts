import { type Answer, errorAnswer } from './answer.ts'

/** A body as far as it could be read, and the answer where it is no batch. `events` are not judged yet. */
export interface ReadBatch {
  readonly events: readonly unknown[] | null
  readonly validateOnly: boolean
  readonly refusal: Answer | null
}

const MAX_EVENTS = 1000
const KNOWN_KEYS: ReadonlySet<string> = new Set(['events', 'validate_only', 'integration_source'])
const INTEGRATION_SOURCE = /^[a-z0-9][a-z0-9._-]{0,63}$/

/** Reads the text of a body. Never throws. */
export function readBatch(text: string): ReadBatch {
  const body = parseJson(text)
  if (body === undefined) return unreadable(requestFault('The request body is not valid JSON.', 'body', 'invalid_json'))
  if (!isRecord(body) || !Object.hasOwn(body, 'events')) {
    return { ...unreadable(missingEvents()), validateOnly: isRecord(body) && body['validate_only'] === true }
  }
  const events = Array.isArray(body['events']) ? (body['events'] as unknown[]) : null
  return { events, validateOnly: body['validate_only'] === true, refusal: refuseBody(body) }
}

function unreadable(refusal: Answer): ReadBatch {
  return { events: null, validateOnly: false, refusal }
}

function missingEvents(): Answer {
  return errorAnswer(400, { message: 'Missing required field: events' })
}

function requestFault(message: string, param: string, code: string): Answer {
  return errorAnswer(400, { message, param, code })
}

function refuseBody(body: Record<string, unknown>): Answer | null {
  const stranger = Object.keys(body).find((key) => !KNOWN_KEYS.has(key))
  if (stranger !== undefined) return requestFault(`Unknown field: ${stranger}`, stranger, 'unknown_field')
  return refuseEvents(body['events']) ?? refuseSettings(body)
}

function refuseEvents(events: unknown): Answer | null {
  if (!Array.isArray(events)) return requestFault('events must be an array.', 'events', 'invalid_events')
  if (events.length <= MAX_EVENTS) return null
  return requestFault(`events must hold at most ${MAX_EVENTS} events.`, 'events', 'too_many_events')
}

function refuseSettings(body: Record<string, unknown>): Answer | null {
  if (Object.hasOwn(body, 'validate_only') && typeof body['validate_only'] !== 'boolean') {
    return requestFault('validate_only must be a boolean.', 'validate_only', 'invalid_validate_only')
  }
  if (!Object.hasOwn(body, 'integration_source') || isIntegrationSource(body['integration_source'])) return null
  const message = 'integration_source must be 1 to 64 letters, digits, dots, underscores or hyphens.'
  return requestFault(message, 'integration_source', 'invalid_integration_source')
}

function isIntegrationSource(value: unknown): boolean {
  return typeof value === 'string' && INTEGRATION_SOURCE.test(value.trim().toLowerCase())
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** `undefined` stands for what is not JSON: no JSON text means it. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
