import { z } from 'zod'
import { type Answer, jsonAnswer } from '../answer.ts'
import { type Call, checkedRoute, type Route } from '../route.ts'
import { isKnown, NO_PIXEL, pixelParams } from './known-pixel.ts'
import type { AdminOptions } from './options.ts'
import type { Scope } from './scope.ts'

const SHAPE = 'write a shape as /api/pixels/:pixel/shapes lists it'
const shapeBody = z.strictObject({ shape: z.string({ error: SHAPE }).min(1, { error: SHAPE }) })

/** `/api/pixels/:pixel/shapes`: events that are alike for the API's rules, which are held and resumed together. */
export function shapeRoutes(options: AdminOptions): readonly Route[] {
  return [
    checkedRoute({
      method: 'GET',
      path: '/api/pixels/:pixel/shapes',
      access: 'viewer',
      summary: 'The shapes of a pixel that have events which have not ended, or are held, with the reason.',
      params: pixelParams,
      answers: { 200: 'The shapes.', 404: 'There is no such pixel.' },
      handle: ({ params, pixels }) => list(params.pixel, pixels, options),
    }),
    checkedRoute({
      method: 'POST',
      path: '/api/pixels/:pixel/shapes/resume',
      access: 'admin',
      summary: 'Sends again what was held of a shape, which starts anew: what led to the hold is forgotten.',
      params: pixelParams,
      body: shapeBody,
      answers: { 200: 'Whether it was held.', 404: 'There is no such pixel.' },
      handle: (call) => resume(call, options),
    }),
  ]
}

async function list(pixel: string, scope: Scope, options: AdminOptions): Promise<Answer> {
  if (!(await isKnown(scope, pixel, options))) return NO_PIXEL
  return jsonAnswer(200, { pixel, shapes: await options.store.shapes(pixel) })
}

async function resume(
  { params: { pixel }, body: { shape }, who, pixels }: Call<{ pixel: string }, unknown, { shape: string }>,
  options: AdminOptions,
): Promise<Answer> {
  if (!(await isKnown(pixels, pixel, options))) return NO_PIXEL
  return jsonAnswer(200, { pixel, shape, wasHeld: await options.operator.resumeShape(pixel, shape, who) })
}
