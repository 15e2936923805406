import { DAY_MS } from 'waybill/delivery'
import { z } from 'zod'
import type { EventFilter, EventList } from '../../../store/index.ts'
import { type Answer, jsonAnswer } from '../../answer.ts'
import { checkedRoute, type Route } from '../../route.ts'
import { countField, cursorField, given } from '../fields.ts'
import type { AdminOptions } from '../options.ts'
import { eventSchema, eventView } from './event-view.ts'
import { type FilterQuery, filterFields, filterOf } from './filter.ts'
import { moneySchema, moneyView, readFields } from './shared.ts'

const listQuery = z.strictObject({
  ...filterFields,
  suspect: z.literal('true', { error: 'write true' }).optional().meta({ description: 'Only events with a suspicion.' }),
  total: z.enum(['true', 'false']).default('true').meta({ description: '`false` leaves the total out.' }),
  cursor: cursorField,
  limit: countField(1_000, 50),
})

const DIGEST = 'write a SHA-256 in hex: it is made before it is sent, so that nobody here sees what it is of'
const searchBody = z.strictObject({
  ...filterFields,
  suspect: z.literal(true).optional(),
  identity: z
    .string({ error: DIGEST })
    .regex(/^[0-9a-f]{64}$/, { error: DIGEST })
    .meta({ description: 'The digest of an address, a number or a name that stands in the event.' }),
  cursor: cursorField,
  limit: countField(1_000, 50),
})

const listShape = {
  ...readFields,
  events: z.array(eventSchema),
  cursor: z.string().optional(),
  partial: z.boolean().meta({ description: 'The time was over before the page was full; `cursor` goes on.' }),
  total: z
    .strictObject({
      events: z.number(),
      money: moneySchema,
      atLeast: z.boolean().meta({ description: 'There are more: counted no further.' }),
    })
    .nullable(),
  forgotten: z.number().meta({ description: 'Of the total, events whose accounts are gone.' }),
  forgottenBeforeMs: z.number().nullable(),
}
const SEARCHED =
  'Looked through: events whose content is kept. That of delivered events is dropped, unless keepBodies is set.'

/** Lists of events, and what is found by an identity, whose digest goes in a body so that no log has it. */
export function eventListRoutes(options: AdminOptions): readonly Route[] {
  return [
    checkedRoute({
      method: 'GET',
      path: '/api/events',
      access: 'viewer',
      summary: 'Events that all of the given parts hold for, the newest first, with their exact number.',
      query: listQuery,
      answers: { 200: 'A page, full or the last; `cursor` leads to the next.' },
      answerBodies: { 200: z.strictObject(listShape) },
      handle: ({ query, pixels }) => list(query, filterOf(query, pixels), options),
    }),
    checkedRoute({
      method: 'POST',
      path: '/api/events/search',
      access: 'viewer',
      summary: 'Events in whose kept content a digest stands.',
      body: searchBody,
      answers: { 200: 'A page; `cursor` leads to the next.', 503: 'It would take too long.' },
      answerBodies: { 200: z.strictObject({ ...listShape, searched: z.string() }) },
      async handle({ body, pixels }) {
        const { identity, ...query } = body
        return list(query, { ...filterOf(query, pixels), identity }, options, { searched: SEARCHED })
      },
    }),
  ]
}

interface PageQuery extends FilterQuery {
  readonly cursor?: string | undefined
  readonly limit: number
  readonly total?: string
}

async function list(
  { cursor, limit, total = 'true' }: PageQuery,
  filter: EventFilter,
  { reads, clock, retentionDays }: AdminOptions,
  more: object = {},
): Promise<Answer> {
  const found = await reads.ask('events', { ...filter, ...given({ cursor }), limit })
  const { events, isCut, forgotten, commit } = found
  return jsonAnswer(200, {
    commit,
    atMs: clock.now(),
    events: events.map(eventView),
    cursor: found.cursor,
    partial: isCut,
    total: total === 'true' ? totalView(found.total) : null,
    forgotten,
    forgottenBeforeMs: forgotten > 0 ? clock.now() - retentionDays() * DAY_MS : null,
    ...more,
  })
}

function totalView({ events, money, isExact }: EventList['total']): object {
  return { events, money: moneyView(money), atLeast: !isExact }
}
