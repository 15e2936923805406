import { z } from 'zod'
import type { Account } from '../../store/index.ts'
import { type Answer, errorAnswer, jsonAnswer } from '../answer.ts'
import { checkedRoute, type Route } from '../route.ts'
import { editRoute } from './edit.ts'
import { countField, cursorField, given, pixelField, rowParams, stateField, timeField } from './fields.ts'
import type { AdminOptions } from './options.ts'
import { maySee } from './scope.ts'

const searchQuery = z.strictObject({
  pixel: pixelField.optional(),
  state: stateField.optional(),
  code: z.string().max(200).optional(),
  suspect: z.literal('true', { error: 'write true' }).optional().meta({ description: 'Only events with a suspicion.' }),
  id: z.string().max(2_000).optional().meta({ description: 'What the id begins with.' }),
  since: timeField.optional(),
  cursor: cursorField,
  limit: countField(1_000, 50),
})
/** `/api/events`: search, one event's account, and the edit of one. */
export function eventRoutes(options: AdminOptions): readonly Route[] {
  const { store } = options
  return [
    checkedRoute({
      method: 'GET',
      path: '/api/events',
      access: 'viewer',
      summary: 'Events by pixel, state, code, id or time, the newest first.',
      query: searchQuery,
      answers: { 200: 'A page; `cursor` leads to the next.' },
      async handle({ query: { pixel, state, code, id, since, suspect, cursor, limit }, pixels }) {
        const search = given({ pixel, state, code, cursor, idPrefix: id, sinceMs: since })
        const page = await store.search({ ...search, ...(suspect && { suspect: true }), limit })
        const events = page.items.filter((event) => maySee(pixels, event.pixel))
        return jsonAnswer(200, { events, cursor: page.cursor })
      },
    }),
    checkedRoute({
      method: 'GET',
      path: '/api/events/:id',
      access: 'viewer',
      summary: 'The account of an event: who brought it, each attempt, the last answer, its state and reason.',
      params: z.object({ id: z.string().min(1) }),
      query: z.strictObject({ pixel: pixelField.optional() }),
      answers: { 200: 'One account for each pixel and name.', 404: 'There is none with this id.' },
      async handle({ params, query, pixels }) {
        const accounts = (await store.show(params.id, query.pixel)).filter(({ pixel }) => maySee(pixels, pixel))
        return accounts.length === 0 ? NO_EVENT : jsonAnswer(200, { accounts: accounts.map(accountView) })
      },
    }),
    checkedRoute({
      method: 'GET',
      path: '/api/events/row/:row',
      access: 'viewer',
      summary: 'The account of an event by its row, for one whose id could not be read.',
      params: rowParams,
      answers: { 200: 'The account.', 404: 'There is no such row.' },
      async handle({ params, pixels }) {
        const account = await store.showRow(params.row)
        return account === undefined || !maySee(pixels, account.pixel)
          ? NO_EVENT
          : jsonAnswer(200, { account: accountView(account) })
      },
    }),
    editRoute(options),
  ]
}

/** An account as it is shown: the event as JSON instead of text, and of where it comes from the shop. */
export function accountView({ wire, origin, ...account }: Account): object {
  return { ...account, shop: origin?.shop, event: wire === undefined ? undefined : (JSON.parse(wire) as unknown) }
}

export const NO_EVENT: Answer = errorAnswer(404, 'There is no such event.', { code: 'not_found' })
