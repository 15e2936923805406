import { damagedId } from 'waybill/sources'
import type { ColumnPlan } from './column-plan.ts'
import { idStep } from './field.ts'
import { fault, type Issue } from './issue.ts'

/** A column whose ids of so many digits a spreadsheet cut. */
export type CutIds = readonly [at: number, digits: number]

/** A spreadsheet holds 15 digits of a number; the rest it writes as zeros. */
const SURE_DIGITS = 15
const MAY_BE_CUT = /^[1-9]\d{15,}$/
/** That so many digits are zero by chance happens once in a thousand times. */
const NO_CHANCE_DIGITS = 3
/** Zeros before the place of the cut, over all ids: their maker put them there. */
const OWN_ZEROS = 2
/** Texts by which a number lost its digits whatever stands around it. */
const LOST = /e\+\d|^#/i

interface Length {
  readonly ids: Set<string>
  /** Digits before the zeros at the end, of the id that has most of them. */
  significant: number
  isWhole: boolean
}

/** Finds out from whole columns whether their long ids were cut to 15 digits: of one id nobody can say. */
export class CutIdsFinder {
  readonly #columns: readonly number[]
  readonly #lengths = new Map<string, Length>()

  constructor(plan: ColumnPlan) {
    this.#columns = idColumns(plan)
  }

  /** Takes the first row of an order: further ones say the same again. */
  add(cells: readonly string[]): void {
    for (const at of this.#columns) {
      const cell = cells[at] ?? ''
      if (cell.length > SURE_DIGITS) this.#addId(at, cell.trim())
    }
  }

  found(): CutIds[] {
    return [...this.#lengths].flatMap(([key, { ids, significant, isWhole }]): CutIds[] => {
      const [at, digits] = key.split(' ').map(Number) as [number, number]
      const zeros = ids.size * (digits - SURE_DIGITS)
      const own = ids.size * (SURE_DIGITS - significant)
      return isWhole || zeros < NO_CHANCE_DIGITS || own >= OWN_ZEROS ? [] : [[at, digits]]
    })
  }

  #addId(at: number, id: string): void {
    if (!/^\d+$/.test(id)) return
    const key = `${at} ${id.length}`
    const length = this.#lengths.get(key) ?? { ids: new Set<string>(), significant: 0, isWhole: false }
    this.#lengths.set(key, length)
    if (length.isWhole) return
    const significant = id.replace(/0+$/, '').length
    if (!MAY_BE_CUT.test(id) || significant > SURE_DIGITS) length.isWhole = true
    else if (length.ids.size < NO_CHANCE_DIGITS) length.ids.add(id)
    length.significant = Math.max(length.significant, significant)
  }
}

/** Says of a row whose order is named by what a spreadsheet cut or shortened that it cannot be told from others. */
export function damageFinder(
  { steps, groupBy, columns }: ColumnPlan,
  cut: readonly CutIds[],
): ((cells: readonly string[]) => Issue[]) | undefined {
  const id = idStep(steps)
  // An id that is one cell is looked at where it is read.
  const parts = id === undefined || id.parts.length === 1 ? groupBy : [...id.parts, ...groupBy]
  const pieces = [...new Set(parts.filter((part) => typeof part === 'number'))]
  if (pieces.length === 0 && cut.length === 0) return undefined
  return (cells) => {
    const shortened = pieces.flatMap((at): Issue[] => {
      const cell = (cells[at] ?? '').trim()
      const damage = LOST.test(cell) ? damagedId(cell) : undefined
      return damage === undefined ? [] : [damaged(columns[at]!, damage.what, damage.hint)]
    })
    const short = cut.find(([at, digits]) => isCut((cells[at] ?? '').trim(), digits))
    return short === undefined ? shortened : [...shortened, damaged(columns[short[0]]!, CUT, EXPORT_AGAIN)]
  }
}

const CUT =
  'holds an id that a spreadsheet cut to 15 digits, with zeros in place of the others, so that several ids became one'
const EXPORT_AGAIN =
  'The digits are gone. Export again from where the ids come from, with the column formatted as text.'

function isCut(cell: string, digits: number): boolean {
  return cell.length === digits && MAY_BE_CUT.test(cell)
}

function damaged(column: string, what: string, hint: string): Issue {
  return fault('invalid_cell', column, `Column "${column}" ${what}.`, hint)
}

/** Columns that name an order, alone or together. */
function idColumns({ steps, groupBy }: ColumnPlan): number[] {
  const id = idStep(steps)
  return [...new Set([...(id?.parts ?? []), ...groupBy].filter((part) => typeof part === 'number'))]
}
