import { currencyOf, decimalsOf, rounded } from './amount.ts'
import type { Draft } from './draft.ts'

/** A warning of a source, by its code in the list of issues. */
export interface Note {
  /** What was changed or left out. */
  readonly code: 'amount_rounded' | 'unused_field'
  /** Where: of the event what was rounded, of the call what was not used. Holds no value. */
  readonly path: string
}

/** The draft with an amount that its currency can hold, and the warning where it had to be rounded. */
export function withRoundedAmount(
  draft: Draft,
  excessDecimals: 'round' | 'refuse',
): { readonly draft: Draft; readonly notes: readonly Note[] } {
  const { amount, currency } = draft.data ?? {}
  if (excessDecimals === 'refuse' || typeof amount !== 'string') return { draft, notes: [] }
  const nearest = rounded(amount, decimalsOf(currencyOf(currency)))
  if (nearest === undefined) return { draft, notes: [] }
  return {
    draft: { ...draft, data: { ...draft.data, amount: nearest } },
    notes: [{ code: 'amount_rounded', path: 'data.amount' }],
  }
}
