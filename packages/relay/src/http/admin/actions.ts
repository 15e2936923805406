import { z } from 'zod'
import type { RecordedAction } from '../../store/index.ts'
import { jsonAnswer } from '../answer.ts'
import { checkedRoute, type Route } from '../route.ts'
import { countField, cursorField, given } from './fields.ts'
import type { AdminOptions } from './options.ts'
import { readFields } from './read/shared.ts'
import { maySee, type Scope } from './scope.ts'

const actionSchema: z.ZodType = z.strictObject({
  seq: z.number(),
  atMs: z.number(),
  by: z.string(),
  verb: z.string(),
  about: z.record(z.string(), z.unknown()),
})

/** `/api/actions`: what operators did, who and when. */
export function actionRoutes({ reads, clock }: AdminOptions): readonly Route[] {
  return [
    checkedRoute({
      method: 'GET',
      path: '/api/actions',
      access: 'viewer',
      summary: 'What operators did, the newest first.',
      query: z.strictObject({ cursor: cursorField, limit: countField(1_000, 50) }),
      answers: { 200: 'A page; `cursor` leads to the next.' },
      answerBodies: {
        200: z.strictObject({ ...readFields, actions: z.array(actionSchema), cursor: z.string().optional() }),
      },
      async handle({ query: { cursor, limit }, pixels }) {
        const { items, cursor: next, commit } = await reads.ask('actions', { ...given({ cursor }), limit })
        const actions = items.filter(({ about }) => isSeen(about, pixels))
        return jsonAnswer(200, { commit, atMs: clock.now(), actions, cursor: next })
      },
    }),
  ]
}

/** What was done to a pixel, or to several of which each may be seen. What names none concerns all. */
function isSeen({ pixel, pixels }: RecordedAction['about'], scope: Scope): boolean {
  if (scope === '*') return true
  const named = [pixel, ...(Array.isArray(pixels) ? pixels : [])].filter((one) => typeof one === 'string')
  return named.length > 0 && named.every((one) => maySee(scope, one))
}
