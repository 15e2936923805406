import type { Match, Matched } from '../../answers/match.ts'
import type { Moment } from '../../answers/moment.ts'
import type { Reading } from '../../answers/reading.ts'
import { accountAt, eachOf } from '../queue/give-back.ts'
import { accountConditions, finite } from './looking.ts'

/** Leased events that a filter means; `undefined` where they are more than so many. */
export function* leasedAt(moment: Moment, match: Match, limit: number): Reading<readonly Matched[] | undefined> {
  const counted = yield* moment.one(`
    select coalesce(sum(upper(part.range) - lower(part.range)), 0) as events
    from waybill_store.lease cross join unnest(rows) as part (range)`)
  if ((counted?.['events'] as number) > limit) return undefined
  const { pixels } = match.wanted
  const where = [
    'true',
    ...(pixels === undefined ? [] : [`a.pixel = any ('{${pixels.join()}}'::integer[])`]),
    ...accountConditions(match),
    `a.accepted_ms >= ${finite(match.fromMs)} and a.accepted_ms < ${finite(match.untilMs)}`,
  ]
  const found = yield* moment.all(`
    select a.row, a.pixel, a.name, a.shape, a.source, a.accepted_ms, null as ended_ms, a.amount, a.currency
    from waybill_store.lease as l cross join ${eachOf('l.rows')} cross join ${accountAt('each.row')}
    where ${where.join(' and ')}`)
  return found as unknown as Matched[]
}
