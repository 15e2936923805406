import { isObject } from 'waybill/delivery'
import { z } from 'zod'
import { EVENT_STATES, type EventState, type ListedEvent } from '../../../store/index.ts'
import { orNull } from './shared.ts'

/** An event as lists show it. */
export interface EventView {
  readonly row: number
  readonly pixel: string
  readonly name: string
  readonly id: string | null
  readonly state: EventState
  readonly code: string | null
  readonly message: string | null
  readonly shape: string
  readonly source: string
  readonly timestampMs: number
  readonly dueMs: number
  readonly acceptedMs: number
  readonly endedMs: number | null
  readonly attempts: number
  readonly amount: number | null
  readonly currency: string | null
  readonly suspicion?: unknown
}

export const eventSchema: z.ZodType<EventView> = z
  .strictObject({
    row: z.number(),
    pixel: z.string(),
    name: z.string(),
    id: z.string().nullable(),
    state: z.enum(EVENT_STATES as [EventState, ...EventState[]]),
    code: z.string().nullable(),
    message: z.string().nullable(),
    shape: z.string(),
    source: z.string(),
    timestampMs: z.number(),
    dueMs: z.number(),
    acceptedMs: z.number(),
    endedMs: z.number().nullable(),
    attempts: z.number(),
    amount: z.number().nullable(),
    currency: z.string().nullable(),
    suspicion: z.unknown().optional(),
  })
  .meta({ id: 'EventSummary' })

export function eventView(event: ListedEvent): EventView {
  const { row, pixel, name, state, shape, source, timestampMs, dueMs, acceptedMs, attempts, suspicion } = event
  return {
    row,
    pixel,
    name,
    id: orNull(event.id),
    state,
    code: orNull(event.code),
    message: orNull(event.message),
    shape,
    source,
    timestampMs,
    dueMs,
    acceptedMs,
    endedMs: orNull(event.endedMs),
    attempts,
    amount: orNull(event.amount),
    currency: orNull(event.currency),
    ...(suspicion && { suspicion }),
  }
}

const SHOWN = 4

/** An event as it may be shown to anybody: of what identifies a visitor, digests included, only how it begins. */
export function maskedEvent(event: unknown): unknown {
  if (!isObject(event)) return event
  const { user, oppref, ...rest } = event
  return {
    ...rest,
    ...(user !== undefined && { user: masked(user) }),
    ...(oppref !== undefined && { oppref: masked(oppref) }),
  }
}

function masked(value: unknown): unknown {
  if (typeof value === 'string') return value.length <= SHOWN ? '…' : `${value.slice(0, SHOWN)}…`
  if (Array.isArray(value)) return value.map(masked)
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, masked(one)]))
  return value === null ? null : '…'
}
