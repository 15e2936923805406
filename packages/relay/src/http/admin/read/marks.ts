import { DAY_MS } from 'waybill/delivery'
import { z } from 'zod'
import { type Answer, errorAnswer, jsonAnswer } from '../../answer.ts'
import { type Call, checkedRoute, type Route } from '../../route.ts'
import { pixelField, timeField } from '../fields.ts'
import { isKnown, NO_PIXEL } from '../known-pixel.ts'
import type { AdminOptions } from '../options.ts'
import { maySee } from '../scope.ts'
import { markSchema, markView, RELAY } from './mark-view.ts'
import { isRange, rangeFields, rangeOf, readFields } from './shared.ts'

const TEXT = 'write what changed, in at most 200 characters'
const markBody = z.strictObject({
  text: z.string({ error: TEXT }).trim().min(1, { error: TEXT }).max(200, { error: TEXT }),
  atMs: timeField.optional().meta({ description: 'Default: now.' }),
  pixel: pixelField.optional().meta({ description: 'Default: all.' }),
})
type MarkBody = z.output<typeof markBody>

/** `/api/marks`: what changed, and when, beside the charts. */
export function markRoutes(options: AdminOptions): readonly Route[] {
  const { reads, clock } = options
  return [
    checkedRoute({
      method: 'GET',
      path: '/api/marks',
      access: 'viewer',
      summary: 'Changes of a range: those that people noted, and those that the relay noted itself.',
      query: z.strictObject(rangeFields),
      answers: { 200: 'The marks.' },
      answerBodies: { 200: z.strictObject({ ...readFields, marks: z.array(markSchema) }) },
      async handle({ query, pixels }) {
        const range = rangeOf({ from: clock.now() - 30 * DAY_MS, ...defined(query) }, clock.now())
        if (!isRange(range)) return range
        const { marks, commit } = await reads.ask('marks', range)
        const wanted = ({ pixel }: { readonly pixel?: string }): boolean =>
          pixel === undefined || (maySee(pixels, pixel) && (query.pixel ?? pixel) === pixel)
        return jsonAnswer(200, { commit, atMs: clock.now(), marks: marks.filter(wanted).map(markView) })
      },
    }),
    checkedRoute({
      method: 'POST',
      path: '/api/marks',
      access: 'admin',
      summary: 'Notes a change, such as a release, which stands on the charts then.',
      body: markBody,
      answers: { 201: 'It is noted.', 404: 'There is no such pixel.' },
      answerBodies: { 201: z.strictObject({ mark: markSchema }) },
      handle: (call) => note(call, options),
    }),
    checkedRoute({
      method: 'DELETE',
      path: '/api/marks/:id',
      access: 'admin',
      summary: 'Takes a mark of somebody away again. What the relay noted itself stays.',
      params: z.object({ id: z.coerce.number().int().min(0) }),
      answers: { 200: 'It is gone.', 404: 'There is no such mark of anybody.' },
      handle: async ({ params, pixels }) => drop(params.id, pixels, options),
    }),
  ]
}

async function note(
  { body: { text, atMs, pixel }, who, pixels }: Call<unknown, unknown, MarkBody>,
  options: AdminOptions,
): Promise<Answer> {
  const { store, clock } = options
  if (pixel !== undefined && !(await isKnown(pixels, pixel, options))) return NO_PIXEL
  if (pixel === undefined && pixels !== '*') return WHICH_PIXEL
  const mark = await store.addMark({ atMs: atMs ?? clock.now(), by: who, text, ...(pixel !== undefined && { pixel }) })
  return jsonAnswer(201, { mark: markView(mark) })
}

async function drop(
  seq: number,
  pixels: Call<unknown, unknown, unknown>['pixels'],
  { reads, store, clock }: AdminOptions,
): Promise<Answer> {
  const { marks } = await reads.ask('marks', { fromMs: 0, untilMs: clock.now() + DAY_MS })
  const mark = marks.find((one) => one.seq === seq && one.by !== RELAY)
  const isTheirs = mark?.pixel === undefined ? pixels === '*' : maySee(pixels, mark.pixel)
  const isGone = mark !== undefined && isTheirs && (await store.dropMark(seq))
  return isGone ? jsonAnswer(200, { id: seq }) : NO_MARK
}

function defined<Parts extends object>(parts: Parts): Partial<Parts> {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as Partial<Parts>
}

const NO_MARK = errorAnswer(404, 'There is no such mark of anybody.', { param: 'id', code: 'not_found' })
const WHICH_PIXEL = errorAnswer(400, 'Name one of your pixels: this token is not for all of them.', {
  param: 'pixel',
  code: 'invalid_request',
})
