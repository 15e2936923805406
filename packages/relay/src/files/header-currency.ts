import { CURRENCIES } from 'waybill'
import { readAmount } from 'waybill/sources'
import { PLAIN_AMOUNTS } from './reading-rules.ts'

/** In small letters they are a currency and no word of a header. */
const IN_SMALL: ReadonlySet<string> = new Set('eur usd gbp chf cad aud jpy sek nok dkk pln'.split(' '))
const BETWEEN_WORDS = /[\s()[\]_.,:;/-]+/

/** The currencies that the name of a column speaks of: `Total CHF`, `Amount (EUR)`, `Betrag in €`, `total_usd`. */
export function currenciesOfHeader(header: string): string[] {
  const codes = header.split(BETWEEN_WORDS).flatMap((word) => codeOf(word) ?? [])
  return [...new Set(codes)]
}

function codeOf(word: string): string | undefined {
  const isCode = /^[A-Z]{3}$/.test(word) ? CURRENCIES.has(word) : IN_SMALL.has(word)
  return isCode ? word.toUpperCase() : codeOfSign(word)
}

function codeOfSign(word: string): string | undefined {
  if (!/\p{Sc}/u.test(word)) return undefined
  const read = readAmount(`1 ${word}`, PLAIN_AMOUNTS)
  return read.ok ? read.value.currency : undefined
}
