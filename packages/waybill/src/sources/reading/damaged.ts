/** What to say of a text that was an id: `what` goes on from `Column "x" …`. */
export interface Damage {
  /** What is damaged, in words. */
  readonly what: string
  /** What to do about it. */
  readonly hint: string
}

/** As spreadsheets write them: one digit before the sign, and always the plus. `713752e1` is an id like any other. */
const WITH_EXPONENT = /^\d(?:[.,]\d+)?e\+\d{1,3}$/i
const WITH_EMPTY_FRACTION = /^\d+[.,]0+$/

/** What a spreadsheet shows where a formula failed or a column is too narrow, in the languages of its users. */
const FAILED =
  /^#(?:#+|(?:name|nom|nombre|wert|value|valor|valeur|ref|bezug|zahl|num|nombre|null|nulo|nul|div\/0|n\/a|n\/d|nv|überlauf|spill|calc|getting_data)[!?]?)$/i

/** Whether a cell holds what a spreadsheet shows instead of a value: `#N/A`, `#REF!`, `########`. */
export function isFailedCell(text: string): boolean {
  return text.startsWith('#') && FAILED.test(text.trim())
}

const WITH_GROUPS = /^\d{1,3}(?:,\d{3})+$|^\d{1,3}(?:\.\d{3}){2,}$|^\d{1,3}(?:[ \u00a0\u202f]\d{3})+$/
/** `28-11` as a spreadsheet shows it. */
const AS_DAY =
  /^(?:\d{1,2}-(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)-\d\d)$/i

/** What a spreadsheet does to ids, by what is left of them. */
const DAMAGES: readonly (readonly [looks: (cell: string) => boolean, what: string, hint: string])[] = [
  [
    (cell) => WITH_EXPONENT.test(cell),
    'holds an id that a spreadsheet shortened to a number with an exponent, so that several ids became one',
    'The digits are gone. Export again from where the ids come from, with the column formatted as text.',
  ],
  [
    isFailedCell,
    'holds no id but what a spreadsheet shows where a formula failed or the column is too narrow',
    'Fix the formula, or make the column wider, and export again.',
  ],
  [
    (cell) => WITH_EMPTY_FRACTION.test(cell),
    'holds an id that became a number with a fraction (a zero behind the point), which will match no other',
    'Format the column as text, or as a number without decimals, before it is exported.',
  ],
  [
    (cell) => WITH_GROUPS.test(cell),
    'holds an id that a spreadsheet wrote as a number with signs of thousands, which will match no other',
    'Format the column as text, or as a number without such signs, before it is exported.',
  ],
  [
    (cell) => AS_DAY.test(cell),
    'holds an id that a spreadsheet took for a date',
    'Export again from where the ids come from, with the column formatted as text.',
  ],
]

/** Whether a spreadsheet made a number of an id, with what to say of it; `undefined` for an id as it is. */
export function damagedId(text: string): Damage | undefined {
  const cell = text.trim()
  const found = DAMAGES.find(([looks]) => looks(cell))
  return found && { what: found[1], hint: found[2] }
}
