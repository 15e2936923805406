import { currencyBeside } from './currency-sign.ts'
import { type Reading, withPlainSpaces } from './reading.ts'

/** How a column writes its numbers. `thousands` is '' where no such sign may stand. */
export interface AmountStyle {
  /** What stands before the decimals. */
  readonly decimal: '.' | ','
  /** What stands between thousands. */
  readonly thousands: '' | ',' | '.' | ' ' | "'"
}

export interface Amount {
  /** Exact, with a point: `-12.50`. */
  readonly decimal: string
  /** The ISO code where the cell names one. */
  readonly currency?: string
}

/**
 * What one cell says of how its column writes numbers; the bits of all cells are OR-ed. `EITHER_POINT` is `1.234` and
 * `EITHER_COMMA` is `1,234`: a fraction, or a sign of thousands. `COMMA_GROUPS` and its like say which sign groups digits.
 */
export const AMOUNT: Readonly<Record<AmountBit, number>> = {
  NONE: 0,
  WHOLE: 1,
  POINT: 2,
  COMMA: 4,
  EITHER_POINT: 8,
  EITHER_COMMA: 16,
  COMMA_GROUPS: 32,
  POINT_GROUPS: 64,
  SPACE_GROUPS: 128,
  QUOTE_GROUPS: 256,
  UNREADABLE: 512,
}
type AmountBit =
  | 'NONE'
  | 'WHOLE'
  | 'POINT'
  | 'COMMA'
  | 'EITHER_POINT'
  | 'EITHER_COMMA'
  | 'COMMA_GROUPS'
  | 'POINT_GROUPS'
  | 'SPACE_GROUPS'
  | 'QUOTE_GROUPS'
  | 'UNREADABLE'

