/** What stands between + and the number of a person; none begins another. */
export const COUNTRY_CODE: string =
  '1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|(?:2[1-689]|3[578]|42|50|59|6[7-9]|8[0578]|9[679])\\d'
/** Countries whose numbers keep their leading zero after the country code. */
const KEEPS_ZERO = /^(?:\+|00)?(?:39|378|379|225|226|229|241|242)/
const TRUNK_ZERO = new RegExp(`^(?:\\+|00)(?:${COUNTRY_CODE})0`)
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
  const dialled = text.replace(/[\s().-]+/g, '')
  const hasZero = bracket !== null || TRUNK_ZERO.test(dialled)
  if (hasZero && (bracket?.[2] === '' || !KEEPS_ZERO.test(dialled)))
    return 'has a (0) after its country code, which is dialled only within the country'
  if (/^\+?0(?!0)/.test(dialled)) return 'begins with a single 0: the country code is missing'
  if (/^\d+$/.test(dialled) && !dialled.startsWith('00') && dialled.length <= MAX_NATIONAL_DIGITS)
    return 'begins with neither + nor 00 and is short: the country code seems to be missing'
  return undefined
}
