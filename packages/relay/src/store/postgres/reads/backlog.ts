import type { Moment } from '../../answers/moment.ts'
import type { NumbersByPixel } from '../../answers/numbers.ts'
import type { Reading, Row } from '../../answers/reading.ts'
import { isIn } from '../../answers/where.ts'
import { lastMinuteBefore, minuteOf } from '../../minute.ts'
import type { BacklogQuestion } from '../../reads/index.ts'
import { accountAt, eachOf } from '../queue/give-back.ts'

/** Queues that have anything, each of one pixel and shape. */
function partsOf(of: NumbersByPixel): string {
  const parts = [...of].flatMap(([pixel, { shapes }]) =>
    [...shapes].filter(([, { waiting }]) => waiting > 0).map(([shape]) => `(${pixel}, ${shape})`),
  )
  return parts.length === 0
    ? '(select 0 as pixel, 0 as shape where false) as p'
    : `(values ${parts.join()}) as p (pixel, shape)`
}

function leasedOf(of: NumbersByPixel): string {
  return `waybill_store.lease as l cross join ${eachOf('l.rows')} cross join ${accountAt('each.row')}
    where ${isIn('l.pixel', [...of.keys()])}`
}

/** Of each queue the first of its earliest minute, and the first of what is leased. */
export function* oldestOf(moment: Moment, of: NumbersByPixel): Reading<ReadonlyMap<number, number>> {
  const firstOf = (lane: string): string => `
    (select timestamp_ms from waybill_store.queue as q where ${lane} and q.pixel = p.pixel and q.shape = p.shape
      order by minute, row limit 1)`
  const sql = `
    select pixel, min(timestamp_ms) as at from (
      select p.pixel, queued.timestamp_ms from ${partsOf(of)} cross join lateral (
        ${firstOf('q.lane = 0')} union all ${firstOf('q.lane <> 0')}) as queued
      union all
      select a.pixel, min(a.timestamp_ms) from ${leasedOf(of)} group by a.pixel) as first group by pixel`
  return numbersBy('at', yield* moment.all(sql))
}

/** Counts by whole minutes, and of the two that are cut by the exact time. */
export function* withinOf(
  moment: Moment,
  of: NumbersByPixel,
  { fromMs, beforeMs, limit }: Omit<BacklogQuestion, 'pixels'>,
): Reading<ReadonlyMap<number, readonly number[]>> {
  const found = new Map<number, number[]>()
  for (const [at, before] of beforeMs.entries()) {
    moment.mustBeInTime()
    const time = `timestamp_ms >= ${fromMs} and timestamp_ms < ${before}`
    const inLane = (lane: string): string => `
      (select 1 from waybill_store.queue as q where ${lane} and q.pixel = p.pixel and q.shape = p.shape
        and q.minute >= ${minuteOf(fromMs)} and q.minute <= ${lastMinuteBefore(before)} and q.${time} limit ${limit})`
    const sql = `
      select pixel, least(sum(events), ${limit}) as events from (
        select p.pixel, count(*) as events from ${partsOf(of)} cross join lateral (
          ${inLane('q.lane = 0')} union all ${inLane('q.lane <> 0')}) as few group by p.pixel
        union all
        select a.pixel, count(*) from ${leasedOf(of)} and a.${time} group by a.pixel) as all_of group by pixel`
    for (const [pixel, events] of numbersBy('events', yield* moment.all(sql))) {
      const counts = found.get(pixel) ?? beforeMs.map(() => 0)
      found.set(pixel, counts)
      counts[at] = events
    }
  }
  return found
}

function numbersBy(column: string, rows: readonly Row[]): Map<number, number> {
  return new Map(rows.map((row) => [row['pixel'] as number, Number(row[column])]))
}
