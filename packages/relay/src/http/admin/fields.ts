import { z } from 'zod'
import { EVENT_STATES, type EventState, type Selection } from '../../store/index.ts'

/** Parts of requests that several routes share. */

export const pixelField: z.ZodString = z
  .string({ error: 'write a Pixel ID' })
  .min(1, { error: 'write a Pixel ID' })
  .max(200, { error: 'a Pixel ID has at most 200 characters' })

const STATE = `write one of ${EVENT_STATES.join(', ')}`
export const stateField: z.ZodType<EventState> = z.enum(EVENT_STATES as [EventState, ...EventState[]], { error: STATE })

const TIME = 'write a time as ISO 8601 with an offset, or as Unix milliseconds'
/** A time as Unix milliseconds, whichever way it is written. */
export const timeField: z.ZodType<number> = z
  .union([z.iso.datetime({ offset: true }), z.string().regex(/^\d{1,15}$/), z.int()], { error: TIME })
  .transform((value) => (typeof value === 'string' && !/^\d+$/.test(value) ? Date.parse(value) : Number(value)))
  .meta({ description: 'ISO 8601 with an offset, or Unix milliseconds.' })

export function countField(most: number, byDefault: number): z.ZodType<number> {
  const error = `write a whole number from 1 to ${most.toLocaleString('en-US')}`
  return z.coerce.number({ error }).int({ error }).min(1, { error }).max(most, { error }).default(byDefault)
}

export const cursorField: z.ZodType<string | undefined> = z
  .string()
  .max(2_000, { error: 'take the cursor from the page before' })
  .optional()
  .meta({ description: 'From the page before, with the other parts unchanged.' })

const ROW = 'write the number of a row'
export const rowParams: z.ZodType<{ row: number }> = z.object({
  row: z.coerce.number({ error: ROW }).int({ error: ROW }).min(0, { error: ROW }),
})

export const reasonField: z.ZodString = z
  .string({ error: 'say why, in a few words' })
  .trim()
  .min(1, { error: 'say why, in a few words' })
  .max(1_000, { error: 'write at most 1,000 characters' })

export const dryRunField: z.ZodDefault<z.ZodBoolean> = z.boolean({ error: 'write true or false' }).default(false)

const MAX_ROWS = 10_000
/** Events that one act may change. */
export const MAX_SELECTED = 100_000
const SELECTION = 'write { "rows": [...] }, or { "state": ... } with pixel, code, shape or since'

/** Some rows, or all events that are alike. */
export const selectionField: z.ZodType<Selection> = z
  .union(
    [
      z.strictObject({ rows: z.array(z.int().min(0)).min(1).max(MAX_ROWS) }),
      z.strictObject({
        state: z.enum(['refused', 'expired', 'discarded', 'queued', 'held']),
        pixel: pixelField.optional(),
        code: z.string().optional(),
        shape: z.string().optional(),
        since: timeField.optional(),
      }),
    ],
    { error: SELECTION },
  )
  .transform((value): Selection => {
    if ('rows' in value) return value
    const { state, pixel, code, shape, since } = value
    return { state, ...given({ pixel, code, shape, sinceMs: since }) }
  })

const SUSPECTS = 'write { "rows": [...] }, or { "suspect": true } with pixel, code, shape or since'

/** Some rows, or all events with a suspicion that are alike. */
export const suspectsField: z.ZodType<Selection> = z
  .union(
    [
      z.strictObject({ rows: z.array(z.int().min(0)).min(1).max(MAX_ROWS) }),
      z.strictObject({
        suspect: z.literal(true),
        pixel: pixelField.optional(),
        code: z.string().optional(),
        shape: z.string().optional(),
        since: timeField.optional(),
      }),
    ],
    { error: SUSPECTS },
  )
  .transform((value): Selection => {
    if ('rows' in value) return value
    const { suspect, pixel, code, shape, since } = value
    return { suspect, ...given({ pixel, code, shape, sinceMs: since }) }
  })

/** The parts that have a value. */
export function given<Parts extends Readonly<Record<string, unknown>>>(
  parts: Parts,
): { [Key in keyof Parts]?: Exclude<Parts[Key], undefined> } {
  const entries = Object.entries(parts).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as { [Key in keyof Parts]?: Exclude<Parts[Key], undefined> }
}
