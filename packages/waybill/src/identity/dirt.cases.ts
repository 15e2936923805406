/** Values as people have them: what is taken off, and what means nothing. */
import type { Dirt } from './clean.ts'
import type { IdentityKind } from './normalise.ts'
import type { NothingScope } from './nothing.ts'

const INVISIBLE = 'invisible characters'
const BRACKETS = 'a display name and < >'
const QUOTES = 'quotation marks'
const SCHEME = 'a link scheme'
const SEPARATOR = 'a separator at the end'

/** A value with something around it, the text that is hashed, and what was taken off. */
export const DIRTY: readonly (readonly [kind: IdentityKind, raw: string, text: string, ...dirt: Dirt[]])[] = [
  ['email', '\u200bada@example.com', 'ada@example.com', INVISIBLE],
  ['email', 'ada@exa\u00admple.com', 'ada@example.com', INVISIBLE],
  ['email', '\u202aada@example.com\u202c', 'ada@example.com', INVISIBLE],
  ['email', '\ufeffada@example.com', 'ada@example.com', INVISIBLE],
  ['email', 'ada\u2060@example.com\u0000', 'ada@example.com', INVISIBLE],
  ['email', 'mailto:Ada@Example.com', 'ada@example.com', SCHEME],
  ['email', 'MAILTO:ada@example.com?subject=Hi', 'ada@example.com', SCHEME],
  ['email', 'Ada Lovelace <ada@example.com>', 'ada@example.com', BRACKETS],
  ['email', '"Lovelace, Ada" <ada@example.com>;', 'ada@example.com', SEPARATOR, QUOTES, BRACKETS],
  ['email', '<ada@example.com>', 'ada@example.com', BRACKETS],
  ['email', '<mailto:ada@example.com>', 'ada@example.com', BRACKETS, SCHEME],
  ['email', 'ada@example.com>', 'ada@example.com', BRACKETS],
  ['email', '<ada@example.com', 'ada@example.com', BRACKETS],
  ['email', "'ada@example.com", 'ada@example.com', QUOTES],
  ['email', "'ada@example.com'", 'ada@example.com', QUOTES],
  ['email', '"ada@example.com"', 'ada@example.com', QUOTES],
  ['email', '\u201cada@example.com\u201d', 'ada@example.com', QUOTES],
  ['email', '`ada@example.com`', 'ada@example.com', QUOTES],
  ['email', '="ada@example.com"', 'ada@example.com', QUOTES],
  ['email', 'ada@example.com;', 'ada@example.com', SEPARATOR],
  ['email', 'ada@example.com ; ', 'ada@example.com', SEPARATOR],
  ['email', 'ada@example.com,', 'ada@example.com', SEPARATOR],
  ['email', '"mailto:<ada@example.com>";', 'ada@example.com', SEPARATOR, QUOTES, BRACKETS],
  ['phone', '\u202a+1 415 555 2671\u202c', '14155552671', INVISIBLE],
  ['phone', 'tel:+1-415-555-2671', '14155552671', SCHEME],
  ['phone', 'whatsapp:+14155552671', '14155552671', SCHEME],
  ['phone', "'+14155552671", '14155552671', QUOTES],
  ['phone', '="+14155552671"', '14155552671', QUOTES],
  ['external-id', 'customer\u200b_12345', 'customer_12345', INVISIBLE],
  ['external-id', '\ufeffcustomer_12345', 'customer_12345', INVISIBLE],
  ['first-name', '\u200bAda', 'ada', INVISIBLE],
]

/** Values that only look as if something were around them. */
export const LEFT_ALONE: readonly (readonly [kind: IdentityKind, raw: string, text: string])[] = [
  ['email', "o'brien@example.com", "o'brien@example.com"],
  ['email', ' ada@example.com\r\n', 'ada@example.com'],
  ['email', 'mailto@example.com', 'mailto@example.com'],
  ['email', '#ada@example.com', '#ada@example.com'],
  ['email', '\u00e4da@example.com', '\u00e4da@example.com'],
  ['email', 'ada@localhost', 'ada@localhost'],
  ['email', 'ada@b\u00fccher_1.example', 'ada@b\u00fccher_1.example'],
  ['email', 'a/b!#$%&*=?^|~+c@example.com', 'a/b!#$%&*=?^|~+c@example.com'],
  ['external-id', "'0012", "'0012"],
  ['external-id', 'a;b', 'a;b'],
  ['external-id', '<guest>', '<guest>'],
  ['external-id', 'Nullarbor', 'Nullarbor'],
  ['external-id', 'N-A-100', 'N-A-100'],
  ['external-id', 'na', 'na'],
  ['external-id', '00', '00'],
  // A Persian name with a joiner that belongs to its spelling.
  ['first-name', '\u0639\u0644\u06cc\u200c\u0631\u0636\u0627', '\u0639\u0644\u06cc\u200c\u0631\u0636\u0627'],
  ['last-name', 'Null', 'null'],
  ['first-name', 'Nan', 'nan'],
  ['last-name', 'Guest', 'guest'],
]

