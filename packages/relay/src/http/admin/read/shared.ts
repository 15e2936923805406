import { DAY_MS, MINUTE_MS } from 'waybill/delivery'
import { z } from 'zod'
import type { Count, Money, Range } from '../../../store/index.ts'
import { type Answer, errorAnswer } from '../../answer.ts'
import { pixelField, timeField } from '../fields.ts'

/** Parts that the routes of the page share. */

export interface MoneyView {
  readonly currency: string
  /** Minor units. */
  readonly amount: number
}

/** How many, and what they come to. */
export interface Figure {
  readonly events: number
  readonly money: readonly MoneyView[]
}

export const moneySchema: z.ZodType<readonly MoneyView[]> = z
  .array(z.strictObject({ currency: z.string(), amount: z.number() }))
  .meta({ description: 'Minor units by currency, the largest first.' })

export const figureSchema: z.ZodType<Figure> = z.strictObject({ events: z.number(), money: moneySchema })

/** The largest first. */
export function moneyView(money: Money): MoneyView[] {
  const all = Object.entries(money).map(([currency, amount]) => ({ currency, amount }))
  return all.sort((one, other) => other.amount - one.amount)
}

export function figureOf({ events, money }: Count): Figure {
  return { events, money: moneyView(money) }
}

interface RangeQuery {
  readonly pixel?: string | undefined
  readonly from?: number | undefined
  readonly until?: number | undefined
}

export const rangeFields: {
  readonly pixel: z.ZodOptional<z.ZodString>
  readonly from: z.ZodOptional<z.ZodType<number>>
  readonly until: z.ZodOptional<z.ZodType<number>>
} = {
  pixel: pixelField.optional(),
  from: timeField.optional(),
  until: timeField.optional(),
}

/** The range that is asked about; the last day where none is named. Its end is the end of this minute at the latest. */
export function rangeOf({ from, until }: RangeQuery, nowMs: number): Range | Answer {
  const untilMs = until ?? Math.ceil((nowMs + 1) / MINUTE_MS) * MINUTE_MS
  const fromMs = from ?? untilMs - DAY_MS
  return fromMs < untilMs ? { fromMs, untilMs } : EMPTY_RANGE
}

export function isRange(value: Range | Answer): value is Range {
  return 'fromMs' in value
}

const EMPTY_RANGE = errorAnswer(
  400,
  'The range ends before it begins: write a time for until that is later than from.',
  {
    param: 'until',
    code: 'invalid_request',
  },
)

/** In each answer: the number of the commit that it was read at, and when. */
export const readFields: { readonly commit: z.ZodNumber; readonly atMs: z.ZodNumber } = {
  commit: z.number().meta({ description: 'The number of the commit that this was read at.' }),
  atMs: z.number(),
}

export function orNull<Value>(value: Value | undefined): Value | null {
  return value ?? null
}
