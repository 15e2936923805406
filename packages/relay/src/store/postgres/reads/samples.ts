import type { Moment, SamplesOf } from '../../answers/moment.ts'
import type { Reading } from '../../answers/reading.ts'
import type { FaultSample } from '../../reads/index.ts'
import { SITUATION, type Situation } from '../situation.ts'
import { listed } from './listed.ts'

/** Of each group the latest in an end for its reason: one statement, since one takes longer to be planned than to find three events. */
export function* samplesOf(moment: Moment, { kind, groups, limit }: SamplesOf): Reading<FaultSample[][]> {
  if (groups.length === 0) return []
  const latest = `
    select latest.row from (values ${groups.map(({ pixel, code }) => `(${pixel}, ${code})`).join(', ')}) as of_group (pixel, code)
    cross join lateral (
      select row from waybill_store.ended as e where e.state = ${kind} and e.code = of_group.code and e.pixel = of_group.pixel
      order by ended_ms desc, row desc limit ${limit}) as latest`
  const found = (yield* moment.all(`${SITUATION} where a.row = any (array(${latest}))`)) as unknown as Situation[]
  const events = [...found].sort((a, b) => b.ended_ms! - a.ended_ms! || b.row - a.row)
  return groups.map((group) =>
    events
      .filter(({ pixel, code }) => pixel === group.pixel && code === group.code)
      .map((event) => ({ ...listed(moment, event), issues: event.issues === null ? [] : JSON.parse(event.issues) })),
  )
}
