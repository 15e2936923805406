import { VERSION } from 'waybill'
import { z } from 'zod'
import { type Answer, jsonAnswer } from '../answer.ts'
import { checkedRoute, type Route } from '../route.ts'
import { reasonField } from './fields.ts'
import { isKnown, NO_PIXEL, pixelParams } from './known-pixel.ts'
import type { AdminOptions } from './options.ts'
import { type Expiring, pixelViews } from './pixel-views.ts'

/** `/api/status` and `/api/pixels`: how it stands, and hold and resume. */
export function statusRoutes(options: AdminOptions): readonly Route[] {
  return [
    checkedRoute({
      method: 'GET',
      path: '/api/status',
      access: 'viewer',
      summary: 'Counts, pixels and clock at a glance.',
      answers: { 200: 'How it stands.' },
      handle: () => status(options),
    }),
    checkedRoute({
      method: 'GET',
      path: '/api/pixels',
      access: 'viewer',
      summary: 'The pixels with their state and, where one is held or no longer configured, the reason.',
      answers: { 200: 'The pixels.' },
      handle: async () => jsonAnswer(200, { pixels: await pixelViews(options) }),
    }),
    checkedRoute({
      method: 'POST',
      path: '/api/pixels/:pixel/hold',
      access: 'admin',
      summary: 'Sends nothing more of a pixel until it is resumed. Events are still taken.',
      params: pixelParams,
      body: z.strictObject({ reason: reasonField }),
      answers: { 200: 'It is held.', 404: 'There is no such pixel.' },
      handle: ({ params, body, who }) => hold(params.pixel, body.reason, who, options),
    }),
    checkedRoute({
      method: 'POST',
      path: '/api/pixels/:pixel/resume',
      access: 'admin',
      summary: 'Sends again what was held. Shapes of it that are held stay so.',
      params: pixelParams,
      body: z.strictObject({}),
      answers: { 200: 'Whether it was held.', 404: 'There is no such pixel.' },
      handle: ({ params, who }) => resume(params.pixel, who, options),
    }),
  ]
}

async function status(options: AdminOptions): Promise<Answer> {
  const { store, clock, startedMs } = options
  const [counts, pixels] = await Promise.all([store.counts(), pixelViews(options)])
  const sum = (part: keyof Expiring): number => pixels.reduce((events, { expiring }) => events + expiring[part], 0)
  const trusted = clock.isConfirmed()
  return jsonAnswer(200, {
    version: VERSION,
    startedMs,
    nowMs: clock.now(),
    counts,
    expiring: { within24h: sum('within24h'), within1h: sum('within1h') },
    pixels,
    clock: { trusted, skewMs: clock.skewMs },
    sources: options.sources(),
  })
}

async function hold(pixel: string, reason: string, by: string, options: AdminOptions): Promise<Answer> {
  if (!(await isKnown(pixel, options))) return NO_PIXEL
  await options.operator.hold(pixel, { reason, by })
  return jsonAnswer(200, { pixel, state: 'held' })
}

async function resume(pixel: string, by: string, options: AdminOptions): Promise<Answer> {
  if (!(await isKnown(pixel, options))) return NO_PIXEL
  return jsonAnswer(200, { pixel, wasHeld: await options.operator.resume(pixel, by) })
}
