import type { Moment } from '../../answers/moment.ts'
import type { Reading } from '../../answers/reading.ts'
import type { FaultSample } from '../../reads/index.ts'
import { SITUATION, type Situation } from '../situation.ts'
import { listed } from './listed.ts'

/** The latest in an end for a reason. */
export function* samplesOf(
  moment: Moment,
  {
    kind,
    pixel,
    code,
    limit,
  }: { readonly kind: number; readonly pixel: number; readonly code: number; readonly limit: number },
): Reading<FaultSample[]> {
  const latest = `
    select row from waybill_store.ended where state = ${kind} and code = ${code} and pixel = ${pixel}
    order by ended_ms desc, row desc limit ${limit}`
  const found = (yield* moment.all(`${SITUATION} where a.row = any (array(${latest}))`)) as unknown as Situation[]
  const events = [...found].sort((a, b) => b.ended_ms! - a.ended_ms! || b.row - a.row)
  return events.map((event) => ({
    ...listed(moment, event),
    issues: event.issues === null ? [] : JSON.parse(event.issues),
  }))
}
