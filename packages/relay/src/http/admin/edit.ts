import { z } from 'zod'
import type { EditResult } from '../../engine/index.ts'
import type { Admitted } from '../access.ts'
import { type Answer, errorAnswer, jsonAnswer } from '../answer.ts'
import { checkedRoute, type Route } from '../route.ts'
import { dryRunField, rowParams } from './fields.ts'
import type { AdminOptions } from './options.ts'
import { maySee } from './scope.ts'

/** `PUT /api/events/row/:row`: a fixed event in its place. */
export function editRoute(options: AdminOptions): Route {
  return checkedRoute({
    method: 'PUT',
    path: '/api/events/row/:row',
    access: 'admin',
    summary: 'Replaces a refused, expired or discarded event, whose id and name stay, and queues it.',
    params: rowParams,
    body: z.strictObject({
      event: z.unknown().meta({ description: 'The fixed event, in either form.' }),
      dryRun: dryRunField.meta({ description: 'Only check.' }),
    }),
    answers: {
      200: 'It is queued, or would be; `issues` has the warnings, `changed` the fields that differ, by name.',
      404: 'There is no such row.',
      409: 'It has not ended, or the fixed event is another one.',
      422: 'The fixed event is refused; `issues` says why.',
    },
    handle: ({ params, body, who, pixels }) => fix({ ...params, ...body }, { who, pixels }, options),
  })
}

/** A fixed event for a row that ended undelivered. */
interface Fixed {
  readonly row: number
  readonly event: unknown
  readonly dryRun: boolean
}

/** Has the engine put a fixed event in its place, and says what became of it. */
async function fix(
  { row, event, dryRun }: Fixed,
  { who: by, pixels }: Pick<Admitted, 'who' | 'pixels'>,
  { operator, store }: AdminOptions,
): Promise<Answer> {
  const account = pixels === '*' ? undefined : await store.showRow(row)
  if (account !== undefined && !maySee(pixels, account.pixel)) return NOT_FIXED.no_row
  const result = await operator.edit(row, event, { by, dryRun })
  return 'issues' in result ? jsonAnswer(STATUS[result.status], { row, ...result }) : NOT_FIXED[result.status]
}

const STATUS = { queued: 200, validated: 200, refused: 422 } as const

const NOT_FIXED: Readonly<Record<Exclude<EditResult, { issues: unknown }>['status'], Answer>> = {
  no_row: errorAnswer(404, 'There is no such row.', { param: 'row', code: 'not_found' }),
  not_ended: errorAnswer(409, 'Only a refused, expired or discarded event can be edited.', { code: 'not_ended' }),
  another_event: errorAnswer(
    409,
    'The id and the name of an event stay what they are: send the fixed event to intake as a new one, and discard this row.',
    { param: 'event', code: 'another_event' },
  ),
}
