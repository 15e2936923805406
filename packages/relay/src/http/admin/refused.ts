import { z } from 'zod'
import type { Selection } from '../../store/index.ts'
import { type Answer, jsonAnswer } from '../answer.ts'
import { checkedRoute, type Route } from '../route.ts'
import { exportRoute } from './export.ts'
import { countField, dryRunField, MAX_SELECTED, reasonField, selectionField } from './fields.ts'
import type { AdminOptions } from './options.ts'
import { suspectRoutes } from './suspects.ts'

const RATE = 'write a number above 0, at most 10,000'

const replayBody = z.strictObject({
  selection: selectionField,
  limit: countField(MAX_SELECTED, 1_000),
  ratePerSecond: z
    .number({ error: RATE })
    .positive({ error: RATE })
    .max(10_000, { error: RATE })
    .optional()
    .meta({ description: 'So many a second, going on after the answer. Default: all at once.' }),
  dryRun: dryRunField.meta({ description: 'Only count.' }),
})
const discardBody = z.strictObject({
  selection: selectionField,
  reason: reasonField,
  limit: countField(MAX_SELECTED, 1_000),
  dryRun: dryRunField.meta({ description: 'Only count.' }),
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
      access: 'viewer',
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
      answers: {
        200: 'How many were queued, or would be; `stillRefused` counts those that intake refused and would refuse again.',
        202: 'How many are being queued at the rate.',
      },
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
    ...suspectRoutes(options),
    exportRoute(options),
  ]
}

async function replay(
  { selection, limit, ratePerSecond, dryRun }: Replay,
  by: string,
  options: AdminOptions,
): Promise<Answer> {
  const { operator, replays } = options
  if (dryRun) {
    const { replayed, stillRefused } = await operator.replay(selection, { by, limit, dryRun })
    return jsonAnswer(200, { dryRun, events: replayed, stillRefused })
  }
  if (ratePerSecond !== undefined) {
    return jsonAnswer(202, { replaying: await replays.start(selection, { by, limit, ratePerSecond }), ratePerSecond })
  }
  return jsonAnswer(200, await operator.replay(selection, { by, limit }))
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
