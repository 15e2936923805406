import { VERSION } from 'waybill'
import { z } from 'zod'
import type { PixelConfig } from '../../engine/index.ts'
import type { PixelStatus } from '../../store/index.ts'
import { type Answer, errorAnswer, jsonAnswer } from '../answer.ts'
import { checkedRoute, type Route } from '../route.ts'
import { pixelField, reasonField } from './fields.ts'
import type { AdminOptions } from './options.ts'

const pixelParams = z.object({ pixel: pixelField })
/** Of a hold that an operator asked for. */
const OPERATOR = 'held_by_operator'

/** `/api/status` and `/api/pixels`: how it stands, and hold and resume. */
export function statusRoutes(options: AdminOptions): readonly Route[] {
  return [
    checkedRoute({
      method: 'GET',
      path: '/api/status',
      access: 'admin',
      summary: 'Counts, pixels and clock at a glance.',
      answers: { 200: 'How it stands.' },
      handle: () => status(options),
    }),
    checkedRoute({
      method: 'GET',
      path: '/api/pixels',
      access: 'admin',
      summary: 'The pixels with their state and, where one is held, the reason.',
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
      summary: 'Sends again what was held.',
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
  const trusted = clock.isTrusted()
  return jsonAnswer(200, {
    version: VERSION,
    startedMs,
    nowMs: clock.now(),
    counts,
    pixels,
    clock: { trusted, skewMs: clock.skewMs },
  })
}

async function pixelViews({ store, pixels }: AdminOptions): Promise<readonly object[]> {
  const found = new Map((await store.pixels()).map((one) => [one.pixel, one]))
  const configured = new Map(pixels().map((one) => [one.pixelId, one]))
  return [...new Set([...configured.keys(), ...found.keys()])].map((pixel) =>
    pixelView(pixel, configured.get(pixel), found.get(pixel)),
  )
}

function pixelView(pixel: string, config: PixelConfig | undefined, status: PixelStatus | undefined): object {
  return {
    pixel,
    state: config === undefined ? 'not_configured' : status?.hold === undefined ? 'delivering' : 'held',
    hold: status?.hold,
    heldShapes: status?.heldShapes ?? [],
    counts: status?.counts,
    oldestTimestampMs: status?.oldestTimestampMs,
    ...(config && { contract: config.contract, preflight: config.preflight, endpoint: config.endpoint }),
  }
}

async function hold(pixel: string, reason: string, by: string, options: AdminOptions): Promise<Answer> {
  const { store, clock } = options
  if (!(await isKnown(pixel, options))) return NO_PIXEL
  await store.holdPixel(pixel, { code: OPERATOR, message: reason, atMs: clock.now(), by })
  return jsonAnswer(200, { pixel, state: 'held' })
}

async function resume(pixel: string, by: string, options: AdminOptions): Promise<Answer> {
  const { store, clock, wake } = options
  if (!(await isKnown(pixel, options))) return NO_PIXEL
  const wasHeld = await store.resumePixel(pixel, { by, nowMs: clock.now() })
  wake()
  return jsonAnswer(200, { pixel, wasHeld })
}

async function isKnown(pixel: string, { store, pixels }: AdminOptions): Promise<boolean> {
  return pixels().some(({ pixelId }) => pixelId === pixel) || (await store.pixels()).some((one) => one.pixel === pixel)
}

const NO_PIXEL = errorAnswer(404, 'There is no such pixel.', { param: 'pixel', code: 'not_found' })
