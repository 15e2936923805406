import { ConfigError } from '../../errors.ts'
import { currencyOf } from '../amount.ts'
import { type OrderId, oneOf, orderIdOf, type Settings, settingsOf } from '../settings.ts'
import type { OrderOptions } from '../source.ts'
import { consentCategories } from './consent.ts'

/** `id` may name `order_id` (the default) or any path of the message, such as `properties.order_number`. */
export interface SegmentOptions extends OrderOptions {
  /** The currency of amounts whose call names none. Default `'USD'`, as Segment's specification says. */
  readonly currency?: string | undefined
  /** Which key names an item; the other stands in where it is missing. Default `'product_id'`. */
  readonly itemId?: 'product_id' | 'sku' | undefined
  /**
   * The categories of your consent manager that a call must not have denied. Default: the usual names of advertising, such as
   * `Advertising`, `Marketing` and `Targeting`. Case makes no difference.
   */
  readonly consentCategories?: readonly string[] | undefined
}

export interface SegmentSettings extends Settings {
  readonly orderId: OrderId
  readonly currency: string
  readonly itemId: 'product_id' | 'sku'
  readonly consentCategories: ReadonlySet<string>
}

export function segmentSettings(options: SegmentOptions): SegmentSettings {
  const currency = currencyOf(options.currency ?? 'USD')
  if (currency === undefined) throw new ConfigError('invalid_option', 'The option currency is an ISO 4217 code.')
  return {
    ...settingsOf(options),
    orderId: orderIdOf(options, 'order_id'),
    currency,
    itemId: oneOf('itemId', options.itemId ?? 'product_id', ['product_id', 'sku']),
    consentCategories: consentCategories(options.consentCategories),
  }
}
