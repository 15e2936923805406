import type { Contract } from 'waybill'
import type { Source } from 'waybill/sources'
import { z } from 'zod'
import { type Bringer, type Brought, type SourceSettings, WEBHOOKS, type WebhookRequest } from '../sources/index.ts'
import { type Answer, errorAnswer, jsonAnswer, laterAnswer } from './answer.ts'
import { readBody } from './body.ts'
import type { QueueBound } from './queue-bound.ts'
import { MAX_ADMIN_BODY_BYTES, type Route, type Visit } from './route.ts'

/** A source of webhooks that is configured for a pixel. */
export interface ConfiguredWebhook extends SourceSettings {
  readonly contract: Contract
  readonly map: Source
  /** Base URL under which the sender knows the relay; needed where a signature covers the URL. */
  readonly publicUrl?: string | undefined
}

export interface WebhookOptions {
  readonly bringer: Bringer
  readonly find: (source: string, pixel: string) => ConfiguredWebhook | undefined
  readonly bound: QueueBound
  readonly now: () => number
  readonly isStopping: () => boolean
}

const params = z.object({
  source: z.string().meta({ description: `One of ${Object.keys(WEBHOOKS).join(', ')}.` }),
  pixel: z.string().meta({ description: 'The Pixel ID.' }),
})
const RETRY_WHEN_FULL_SECONDS = 30
const RETRY_WHEN_STOPPING_SECONDS = 5

/** `POST /webhooks/<source>/<pixel>`: another system's call, believed by its signature and answered when it is on disk. */
export function webhookRoute(options: WebhookOptions): Route {
  return {
    method: 'POST',
    path: '/webhooks/:source/:pixel',
    access: 'anyone',
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
      return configured(given, options) === undefined ? NOT_CONFIGURED : undefined
    },
    run: (visit) => receive(visit, options),
  }
}

interface Named {
  readonly source: string
  readonly pixel: string
}

function configured(given: unknown, { find }: WebhookOptions): ConfiguredWebhook | undefined {
  const { source, pixel } = given as Named
  return Object.hasOwn(WEBHOOKS, source) ? find(source, pixel) : undefined
}

async function receive(visit: Visit, options: WebhookOptions): Promise<Answer> {
  const { source, pixel } = visit.params as Named
  const webhook = configured(visit.params, options)
  if (webhook === undefined) return NOT_CONFIGURED
  const { bound, bringer, now } = options
  const body = visit.bytes ?? new Uint8Array()
  const request = { body, headers: visit.headers, url: urlOf(webhook, visit.params as Named) } satisfies WebhookRequest
  if (WEBHOOKS[source]!.isPing?.(request) === true) return jsonAnswer(200, {})
  const verified = WEBHOOKS[source]!.verify(request, webhook, now())
  if (!verified.ok) return errorAnswer(401, verified.message, { code: verified.fault })
  // Asked only now, so that nobody without the secret learns how full the queue is.
  if (await bound.isFull()) return laterAnswer(429, RETRY_WHEN_FULL_SECONDS, 'The queue is full.')
  const read = await readBody({ bytes: body, encoding: undefined }, MAX_ADMIN_BODY_BYTES)
  if ('refusal' in read) return read.refusal
  const mapped = webhook.map(WEBHOOKS[source]!.callOf(read.value, request, now()))
  const brought = await bringer.bring(mapped, { pixel, contract: webhook.contract, source: `webhook:${source}` })
  bound.add(brought.accepted)
  return jsonAnswer(200, view(brought))
}

function urlOf({ publicUrl }: ConfiguredWebhook, { source, pixel }: Named): string {
  return `${publicUrl ?? ''}/webhooks/${source}/${encodeURIComponent(pixel)}`
}

function view({ accepted, duplicates, refused, skipped }: Brought): object {
  return { accepted, duplicates, refused, skipped: skipped.map(({ code, message, path }) => ({ code, message, path })) }
}

const NOT_CONFIGURED = errorAnswer(404, 'No such source is configured for this pixel.', { code: 'not_found' })
