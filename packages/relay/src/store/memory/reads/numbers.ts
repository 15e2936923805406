import { MINUTE_MS } from 'waybill/delivery'
import type { EndState } from '../../event.ts'
import type { Count, Dimension, NumberFilter, Range } from '../../reads/index.ts'
import type { Happening, MemoryData } from '../data.ts'
import type { Entry } from '../entry.ts'
import { groupBy } from '../group-by.ts'

/** Something to count: what happened, or an account in its end. */
export type Counted = Omit<Happening, 'kind' | 'tookMs'>

/** A range in whole minutes, as it is counted. */
export function wholeMinutes({ fromMs, untilMs }: Partial<Range>): Range {
  if (fromMs !== undefined && untilMs !== undefined && untilMs < fromMs)
    throw new TypeError('The range ends before it begins.')
  return {
    fromMs: fromMs === undefined ? Number.NEGATIVE_INFINITY : Math.floor(fromMs / MINUTE_MS) * MINUTE_MS,
    untilMs: untilMs === undefined ? Number.POSITIVE_INFINITY : Math.ceil(untilMs / MINUTE_MS) * MINUTE_MS,
  }
}

export function isIn({ fromMs, untilMs }: Range, atMs: number): boolean {
  return atMs >= fromMs && atMs < untilMs
}

export function isMeant(item: Omit<Counted, 'atMs'>, { pixels, name, source, code, shape }: NumberFilter): boolean {
  if (pixels !== undefined && !pixels.includes(item.pixel)) return false
  if (name !== undefined && item.name !== name) return false
  if (source !== undefined && item.source !== source) return false
  return (code === undefined || item.code === code) && (shape === undefined || item.shape === shape)
}

/** Accounts that are in an end, the forgotten ones only if asked. */
export function endsOf({ entries }: MemoryData, state: EndState): Counted[] {
  return entries.filter(({ end }) => end === state).map(countedOf)
}

export function countedOf({ event, code = '', endedMs = 0 }: Entry): Counted {
  const { pixel, name, shape, source, amount, currency } = event
  return {
    atMs: endedMs,
    pixel,
    name,
    shape,
    source,
    code,
    ...(currency === undefined ? NO_MONEY : { amount, currency }),
  }
}

const NO_MONEY = { amount: undefined, currency: undefined }

export function countOf(items: readonly Pick<Counted, 'amount' | 'currency'>[]): Count {
  const money = new Map<string, number>()
  for (const { amount = 0, currency } of items)
    if (currency !== undefined) money.set(currency, (money.get(currency) ?? 0) + amount)
  return {
    events: items.length,
    money: Object.fromEntries([...money].filter(([, sum]) => sum !== 0).sort(([a], [b]) => (a < b ? -1 : 1))),
  }
}

/** Groups by dimensions, the largest first. */
export function groupsBy<Item extends Counted>(
  items: readonly Item[],
  by: readonly Exclude<Dimension, 'currency'>[],
): { readonly key: Record<string, string>; readonly items: Item[] }[] {
  const groups = groupBy(items, (item) => JSON.stringify(by.map((name) => item[name])))
  return groups
    .map(([, all]) => ({ key: Object.fromEntries(by.map((name) => [name, all[0]![name]])), items: all }))
    .sort((a, b) => b.items.length - a.items.length)
}

/** The minute that something was counted in: its beginning and its last millisecond. */
export function minuteOfMs(atMs: number): { readonly firstMs: number; readonly lastMs: number } {
  const firstMs = Math.floor(atMs / MINUTE_MS) * MINUTE_MS
  return { firstMs, lastMs: firstMs + MINUTE_MS - 1 }
}
