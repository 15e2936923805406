import type { Slot } from '../../roll-up/edges.ts'
import { admit, type Cell, columnsOf, type RollUpKey, wholeOf } from '../../roll-up/key.ts'
import { ACCEPTED } from '../../state.ts'
import { turn } from '../changes.ts'
import type { Session } from '../connection/database.ts'
import type { Grains } from './grains.ts'
import { IS_OVER } from './is-over.ts'

const KEYS = 'kind, pixel, name, shape, source, code, currency'
/** At an acceptance a key leads to accounts also where it counts nothing. */
const TAKE = `
  with over as (delete from waybill_store.flow where ${IS_OVER} returning *)
  select minute, ${KEYS}, sum(flow) as flow, sum(ends) as ends, sum(flow_money) as flow_money, sum(ends_money) as ends_money
  from over group by minute, ${KEYS}
  having sum(flow) <> 0 or sum(ends) <> 0 or sum(flow_money) <> 0 or sum(ends_money) <> 0 or kind = ${ACCEPTED} order by minute, sum(flow) desc`

type FlowRow = RollUpKey & {
  readonly minute: number
  readonly flow: number
  readonly ends: number
  readonly flow_money: number
  readonly ends_money: number
}

/** Takes the changes of the roll-up into it. */
export async function foldFlow(session: Session, grains: Grains): Promise<void> {
  const cells = (await session.query<FlowRow>(TAKE)).map(cellOf)
  if (cells.length === 0) return
  const admitted = await admitAll(session, cells, grains)
  await putRollUp(session, grains, admitted)
  await putKnown(session, admitted)
}

function cellOf({ minute, flow, ends, flow_money, ends_money, ...key }: FlowRow): Cell {
  return { minute, key, flow, ends, flowMoney: flow_money, endsMoney: ends_money }
}

const THERE = `
  select given.at from unnest($1::smallint[], $2::integer[], $3::smallint[], $4::integer[], $5::integer[], $6::integer[],
    $7::integer[], $8::integer[], $9::integer[]) with ordinality
    as given (grain, time, kind, pixel, name, shape, source, code, currency, at)
  join waybill_store.rollup as r using (grain, time, ${KEYS})`
const SIZES = `
  select time, count(*) as keys from waybill_store.rollup where grain = 0 and time = any ($1::integer[]) and pixel > 0 group by time`

/** Each with the key that it is counted under: a minute has no more than so many. */
async function admitAll(session: Session, cells: readonly Cell[], grains: Grains): Promise<Cell[]> {
  const finest = cells.map(({ minute, key }) => [...slotColumns(grains.slotsOf(minute)[0]!), ...columnsOf(key)])
  const there = new Set((await session.query<{ at: number }>(THERE, turn(finest, 9))).map(({ at }) => at - 1))
  const minutes = [...new Set(cells.map(({ minute }) => minute))]
  const sizes = new Map(
    (await session.query<{ time: number; keys: number }>(SIZES, [minutes])).map(({ time, keys }) => [time, keys]),
  )
  return cells.map((cell, at) => {
    const isThere = there.has(at)
    const size = sizes.get(cell.minute) ?? 0
    const key = admit(cell, isThere, () => size)
    if (!isThere && key === cell.key) sizes.set(cell.minute, size + 1)
    return { ...cell, key }
  })
}

function slotColumns({ grain, time }: Slot): [number, number] {
  return [grain, time]
}

const PUT = `
  insert into waybill_store.rollup (grain, time, ${KEYS}, flow, ends, flow_money, ends_money)
  select * from unnest($1::smallint[], $2::integer[], $3::smallint[], $4::integer[], $5::integer[], $6::integer[], $7::integer[],
    $8::integer[], $9::integer[], $10::bigint[], $11::bigint[], $12::float8[], $13::float8[])
  on conflict (grain, time, ${KEYS}) do update set flow = rollup.flow + excluded.flow, ends = rollup.ends + excluded.ends,
    flow_money = rollup.flow_money + excluded.flow_money, ends_money = rollup.ends_money + excluded.ends_money`

/** At each grain that a minute is summed up at; what happened also over all pixels together. */
async function putRollUp(session: Session, grains: Grains, cells: readonly Cell[]): Promise<void> {
  const sums = new Sums()
  for (const cell of cells)
    for (const slot of grains.slotsOf(cell.minute)) {
      sums.add([...slotColumns(slot), ...columnsOf(cell.key)], cell)
      const whole = { ...cell, ends: 0, endsMoney: 0 }
      if (cell.flow !== 0) sums.add([...slotColumns(slot), ...columnsOf(wholeOf(cell.key))], whole)
    }
  await session.query(PUT, turn(sums.rows(), 13))
}

const PUT_KNOWN = `
  insert into waybill_store.known (${KEYS}, flow, ends, flow_money, ends_money, first, last)
  select * from unnest($1::smallint[], $2::integer[], $3::integer[], $4::integer[], $5::integer[], $6::integer[], $7::integer[],
    $8::bigint[], $9::bigint[], $10::float8[], $11::float8[], $12::integer[], $13::integer[])
  on conflict (${KEYS}) do update set flow = known.flow + excluded.flow, ends = known.ends + excluded.ends,
    flow_money = known.flow_money + excluded.flow_money, ends_money = known.ends_money + excluded.ends_money,
    first = case when excluded.flow > 0 then least(known.first, excluded.first) else known.first end,
    last = case when excluded.flow > 0 then greatest(known.last, excluded.last) else known.last end`

/** Over all times. */
async function putKnown(session: Session, cells: readonly Cell[]): Promise<void> {
  const sums = new Sums()
  const times = new Map<string, { first: number; last: number; happened: boolean }>()
  for (const cell of cells) {
    const columns = columnsOf(cell.key)
    sums.add(columns, cell)
    const at = columns.join(' ')
    const known = times.get(at)
    const happened = cell.flow > 0
    if (known === undefined || (happened && !known.happened))
      times.set(at, { first: cell.minute, last: cell.minute, happened })
    else if (happened === known.happened) {
      known.first = Math.min(known.first, cell.minute)
      known.last = Math.max(known.last, cell.minute)
    }
  }
  const rows = sums.rows().map((row) => {
    const { first, last } = times.get(row.slice(0, 7).join(' '))!
    return [...row, first, last]
  })
  await session.query(PUT_KNOWN, turn(rows, 13))
}

/** Changes by key, each key once. */
class Sums {
  readonly #sums: Map<
    string,
    { readonly columns: readonly number[]; readonly sums: [number, number, number, number] }
  > = new Map()

  add(columns: readonly number[], { flow, ends, flowMoney, endsMoney }: Cell): void {
    const at = columns.join(' ')
    const known = this.#sums.get(at)
    if (known === undefined) {
      this.#sums.set(at, { columns, sums: [flow, ends, flowMoney, endsMoney] })
      return
    }
    const { sums } = known
    sums[0] += flow
    sums[1] += ends
    sums[2] += flowMoney
    sums[3] += endsMoney
  }

  rows(): number[][] {
    return [...this.#sums.values()].map(({ columns, sums }) => [...columns, ...sums])
  }
}
