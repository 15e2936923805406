import { currencyOf, decimalsOf, rounded } from './amount.ts'
import type { Draft } from './draft.ts'
import { present } from './read.ts'

/** A warning of a source, by its code in the list of issues. */
export interface Note {
  /** What was changed or left out. */
  readonly code: 'amount_rounded' | 'unused_field'
  /** Where: of the event what was rounded and what an item cannot say, of the call what was not used. Holds no value. */
  readonly path: string
}

/** So many fields are named: whoever reads them knows the rest. */
export const MAX_NOTES = 5

/**
 * The draft with an amount that its currency can hold and without what its items cannot say; a warning where the amount had to be rounded,
 * and for fields that were left out.
 */
export function settled(
  draft: Draft,
  excessDecimals: 'round' | 'refuse',
): { readonly draft: Draft; readonly notes: readonly Note[] } {
  const { amount, currency, contents } = draft.data ?? {}
  const notes: Note[] = []
  const items = contents?.flatMap((item, index) => {
    const used = Object.entries(item).filter(([key, value]) => {
      const isUsed = !Number.isNaN(value)
      if (!isUsed) notes.push({ code: 'unused_field', path: `data.contents[${index}].${key}` })
      return isUsed
    })
    return used.length === 0 ? [] : Object.fromEntries(used)
  })
  const isStated = excessDecimals === 'round' && typeof amount === 'string'
  const nearest = isStated ? rounded(amount, decimalsOf(currencyOf(currency))) : undefined
  notes.length = Math.min(notes.length, MAX_NOTES)
  if (nearest !== undefined) notes.push({ code: 'amount_rounded', path: 'data.amount' })
  return {
    draft: {
      ...draft,
      data: present({ ...draft.data, amount: nearest ?? amount, contents: items?.[0] && items }),
    },
    notes,
  }
}
