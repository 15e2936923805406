import { z } from 'zod'
import type { Replayed } from '../../engine/index.ts'
import type { Selection } from '../../store/index.ts'
import { type Answer, jsonAnswer } from '../answer.ts'
import { type Call, checkedRoute, type Route } from '../route.ts'
import { exportRoute } from './export.ts'
import { countField, dryRunField, MAX_SELECTED, reasonField, selectionField } from './fields.ts'
import type { AdminOptions } from './options.ts'
import { faultsRoute } from './read/faults.ts'
import { countAll, overAll, within } from './scope.ts'
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
const NONE_REPLAYED: Replayed = { replayed: 0, stillRefused: 0 }

/** `/api/refused`: what ended undelivered, and what an operator does about it. */
export function refusedRoutes(options: AdminOptions): readonly Route[] {
  return [
    faultsRoute(options),
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
      handle: (call) => replay(call, options),
    }),
    checkedRoute({
      method: 'POST',
      path: '/api/refused/discard',
      access: 'admin',
      summary: 'Ends events for good, with a reason.',
      body: discardBody,
      answers: { 200: 'How many were discarded, or would be.' },
      handle: (call) => discard(call, options),
    }),
    ...suspectRoutes(options),
    exportRoute(options),
  ]
}

async function replay(
  { body: { selection, limit, ratePerSecond, dryRun }, who: by, pixels }: Call<unknown, unknown, Replay>,
  { operator, replays, store }: AdminOptions,
): Promise<Answer> {
  const parts = await within(pixels, selection, store)
  const each = (part: Selection, left: number): Promise<Replayed> => operator.replay(part, { by, limit: left, dryRun })
  if (dryRun || ratePerSecond === undefined) {
    const { replayed, stillRefused } = await overAll(parts, limit, NONE_REPLAYED, each)
    return jsonAnswer(200, dryRun ? { dryRun, events: replayed, stillRefused } : { replayed, stillRefused })
  }
  const { replaying } = await overAll(parts, limit, { replaying: 0 }, async (part, left) => ({
    replaying: await replays.start(part, { by, limit: left, ratePerSecond }),
  }))
  return jsonAnswer(202, { replaying, ratePerSecond })
}

async function discard(
  { body: { selection, limit, reason, dryRun }, who: by, pixels }: Call<unknown, unknown, Discard>,
  { store, clock }: AdminOptions,
): Promise<Answer> {
  const parts = await within(pixels, selection, store)
  if (dryRun) return jsonAnswer(200, { dryRun: true, events: await countAll(parts, limit, store) })
  const { discarded } = await overAll(parts, limit, { discarded: 0 }, async (part, left) => ({
    discarded: await store.discard(part, { by, reason, limit: left, nowMs: clock.now() }),
  }))
  return jsonAnswer(200, { discarded })
}
