import { MINUTE_GRAIN, type Slot } from '../../roll-up/edges.ts'
import { type Cell, columnsOf, type RollUpKey } from '../../roll-up/key.ts'
import type { Database } from '../database.ts'
import type { Packs } from './packs.ts'

const PUT = `
  INSERT INTO rollup (grain, time, kind, pixel, name, shape, source, code, currency, flow, ends, flow_money, ends_money)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET flow = flow + excluded.flow, ends = ends + excluded.ends,
    flow_money = flow_money + excluded.flow_money, ends_money = ends_money + excluded.ends_money`
const PUT_KNOWN = `
  INSERT INTO known (kind, pixel, name, shape, source, code, currency, flow, ends, flow_money, ends_money, first, last)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?12)
  ON CONFLICT DO UPDATE SET flow = flow + excluded.flow, ends = ends + excluded.ends,
    flow_money = flow_money + excluded.flow_money, ends_money = ends_money + excluded.ends_money,
    first = CASE WHEN excluded.flow > 0 THEN min(first, excluded.first) ELSE first END,
    last = CASE WHEN excluded.flow > 0 THEN max(last, excluded.last) ELSE last END`
const HAS = `
  SELECT 1 AS found FROM rollup
  WHERE grain = ? AND time = ? AND kind = ? AND pixel = ? AND name = ? AND shape = ? AND source = ? AND code = ? AND currency = ?`
const COUNT = 'SELECT count(*) AS keys FROM rollup WHERE grain = 0 AND time = ? AND pixel > 0'
const PUT_LATENCY = `
  INSERT INTO latency (grain, time, kind, pixel, bucket, events) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET events = events + excluded.events`

export interface RollUpStatements {
  readonly put: (slot: Slot, key: RollUpKey, cell: Cell) => void
  readonly putKnown: (key: RollUpKey, cell: Cell) => void
  readonly has: (slot: Slot, key: RollUpKey) => boolean
  /** Keys of a minute. */
  readonly count: (minute: number) => number
  readonly putLatency: (slot: Slot, kind: number, pixel: number, bucket: number, events: number) => void
  readonly nextMoment: () => void
}

export function rollUpStatements(database: Database, packs: Packs): RollUpStatements {
  const put = database.prepare(PUT)
  const known = database.prepare(PUT_KNOWN)
  const has = database.prepare(HAS)
  const count = database.prepare(COUNT)
  const latency = database.prepare(PUT_LATENCY)
  const moment = database.prepare('UPDATE moment SET commits = commits + 1')
  return {
    put: ({ grain, time }, key, { flow, ends, flowMoney, endsMoney }) =>
      void put.run(grain, time, ...columnsOf(key), flow, ends, flowMoney, endsMoney),
    putKnown: (key, { flow, ends, flowMoney, endsMoney, minute }) =>
      void known.run(...columnsOf(key), flow, ends, flowMoney, endsMoney, minute),
    has: (slot, key) =>
      has.get(slot.grain, slot.time, ...columnsOf(key)) !== undefined ||
      (slot.grain !== MINUTE_GRAIN && packs.has(slot, key)),
    count: (minute) => Number((count.get(minute) as { keys: number }).keys),
    putLatency: ({ grain, time }, ...values) => void latency.run(grain, time, ...values),
    nextMoment: () => void moment.run(),
  }
}
