import { currencyOf, decimalsOf, fromUnits } from '../amount.ts'

/**
 * Where Stripe's minor units are not those of ISO 4217 (docs.stripe.com/currencies, "Special cases", read 2026): ISK and UGX have no
 * decimals and are written with two that are always 00; MGA has two and is written without. HUF and TWD are whole in payouts
 * only; charges have two decimals, as in ISO 4217. KWD and its like have three in both.
 */
const STRIPE_DECIMALS: Readonly<Record<string, number>> = { ISK: 2, UGX: 2, MGA: 0 }

/** An amount of Stripe, an integer in its minor units, as an exact decimal; `500` in ISK is `5.00`. */
export function stripeAmount(units: unknown, currency: unknown): { amount?: string; currency?: string } {
  const code = currencyOf(currency)
  const amount = fromUnits(units, (code === undefined ? undefined : STRIPE_DECIMALS[code]) ?? decimalsOf(code))
  return { ...(amount === undefined ? {} : { amount }), ...(code === undefined ? {} : { currency: code }) }
}
