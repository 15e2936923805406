import type { UndeliveredState } from '../../event.ts'
import { endState } from '../../state.ts'
import type { EndedAs } from '../changes.ts'
import type { Core } from '../core.ts'
import { fromRanges, toRanges } from '../row-ranges.ts'
import { NONE } from '../terms.ts'
import { writing } from './operator.ts'
import { readFacts, type Writing } from './reopen.ts'

export interface PruneCall {
  readonly endedBeforeMs: number
  readonly limit: number
}

const OLD_ENDS = `
  delete from waybill_store.ended where row in (
    select row from waybill_store.ended where ended_ms < $1::float8 order by ended_ms limit $2 for update skip locked)
  returning row, state, code, ended_ms`
const OLD_DELIVERIES = `
  select day, seq, ended_ms, code, rows from waybill_store.delivery where ended_ms < $1::float8
  order by ended_ms limit 100 for update skip locked`
const LESS_DELIVERY = 'update waybill_store.delivery set rows = rows - $3::int8multirange where day = $1 and seq = $2'
const END_DELIVERY = 'delete from waybill_store.delivery where day = $1 and seq = $2'

type Pruned = EndedAs & { readonly row: number }

/** Forgets accounts that ended before, the oldest first; gives their number. */
export function prune(core: Core, { endedBeforeMs, limit }: PruneCall): Promise<number> {
  return writing(core, async (write) => {
    const ends = await pruneEnded(write, endedBeforeMs, limit)
    const deliveries = await pruneDelivered(write, endedBeforeMs, limit - ends.length)
    const pruned = [...ends, ...deliveries]
    if (pruned.length > 0) await forget(write, pruned)
    return pruned.length
  })
}

async function pruneEnded({ session }: Writing, endedBeforeMs: number, limit: number): Promise<Pruned[]> {
  const rows = await session.query<{ row: number; state: number; code: number; ended_ms: number }>(OLD_ENDS, [
    endedBeforeMs,
    limit,
  ])
  return rows.map(({ row, state, code, ended_ms }) => ({
    row,
    state: endState(state) as UndeliveredState,
    atMs: ended_ms,
    code,
  }))
}

async function pruneDelivered({ session }: Writing, endedBeforeMs: number, limit: number): Promise<Pruned[]> {
  const pruned: Pruned[] = []
  if (limit <= 0) return pruned
  const old = await session.query<{ day: number; seq: number; ended_ms: number; code: number | null; rows: string }>(
    OLD_DELIVERIES,
    [endedBeforeMs],
  )
  for (const { day, seq, ended_ms, code, rows } of old) {
    const all = fromRanges(rows)
    const some = all.slice(0, limit - pruned.length)
    if (some.length === 0) break
    if (some.length === all.length) await session.query(END_DELIVERY, [day, seq])
    else await session.query(LESS_DELIVERY, [day, seq, toRanges(some)])
    pruned.push(...some.map((row): Pruned => ({ row, state: 'delivered', atMs: ended_ms, code: code ?? NONE })))
  }
  return pruned
}

const DROP_BODIES = `
  delete from waybill_store.body as b using waybill_store.account as a
  where a.row = any ($1::bigint[]) and b.day = a.day and b.row = a.row`
/** By row; the account last, because its key is free from then on. */
const BESIDE = ['kept_body', 'tried', 'suspicion', 'fixed', 'order_key', 'passage', 'account'] as const
/** A request is kept as long as an account it belongs to. */
const DROP_REQUESTS = `
  delete from waybill_store.request as r where r.rows && $1::int8multirange and not exists (
    select from unnest(r.rows) as part (range) join waybill_store.account as a
      on a.row >= lower(part.range) and a.row < upper(part.range)
    where a.pixel = r.pixel)`

async function forget({ session, changes }: Writing, pruned: readonly Pruned[]): Promise<void> {
  const rows = pruned.map(({ row }) => row)
  const facts = await readFacts(session, rows)
  for (const { row, ...end } of pruned) changes.prune(facts.get(row)!, end)
  await session.query(DROP_BODIES, [rows])
  for (const table of BESIDE)
    await session.query(`delete from waybill_store.${table} where row = any ($1::bigint[])`, [rows])
  await session.query(DROP_REQUESTS, [toRanges(rows)])
}
