import { type OrderId, orderIdOf, type Settings, settingsOf } from '../settings.ts'
import type { OrderOptions } from '../source.ts'

/** `id` may name `transaction_id` (the default) or any path of the event, such as `params.order_number`. */
export interface Ga4Options extends OrderOptions {}

export interface Ga4Settings extends Settings {
  readonly orderId: OrderId
}

export function ga4Settings(options: Ga4Options): Ga4Settings {
  return { ...settingsOf(options), orderId: orderIdOf(options, 'transaction_id') }
}
