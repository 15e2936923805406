/**
 * ISO 4217, list one (active codes) as published in 2026: how many decimals the minor unit of a currency has.
 * Most currencies have two, so only the others are spelled out.
 */
const TWO_DECIMALS =
  'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP ' +
  'COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR ' +
  'JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN ' +
  'NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL ' +
  'THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG'
const OTHER_DECIMALS: Readonly<Record<number, string>> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
}
/** Metals, bond units and test codes: valid codes for which ISO 4217 defines no minor unit. */
const WITHOUT_MINOR_UNIT = 'XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX'

/** Currency code (upper case) → decimals of its minor unit; `null` where ISO 4217 defines none. */
export const CURRENCIES: ReadonlyMap<string, number | null> = new Map<string, number | null>([
  ...TWO_DECIMALS.split(' ').map((code): [string, number] => [code, 2]),
  ...Object.entries(OTHER_DECIMALS).flatMap(([decimals, codes]) =>
    codes.split(' ').map((code): [string, number] => [code, Number(decimals)]),
  ),
  ...WITHOUT_MINOR_UNIT.split(' ').map((code): [string, null] => [code, null]),
])

const THREE_LETTERS = /^[A-Za-z]{3}$/

/** The active code that `text` writes, in upper case; `undefined` where it is none. */
export function currencyCode(text: string): string | undefined {
  if (CURRENCIES.has(text)) return text
  // Only ASCII letters: Unicode has others whose upper case is one, so that a code would be found that was not written.
  const upper = THREE_LETTERS.test(text) ? text.toUpperCase() : ''
  return CURRENCIES.has(upper) ? upper : undefined
}