const PLAIN: Readonly<Record<'.' | ',', RegExp>> = { '.': /^-?\d+(?:\.\d+)?$/, ',': /^-?\d+(?:,\d+)?$/ }
/** A number, and what stands before and after it. The point of `Rs.500` belongs to the word. */
const NUMBER = /^(\D*?)((?:(?<!\p{L})[.,])?\d(?:[\d.,' ]*\d)?)(\D*)$/u
/** `(25.99)`, as accountants write less than nothing; a currency may stand outside. */
const IN_BRACKETS = /^([^()\d]*)\(([^()]*)\)([^()\d]*)$/
/** The dash of `25,- €`: no cents. */
const NO_CENTS = /[.,]-(?=\D*$)/
const EXPONENT = /^[^\d]*\d+(?:[.,]\d+)?e[+-]?\d+$/i
const GROUPS: Readonly<Record<AmountStyle['thousands'], RegExp | undefined>> = {
  '': undefined,
  ',': /^\d{1,3}(?:,\d{3})+$|^\d{1,2}(?:,\d{2})+,\d{3}$/,
  '.': /^\d{1,3}(?:\.\d{3})+$/,
  ' ': /^\d{1,3}(?: \d{3})+$/,
  "'": /^\d{1,3}(?:'\d{3})+$/,
}
const DIGITS = /^\d*$/

interface Parts {
  readonly isNegative: boolean
  /** Digits, points, commas, spaces, apostrophes; begins and ends with a digit, or begins with the decimal sign. */
  readonly number: string
  readonly currency: string | undefined
}

/** Reads a cell as an exact decimal in the style of its column. Never rounds, never guesses. */
export function readAmount(text: string, style: AmountStyle): Reading<Amount> {
  if (PLAIN[style.decimal].test(text)) return { ok: true, value: { decimal: text.replace(',', '.') } }
  const cell = withPlainSpaces(text)
  if (EXPONENT.test(cell)) return refused(WITH_EXPONENT)
  const parts = partsOf(cell)
  if (parts === undefined) return refused(NO_NUMBER)
  const decimal = decimalOf(parts.number, style)
  if (decimal === undefined) return refused(faultOf(parts.number, style))
  const { currency } = parts
  return {
    ok: true,
    value: { decimal: parts.isNegative ? `-${decimal}` : decimal, ...(currency === undefined ? {} : { currency }) },
  }
}

/** The bits of one cell. A plain number costs one pass over its characters. */
export function amountEvidence(text: string): number {
  const plain = plainEvidence(text)
  if (plain !== undefined) return plain
  const cell = withPlainSpaces(text)
  if (cell === '') return AMOUNT.NONE
  const parts = EXPONENT.test(cell) ? undefined : partsOf(cell)
  return parts === undefined ? AMOUNT.UNREADABLE : numberEvidence(parts.number)
}

const MAY_BE_NEGATIVE = /[-(\u2212\u2012\u2013]/

/** Whether a cell is an amount below zero, however its column writes numbers. */
export function isBelowZero(text: string): boolean {
  if (!MAY_BE_NEGATIVE.test(text)) return false
  const parts = partsOf(withPlainSpaces(text))
  return parts?.isNegative === true && /[1-9]/.test(parts.number)
}

type Settled =
  | { readonly ok: true; readonly style: AmountStyle }
  | { readonly ok: false; readonly readings: readonly AmountStyle[] }

/** The style of a column by what its cells said and what a map says. Not settled where both readings are left. */
export function settleAmounts(evidence: number, given: Partial<AmountStyle>): Settled {
  const decimal = given.decimal ?? decimalByGroups(given.thousands) ?? decimalBy(evidence)
  if (decimal !== undefined) return { ok: true, style: styleOf(decimal, evidence, given) }
  return { ok: false, readings: [styleOf('.', evidence, given), styleOf(',', evidence, given)] }
}

function decimalByGroups(thousands: AmountStyle['thousands'] | undefined): '.' | ',' | undefined {
  return thousands === '.' ? ',' : thousands === ',' ? '.' : undefined
}

function decimalBy(evidence: number): '.' | ',' | undefined {
  const has = (bits: number): boolean => (evidence & bits) !== 0
  const point = has(AMOUNT.POINT | AMOUNT.COMMA_GROUPS)
  const comma = has(AMOUNT.COMMA | AMOUNT.POINT_GROUPS)
  if (point !== comma) return point ? '.' : ','
  return point || has(AMOUNT.EITHER_POINT | AMOUNT.EITHER_COMMA) ? undefined : '.'
}

function styleOf(decimal: '.' | ',', evidence: number, given: Partial<AmountStyle>): AmountStyle {
  if (given.thousands !== undefined) return { decimal, thousands: given.thousands }
  if ((evidence & AMOUNT.SPACE_GROUPS) !== 0) return { decimal, thousands: ' ' }
  if ((evidence & AMOUNT.QUOTE_GROUPS) !== 0) return { decimal, thousands: "'" }
  const grouping =
    decimal === '.' ? AMOUNT.COMMA_GROUPS | AMOUNT.EITHER_COMMA : AMOUNT.POINT_GROUPS | AMOUNT.EITHER_POINT
  if ((evidence & grouping) === 0) return { decimal, thousands: '' }
  return { decimal, thousands: decimal === '.' ? ',' : '.' }
}

/** `undefined` for a cell that is more than digits and one point. */
function plainEvidence(text: string): number | undefined {
  let point = -1
  for (let at = text.charCodeAt(0) === 0x2d ? 1 : 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x2e && point < 0) point = at
    else if (code < 0x30 || code > 0x39) return undefined
  }
  if (point < 0) return text === '' || text === '-' ? undefined : AMOUNT.WHOLE
  const first = text.charCodeAt(0) === 0x2d ? 1 : 0
  const before = point - first
  const after = text.length - point - 1
  if (before === 0 || after === 0) return undefined
  return after === 3 && before <= 3 && text.charCodeAt(first) !== 0x30 ? AMOUNT.EITHER_POINT : AMOUNT.POINT
}

function numberEvidence(number: string): number {
  const groups = groupBits(number)
  const points = number.split('.').length - 1
  const commas = number.split(',').length - 1
  if (points === 0 && commas === 0) return AMOUNT.WHOLE | groups
  if (points > 0 && commas > 0) return evidenceOfBoth(number, groups)
  const sign = points > 0 ? '.' : ','
  if (Math.max(points, commas) > 1) return evidenceOfRepeats(number, sign)
  const [before = '', after = ''] = number.split(sign)
  const isEither = groups === 0 && after.length === 3 && /^[1-9]\d{0,2}$/.test(before)
  if (isEither) return sign === '.' ? AMOUNT.EITHER_POINT : AMOUNT.EITHER_COMMA
  return (sign === '.' ? AMOUNT.POINT : AMOUNT.COMMA) | groups
}

/** The sign that stands last is the decimal one. */
function evidenceOfBoth(number: string, groups: number): number {
  const decimal = number.lastIndexOf('.') > number.lastIndexOf(',') ? '.' : ','
  const style: AmountStyle = { decimal, thousands: decimal === '.' ? ',' : '.' }
  if (groups !== 0 || decimalOf(number, style) === undefined) return AMOUNT.UNREADABLE
  return decimal === '.' ? AMOUNT.POINT | AMOUNT.COMMA_GROUPS : AMOUNT.COMMA | AMOUNT.POINT_GROUPS
}

function evidenceOfRepeats(number: string, sign: '.' | ','): number {
  if (GROUPS[sign]!.test(number) === false) return AMOUNT.UNREADABLE
  return sign === '.' ? AMOUNT.POINT_GROUPS : AMOUNT.COMMA_GROUPS
}

function groupBits(number: string): number {
  if (number.includes(' ')) return AMOUNT.SPACE_GROUPS
  return number.includes("'") ? AMOUNT.QUOTE_GROUPS : 0
}

/** The number without what stands around it; `undefined` where that is no sign of a number or a currency. */
function partsOf(cell: string): Parts | undefined {
  const text = cell.replace(/[\u2212\u2012\u2013]/g, '-').replaceAll('\u2019', "'")
  const brackets = IN_BRACKETS.exec(text)
  const inner = brackets === null ? text : `${brackets[1]}${brackets[2]}${brackets[3]}`
  const [, before = '', number, after = ''] = NUMBER.exec(inner.replace(NO_CENTS, '')) ?? []
  if (number === undefined) return undefined
  const [front, back] = [currencyBeside(before.replace(/[-+]/, '')), currencyBeside(after.replace(/^ ?-/, ''))]
  if (!front.known || !back.known || (front.code !== undefined && back.code !== undefined)) return undefined
  const minuses = [brackets !== null, before.includes('-'), /^ ?-/.test(after)].filter(Boolean).length
  return minuses > 1 ? undefined : { isNegative: minuses === 1, number, currency: front.code ?? back.code }
}

function decimalOf(number: string, { decimal, thousands }: AmountStyle): string | undefined {
  const at = number.lastIndexOf(decimal)
  const whole = at < 0 ? number : number.slice(0, at)
  const fraction = at < 0 ? '' : number.slice(at + 1)
  if (!DIGITS.test(fraction)) return undefined
  const groups = GROUPS[thousands]
  const isGrouped = groups?.test(whole) === true
  if (!DIGITS.test(whole) && !isGrouped) return undefined
  const digits = (isGrouped ? whole.replaceAll(thousands, '') : whole) || '0'
  return fraction === '' ? digits : `${digits}.${fraction}`
}

type Fault = readonly [what: string, hint: string]

const PLAIN_NUMBERS = 'Export plain numbers such as 1299.50.'
const NO_NUMBER: Fault = ['holds more than a number and a currency', PLAIN_NUMBERS]
const WITH_EXPONENT: Fault = [
  'holds a number that a spreadsheet shortened (with an exponent)',
  'Format the column as a number with two decimals before it is exported.',
]

function refused([what, hint]: Fault): Reading<never> {
  return { ok: false, what, hint }
}

/** What to say of a number that is one in another style. */
function faultOf(number: string, { decimal }: AmountStyle): Fault {
  const other = decimal === '.' ? ',' : '.'
  const words = decimal === '.' ? 'a comma' : 'a point'
  const own = decimal === '.' ? 'a point' : 'a comma'
  if (new RegExp(`\\${other}\\d{1,2}$`).test(number)) {
    return [
      `has ${words} as its decimal sign, where ${own} is expected`,
      `Say so in the mapping: "decimal": "${other}".`,
    ]
  }
  return [
    'has thousands separators that are not expected here',
    `Say so in the mapping: "thousands": "${signIn(number)}".`,
  ]
}

function signIn(number: string): string {
  return /[.,' ]/.exec(number)?.[0] ?? ','
}
