import type { ContractSetting } from 'waybill'
import type { Source, Verification } from 'waybill/sources'
import { z } from 'zod'
import {
  type Brought,
  type SourceIntake,
  type SourceSettings,
  WEBHOOKS,
  type WebhookRequest,
} from '../sources/index.ts'
import { type Answer, errorAnswer, jsonAnswer, laterAnswer } from './answer.ts'
import { readBody } from './body.ts'
import type { QueueBound } from './queue-bound.ts'
import { MAX_ADMIN_BODY_BYTES, type Route, type Visit } from './route.ts'

/** A source of webhooks that is configured for a pixel. */
export interface ConfiguredWebhook extends SourceSettings {
  /** Tells it from others of its kind for the same pixel. */
  readonly name?: string | undefined
  readonly contract: ContractSetting
  /** How long a call that names nobody waits for one that does. */
  readonly waitForBuyerMs: number
  readonly map: Source
  /** Base URL under which the sender knows the relay; needed where a signature covers the URL. */
  readonly publicUrl?: string | undefined
}

export interface WebhookOptions {
  readonly sourceIntake: SourceIntake
  /** All of a kind for a pixel, those without a name first. */
  readonly find: (source: string, pixel: string) => readonly ConfiguredWebhook[]
  readonly bound: QueueBound
  readonly now: () => number
  readonly isStopping: () => boolean
}

const params = z.object({
  source: z.string().meta({ description: `One of ${Object.keys(WEBHOOKS).join(', ')}.` }),
  pixel: z.string().meta({ description: 'The Pixel ID.' }),
})
const namedParams = params.extend({
  name: z.string().meta({ description: 'The name of the source, where it has one.' }),
})
const RETRY_WHEN_FULL_SECONDS = 30
const RETRY_WHEN_STOPPING_SECONDS = 5

/**
 * `POST /webhooks/<source>/<pixel>`, and `…/<name>` for one of several: another system's call, believed by its signature and answered when
 * it is on disk.
 */
export function webhookRoutes(options: WebhookOptions): readonly Route[] {
  const route = webhookRoute(options)
  return [route, { ...route, path: '/webhooks/:source/:pixel/:name', params: namedParams }]
}

function webhookRoute(options: WebhookOptions): Route {
  return {
    method: 'POST',
    path: '/webhooks/:source/:pixel',
    access: 'anyone',
    callerOf: (given) => given as Named,
    summary: "Takes another system's webhook, verified by its own signature.",
    params,
    answers: {
      200: 'It is on disk: counts of what it came to, and why something is no conversion.',
      400: 'The body is no JSON.',
      401: 'The signature is missing, wrong or too old.',
      404: 'No such source is configured for this pixel.',
      429: 'So much waits that nothing more is taken; come back after `Retry-After`.',
      503: 'Nothing can be kept just now; come back after `Retry-After`.',
    },
    refuse: ({ params: given }) => {
      if (options.isStopping()) return laterAnswer(503, RETRY_WHEN_STOPPING_SECONDS, 'The relay is stopping.')
      return configured(given, options).length === 0 ? NOT_CONFIGURED : undefined
    },
    run: (visit) => receive(visit, options),
  }
}

interface Named {
  readonly source: string
  readonly pixel: string
  readonly name?: string
}

/** Without a name in the address all of them may be meant: the signature tells which. */
function configured(given: unknown, { find }: WebhookOptions): readonly ConfiguredWebhook[] {
  const { source, pixel, name } = given as Named
  if (!Object.hasOwn(WEBHOOKS, source)) return []
  return find(source, pixel).filter((webhook) => name === undefined || webhook.name === name)
}

async function receive(visit: Visit, options: WebhookOptions): Promise<Answer> {
  const { source } = visit.params as Named
  const webhooks = configured(visit.params, options)
  const { bound, now } = options
  const body = visit.bytes ?? new Uint8Array()
  if (webhooks.length === 0) return NOT_CONFIGURED
  const requestTo = ({ publicUrl = '' }: ConfiguredWebhook): WebhookRequest => ({
    body,
    headers: visit.headers,
    url: publicUrl + visit.url,
  })
  if (WEBHOOKS[source]!.isPing?.(requestTo(webhooks[0]!)) === true) return jsonAnswer(200, {})
  const checked = webhooks.map((webhook) => WEBHOOKS[source]!.verify(requestTo(webhook), webhook, now()))
  const webhook = webhooks[checked.findIndex(({ ok }) => ok)]
  if (webhook === undefined) return unbelieved(checked)
  // Asked only now, so that nobody without the secret learns how full the queue is.
  if (await bound.isFull()) return laterAnswer(429, RETRY_WHEN_FULL_SECONDS, 'The queue is full.')
  const read = await readBody({ bytes: body, encoding: undefined }, MAX_ADMIN_BODY_BYTES, 'as_text')
  if ('refusal' in read) return read.refusal
  return bring(read.value, requestTo(webhook), { ...(visit.params as Named), webhook }, options)
}

/** A signature that is right and too old says more than one that is wrong for the others. */
function unbelieved(checked: readonly Verification[]): Answer {
  const faults = checked.flatMap((one) => (one.ok ? [] : [one]))
  const { fault, message } = faults.find((one) => one.fault === 'stale_signature') ?? faults[0]!
  return errorAnswer(401, message, { code: fault })
}

interface Addressee extends Named {
  readonly webhook: ConfiguredWebhook
}

async function bring(
  payload: unknown,
  request: WebhookRequest,
  { source, pixel, webhook }: Addressee,
  { sourceIntake, bound, now }: WebhookOptions,
): Promise<Answer> {
  const mapped = webhook.map(WEBHOOKS[source]!.callOf(payload, request, now()))
  const kind = webhook.name === undefined ? source : `${source}/${webhook.name}`
  const { contract, waitForBuyerMs } = webhook
  const brought = await sourceIntake.bring(mapped, { pixel, contract, source: `webhook:${kind}`, kind, waitForBuyerMs })
  bound.add(brought.accepted)
  return jsonAnswer(200, view(brought))
}

function view({ accepted, duplicates, refused, conflicts, skipped }: Brought): object {
  return {
    accepted,
    duplicates,
    refused,
    ...(conflicts.length > 0 && { conflicts: conflicts.map(({ code, message }) => ({ code, message })) }),
    skipped: skipped.map(({ code, message, path }) => ({ code, message, path })),
  }
}

const NOT_CONFIGURED = errorAnswer(404, 'No such source is configured for this pixel.', { code: 'not_found' })
