import { ConfigError } from '../../errors.ts'
import { currencyOf } from '../amount.ts'
import { type OrderId, orderIdOf, type Settings, settingsOf } from '../settings.ts'
import type { OrderOptions } from '../source.ts'

/** `id` may name `transaction_id` (the default) or any path of the event, such as `params.order_number`. */
export interface Ga4Options extends OrderOptions {
  /** The currency of amounts whose event names none. Without it such an event is refused. */
  readonly currency?: string | undefined
}

export interface Ga4Settings extends Settings {
  readonly orderId: OrderId
  readonly currency: string | undefined
}

export function ga4Settings(options: Ga4Options): Ga4Settings {
  const currency = currencyOf(options.currency)
  if (options.currency !== undefined && currency === undefined)
    throw new ConfigError('invalid_option', 'The option currency is an ISO 4217 code.')
  return { ...settingsOf(options), orderId: orderIdOf(options, 'transaction_id'), currency }
}
