import { z } from 'zod'
import { type Answer, errorAnswer } from '../answer.ts'
import { pixelField } from './fields.ts'
import type { AdminOptions } from './options.ts'
import { maySee, type Scope } from './scope.ts'

export const pixelParams: z.ZodType<{ pixel: string }> = z.object({ pixel: pixelField })

/** A pixel of the configuration, or one that has events from before; and the caller may see it. */
export async function isKnown(scope: Scope, pixel: string, { store, pixels }: AdminOptions): Promise<boolean> {
  if (!maySee(scope, pixel)) return false
  return pixels().some(({ pixelId }) => pixelId === pixel) || (await store.pixels()).some((one) => one.pixel === pixel)
}

export const NO_PIXEL: Answer = errorAnswer(
  404,
  'There is no such pixel: /api/pixels and waybill status list those there are.',
  { param: 'pixel', code: 'not_found' },
)
