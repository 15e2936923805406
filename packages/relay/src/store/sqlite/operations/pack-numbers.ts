import { DAY_GRAIN, QUARTER_GRAIN, type Slot } from '../../roll-up/edges.ts'
import { eachCell, eachCount } from '../../roll-up/pack.ts'
import type { Core } from '../core.ts'
import type { Row } from '../database.ts'
import { prepared } from '../prepared.ts'
import { packKeyOf } from '../roll-up/pack-keys.ts'
import type { Packed } from '../roll-up/pack-table.ts'
import { CellSums, CountSums } from '../roll-up/packs.ts'

export const KEY_COLUMNS = 'kind, pixel, name, shape, source, code, currency'
const KEYS: Readonly<Record<Packed, string>> = {
  rollup: `grain, time, ${KEY_COLUMNS}`,
  latency: 'grain, time, kind, pixel, bucket',
}
/** Rows that one call packs, so that a large file of an older version stops nothing. */
const ROWS_PER_CALL = 2_000
const PACKS_PER_CALL = 50

export interface Folding {
  readonly from: { readonly grain: number; readonly time: number; readonly until: number }
  readonly to: number
}

/** The numbers of a grain between two times, as the packs of a coarser one. */
export function foldNumbers(core: Core, folding: Folding): void {
  const sums = new CellSums()
  const { grain, time, until } = folding.from
  for (const pack of core.rollUp.packs.rollup.within(grain, time, until)) sums.addPack(pack)
  for (const row of rowsWithin(core, 'rollup', folding)) addNumbers(core, sums, row)
  replace(core, 'rollup', { grain: folding.to, time }, sums)
}

/** The same of how long events took. */
export function foldCounts(core: Core, folding: Folding): void {
  const sums = new CountSums()
  const { grain, time, until } = folding.from
  for (const pack of core.rollUp.packs.latency.within(grain, time, until)) sums.addPack(pack)
  for (const row of rowsWithin(core, 'latency', folding)) addCounts(core, sums, row)
  replace(core, 'latency', { grain: folding.to, time }, sums)
}

function rowsWithin({ database }: Core, table: Packed, { from: { grain, time, until } }: Folding): Row[] {
  const sql = `SELECT * FROM ${table} WHERE grain = ? AND time >= ? AND time < ?`
  return prepared(database, sql).all(grain, time, until) as Row[]
}

function replace({ database, rollUp: { packs } }: Core, table: Packed, slot: Slot, sums: CellSums | CountSums): void {
  prepared(database, `DELETE FROM ${table} WHERE grain = ? AND time = ?`).run(slot.grain, slot.time)
  packs[table].clear(slot)
  for (const [kind, cells] of sums.packs()) packs[table].put(slot, kind, cells)
  packs.changed()
}

function addNumbers({ rollUp }: Core, sums: CellSums, row: Row): void {
  const { kind, pixel, flow, ends, flow_money, ends_money } = row as Record<string, number>
  const key = rollUp.packs.keys.numberOf(pixel!, packKeyOf(row))
  sums.add(kind!, { pixel: pixel!, key, flow: flow!, ends: ends!, flowMoney: flow_money!, endsMoney: ends_money! })
}

function addCounts(_core: Core, sums: CountSums, row: Row): void {
  const { kind, pixel, bucket, events } = row as Record<string, number>
  sums.add(kind!, { pixel: pixel!, bucket: bucket!, events: events! })
}

/** Takes rows of what is over into packs, some at a time; true while more are left. */
export function packRows(core: Core): boolean {
  const { quarterTo } = core.rollUp.grains.edges
  return (['rollup', 'latency'] as const)
    .flatMap((table) => [packSome(core, table, QUARTER_GRAIN, quarterTo), packSome(core, table, DAY_GRAIN)])
    .includes(true)
}

function packSome(core: Core, table: Packed, grain: number, before: number = Number.MAX_SAFE_INTEGER): boolean {
  const key = KEYS[table]
  const some = `SELECT ${key} FROM ${table} WHERE grain = ? AND time < ? ORDER BY ${key} LIMIT ${ROWS_PER_CALL}`
  const taken = prepared(core.database, `DELETE FROM ${table} WHERE (${key}) IN (${some}) RETURNING *`)
  const rows = taken.all(grain, before) as Row[]
  for (const time of new Set(rows.map((row) => row['time'] as number))) {
    const ofTime = rows.filter((row) => row['time'] === time)
    if (table === 'rollup') merge(core, table, { grain, time }, ofTime, new CellSums(), addNumbers)
    else merge(core, table, { grain, time }, ofTime, new CountSums(), addCounts)
  }
  return rows.length === ROWS_PER_CALL
}

function merge<Sums extends CellSums | CountSums>(
  core: Core,
  table: Packed,
  slot: Slot,
  rows: readonly Row[],
  sums: Sums,
  add: (core: Core, sums: Sums, row: Row) => void,
): void {
  const { packs } = core.rollUp
  for (const kind of new Set(rows.map((row) => row['kind'] as number)))
    for (const pack of packs[table].of(slot, kind)) sums.addPack(pack)
  for (const row of rows) add(core, sums, row)
  for (const [kind, cells] of sums.packs()) packs[table].put(slot, kind, cells)
  packs.changed()
}

const PUT_NUMBERS = `
  INSERT INTO rollup VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET flow = flow + excluded.flow, ends = ends + excluded.ends,
    flow_money = flow_money + excluded.flow_money, ends_money = ends_money + excluded.ends_money`
const PUT_COUNTS = `
  INSERT INTO latency VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET events = events + excluded.events`

/** Makes rows of some packs again; true while more are left. */
export function unpackSome(core: Core): boolean {
  for (let done = 0; done < PACKS_PER_CALL; done++)
    if (![unpackNumbers(core), unpackCounts(core)].includes(true)) return false
  return true
}

function unpackNumbers({ database, rollUp: { packs } }: Core): boolean {
  const pack = packs.rollup.takeFirst()
  if (pack === undefined) return false
  const put = prepared(database, PUT_NUMBERS)
  eachCell(pack.cells, (pixel, key, ...numbers) => {
    const { name, shape, source, code, currency } = packs.keys.at(pixel, key)
    put.run(pack.grain, pack.time, pack.kind, pixel, name, shape, source, code, currency, ...numbers)
  })
  packs.changed()
  return true
}

function unpackCounts({ database, rollUp: { packs } }: Core): boolean {
  const pack = packs.latency.takeFirst()
  if (pack === undefined) return false
  const put = prepared(database, PUT_COUNTS)
  eachCount(pack.cells, (pixel, bucket, events) => {
    put.run(pack.grain, pack.time, pack.kind, pixel, bucket, events)
  })
  return true
}
