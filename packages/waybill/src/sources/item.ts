import { CURRENCIES } from '../contract/currency.ts'
import type { FriendlyItem } from '../contract/friendly-data.ts'
import { isObject, type PlainObject } from '../contract/plain.ts'
import { isPhoneUnderKey } from '../contract/privacy.ts'
import { safeKey } from '../contract/text.ts'
import { meansNothing, type NothingScope } from '../identity/nothing.ts'
import { isDecimal } from '../money.ts'
import { decimalOf, itemAmount } from './amount.ts'
import { clearText, isPersonal, listOf, objectOf, text } from './read.ts'
import { isStated } from './unused.ts'

/** Which of a product's keys names an item. */
export type ItemId = 'sku' | 'variant_id' | 'product_id'

/** Values by their names in the call, the best first. */
export type Named = Readonly<Record<string, unknown>>

/** The key that was asked for first, then the others: an item without a name of its own still has one. */
export function itemIds(keys: Readonly<Record<ItemId, unknown>>, first: ItemId): Named {
  const all = { [first]: keys[first], ...keys }
  // Vendors write 0 where a product has no variant.
  return Object.fromEntries(Object.entries(all).filter(([, key]) => key !== 0 && key !== '0'))
}

/** One product of an order, as a payload has it. */
export interface RawItem {
  readonly id?: Named | undefined
  readonly name?: Named | undefined
  readonly contentType?: Named | undefined
  readonly groupId?: Named | undefined
  readonly variantDict?: unknown
  readonly quantity?: unknown
  /** The price of one. */
  readonly price?: unknown
  /** The event's. */
  readonly currency?: string | undefined
  /** The item's own, where it has one. */
  readonly ownCurrency?: string | undefined
}

/** An item of a draft. What its call says and the event cannot is named in `unsent`, for `settled` to tell. */
export type DraftItem = FriendlyItem & { readonly unsent?: readonly string[] }

/** The items of a list, each as `read` finds it. What says nothing that is known is told. */
export function itemsFrom(list: unknown, read: (line: PlainObject) => RawItem): DraftItem[] {
  return listOf(list).flatMap((line) => {
    const isSaid = isObject(line) ? Object.values(line).some(isStated) : isStated(line)
    return itemOf(read(objectOf(line)), isSaid ? ['id'] : [])
  })
}

/**
 * An item with what can be taken of it; none where there is nothing, or it was removed from the order. `whereEmpty` is what is told of one
 * that says nothing.
 */
export function itemOf(raw: RawItem, whereEmpty: readonly string[] = []): DraftItem[] {
  const { price, currency, ownCurrency = currency } = raw
  const quantity = wholeNumber(raw.quantity)
  if (quantity !== undefined && quantity < 1) return []
  const readings = Object.entries<Reading>({
    id: clearest(raw.id),
    name: clearest(raw.name, 'name'),
    quantity: { value: quantity },
    amount: { value: itemAmount(price, ownCurrency) },
    contentType: clearest(raw.contentType),
    groupId: clearest(raw.groupId),
    variantDict: variantsOf(raw.variantDict),
    currency: { value: ownCurrency === currency ? undefined : knownCurrency(ownCurrency) },
  })
  const item = Object.fromEntries(readings.flatMap(([key, { value }]) => (isSent(value) ? [[key, value]] : [])))
  const unsent = readings.flatMap(([key, { value, lost = [] }]) => (Number.isNaN(value) ? [key] : lost))
  if (unsent.length > 0) return [{ ...item, unsent }]
  if (Object.keys(item).length > 0) return [item]
  return whereEmpty.length > 0 ? [{ unsent: whereEmpty }] : []
}

/** What an item says under one of its keys: `NaN` for what cannot be sent. `lost` are other keys that the call says it under, and cannot either. */
interface Reading {
  readonly value: unknown
  readonly lost?: readonly string[]
}

const isSent = (value: unknown): boolean => value !== undefined && !Number.isNaN(value)

/** A code that nobody knows must not cost the conversion. */
const knownCurrency = (code = ''): string | number => (CURRENCIES.has(code) ? code : Number.NaN)

/** A whole number that is one, or is written as one; `NaN` for what is there and none. */
export function wholeNumber(value: unknown): number | undefined {
  const written = decimalOf(value)
  if (written === undefined) return undefined
  const number = Number(written)
  return isDecimal(written) && Number.isSafeInteger(number) ? number : Number.NaN
}

/** The first of the values that says something and travels in clear. */
export function clearest(named: Named | readonly unknown[] = [], scope?: NothingScope): Reading {
  const stated = Object.entries(named).filter(([, value]) => isStated(value))
  const at = stated.findIndex(([, value]) => !meansNothing(clearText(value) ?? '-', scope))
  if (at < 0) return { value: stated.length > 0 ? Number.NaN : undefined }
  const before = stated.slice(0, at).filter(([, value]) => clearText(value) === undefined)
  return { value: text(stated[at]![1]), lost: before.map(([key]) => key) }
}

/** Texts by their names. */
function variantsOf(value: unknown): Reading {
  const entries = Object.entries(isObject(value) || !isStated(value) ? objectOf(value) : { value: [] })
  const stated = entries.filter(([, variant]) => (variant ?? undefined) !== undefined)
  const lost = stated.filter(([key, variant]) => !isVariant(key, variant))
  if (lost.length === stated.length) return { value: lost.length > 0 ? Number.NaN : undefined }
  const kept = stated.filter((entry) => !lost.includes(entry))
  return { value: Object.fromEntries(kept), lost: lost.map(([key]) => `variantDict.${safeKey(key)}`) }
}

const isVariant = (key: string, value: unknown): boolean =>
  typeof value === 'string' && !isPersonal(key) && !isPersonal(value) && !isPhoneUnderKey(key, value)

/** The list of items, where there are any. */
export function contentsOf(items: readonly DraftItem[]): { contents?: readonly DraftItem[] } {
  return items.length === 0 ? {} : { contents: items }
}
