import { CURRENCIES } from 'waybill/contract'

/** Minor units as people write them, exact: `2599` of `EUR` is `EUR 25.99`, of `JPY` it is `JPY 2599`. */
export function moneyText(minorUnits: number, currency: string): string {
  const decimals = CURRENCIES.get(currency) ?? 2
  const sign = minorUnits < 0 ? '-' : ''
  const digits = String(Math.abs(minorUnits)).padStart(decimals + 1, '0')
  const fraction = decimals === 0 ? '' : `.${digits.slice(-decimals)}`
  return `${currency} ${sign}${digits.slice(0, digits.length - decimals)}${fraction}`
}
