import { MAX_EVENTS_PER_REQUEST } from 'waybill'
import { isObject } from 'waybill/delivery'
import { z } from 'zod'
import { EVENT_STATES, type EventState } from '../store/index.ts'
import { type Answer, errorAnswer } from './answer.ts'
import { INTEGRATION_SOURCE } from './source-name.ts'

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
      .regex(INTEGRATION_SOURCE, { error: SOURCE() })
      .optional()
      .meta({ description: "Taken, as the API takes it; what is sent is the pixel's own `integrationSource`." }),
  },
  { error: () => 'Missing required field: events' },
)

export const issueSchema: z.ZodType = z.strictObject({
  code: z.string().meta({ description: 'One of docs/issues.md, or the API’s own.' }),
  path: z.string().meta({ description: 'Where, as in `data.contents[0].amount`; empty for the event as a whole.' }),
  message: z.string(),
  severity: z.enum(['error', 'warning']),
  hint: z.string().optional(),
})

/** The answer of intake: printed as documentation, and what tests hold the answers against. */
export const resultsSchema: z.ZodType = z.strictObject({
  accepted_events: z.int().min(0).meta({ description: 'All but the refused.' }),
  results: z
    .array(
      z.strictObject({
        index: z.int().min(0).meta({ description: 'The place of the event in the request.' }),
        id: z.string().meta({ description: 'Empty where it has none that can be read.' }),
        status: z.enum(['duplicate', 'conflict', 'refused']).meta({
          description:
            '`duplicate`: the same event came before. `conflict`: another one came before under the same id and name, and that one counts. `refused`: it is kept, to be fixed and replayed.',
        }),
        issues: z.array(issueSchema).meta({
          description: 'Why; for a `duplicate` of an event that ended undelivered, first how that one ended.',
        }),
        first: z
          .strictObject({
            state: z.enum(EVENT_STATES as [EventState, ...EventState[]]),
            code: z.string().optional().meta({ description: 'Why it waits, or how it ended.' }),
          })
          .optional()
          .meta({ description: 'Of a `duplicate` or a `conflict`: how the earlier event stands.' }),
      }),
    )
    .optional()
    .meta({ description: 'One entry for each event that was not plainly accepted; absent with `validate_only`.' }),
})

function SOURCE(): string {
  return 'integration_source must be 1 to 64 letters, digits, dots, underscores or hyphens.'
}

export type ReadEnvelope = { readonly envelope: Envelope } | { readonly refusal: Answer }

/** Reads a body as the API would, with its words for what is wrong. */
export function readEnvelope(value: unknown): ReadEnvelope {
  if (!isObject(value) || !Object.hasOwn(value, 'events')) {
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
