import type { ItemId } from '../item.ts'
import { type OrderId, oneOf, orderIdOf, type Settings, sendsRenewals, settingsOf } from '../settings.ts'
import type { OrderOptions } from '../source.ts'
import type { ShopifyMoney } from './money.ts'

/** `id` may name `order_id` (the default), `order_number`, `name`, `checkout_token`, or any path of the order. */
export interface ShopifyOptions extends OrderOptions {
  /** Default `'shop'`. */
  readonly money?: ShopifyMoney | undefined
  /** Which key names an item; the others stand in where it is missing. Default `'sku'`. */
  readonly itemId?: ItemId | undefined
  /**
   * Shopify creates a customer for every guest who orders, too. `'all'` (default) counts each; `'with_account'` only those who have
   * an account, and needs the topic customers/enable where accounts are opened later.
   */
  readonly registrations?: 'all' | 'with_account' | undefined
}

export interface ShopifySettings extends Settings {
  readonly orderId: OrderId
  readonly money: ShopifyMoney
  readonly itemId: ItemId
  readonly registrations: 'all' | 'with_account'
  readonly sendsRenewals: boolean
}

export function shopifySettings(options: ShopifyOptions): ShopifySettings {
  const { money = 'shop', itemId = 'sku', registrations = 'all' } = options
  return {
    ...settingsOf(options),
    orderId: orderIdOf(options, 'order_id'),
    money: oneOf('money', money, ['shop', 'presentment']),
    itemId: oneOf('itemId', itemId, ['sku', 'variant_id', 'product_id']),
    registrations: oneOf('registrations', registrations, ['all', 'with_account']),
    sendsRenewals: sendsRenewals(options),
  }
}
