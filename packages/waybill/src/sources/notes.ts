import { currencyOf, decimalsOf, rounded } from './amount.ts'
import type { Draft } from './draft.ts'
import type { DraftItem } from './item.ts'
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

const unused = (path: string): Note => ({ code: 'unused_field', path })

/**
 * The draft with an amount that its currency can hold and without what its items cannot say; a warning where the amount had to be rounded,
 * and for fields that were left out.
 */
export function settled(
  draft: Draft,
  excessDecimals: 'round' | 'refuse',
): { readonly draft: Draft; readonly notes: readonly Note[] } {
  const { unsent = [], ...event } = draft
  const { amount, currency, contents } = event.data ?? {}
  const notes: Note[] = unsent.map(unused)
  const items = contents?.flatMap((each, index) => {
    const { unsent: lost = [], ...item }: DraftItem = each
    notes.push(...lost.map((key) => unused(`data.contents[${index}].${key}`)))
    return Object.keys(item).length === 0 ? [] : item
  })
  const isStated = excessDecimals === 'round' && typeof amount === 'string'
  const nearest = isStated ? rounded(amount, decimalsOf(currencyOf(currency))) : undefined
  notes.length = Math.min(notes.length, MAX_NOTES)
  if (nearest !== undefined) notes.push({ code: 'amount_rounded', path: 'data.amount' })
  return {
    draft: {
      ...event,
      data: present({ ...event.data, amount: nearest ?? amount, contents: items?.[0] && items }),
    },
    notes,
  }
}
