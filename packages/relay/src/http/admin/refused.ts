import { Readable } from 'node:stream'
import { z } from 'zod'
import type { Search, Selection } from '../../store/index.ts'
import { type Answer, jsonAnswer, textAnswer } from '../answer.ts'
import { checkedRoute, type Route } from '../route.ts'
import { accountView } from './events.ts'
import { countField, given, pixelField, reasonField, selectionField } from './fields.ts'
import type { AdminOptions } from './options.ts'

const MAX_SELECTED = 100_000
const RATE = 'write a number above 0, at most 10,000'
const PAGE = 100

const replayBody = z.strictObject({
  selection: selectionField,
  limit: countField(MAX_SELECTED, 1_000),
  ratePerSecond: z
    .number({ error: RATE })
    .positive({ error: RATE })
    .max(10_000, { error: RATE })
    .optional()
    .meta({ description: 'So many a second, going on after the answer. Default: all at once.' }),
  dryRun: z.boolean({ error: 'write true or false' }).default(false).meta({ description: 'Only count.' }),
})
const discardBody = z.strictObject({
  selection: selectionField,
  reason: reasonField,
  limit: countField(MAX_SELECTED, 1_000),
  dryRun: z.boolean({ error: 'write true or false' }).default(false).meta({ description: 'Only count.' }),
})
type Replay = z.output<typeof replayBody>
type Discard = z.output<typeof discardBody>

/** `/api/refused`: what ended undelivered, and what an operator does about it. */
export function refusedRoutes(options: AdminOptions): readonly Route[] {
  const { store } = options
  return [
    checkedRoute({
      method: 'GET',
      path: '/api/refused',
      access: 'admin',
      summary: 'Refused events by pixel and code, with samples.',
      answers: { 200: 'The groups, the largest first.' },
      handle: async () => jsonAnswer(200, { groups: await store.refusedGroups() }),
    }),
    checkedRoute({
      method: 'POST',
      path: '/api/refused/replay',
      access: 'admin',
      summary: 'Queues refused, expired or discarded events again: some rows, all that are alike, or all since a time.',
      body: replayBody,
      answers: { 200: 'How many were queued, or would be.', 202: 'How many are being queued at the rate.' },
      handle: ({ body, who }) => replay(body, who, options),
    }),
    checkedRoute({
      method: 'POST',
      path: '/api/refused/discard',
      access: 'admin',
      summary: 'Ends events for good, with a reason.',
      body: discardBody,
      answers: { 200: 'How many were discarded, or would be.' },
      handle: ({ body, who }) => discard(body, who, options),
    }),
    checkedRoute({
      method: 'GET',
      path: '/api/refused/export',
      access: 'admin',
      summary: 'Refused events as NDJSON, one account a line, to mend and send again. Identities are digests.',
      query: z.strictObject({ pixel: pixelField.optional(), code: z.string().max(200).optional() }),
      answers: { 200: 'The lines.' },
      async handle({ query }) {
        const search = { state: 'refused', ...given(query), limit: PAGE } as const
        return textAnswer(200, 'application/x-ndjson', Readable.from(linesOf(search, options)))
      },
    }),
  ]
}

async function replay(
  { selection, limit, ratePerSecond, dryRun }: Replay,
  by: string,
  options: AdminOptions,
): Promise<Answer> {
  const { store, clock, wake, replays } = options
  if (dryRun) return counted(selection, limit, options)
  if (ratePerSecond !== undefined) {
    return jsonAnswer(202, { replaying: await replays.start(selection, { by, limit, ratePerSecond }), ratePerSecond })
  }
  const replayed = await store.replay(selection, { by, limit, nowMs: clock.now() })
  wake()
  return jsonAnswer(200, { replayed })
}

async function discard(
  { selection, limit, reason, dryRun }: Discard,
  by: string,
  options: AdminOptions,
): Promise<Answer> {
  if (dryRun) return counted(selection, limit, options)
  const { store, clock } = options
  return jsonAnswer(200, { discarded: await store.discard(selection, { by, reason, limit, nowMs: clock.now() }) })
}

async function counted(selection: Selection, limit: number, { store }: AdminOptions): Promise<Answer> {
  return jsonAnswer(200, { dryRun: true, events: await store.countSelected(selection, limit) })
}

async function* linesOf(search: Search, { store }: AdminOptions): AsyncGenerator<string> {
  let cursor: string | undefined
  do {
    const page = await store.search(cursor === undefined ? search : { ...search, cursor })
    for (const { row } of page.items) {
      const account = await store.showRow(row)
      if (account?.state === 'refused') yield `${JSON.stringify(accountView(account))}\n`
    }
    cursor = page.cursor
  } while (cursor !== undefined)
}
