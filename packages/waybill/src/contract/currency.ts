/**
 * ISO 4217, list one (active codes) as published in 2026: how many decimals the minor unit of a currency has.
 * Most currencies have two: these stand as the first letter and then, two by two, what may follow it.
 */
const TWO_DECIMALS =
  'AEDFNLLMDOARSUDWGZN BAMBDDTMDNDOBOVRLSDTNWPYNZD CADDFHEHFHWNYOPOURCUPVEZK DKKOPZD EGPRNTBUR FJDKP ' +
  'GBPELHSIPMDTQYD HKDNLTGUF IDRLSNRRR JMD KESGSHRPWYDZT LAKBPKRRDSL MADDLGAKDMKNTOPRUURVRWKXNXVYRZN NADGNIOOKPRZD ' +
  'PABENGKHPKRLN QAR RONSDUB SARBDCRDGEKGDHPLEOSRDSPTNVCYPZL THBJSMTOPRYTDWDZS UAHSDSNYUZS VEDES WST XADCDCG YER ' +
  'ZARMWWG'
const OTHER_DECIMALS: Readonly<Record<number, string>> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
}
/** Metals, bond units and test codes: valid codes for which ISO 4217 defines no minor unit. */
const WITHOUT_MINOR_UNIT = 'XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX'

/** Currency code (upper case) → decimals of its minor unit; `null` where ISO 4217 defines none. */
export const CURRENCIES: ReadonlyMap<string, number | null> = new Map<string, number | null>([
  ...TWO_DECIMALS.split(' ').flatMap(([first, ...rest]) =>
    (rest.join('').match(/../g) ?? []).map((others): [string, number] => [first + others, 2]),
  ),
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
