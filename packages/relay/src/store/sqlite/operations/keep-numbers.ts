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
import type { Core } from '../core.ts'
import type { Row } from '../database.ts'
import { prepared } from '../prepared.ts'
import { countPixel } from './count.ts'
import { countOld } from './count-old.ts'
import { type Folding, foldCounts, foldNumbers, KEY_COLUMNS, packRows, unpackSome } from './pack-numbers.ts'

/** Times that one call sums up or forgets, so that a relay that was off for a month does not stop everything at its start. */
const SLOTS_PER_CALL = 8
const BLOCKS_PER_CALL = 2_000
const SAMPLE = `
  INSERT INTO sample (grain, time, pixel, queued, held, sending) VALUES (${MINUTE_GRAIN}, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET queued = max(queued, excluded.queued), held = max(held, excluded.held),
    sending = max(sending, excluded.sending)`
const FOLD_SAMPLES = `
  INSERT INTO sample SELECT ?, ?, pixel, max(queued), max(held), max(sending) FROM sample
  WHERE grain = ? AND time >= ? AND time < ? GROUP BY pixel
  ON CONFLICT DO UPDATE SET queued = excluded.queued, held = excluded.held, sending = excluded.sending`

/** Inside a transaction: looks at what waits, sums up what is over and packs it, forgets what is old. True while more is to be done at once. */
export function keepNumbers(core: Core, nowMs: number): boolean {
  const now = minuteAt(nowMs)
  sample(core, now)
  const isBehind = foldQuarters(core, now) || foldDays(core, now)
  const isFull = forget(core, now)
  const isCounting = countOld(core)
  const isPacking = core.packs ? packRows(core) : unpackSome(core)
  const isTaking = core.statements.delivery.takeOld(BLOCKS_PER_CALL) === BLOCKS_PER_CALL
  const isBlocking = core.pixelRows.pack()
  return isBehind || isFull || isCounting || isPacking || isTaking || isBlocking
}

function sample(core: Core, now: number): void {
  const put = prepared(core.database, SAMPLE)
  let whole: [number, number, number] = [0, 0, 0]
  for (const pixel of core.tally.pixels()) {
    const { queued, held, sending } = countPixel(core, pixel)
    if (queued + held + sending === 0) continue
    put.run(now, pixel, queued, held, sending)
    whole = [whole[0] + queued, whole[1] + held, whole[2] + sending]
  }
  put.run(now, 0, ...whole)
}

/** The first time ever, all that was counted so far is before the edge and stays by the minute. */
function foldQuarters(core: Core, now: number): boolean {
  const { grains } = core.rollUp
  const { quarterTo } = grains.edges
  const target = quarterOf(now)
  let at = quarterTo === 0 ? firstTime(core, target) : quarterTo
  let done = 0
  for (; at < target && done < SLOTS_PER_CALL; done++) {
    fold(core, { from: { grain: MINUTE_GRAIN, time: at, until: at + QUARTER }, to: QUARTER_GRAIN })
    at = Math.min(target, nextTime(core, MINUTE_GRAIN, at + QUARTER, target))
  }
  if (at > quarterTo) grains.setEdges({ ...grains.edges, quarterTo: at })
  return at < target
}

function foldDays(core: Core, now: number): boolean {
  const { grains } = core.rollUp
  const { dayTo } = grains.edges
  const target = dayTarget(now, grains.edges, grains.days)
  let at = dayTo === 0 ? Math.min(target, nextTime(core, QUARTER_GRAIN, 0, target)) : dayTo
  let done = 0
  for (; at < target && done < SLOTS_PER_CALL; done++) {
    const { from, until } = grains.dayOf(at)
    fold(core, { from: { grain: QUARTER_GRAIN, time: from, until }, to: DAY_GRAIN })
    at = Math.min(target, nextTime(core, QUARTER_GRAIN, until, target))
  }
  if (at > dayTo) grains.setEdges({ ...grains.edges, dayTo: at })
  return at < target
}

function fold(core: Core, folding: Folding): void {
  const { from, to } = folding
  foldNumbers(core, folding)
  if (from.grain !== MINUTE_GRAIN) foldCounts(core, folding)
  prepared(core.database, FOLD_SAMPLES).run(to, from.time, from.grain, from.time, from.until)
}

function firstTime(core: Core, target: number): number {
  return Math.min(target, quarterOf(nextTime(core, MINUTE_GRAIN, 0, target)))
}

/** Where the next is that has anything; quarters are found by their beginning. */
function nextTime({ database }: Core, grain: number, from: number, none: number): number {
  const found = ['rollup', 'rollup_pack', 'sample'].map((table) => {
    const row = prepared(database, `SELECT min(time) AS time FROM ${table} WHERE grain = ? AND time >= ?`)
    return ((row.get(grain, from) as Row)['time'] as number | null) ?? none
  })
  return quarterOf(Math.min(...found))
}

/** A part of a day at a time. */
function forget(core: Core, now: number): boolean {
  const { grains } = core.rollUp
  const { minuteFrom, quarterFrom } = grains.edges
  const to = targetsOf(now, grains.edges, grains.days)
  const isFull = [
    drop(core, MINUTE_GRAIN, to.minuteFrom),
    drop(core, QUARTER_GRAIN, to.quarterFrom),
    drop(core, DAY_GRAIN, to.dayFrom),
  ].some((more) => more)
  if (to.minuteFrom > minuteFrom || to.quarterFrom > quarterFrom) {
    const from = {
      minuteFrom: Math.max(minuteFrom, to.minuteFrom),
      quarterFrom: Math.max(quarterFrom, to.quarterFrom),
    }
    grains.setEdges({ ...grains.edges, ...from })
  }
  return isFull
}

const DROPPED_PER_CALL = 5_000
const PACKS_PER_CALL = 500

function drop({ database, rollUp: { packs } }: Core, grain: number, before: number): boolean {
  const rows = DROPPED.map(([table, key]) => {
    const keys = `SELECT ${key} FROM ${table} WHERE grain = ? AND time < ? ORDER BY grain, time LIMIT ${DROPPED_PER_CALL}`
    const sql = `DELETE FROM ${table} WHERE (${key}) IN (${keys})`
    return Number(prepared(database, sql).run(grain, before).changes) === DROPPED_PER_CALL
  })
  const packed = [packs.rollup, packs.latency].map((table) => table.drop(grain, before, PACKS_PER_CALL))
  if (packed.some((dropped) => dropped > 0)) packs.changed()
  return rows.includes(true) || packed.includes(PACKS_PER_CALL)
}

const DROPPED = [
  ['rollup', `grain, time, ${KEY_COLUMNS}`],
  ['latency', 'grain, time, kind, pixel, bucket'],
  ['sample', 'grain, time, pixel'],
] as const
