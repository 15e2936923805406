import type { OrderState } from '../api/shapes.ts'
import { digitsOf } from './format.ts'

/** Orders of a shop's CSV: which columns they stand in, and what became of them. */

export interface Order {
  readonly id: string
  /** Minor units. */
  readonly amount?: number
  readonly currency?: string
}

export interface OrderColumns {
  readonly id: number
  /** -1: none. */
  readonly amount: number
  readonly currency: number
}

const GUESSES = {
  id: [/^order[\s_-]?(?:id|number|no|name)?$/i, /^(?:id|name|number|transaction[\s_-]?id)$/i, /order/i],
  amount: [/^(?:total|amount|grand[\s_-]?total|order[\s_-]?total)$/i, /total|amount|revenue|value/i],
  currency: [/^currency/i, /currency/i],
} as const

export function guessColumns(head: readonly string[]): OrderColumns {
  const find = (patterns: readonly RegExp[]): number => {
    for (const pattern of patterns) {
      const at = head.findIndex((title) => pattern.test(title.trim()))
      if (at >= 0) return at
    }
    return -1
  }
  return { id: Math.max(0, find(GUESSES.id)), amount: find(GUESSES.amount), currency: find(GUESSES.currency) }
}

/** Each order once: shops write a line for each item. */
export function ordersOf(rows: readonly (readonly string[])[], columns: OrderColumns): Order[] {
  const orders = new Map<string, Order>()
  for (const row of rows) {
    const id = row[columns.id]?.trim() ?? ''
    if (id === '' || orders.has(id)) continue
    const currency = row[columns.currency]?.trim().toUpperCase()
    const amount = minorUnits(row[columns.amount], currency)
    orders.set(id, { id, ...(amount === undefined ? {} : { amount }), ...(isCurrency(currency) ? { currency } : {}) })
  }
  return [...orders.values()]
}

const isCurrency = (text: string | undefined): text is string => text !== undefined && /^[A-Z]{3}$/.test(text)

/** `1,234.50`, `1.234,50` and `$25.99` in minor units; `undefined` where it is no amount. */
export function minorUnits(text: string | undefined, currency: string | undefined): number | undefined {
  const [figures] = /-?[\d.,' ]*\d/.exec(text ?? '') ?? []
  if (figures === undefined) return undefined
  const plain = figures.replace(/[' ]/g, '')
  const decimal = /[.,](\d{1,2})$/.exec(plain)
  const whole = (decimal === null ? plain : plain.slice(0, decimal.index)).replace(/[.,]/g, '')
  const digits = isCurrency(currency) ? digitsOf(currency) : 2
  const part = (decimal?.[1] ?? '').padEnd(digits, '0').slice(0, digits)
  const value = Number(`${whole}${part}`)
  return Number.isSafeInteger(value) ? value : undefined
}

/** Delivered, waiting or left out on purpose: nothing of these was lost. */
const ACCOUNTED: readonly OrderState[] = ['delivered', 'skipped']

/** (delivered + skipped on purpose) ÷ orders, in percent. */
export function accuracy(counts: ReadonlyMap<OrderState, number>): number {
  const all = [...counts.values()].reduce((sum, one) => sum + one, 0)
  const well = ACCOUNTED.reduce((sum, state) => sum + (counts.get(state) ?? 0), 0)
  return all === 0 ? 0 : (well / all) * 100
}
