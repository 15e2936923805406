import { z } from 'zod'
import type { Account } from '../../store/index.ts'
import { type Answer, errorAnswer, jsonAnswer } from '../answer.ts'
import { checkedRoute, type Route } from '../route.ts'
import { editRoute } from './edit.ts'
import { pixelField, rowParams } from './fields.ts'
import type { AdminOptions } from './options.ts'
import { accountSchema, accountView as knownView } from './read/account-view.ts'
import { eventExportRoute } from './read/event-export.ts'
import { eventListRoutes } from './read/event-list.ts'
import { readFields } from './read/shared.ts'
import { pixelsAsked } from './scope.ts'

/** `/api/events`: lists, one event's account, and the edit of one. */
export function eventRoutes(options: AdminOptions): readonly Route[] {
  return [...eventListRoutes(options), eventExportRoute(options), ...accountRoutes(options), editRoute(options)]
}

function accountRoutes({ reads, clock, endpointOf }: AdminOptions): readonly Route[] {
  return [
    checkedRoute({
      method: 'GET',
      path: '/api/events/:id',
      access: 'viewer',
      summary: 'The account of an event: who brought it, each attempt, the last answer, its state and reason.',
      params: z.object({ id: z.string().min(1) }),
      query: z.strictObject({ pixel: pixelField.optional() }),
      answers: { 200: 'One account for each pixel and name.', 404: 'There is none with this id.' },
      answerBodies: { 200: z.strictObject({ ...readFields, accounts: z.array(accountSchema) }) },
      async handle({ params, query, pixels, role }) {
        const asked = pixelsAsked(pixels, query.pixel)
        const { accounts, commit } = await reads.ask('event', { id: params.id, ...(asked && { pixels: asked }) })
        if (accounts.length === 0) return NO_EVENT
        const views = accounts.map((account) => knownView(account, { role, endpoint: endpointOf(account.pixel) }))
        return jsonAnswer(200, { commit, atMs: clock.now(), accounts: views })
      },
    }),
    checkedRoute({
      method: 'GET',
      path: '/api/events/row/:row',
      access: 'viewer',
      summary: 'The account of an event by its row, for one whose id could not be read.',
      params: rowParams,
      answers: { 200: 'The account.', 404: 'There is no such row.' },
      answerBodies: { 200: z.strictObject({ ...readFields, account: accountSchema }) },
      async handle({ params, pixels, role }) {
        const asked = pixelsAsked(pixels, undefined)
        const { accounts, commit } = await reads.ask('event', { row: params.row, ...(asked && { pixels: asked }) })
        const [account] = accounts
        if (account === undefined) return NO_EVENT
        const view = knownView(account, { role, endpoint: endpointOf(account.pixel) })
        return jsonAnswer(200, { commit, atMs: clock.now(), account: view })
      },
    }),
  ]
}

/** An account as it is shown: the event as JSON instead of text, and of where it comes from the shop. */
export function accountView({ wire, origin, ...account }: Account): object {
  return { ...account, shop: origin?.shop, event: wire === undefined ? undefined : (JSON.parse(wire) as unknown) }
}

export const NO_EVENT: Answer = errorAnswer(404, 'There is no such event.', { code: 'not_found' })
