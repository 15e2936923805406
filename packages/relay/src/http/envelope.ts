import { MAX_EVENTS_PER_REQUEST } from 'waybill'
import { z } from 'zod'
import { type Answer, errorAnswer } from './answer.ts'

/** The body of an intake request; its events are not judged yet. */
export interface Envelope {
  readonly events: readonly unknown[]
  readonly validate_only?: boolean | undefined
  readonly integration_source?: string | undefined
}

export const envelopeSchema: z.ZodType<Envelope> = z.strictObject(
  {
    events: z
      .array(z.unknown(), { error: 'events must be an array.' })
      .max(MAX_EVENTS_PER_REQUEST, { error: `events must hold at most ${MAX_EVENTS_PER_REQUEST} events.` })
      .meta({ description: 'Events in the wire form (`timestamp_ms`) or the friendly form (`timestamp`).' }),
    validate_only: z
      .boolean({ error: 'validate_only must be a boolean.' })
      .optional()
      .meta({ description: 'Judge the events and keep nothing.' }),
    integration_source: z
      .string({ error: SOURCE() })
      .regex(/^\s*[A-Za-z0-9][A-Za-z0-9._-]{0,63}\s*$/, { error: SOURCE() })
      .optional()
      .meta({ description: "Taken, as the API takes it; what is sent is the pixel's own `integrationSource`." }),
  },
  { error: () => 'Missing required field: events' },
)

function SOURCE(): string {
  return 'integration_source must be 1 to 64 letters, digits, dots, underscores or hyphens.'
}

export type ReadEnvelope = { readonly envelope: Envelope } | { readonly refusal: Answer }

/** Reads a body as the API would, with its words for what is wrong. */
export function readEnvelope(value: unknown): ReadEnvelope {
  if (!isRecord(value) || !Object.hasOwn(value, 'events')) {
    return { refusal: errorAnswer(400, 'Missing required field: events') }
  }
  const result = envelopeSchema.safeParse(value)
  return result.success ? { envelope: result.data } : { refusal: refusalOf(result.error.issues[0]!) }
}

function refusalOf(issue: z.core.$ZodIssue): Answer {
  if (issue.code !== 'unrecognized_keys') {
    const param = String(issue.path[0] ?? 'body')
    const code = issue.code === 'too_big' ? 'too_many_events' : `invalid_${param}`
    return errorAnswer(400, issue.message, { param, code })
  }
  // The name of the key is the caller's own text, and may be anything.
  return errorAnswer(400, 'The request body has an unknown field.', { param: 'body', code: 'unknown_field' })
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
