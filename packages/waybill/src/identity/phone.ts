/** Countries whose numbers keep their leading zero after the country code. */
const KEEPS_ZERO = /^(?:\+|00)?(?:39|378|379|225|229|241|242)/
const ZERO_IN_BRACKETS = /^\+?\d[\d\s.-]*\(\s*(0+)\s*(\d?)/
/** No country writes its own numbers longer, and nearly none has shorter ones with the code. */
const MAX_NATIONAL_DIGITS = 10
const MAX_JUDGED_LENGTH = 64

/**
 * What makes it doubtful that the digits of this number are those that others hash, in words that follow "The number"; `undefined`
 * where nothing does. The value is written as a person writes it, and is no hash.
 */
export function phoneDoubt(written: string): string | undefined {
  const text = written.trim()
  if (text.length > MAX_JUDGED_LENGTH) return undefined
  if (/^\d+\.0+$/.test(text)) return 'ends in .0, as a spreadsheet writes it: the zero would become a digit of it'
  const bracket = ZERO_IN_BRACKETS.exec(text)
  if (bracket !== null && (bracket[2] === '' || !KEEPS_ZERO.test(text)))
    return 'has a (0) after its country code, which is dialled only within the country'
  const dialled = text.replace(/[\s().-]+/g, '')
  if (/^\+?0(?!0)/.test(dialled)) return 'begins with a single 0: the country code is missing'
  if (/^\d+$/.test(dialled) && !dialled.startsWith('00') && dialled.length <= MAX_NATIONAL_DIGITS)
    return 'begins with neither + nor 00 and is short: the country code seems to be missing'
  return undefined
}
