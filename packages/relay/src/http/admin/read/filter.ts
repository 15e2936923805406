import { z } from 'zod'
import { contextKey, type EventFilter } from '../../../store/index.ts'
import { given, pixelField, stateField, timeField } from '../fields.ts'
import { pixelsAsked, type Scope } from '../scope.ts'

const text = z.string().max(2_000)

/** What lists can be narrowed by. */
export const filterFields: {
  readonly pixel: z.ZodOptional<typeof pixelField>
  readonly state: z.ZodOptional<typeof stateField>
  readonly name: z.ZodOptional<z.ZodString>
  readonly source: z.ZodOptional<z.ZodString>
  readonly code: z.ZodOptional<z.ZodString>
  readonly shape: z.ZodOptional<z.ZodString>
  readonly id: z.ZodOptional<z.ZodString>
  readonly order: z.ZodOptional<z.ZodString>
  readonly from: z.ZodOptional<typeof timeField>
  readonly until: z.ZodOptional<typeof timeField>
  readonly since: z.ZodOptional<typeof timeField>
} = {
  pixel: pixelField.optional(),
  state: stateField.optional(),
  name: text.optional().meta({ description: 'Of the event, such as `order_created` or `custom:signup`.' }),
  source: text.optional().meta({ description: 'Who brought it.' }),
  code: text.optional(),
  shape: text.optional(),
  id: text.optional().meta({ description: 'What the id begins with.' }),
  order: text.optional().meta({ description: 'The order that a context was kept for.' }),
  from: timeField.optional().meta({ description: 'Of the end where `state` is one, of the acceptance otherwise.' }),
  until: timeField.optional(),
  since: timeField.optional().meta({ description: 'The same as `from`.' }),
}

export interface FilterQuery {
  readonly pixel?: string | undefined
  readonly state?: EventFilter['state'] | undefined
  readonly name?: string | undefined
  readonly source?: string | undefined
  readonly code?: string | undefined
  readonly shape?: string | undefined
  readonly id?: string | undefined
  readonly order?: string | undefined
  readonly from?: number | undefined
  readonly until?: number | undefined
  readonly since?: number | undefined
  readonly suspect?: unknown
}

/** What the store is asked for, within what the caller may see. */
export function filterOf(query: FilterQuery, scope: Scope): EventFilter {
  const { pixel, state, name, source, code, shape, id, order, from, until, since, suspect } = query
  const pixels = pixelsAsked(scope, pixel)
  return given({
    pixels,
    state,
    name,
    source,
    code,
    shape,
    idPrefix: id,
    orderKey: order === undefined ? undefined : contextKey('order', order),
    fromMs: from ?? since,
    untilMs: until,
    suspect: suspect === undefined ? undefined : (true as const),
  })
}
