import type { Money } from '../money.ts'
import type { Json } from './event.ts'
import type { DataShape } from './names.ts'

/** A decimal string (`'25.99'`, with a currency beside it) or what `money()` returns. */
export type FriendlyAmount = string | Money

/** What every item may say. */
export interface ItemFields {
  /** Your id of the item; the same in pixel and catalogue. Example: `'sku_123'`. From the API. */
  id?: string | null | undefined
  /** The item's name. Example: `'Starter bundle'`. From the API. */
  name?: string | null | undefined
  /** What kind of thing it is, not empty. Example: `'product'`. From the API (`content_type`). */
  contentType?: string | null | undefined
  /** How many, a whole number of at least 1. Example: `2`. From the API. */
  quantity?: number | null | undefined
  /** The id of the group of variants; the server takes it, the pixel does not. Example: `'shirt_7'`. From the API (`group_id`). */
  groupId?: string | null | undefined
  /** What tells variants apart, text to text; the server takes it, the pixel does not. Example: `{ size: 'M' }`. From the API. */
  variantDict?: Readonly<Record<string, string>> | null | undefined
}

/** One item of `contents`. Its currency is that of `data` unless it has its own. */
export interface FriendlyItem extends ItemFields {
  /** Price of one: a decimal string in the currency's main unit, or `money()`. Example: `'25.99'`. From the API (minor units). */
  amount?: FriendlyAmount | null | undefined
  /** ISO 4217 code; default is that of `data`. Example: `'USD'`. From the API. */
  currency?: string | null | undefined
}

/** An item with a price that says its own currency. */
export interface PricedItem extends ItemFields {
  /** Price of one: a decimal string in the currency's main unit, or `money()`. Example: `'25.99'`. From the API (minor units). */
  amount: FriendlyAmount
  /** ISO 4217 code, because `data` has none. Example: `'USD'`. From the API. */
  currency: string
}

/** An item without a price, or with one of `money()`, which says its currency. */
export interface ItemAlone extends ItemFields {
  /** Price of one, from `money()`: a decimal string needs a currency, here or in `data`. Example: `money('25.99', 'USD')`. From the API. */
  amount?: Money | null | undefined
  /** ISO 4217 code. Example: `'USD'`. From the API. */
  currency?: string | null | undefined
}

/** An amount in the currency beside it. */
export interface InCurrency {
  /** The whole amount: a decimal string in the currency's main unit, or `money()`. Example: `'25.99'`. From the API (minor units). */
  amount?: FriendlyAmount | null | undefined
  /** ISO 4217 code; required with an amount. Example: `'USD'`. From the API. */
  currency: string
}

/** An amount that says its own currency. */
export interface InMoney {
  /** The whole amount from `money()`, which says its currency. Example: `money('25.99', 'USD')`. From the API (minor units). */
  amount: Money
  /** ISO 4217 code; `money()` says it already. Example: `'USD'`. From the API. */
  currency?: null | undefined
}

/**
 * No amount. Each of the three says of `currency` whether it can be there, so that an editor knows by a currency which of them is meant and
 * shows its words.
 */
export interface WithoutAmount {
  /** The whole amount: a decimal string with `currency` beside it, or `money()`. Example: `'25.99'`. From the API (minor units). */
  amount?: null | undefined
  /** ISO 4217 code; required with an amount that is a string. Example: `'USD'`. From the API. */
  currency?: null | undefined
}

/** The items of an event whose `data` has a currency. */
export interface WithItems {
  /** The items, in any order. Example: `[{ id: 'sku_123', quantity: 1 }]`. From the API. */
  contents?: readonly FriendlyItem[] | null | undefined
}

/** The items of an event whose `data` has no currency. */
export interface WithItemsAlone {
  /** The items, in any order; prices of these need a currency of their own. Example: `[{ id: 'sku_123' }]`. From the API. */
  contents?: readonly (PricedItem | ItemAlone)[] | null | undefined
}

/** The shape of data. */
export interface Shaped<S extends string> {
  /** Follows from the event's `type` and need not be written. Example: `'contents'` for `order_created`. From the API. */
  type?: S | undefined
}

/** The plan. */
export interface WithPlan {
  /** Your id of the plan. Example: `'plan_pro'`. From the API (`plan_id`). */
  planId?: string | null | undefined
}

type Sum = InCurrency | InMoney | WithoutAmount
type SumAndItems = ((InCurrency | InMoney) & WithItems) | (WithoutAmount & WithItemsAlone)

/** Data of views, carts, checkouts and orders. */
export type PurchaseData = Shaped<'contents'> & SumAndItems
/** Data of leads, registrations, appointments and of apps: an amount, and no items. */
export type CustomerActionData = Shaped<'customer_action'> & Sum
/** Data of subscriptions and trials. */
export type PlanData = Shaped<'plan_enrollment'> & WithPlan & SumAndItems

/** Keys of your own: any JSON. */
export interface FreeKeys {
  /** A key of your own, any JSON value; the server takes it, the pixel does not. Example: `{ seats: 5 }`. From the API. */
  readonly [key: string]: Json | readonly Json[] | FriendlyAmount | readonly FriendlyItem[] | undefined
}
/** Data of a custom event: the known keys, and any of your own. */
export type CustomData = Shaped<'custom'> & WithPlan & SumAndItems & FreeKeys

/** Data of any event, for a program that writes events of many names. `check` says what does not fit. */
export interface FriendlyData extends WithPlan, WithItems, Shaped<DataShape> {
  /** The whole amount: a decimal string in the currency's main unit, or `money()`. Example: `'25.99'`. From the API (minor units). */
  amount?: FriendlyAmount | null | undefined
  /** ISO 4217 code; required with an amount. Example: `'USD'`. From the API. */
  currency?: string | null | undefined
  /** Free keys: custom events only. */
  [key: string]: unknown
}
