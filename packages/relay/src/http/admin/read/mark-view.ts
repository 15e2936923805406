import { z } from 'zod'
import type { Mark } from '../../../store/index.ts'
import { orNull } from './shared.ts'

/** A change, as charts show it. */
export interface MarkView {
  readonly id: number
  readonly atMs: number
  readonly text: string
  readonly by: string
  /** The relay noted it itself. */
  readonly kind: 'user' | 'relay'
  readonly pixel: string | null
}

export const markSchema: z.ZodType<MarkView> = z
  .strictObject({
    id: z.number(),
    atMs: z.number(),
    text: z.string(),
    by: z.string(),
    kind: z.enum(['user', 'relay']),
    pixel: z.string().nullable(),
  })
  .meta({ id: 'Mark' })

/** As whom the relay notes its own changes. */
export const RELAY = 'waybill'

export function markView({ seq, atMs, text, by, pixel }: Mark): MarkView {
  return { id: seq, atMs, text, by, kind: by === RELAY ? 'relay' : 'user', pixel: orNull(pixel) }
}
