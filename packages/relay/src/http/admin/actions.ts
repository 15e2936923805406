import { z } from 'zod'
import { jsonAnswer } from '../answer.ts'
import { checkedRoute, type Route } from '../route.ts'
import { countField, cursorField, given } from './fields.ts'
import type { AdminOptions } from './options.ts'

/** `/api/actions`: what operators did, who and when. */
export function actionRoutes({ store }: AdminOptions): readonly Route[] {
  return [
    checkedRoute({
      method: 'GET',
      path: '/api/actions',
      access: 'viewer',
      summary: 'What operators did, the newest first.',
      query: z.strictObject({ cursor: cursorField, limit: countField(1_000, 50) }),
      answers: { 200: 'A page; `cursor` leads to the next.' },
      async handle({ query: { cursor, limit } }) {
        const page = await store.listActions({ ...given({ cursor }), limit })
        return jsonAnswer(200, { actions: page.items, cursor: page.cursor })
      },
    }),
  ]
}
