import type { ColumnPlan } from './column-plan.ts'
import type { Asks, ColumnProfile } from './column-profile.ts'
import { findField } from './field.ts'
import { maySayStatus, statusOf } from './status.ts'
import { guessField, isClockName, isMoneyName } from './synonym.ts'

const ONLY: Asks = { amounts: false, times: false, words: false }
const WORDS: Asks = { ...ONLY, words: true }
const TIMES: Asks = { ...ONLY, times: true }
const EVERYTHING: Asks = { amounts: true, times: true, words: true }
const AMOUNTS: Asks = { ...ONLY, amounts: true }

/** What of each column is looked at in every row of a file, after its first rows; `undefined` for what can decide nothing any more. */
export function asksOf(
  columns: readonly string[],
  profiles: readonly ColumnProfile[],
  { steps, where }: ColumnPlan,
): (Asks | undefined)[] {
  const byMap = new Map(
    steps.flatMap(({ field, parts }) =>
      parts.filter((part) => typeof part === 'number').map((at) => [at, field] as const),
    ),
  )
  const filtered = new Set(where.map(({ at }) => at))
  return columns.map((column, at) => {
    const profile = profiles[at]
    const field = byMap.get(at) ?? findField(column.trim()) ?? guessField(column)
    if (profile !== undefined && filtered.has(at)) return EVERYTHING
    if (profile !== undefined && statusOf(profile) !== undefined) return { ...WORDS, times: true }
    if (profile !== undefined && profile.filled === 0) return EVERYTHING
    if (field?.kind === 'timestamp' || isClockName(column)) return TIMES
    if (field?.kind === 'decimal' || field?.kind === 'minorUnits' || field?.kind === 'quantity' || isMoneyName(column))
      return AMOUNTS
    if (field === undefined) return maySayStatus(column) ? WORDS : undefined
    return WORD_FIELDS.has(field.name) ? WORDS : undefined
  })
}

/** Fields whose guess goes by their words. */
const WORD_FIELDS: ReadonlySet<string> = new Set(['type', 'currency', 'region', 'country', 'city'])
