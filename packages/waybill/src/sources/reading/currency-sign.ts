import { CURRENCIES } from '../../contract/currency.ts'

/** Signs of one currency. `$`, `£`, `¥` and `kr` are those of several and name none. */
const SIGNS: Readonly<Record<string, string>> = {
  '€': 'EUR',
  '₹': 'INR',
  '₩': 'KRW',
  '₺': 'TRY',
  '₽': 'RUB',
  '₴': 'UAH',
  '₪': 'ILS',
  '₫': 'VND',
  '₱': 'PHP',
  '₦': 'NGN',
  '฿': 'THB',
  us$: 'USD',
  c$: 'CAD',
  ca$: 'CAD',
  a$: 'AUD',
  au$: 'AUD',
  nz$: 'NZD',
  hk$: 'HKD',
  r$: 'BRL',
  mx$: 'MXN',
  nt$: 'TWD',
  zł: 'PLN',
  kč: 'CZK',
  ft: 'HUF',
  lei: 'RON',
  лв: 'BGN',
  euro: 'EUR',
}
const SEVERAL: ReadonlySet<string> = new Set(['$', '£', '¥', '元', '円', 'kr', 'kr.', 'fr', 'fr.', 'sfr.', 'rs', 'rs.'])

/** What stands beside a number: a currency, a sign of several (`known`, without a code), or neither. */
export function currencyBeside(text: string): { readonly known: boolean; readonly code?: string } {
  const word = text.trim()
  if (word === '') return { known: true }
  const upper = word.toUpperCase()
  if (CURRENCIES.has(upper)) return { known: true, code: upper }
  const code = SIGNS[word.toLowerCase()]
  if (code !== undefined) return { known: true, code }
  return { known: SEVERAL.has(word.toLowerCase()) }
}
