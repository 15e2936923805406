import {
  DAY_GRAIN,
  dayTarget,
  MINUTE_GRAIN,
  minuteAt,
  QUARTER,
  QUARTER_GRAIN,
  quarterOf,
  targetsOf,
} from '../../roll-up/edges.ts'
import { turn } from '../changes.ts'
import type { Session } from '../connection/database.ts'
import type { Core } from '../core.ts'
import { Grains } from '../roll-up/grains.ts'
import { countsByPixel } from './counts.ts'
import { DOER, fold } from './fold.ts'

/** Times that one call sums up, and rows that it forgets: a relay that was off for a month does not stop everything at its start. */
const SLOTS_PER_CALL = 8
const DROPPED_PER_CALL = 5_000

const KEYS = 'kind, pixel, name, shape, source, code, currency'
const FOLD = `
  insert into waybill_store.rollup (grain, time, ${KEYS}, flow, ends, flow_money, ends_money)
  select $1::smallint, $2::integer, ${KEYS}, sum(flow), sum(ends), sum(flow_money), sum(ends_money) from waybill_store.rollup
  where grain = $3 and time >= $4 and time < $5 group by ${KEYS}
  on conflict (grain, time, ${KEYS}) do update set flow = excluded.flow, ends = excluded.ends,
    flow_money = excluded.flow_money, ends_money = excluded.ends_money`
const FOLD_SAMPLES = `
  insert into waybill_store.sample (grain, time, pixel, queued, held, sending)
  select $1::smallint, $2::integer, pixel, max(queued), max(held), max(sending) from waybill_store.sample
  where grain = $3 and time >= $4 and time < $5 group by pixel
  on conflict (grain, time, pixel) do update set queued = excluded.queued, held = excluded.held, sending = excluded.sending`
const FOLD_LATENCY = `
  insert into waybill_store.latency (grain, time, kind, pixel, bucket, events)
  select $1::smallint, $2::integer, kind, pixel, bucket, sum(events) from waybill_store.latency
  where grain = $3 and time >= $4 and time < $5 group by kind, pixel, bucket
  on conflict (grain, time, kind, pixel, bucket) do update set events = excluded.events`

/**
 * Takes changes into the numbers, looks at what waits, sums up what is over, forgets what is old; unless another relay is at it. True
 * while more is to be done at once.
 */
export function keepNumbers({ database, timeZone }: Core, nowMs: number): Promise<boolean> {
  return database.transaction(async (session) => {
    const [lock] = await session.query<{ is_doer: boolean }>(DOER)
    if (lock?.is_doer !== true) return false
    const grains = await Grains.read(session, timeZone)
    const now = minuteAt(nowMs)
    await fold(session, grains)
    await sample(session, now)
    const isBehind = (await foldQuarters(session, grains, now)) || (await foldDays(session, grains, now))
    const isFull = await forget(session, grains, now)
    await grains.write(session)
    return isBehind || isFull
  })
}

const PUT_SAMPLES = `
  insert into waybill_store.sample (grain, time, pixel, queued, held, sending)
  select ${MINUTE_GRAIN}, $1::integer, * from unnest($2::integer[], $3::bigint[], $4::bigint[], $5::bigint[])
  on conflict (grain, time, pixel) do update set queued = greatest(sample.queued, excluded.queued),
    held = greatest(sample.held, excluded.held), sending = greatest(sample.sending, excluded.sending)`

/** Of each pixel that has anything, and of all together (pixel 0). */
async function sample(session: Session, now: number): Promise<void> {
  const rows = [...(await countsByPixel(session))]
    .map(([pixel, { queued, held, sending }]) => [pixel, queued, held, sending])
    .filter(([, queued, held, sending]) => queued! + held! + sending! > 0)
  const sum = (at: number): number => rows.reduce((all, row) => all + row[at]!, 0)
  await session.query(PUT_SAMPLES, [now, ...turn([...rows, [0, sum(1), sum(2), sum(3)]], 4)])
}

