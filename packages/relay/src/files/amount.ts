import { fault, type Issue } from './issue.ts'

export type DecimalSign = '.' | ','

/** `decimal` is the amount with a point; absent where the text is no plain decimal, and then an issue says why. */
export interface AmountReading {
  readonly decimal?: string
  readonly issue?: Issue
}

const PLAIN: Readonly<Record<DecimalSign, RegExp>> = { '.': /^-?\d+(?:\.\d+)?$/, ',': /^-?\d+(?:,\d+)?$/ }

/** What an amount looks like that is none, with what to say of it. The first that fits is told. */
const SHAPES: readonly (readonly [looks: RegExp, sign: DecimalSign | 'any', message: string, hint?: string])[] = [
  [
    /[^\d.,\s'’+-]/,
    'any',
    'holds more than digits, such as a currency sign or letters',
    'Export plain numbers; the currency has a column of its own.',
  ],
  [/^-?\d+,\d{1,2}$/, '.', 'has a comma as its decimal sign', 'Say so in the mapping: "decimal": ",".'],
  [
    /^-?\d+\.\d{1,2}$/,
    ',',
    'has a point as its decimal sign, and the mapping says a comma',
    'Remove "decimal" from the mapping.',
  ],
  [
    /^-?\d{1,3}(?:[.\s'’]\d{3})+,\d+$/,
    '.',
    'has thousands separators and a comma as its decimal sign',
    'Export plain numbers, and say so in the mapping: "decimal": ",".',
  ],
  [/[.,\s'’]/, 'any', 'has thousands separators, or more signs than a plain number'],
]
/** In the sign that the cell is read with: a remedy that would be refused next is none. */
const PLAIN_NUMBERS: Readonly<Record<DecimalSign, string>> = {
  '.': 'Export plain numbers such as 1299.50.',
  ',': 'Export plain numbers such as 1299,50.',
}

/** Reads a trimmed cell as a plain decimal, without floating point. */
export function readAmount(text: string, column: string, sign: DecimalSign): AmountReading {
  if (PLAIN[sign].test(text)) return { decimal: text.replace(',', '.') }
  const shape = SHAPES.find(([looks, when]) => (when === 'any' || when === sign) && looks.test(text))
  const message = shape?.[2] ?? 'holds no plain number'
  const hint = shape?.[3] ?? PLAIN_NUMBERS[sign]
  return { issue: fault('invalid_amount', column, `Column "${column}" ${message}.`, hint) }
}