/** What stays of these is no address and no number, whatever is taken off. */
export const NO_IDENTITY: readonly (readonly [kind: IdentityKind, raw: string])[] = [
  ['email', 'ada@example.com;bob@example.com'],
  ['email', 'ada@example.com, bob@example.com'],
  ['email', 'ada@example.com (work)'],
  ['email', 'mailto:ada%40example.com'],
  ['email', 'Ada <ada at example.com>'],
  ['email', '<ada@example.com> <bob@example.com'],
  ['email', 'ada"x@example.com'],
  ['email', 'ada@exa\tmple.com'],
  ['email', 'ada@example.com.'],
  ['email', '\uff1cada@example.com\uff1e'],
  ['email', '\u300cada@example.com\u300d'],
  ['email', 'ada@example.com\uff1b'],
  ['email', 'ada@example.com!'],
  ['email', 'ada@example.com/work'],
  ['email', 'ada@.example.com'],
  ['email', 'ada@example..com'],
  ['email', `${'<'.repeat(2_000)}ada@example.com`],
  ['phone', '+14155552671 / +14155552672'],
  ['phone', '1.60256E+10'],
  ['phone', '602-555-0101 x12'],
]

const TEXTS = [
  'null',
  'undefined',
  'nan',
  'none',
  'nil',
  'n/a',
  '(not set)',
  '(none)',
  '[object Object]',
  '\\N',
  '-',
  '--',
]
const NOT_NAMES = ['null', 'nan', 'none', 'nil']
const NOBODY = ['0', 'guest', 'anonymous']

/** Every word, and the scopes in which it means nothing. */
export const WORDS: readonly (readonly [word: string, scopes: readonly NothingScope[]])[] = [
  ...TEXTS.map((word): [string, NothingScope[]] => [
    word,
    NOT_NAMES.includes(word) ? ['text', 'person'] : ['text', 'name', 'person'],
  ]),
  ...NOBODY.map((word): [string, NothingScope[]] => [word, ['person']]),
]

/** Values that only resemble such a word, or are blank. */
export const NO_WORDS: readonly string[] = [
  '',
  ' ',
  '\u200b',
  'na',
  'NA',
  'N.A.',
  'Nullarbor',
  'N-A-100',
  'nulls',
  'null null',
  'none of these',
  '---',
  '\u2013',
  '(not  set)',
  'not set',
  '[object]',
  'N',
  '\\n\\n',
  '00',
  '0.0',
  'guests',
  'guest1',
  'anonymous@example.com',
  'unknown',
  'false',
]

/** Numbers of which it is doubtful that others hash the same digits, and a word that the reason has. */
export const DOUBTFUL_PHONES: readonly (readonly [written: string, reason: RegExp])[] = [
  ['(602) 555-0101', /country code/],
  ['6025550101', /country code/],
  ['602.555.0101', /country code/],
  ['0151 23456789', /country code/],
  ['+0151 23456789', /country code/],
  ['011 49 30 1234567', /country code/],
  ['+49 (0)151 23456789', /\(0\)/],
  ['0049 (0) 151 23456789', /\(0\)/],
  ['+44 (0)20 7946 0018', /\(0\)/],
  ['+49 (0151) 23456789', /\(0\)/],
  ['+39 (0)6 1234567', /\(0\)/],
  ['49 (0) 151 23456789', /\(0\)/],
  ['49(0)151 23456789', /\(0\)/],
  ['+49 0151 23456789', /\(0\)/],
  ['0049-0151-23456789', /\(0\)/],
  ['+4401632960001', /\(0\)/],
  ['+33 06 12 34 56 78', /\(0\)/],
  ['+972 050-123-4567', /\(0\)/],
  ['+380 0441234567', /\(0\)/],
  ['16025550101.0', /\.0/],
]
export const SURE_PHONES: readonly string[] = [
  '+1 (415) 555-2671',
  '14155552671',
  '+47 22 33 44 55',
  '0049 30 1234567',
  '001 415 555 2671',
  '+39 (06) 1234567',
  '+225 (07) 12345678',
  '491511234567',
  '+39 06 1234567',
  '+226 01 23 45 67',
  '+229 01 23 45 67 89',
  '+20 2 12345678',
  '+4620 123 456',
  '+12345678',
]