interface Folding {
  readonly grain: number
  readonly from: number
  readonly until: number
}

async function foldTime(session: Session, { grain, from, until }: Folding): Promise<void> {
  const statements = grain === MINUTE_GRAIN ? [FOLD, FOLD_SAMPLES] : [FOLD, FOLD_SAMPLES, FOLD_LATENCY]
  for (const sql of statements) await session.query(sql, [grain + 1, from, grain, from, until])
}

/** The first time ever, all that was counted so far is before the edge and stays by the minute. */
async function foldQuarters(session: Session, grains: Grains, now: number): Promise<boolean> {
  const { quarterTo } = grains.edges
  const target = quarterOf(now)
  let at = quarterTo === 0 ? Math.min(target, await nextTime(session, MINUTE_GRAIN, 0, target)) : quarterTo
  for (let done = 0; at < target && done < SLOTS_PER_CALL; done++) {
    await foldTime(session, { grain: MINUTE_GRAIN, from: at, until: at + QUARTER })
    at = Math.min(target, await nextTime(session, MINUTE_GRAIN, at + QUARTER, target))
  }
  if (at > quarterTo) grains.setEdges({ ...grains.edges, quarterTo: at })
  return at < target
}

async function foldDays(session: Session, grains: Grains, now: number): Promise<boolean> {
  const { dayTo } = grains.edges
  const target = dayTarget(now, grains.edges, grains.days)
  let at = dayTo === 0 ? Math.min(target, await nextTime(session, QUARTER_GRAIN, 0, target)) : dayTo
  for (let done = 0; at < target && done < SLOTS_PER_CALL; done++) {
    const { from, until } = grains.dayOf(at)
    await foldTime(session, { grain: QUARTER_GRAIN, from, until })
    const next = Math.min(target, await nextTime(session, QUARTER_GRAIN, until, target))
    // What comes late to a day without anything finds its day.
    for (let empty = until; empty < next; empty = grains.dayOf(empty).until);
    at = next
  }
  if (at > dayTo) grains.setEdges({ ...grains.edges, dayTo: at })
  return at < target
}

const NEXT = `
  select least((select min(time) from waybill_store.rollup where grain = $1 and time >= $2),
    (select min(time) from waybill_store.sample where grain = $1 and time >= $2)) as time`

/** Where the next is that has anything; quarters are found by their beginning. */
async function nextTime(session: Session, grain: number, from: number, none: number): Promise<number> {
  const [found] = await session.query<{ time: number | null }>(NEXT, [grain, from])
  return quarterOf(found?.time ?? none)
}

/** A part at a time. */
async function forget(session: Session, grains: Grains, now: number): Promise<boolean> {
  const { minuteFrom, quarterFrom } = grains.edges
  const to = targetsOf(now, grains.edges, grains.days)
  const isFull = [
    await drop(session, MINUTE_GRAIN, to.minuteFrom),
    await drop(session, QUARTER_GRAIN, to.quarterFrom),
    await drop(session, DAY_GRAIN, to.dayFrom),
  ].some((more) => more)
  if (to.minuteFrom > minuteFrom || to.quarterFrom > quarterFrom) {
    const from = { minuteFrom: Math.max(minuteFrom, to.minuteFrom), quarterFrom: Math.max(quarterFrom, to.quarterFrom) }
    grains.setEdges({ ...grains.edges, ...from })
  }
  return isFull
}

async function drop(session: Session, grain: number, before: number): Promise<boolean> {
  let isFull = false
  for (const table of ['rollup', 'latency', 'sample']) {
    const sql = `
      delete from waybill_store.${table} where ctid = any (array(
        select ctid from waybill_store.${table} where grain = $1 and time < $2 order by grain, time limit ${DROPPED_PER_CALL}))
      returning 1`
    isFull ||= (await session.query(sql, [grain, before])).length === DROPPED_PER_CALL
  }
  return isFull
}
