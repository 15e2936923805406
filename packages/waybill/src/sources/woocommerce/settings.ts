import { ConfigError } from '../../errors.ts'
import type { ItemId } from '../item.ts'
import { type OrderId, oneOf, orderIdOf, type Settings, sendsRenewals, settingsOf } from '../settings.ts'
import type { OrderOptions } from '../source.ts'

/** `id` may name `order_id` (the default), `order_number`, or any path of the order. */
export interface WooCommerceOptions extends OrderOptions {
  /** The statuses in which an order is a conversion. Default `['processing', 'completed']`. */
  readonly statuses?: readonly string[] | undefined
  /** Which key names an item; the others stand in where it is missing. Default `'sku'`. */
  readonly itemId?: ItemId | undefined
}

export interface WooCommerceSettings extends Settings {
  readonly orderId: OrderId
  readonly statuses: ReadonlySet<unknown>
  readonly itemId: ItemId
  readonly sendsRenewals: boolean
}

export function wooCommerceSettings(options: WooCommerceOptions): WooCommerceSettings {
  const { statuses = ['processing', 'completed'], itemId = 'sku' } = options
  if (!Array.isArray(statuses) || statuses.length === 0) {
    throw new ConfigError('invalid_option', 'The option statuses is a list with at least one status.')
  }
  return {
    ...settingsOf(options),
    orderId: orderIdOf(options, 'order_id'),
    statuses: new Set(statuses),
    sendsRenewals: sendsRenewals(options),
    itemId: oneOf('itemId', itemId, ['sku', 'variant_id', 'product_id']),
  }
}
