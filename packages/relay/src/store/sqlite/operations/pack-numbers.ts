import { DAY_GRAIN, QUARTER_GRAIN, type Slot } from '../../roll-up/edges.ts'
import { eachCell, eachCount } from '../../roll-up/pack.ts'
import type { Core } from '../core.ts'
import { numbersOf, prepared } from '../prepared.ts'
import type { Packed } from '../roll-up/pack-table.ts'
import { CellSums, CountSums } from '../roll-up/packs.ts'

export const KEY_COLUMNS = 'kind, pixel, name, shape, source, code, currency'
/** Of a time: what its rows are told apart by, and what is read of them. */
const COLUMNS: Readonly<Record<Packed, { readonly key: string; readonly all: string }>> = {
  rollup: { key: KEY_COLUMNS, all: `${KEY_COLUMNS}, flow, ends, flow_money, ends_money` },
  latency: { key: 'kind, pixel, bucket', all: 'kind, pixel, bucket, events' },
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
  fold(core, 'rollup', folding)
}

/** The same of how long events took. */
export function foldCounts(core: Core, folding: Folding): void {
  fold(core, 'latency', folding)
}

function fold(core: Core, table: Packed, { from: { grain, time, until }, to }: Folding): void {
  const sums = sumsOf(core, table)
  for (const pack of core.rollUp.packs[table].within(grain, time, until)) sums.addPack(pack)
  const sql = `SELECT ${COLUMNS[table].all} FROM ${table} WHERE grain = ? AND time >= ? AND time < ?`
  for (const row of numbersOf(core.database, sql, grain, time, until)) sums.addRow(row)
  prepared(core.database, `DELETE FROM ${table} WHERE grain = ? AND time = ?`).run(to, time)
  const slot = { grain: to, time }
  core.rollUp.packs[table].clear(slot)
  put(core, table, slot, sums)
}

function sumsOf({ rollUp }: Core, table: Packed): CellSums | CountSums {
  return table === 'rollup' ? new CellSums(rollUp.packs.keys) : new CountSums()
}

function put({ rollUp: { packs } }: Core, table: Packed, slot: Slot, sums: CellSums | CountSums): void {
  for (const [kind, cells] of sums.packs()) packs[table].put(slot, kind, cells)
  packs.changed()
}

/** Takes rows of what is over into packs, some at a time; true while more are left. */
export function packRows(core: Core): boolean {
  const { quarterTo } = core.rollUp.grains.edges
  return (['rollup', 'latency'] as const)
    .flatMap((table) => [packSome(core, table, QUARTER_GRAIN, quarterTo), packSome(core, table, DAY_GRAIN)])
    .includes(true)
}

function packSome(core: Core, table: Packed, grain: number, before: number = Number.MAX_SAFE_INTEGER): boolean {
  const oldest = `SELECT min(time) FROM ${table} WHERE grain = ? AND time < ?`
  for (let left = ROWS_PER_CALL; left > 0; ) {
    const time = numbersOf(core.database, oldest, grain, before)[0]?.[0] as number | null
    if (time === null) return false
    left -= packTime(core, table, { grain, time }, left)
  }
  return true
}

/** Up to `limit` rows of a time; how many there were. */
function packTime(core: Core, table: Packed, slot: Slot, limit: number): number {
  const { key, all } = COLUMNS[table]
  const of = 'grain = ? AND time = ?'
  const { grain, time } = slot
  const rows = numbersOf(
    core.database,
    `SELECT ${all} FROM ${table} WHERE ${of} ORDER BY ${key} LIMIT ?`,
    grain,
    time,
    limit,
  )
  const last = rows.at(-1)!.slice(0, key.split(',').length)
  const upTo = `(${key}) <= (${last.map(() => '?').join()})`
  prepared(core.database, `DELETE FROM ${table} WHERE ${of} AND ${upTo}`).run(grain, time, ...last)
  const sums = sumsOf(core, table)
  for (const kind of new Set(rows.map(([kind]) => kind!)))
    for (const pack of core.rollUp.packs[table].of(slot, kind)) sums.addPack(pack)
  for (const row of rows) sums.addRow(row)
  put(core, table, slot, sums)
  return rows.length
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
