import { z } from 'zod'
import { jsonAnswer } from '../answer.ts'
import { checkedRoute, type Route } from '../route.ts'
import { countField, dryRunField, MAX_SELECTED, reasonField, suspectsField } from './fields.ts'
import type { AdminOptions } from './options.ts'
import { countAll, overAll, within } from './scope.ts'

const endBody = z.strictObject({
  selection: suspectsField,
  reason: reasonField.optional().meta({ description: 'For the account.' }),
  limit: countField(MAX_SELECTED, 1_000),
  dryRun: dryRunField.meta({ description: 'Only count.' }),
})

const ENDS = [
  {
    path: '/api/refused/confirm',
    as: 'refused',
    answer: 'confirmed',
    summary: 'Refuses events with a suspicion for good, with its reason.',
  },
  {
    path: '/api/refused/release',
    as: 'queued',
    answer: 'released',
    summary: 'Ends a suspicion of events, which are sent at once.',
  },
] as const

/** How a person ends what is only suspected of events. */
export function suspectRoutes({ store, operator }: AdminOptions): readonly Route[] {
  return ENDS.map(({ path, as, answer, summary }) =>
    checkedRoute({
      method: 'POST',
      path,
      access: 'admin',
      summary,
      body: endBody,
      answers: { 200: `How many were ${answer}, or would be. What is being sent, or is no suspect, is left.` },
      async handle({ body: { selection, reason, limit, dryRun }, who, pixels }) {
        const parts = await within(pixels, selection, store)
        if (dryRun) return jsonAnswer(200, { dryRun, events: await countAll(parts, limit, store) })
        const { ended } = await overAll(parts, limit, { ended: 0 }, async (part, left) => ({
          ended: await operator.endSuspicion(part, { as, by: who, limit: left, ...(reason && { reason }) }),
        }))
        return jsonAnswer(200, { [answer]: ended })
      },
    }),
  )
}
