import { check, withoutEmails } from 'waybill'
import { z } from 'zod'
import type { Context } from '../engine/index.ts'
import { contextKey, type Store } from '../store/index.ts'
import { mayBring } from './access.ts'
import { given } from './admin/fields.ts'
import { type Answer, errorAnswer, jsonAnswer } from './answer.ts'
import { type Call, checkedRoute, type Route } from './route.ts'

export interface ContextOptions {
  readonly store: Pick<Store, 'putContext' | 'getContexts'>
  /** Whether a pixel is configured. */
  readonly knows: (pixelId: string) => boolean
  readonly now: () => number
}

/** A business key under which a shop keeps what it knows of a visitor, and under which a source finds it. */
const MAX_KEY_CHARACTERS = 200

const params = z.object({
  key: z
    .string()
    .min(1)
    .max(MAX_KEY_CHARACTERS, { error: `a key has at most ${MAX_KEY_CHARACTERS} characters` })
    .refine((key) => withoutEmails(key) === key, { error: 'a key is no address of a visitor: name the order' }),
})
const query = z.object({
  pid: z.string().min(1, { error: 'name the Pixel ID' }).meta({ description: 'The Pixel ID.' }),
})

const TEXT = 'write a text of 1 to 2,000 characters'
const text = z.string({ error: TEXT }).min(1, { error: TEXT }).max(2_000, { error: TEXT }).optional()
const CONSENT = 'write true or false: whether the visitor agreed'
const LANDED = 'write Unix milliseconds'
const body = z.strictObject({
  oppref: text.meta({ description: 'The click reference, byte for byte.' }),
  obref: text.meta({ description: 'The browser reference; sent under contract 2026-11.' }),
  ip_address: text.meta({ description: 'Of the visitor.' }),
  user_agent: text.meta({ description: 'Of the visitor.' }),
  consent: z
    .boolean({ error: CONSENT })
    .meta({ description: 'Without it nothing but this is kept, and nothing is sent.' }),
  landed_at_ms: z
    .int({ error: LANDED })
    .min(0, { error: LANDED })
    .meta({ description: 'When the visitor came, Unix milliseconds.' }),
})
type Body = z.output<typeof body>
type Query = z.output<typeof query>
type Params = z.output<typeof params>

/** `/v1/context/:key`: the click reference and what goes with it, kept until the order's event is sent. */
export function contextRoutes(options: ContextOptions): readonly Route[] {
  const common = { path: '/v1/context/:key', access: 'intake', params, query } as const
  const refusals = { 401: 'The token is missing or unknown.', 403: 'The pixel is unknown, or not one of this token.' }
  return [
    checkedRoute<Params, Query, Body>({
      ...common,
      method: 'PUT',
      summary: 'Keeps what is known of a visitor under a business key, in place of what was kept there.',
      body,
      answers: { 204: 'It is on disk.', 400: 'A value is not one that an event may carry.', ...refusals },
      handle: (call) => allowed(call, options, () => put(call, options)),
    }),
    checkedRoute<Params, Query, unknown>({
      ...common,
      method: 'GET',
      summary: 'What is kept under a business key.',
      answers: { 200: 'The same form as it was put.', 404: 'Nothing is kept under it, or no longer.', ...refusals },
      handle: (call) => allowed(call, options, () => show(call, options)),
    }),
    checkedRoute<Params, Query, unknown>({
      ...common,
      method: 'DELETE',
      summary: 'Withdraws consent: nothing of it is sent from now on, also with events that wait already.',
      answers: { 204: 'Nothing of it is kept.', ...refusals },
      handle: (call) => allowed(call, options, () => drop(call, options)),
    }),
  ]
}

type AnyCall = Call<Params, Query, unknown>

function allowed(
  { query: { pid }, pixels }: AnyCall,
  { knows }: ContextOptions,
  work: () => Promise<Answer>,
): Promise<Answer> {
  const may = mayBring({ pixels }, pid) && knows(pid)
  return may ? work() : Promise.resolve(UNKNOWN_PIXEL)
}

async function put(
  { params: { key }, query: { pid }, body: sent }: Call<Params, Query, Body>,
  options: ContextOptions,
): Promise<Answer> {
  const { store, now } = options
  const { consent, landed_at_ms } = sent
  const kept: Context = consent ? sent : { consent, landed_at_ms }
  const faults = faultsOf(kept, now())
  if (faults !== undefined) return faults
  await store.putContext(pid, contextKey('order', key), JSON.stringify(kept), now())
  return DONE
}

async function show({ params: { key }, query: { pid } }: AnyCall, { store }: ContextOptions): Promise<Answer> {
  const name = contextKey('order', key)
  const found = (await store.getContexts(pid, [name])).get(name)
  return found === undefined || found === WITHDRAWN ? NOT_KEPT : jsonAnswer(200, JSON.parse(found))
}

/** What is left says that consent was withdrawn, so that nothing of the visitor is sent by another way either. */
async function drop({ params: { key }, query: { pid } }: AnyCall, { store, now }: ContextOptions): Promise<Answer> {
  await store.putContext(pid, contextKey('order', key), WITHDRAWN, now())
  return DONE
}

const WITHDRAWN = JSON.stringify({ consent: false } satisfies Context)

/** A value that no event may carry would refuse the event days later: it is judged now, in an event made for it. */
function faultsOf({ oppref, obref, ip_address, user_agent }: Context, nowMs: number): Answer | undefined {
  const user = given({ ip_address, user_agent, obref })
  const event = {
    id: 'context',
    type: 'lead_created',
    timestamp_ms: nowMs,
    action_source: 'other',
    data: { type: 'customer_action' },
    ...given({ oppref }),
    ...(Object.keys(user).length > 0 && { user }),
  }
  const result = check(event, { now: nowMs, contract: '2026-11' })
  if (result.ok) return undefined
  const errors = result.issues.map(({ code, path, message }) => ({ code, message, param: path.replace(/^user\./, '') }))
  const said = errors.map(({ message }) => message).join(' ')
  return errorAnswer(400, said, { param: errors[0]?.param ?? null, code: 'invalid_request', errors })
}

const DONE: Answer = { status: 204, headers: {}, body: '' }
const UNKNOWN_PIXEL = errorAnswer(403, '403: unknown pid', { type: 'server_error' })
const NOT_KEPT = errorAnswer(404, 'Nothing is kept under this key.', { code: 'not_found' })
