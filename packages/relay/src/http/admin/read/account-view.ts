import { check, isWaybillError, MAX_AGE_MS, type WireEvent } from 'waybill'
import { conversion, pixelCall } from 'waybill/pixel'
import { z } from 'zod'
import type { AdminRole } from '../../../config/index.ts'
import type { KnownAccount } from '../../../store/index.ts'
import { issueSchema } from '../../envelope.ts'
import { type EventView, eventSchema, eventView, maskedEvent } from './event-view.ts'
import { orNull } from './shared.ts'

export interface AccountView extends EventView {
  readonly issues: readonly unknown[]
  readonly event?: unknown
  readonly masked: unknown
  /** That it is of: its domain, account or portal. */
  readonly shop: string | null
  readonly requests: readonly unknown[]
  readonly history: readonly unknown[]
  readonly tooOldAtMs: number
  readonly takeBack: { readonly task: number | null } | null
  readonly curl: string | null
  readonly testCase: unknown
  /** The call of the same conversion in a browser. */
  readonly pixelHalf: string | null
}

const requestFields = {
  key: z.number(),
  parentKey: z.number().nullable().meta({ description: 'The request whose group these events were taken from.' }),
  atMs: z.number(),
  durationMs: z.number(),
  status: z.number().nullable(),
  verdict: z.string(),
  code: z.string().nullable(),
  message: z.string().nullable(),
  requestId: z.string().nullable(),
  validateOnly: z.boolean(),
  ambiguous: z.boolean(),
  events: z.number(),
}
export const requestSchema: z.ZodType = z.strictObject(requestFields).meta({ id: 'Request' })
export const listedRequestSchema: z.ZodType = z.strictObject({ ...requestFields, pixel: z.string() })

export const accountSchema: z.ZodType = z.looseObject({
  ...(eventSchema as unknown as z.ZodObject).shape,
  issues: z.array(issueSchema),
  event: z.unknown().optional().meta({ description: 'As it is kept. For operators, and only while it is kept.' }),
  masked: z.unknown().meta({ description: 'The same, of identities only how they begin; `null` once it is gone.' }),
  shop: z.string().nullable(),
  requests: z.array(requestSchema),
  history: z.array(
    z.strictObject({
      atMs: z.number(),
      what: z.string(),
      code: z.string().nullable(),
      message: z.string().nullable(),
      by: z.string().nullable(),
    }),
  ),
  tooOldAtMs: z.number().meta({ description: 'When the API takes it no more.' }),
  takeBack: z.strictObject({ task: z.number().nullable() }).nullable(),
  curl: z.string().nullable(),
  testCase: z.unknown(),
  pixelHalf: z
    .string()
    .nullable()
    .meta({ description: 'The same conversion for the browser; `null` where it has none.' }),
})

/** Everything known of an event, as it is shown to somebody of a role. */
export function accountView(
  account: KnownAccount,
  { role, endpoint }: { readonly role: AdminRole | undefined; readonly endpoint: string | undefined },
): AccountView {
  const { wire, issues, origin, requests, history, takeBack, timestampMs } = account
  const event = wire === undefined ? undefined : (JSON.parse(wire) as unknown)
  const masked = maskedEvent(event)
  return {
    ...eventView(account),
    issues,
    ...(role !== 'reader' && event !== undefined && { event }),
    masked: orNull(masked),
    shop: orNull(origin?.shop),
    requests: requests.map(requestView),
    history: history.map(({ atMs, what, code, message, by }) => {
      return { atMs, what, code: orNull(code), message: orNull(message), by: orNull(by) }
    }),
    tooOldAtMs: timestampMs + MAX_AGE_MS,
    takeBack: takeBack === undefined ? null : { task: orNull(takeBack.task) },
    curl: masked === undefined || endpoint === undefined ? null : curlOf(account.pixel, endpoint, masked),
    testCase: masked === undefined ? null : testCaseOf(account, masked),
    pixelHalf: event === undefined ? null : pixelHalfOf(account, event),
  }
}

/** A request as lists and accounts show it. */
export function requestView(request: KnownAccount['requests'][number]): object {
  const { seq, parent, atMs, durationMs, status, verdict, code, message, requestId, validateOnly, ambiguous, events } =
    request
  return {
    key: seq,
    parentKey: orNull(parent),
    atMs,
    durationMs,
    status: orNull(status),
    verdict,
    code: orNull(code),
    message: orNull(message),
    requestId: orNull(requestId),
    validateOnly,
    ambiguous,
    events,
  }
}

/** What the API is asked, to be tried by hand: it judges and stores nothing. The key stays in the environment. */
function curlOf(pixel: string, endpoint: string, event: unknown): string {
  const body = JSON.stringify({ validate_only: true, events: [event] })
  const url = `${endpoint.replace(/\/+$/, '').replace(/\/v1\/events$/, '')}/v1/events?pid=${encodeURIComponent(pixel)}`
  return [
    `curl ${quoted(url)}`,
    `-H "Authorization: Bearer $WAYBILL_API_KEY"`,
    `-H 'Content-Type: application/json'`,
    `-d ${quoted(body)}`,
  ].join(' \\\n  ')
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

/** Without the visitor, of whom the browser says nothing. Apps have no browser, and what was refused has no conversion. */
function pixelHalfOf({ pixel, timestampMs }: KnownAccount, event: unknown): string | null {
  try {
    const description = { ...(event as WireEvent), pixelId: pixel }
    const made = conversion(description, { check, now: timestampMs })
    return made.ok ? pixelCall(made, { nonce: 'your-nonce' }) : null
  } catch (error) {
    if (isWaybillError(error)) return null
    throw error
  }
}

function testCaseOf({ state, code, issues }: KnownAccount, event: unknown): object {
  return {
    event,
    expect: { state, code: orNull(code), issues: issues.map(({ code: one, path }) => ({ code: one, path })) },
  }
}
