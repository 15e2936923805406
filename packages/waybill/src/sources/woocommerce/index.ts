import { isObject } from '../../contract/plain.ts'
import { collect, conclude } from '../candidate.ts'
import { type HeaderSource, headerOf } from '../signature/header.ts'
import { malformed, type Skip, skip } from '../skip.ts'
import type { Source, SourceCall, SourceEvent } from '../source.ts'
import { orderCandidate } from './order.ts'
import { type WooCommerceOptions, type WooCommerceSettings, wooCommerceSettings } from './settings.ts'

export { verifyWooCommerce } from '../signature/woocommerce.ts'
export type { WooCommerceOptions } from './settings.ts'

/**
 * WooCommerce's webhooks: order.updated (and order.created) in the status processing or completed → `order_created`. The order's
 * total is the amount: after discounts, with taxes and shipping. Throws a `ConfigError` for wrong options; the source itself never
 * throws.
 */
export function createWooCommerceSource(options: WooCommerceOptions = {}): Source {
  const settings = wooCommerceSettings(options)
  return (call) => collect([outcomeOf(call, settings)])
}

/** A call from a webhook's headers and its parsed body. */
export function wooCommerceCall(headers: HeaderSource, payload: unknown, receivedAtMs?: number): SourceCall {
  return {
    payload,
    topic: headerOf(headers, 'x-wc-webhook-topic'),
    site: headerOf(headers, 'x-wc-webhook-source'),
    receivedAtMs,
  }
}

function outcomeOf(call: SourceCall, settings: WooCommerceSettings): SourceEvent | Skip {
  const { payload, topic = '' } = call
  if (isPing(payload))
    return skip('no_conversion', { message: 'WooCommerce greets a new webhook. There is nothing to do.' })
  if (!isObject(payload)) return malformed('')
  if (topic === 'order.deleted') return skip('cancelled', { message: 'The order was deleted.' })
  return conclude(orderCandidate(call, payload, settings), settings)
}

/** The first call of a new webhook is a form with the webhook's number; some parsers make an object of it. */
function isPing(payload: unknown): boolean {
  if (typeof payload === 'string') return /^webhook_id=\d+$/.test(payload)
  return isObject(payload) && Object.keys(payload).join() === 'webhook_id'
}
