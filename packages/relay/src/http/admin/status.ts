import { VERSION } from 'waybill'
import { DAY_MS } from 'waybill/delivery'
import { z } from 'zod'
import { type Answer, jsonAnswer } from '../answer.ts'
import { checkedRoute, type Route } from '../route.ts'
import { reasonField } from './fields.ts'
import { isKnown, NO_PIXEL, pixelParams } from './known-pixel.ts'
import type { AdminOptions } from './options.ts'
import { pixelTestRoute } from './pixel-test.ts'
import { type Expiring, pixelViews } from './pixel-views.ts'
import { pixelListRoute } from './read/pixel-list.ts'
import { maySee, pixelsAsked, type Scope } from './scope.ts'

/** `/api/status` and `/api/pixels`: how it stands, and hold and resume. */
export function statusRoutes(options: AdminOptions): readonly Route[] {
  return [
    checkedRoute({
      method: 'GET',
      path: '/api/status',
      access: 'viewer',
      summary: 'Counts, pixels and clock at a glance.',
      answers: { 200: 'How it stands.' },
      handle: ({ pixels }) => status(pixels, options),
    }),
    pixelListRoute(options),
    checkedRoute({
      method: 'POST',
      path: '/api/pixels/:pixel/hold',
      access: 'admin',
      summary: 'Sends nothing more of a pixel until it is resumed. Events are still taken.',
      params: pixelParams,
      body: z.strictObject({ reason: reasonField }),
      answers: { 200: 'It is held.', 404: 'There is no such pixel.' },
      handle: ({ params, body, who, pixels }) => hold(params.pixel, { reason: body.reason, by: who }, pixels, options),
    }),
    checkedRoute({
      method: 'POST',
      path: '/api/pixels/:pixel/resume',
      access: 'admin',
      summary: 'Sends again what was held. Shapes of it that are held stay so.',
      params: pixelParams,
      body: z.strictObject({}),
      answers: { 200: 'Whether it was held.', 404: 'There is no such pixel.' },
      handle: ({ params, who, pixels }) => resume(params.pixel, who, pixels, options),
    }),
    pixelTestRoute(options),
  ]
}

async function status(scope: Scope, options: AdminOptions): Promise<Answer> {
  const { reads, clock, startedMs } = options
  const nowMs = clock.now()
  const asked = pixelsAsked(scope, undefined)
  const range = { fromMs: nowMs - DAY_MS, untilMs: nowMs + 1 }
  const [{ counts, commit }, { pixels }] = await Promise.all([
    reads.ask('now', asked === undefined ? {} : { pixels: asked }),
    pixelViews({ scope, range }, options),
  ])
  const sum = (part: keyof Expiring): number => pixels.reduce((events, { expiring }) => events + expiring[part], 0)
  return jsonAnswer(200, {
    commit,
    version: VERSION,
    startedMs,
    nowMs,
    counts,
    expiring: { within24h: sum('within24h'), within1h: sum('within1h') },
    pixels,
    clock: { trusted: clock.isConfirmed(), skewMs: clock.skewMs },
    sources: options.sources().filter(({ pixel }) => (pixel === undefined ? scope === '*' : maySee(scope, pixel))),
  })
}

async function hold(
  pixel: string,
  why: { readonly reason: string; readonly by: string },
  scope: Scope,
  options: AdminOptions,
): Promise<Answer> {
  if (!(await isKnown(scope, pixel, options))) return NO_PIXEL
  await options.operator.hold(pixel, why)
  return jsonAnswer(200, { pixel, state: 'held' })
}

async function resume(pixel: string, by: string, scope: Scope, options: AdminOptions): Promise<Answer> {
  if (!(await isKnown(scope, pixel, options))) return NO_PIXEL
  return jsonAnswer(200, { pixel, wasHeld: await options.operator.resume(pixel, by) })
}
