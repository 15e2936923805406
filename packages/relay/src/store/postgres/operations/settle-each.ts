import { minuteOf } from '../../minute.ts'
import type { RequestRecord } from '../../request.ts'
import type { Settlement } from '../../settlement.ts'
import { APART, END_CODES, READY, WAITING } from '../../state.ts'
import type { Suspicion } from '../../suspicion.ts'
import { Changes, type Facts } from '../changes.ts'
import type { Session } from '../connection/database.ts'
import type { Core } from '../core.ts'
import { TODAY } from '../partitions.ts'
import { fromRanges, toRanges } from '../row-ranges.ts'
import { NONE } from '../terms.ts'
import { toText, toTextOrNull } from '../text.ts'
import { countDelivered, isAttempt, type Numbered } from './delivered.ts'
import { insertEnds, readFacts } from './reopen.ts'
import { countRequest, insertRequest } from './request.ts'

/** What settlements are written with. */
interface Writing {
  readonly core: Core
  readonly session: Session
  readonly changes: Changes
  readonly facts: ReadonlyMap<number, Facts>
  readonly request: RequestRecord | undefined
  readonly requestSeq: number
  readonly carried: ReadonlySet<number>
  readonly nowMs: number
}

const HOLD_LEASE = 'select pixel, rows from waybill_store.lease where token = $1 for update'
const END_LEASE = 'delete from waybill_store.lease where token = $1'
const KEEP_LEASE = 'update waybill_store.lease set rows = $2::int8multirange where token = $1'

/** Whatever becomes of the events of a lease, one settlement after the other, in one transaction. */
export async function settleEach(core: Core, numbered: Numbered): Promise<number> {
  const { call } = numbered
  const changed = await core.database.transaction((session) => write(core, session, numbered))
  core.leases.remove(call.token, changed)
  return changed.length
}

async function write(core: Core, session: Session, { call, requestSeq, seqs }: Numbered): Promise<number[]> {
  const { token, settlements, request, nowMs } = call
  const [lease] = await session.query<{ pixel: number; rows: string }>(HOLD_LEASE, [token])
  const held = new Set(lease === undefined ? [] : fromRanges(lease.rows))
  const parts = settlements.map((settlement) => ({ settlement, rows: take(held, settlement.rows) }))
  const settled = parts.flatMap(({ rows }) => rows)
  const carried = new Set(isAttempt(request) ? request!.rows : [])
  const facts = await factsOf(core, session, token, settled)
  const changes = new Changes()
  const writing = { core, session, changes, facts, request, requestSeq, carried, nowMs }
  if (settled.length > 0) await leave(session, token, held)
  for (const [at, { settlement, rows }] of parts.entries())
    if (rows.length > 0) await apply(writing, settlement, rows, seqs.slice(2 * at, 2 * at + 2))
  if (request !== undefined) await keepRequest(writing, parts)
  await changes.write(session)
  return settled
}

function take(held: Set<number>, rows: readonly number[]): number[] {
  return [...new Set(rows)].filter((row) => held.delete(row))
}

async function factsOf(
  core: Core,
  session: Session,
  token: number,
  rows: readonly number[],
): Promise<ReadonlyMap<number, Facts>> {
  const known = core.leases.get(token)
  if (rows.every((row) => known?.has(row))) return known ?? new Map()
  return readFacts(session, rows)
}

async function leave(session: Session, token: number, left: ReadonlySet<number>): Promise<void> {
  if (left.size === 0) await session.query(END_LEASE, [token])
  else await session.query(KEEP_LEASE, [token, toRanges(left)])
}

async function keepRequest(
  { core, session, changes, request, requestSeq }: Writing,
  parts: readonly { readonly settlement: Settlement; readonly rows: readonly number[] }[],
): Promise<void> {
  const delivered = parts.flatMap(({ settlement, rows }) => (settlement.to === 'delivered' ? rows : []))
  countRequest(core.terms, request!, changes)
  await insertRequest(session, core.terms, { seq: requestSeq, request: request!, delivered: new Set(delivered) })
}

async function apply(
  writing: Writing,
  settlement: Settlement,
  rows: readonly number[],
  seqs: readonly number[],
): Promise<void> {
  if (settlement.to === 'delivered') await deliver(writing, settlement, rows, seqs)
  else if (settlement.to === 'queued') await requeue(writing, settlement, rows)
  else await end(writing, settlement, rows)
}

const INSERT_DELIVERY = `
  insert into waybill_store.delivery (seq, day, pixel, ended_ms, rows, request, is_attempt, code, message)
  values ($1, ${TODAY}, $2, $3, $4::int8multirange, $5, $6, $7, $8)`

/** What goes with the delivery of an event; its body, unless bodies are kept. */
const DROPPED = ['suspicion', 'fixed'] as const

async function deliver(
  { core, session, changes, facts, request, requestSeq, carried, nowMs }: Writing,
  { code, message }: Extract<Settlement, { to: 'delivered' }>,
  rows: readonly number[],
  seqs: readonly number[],
): Promise<void> {
  const term = code === undefined ? NONE : core.terms.number(code)
  const sent = rows.filter((row) => carried.has(row))
  const unsent = rows.filter((row) => !carried.has(row))
  for (const [at, part] of [sent, unsent].entries()) {
    if (part.length === 0) continue
    const pixel = facts.get(part[0]!)!.pixel
    const about = [request === undefined ? null : requestSeq, at === 0, term, toTextOrNull(message)]
    await session.query(INSERT_DELIVERY, [seqs[at], pixel, nowMs, toRanges(part), ...about])
  }
  for (const table of core.keepBodies ? DROPPED : [...DROPPED, 'kept_body'])
    await session.query(`delete from waybill_store.${table} where row = any ($1::bigint[])`, [rows])
  for (const row of rows) countDelivered(changes, facts.get(row)!, nowMs, term)
}

async function end(
  { core, session, changes, facts, nowMs }: Writing,
  { to, code, message }: Extract<Settlement, { to: 'refused' | 'expired' }>,
  rows: readonly number[],
): Promise<void> {
  const term = core.terms.number(code)
  await session.query('delete from waybill_store.suspicion where row = any ($1::bigint[])', [rows])
  await insertEnds(
    session,
    rows.map((row) => ({
      row,
      pixel: facts.get(row)!.pixel,
      state: END_CODES[to],
      code: term,
      endedMs: nowMs,
      message,
    })),
  )
  for (const row of rows) {
    changes.leave(facts.get(row)!)
    changes.end(facts.get(row)!, { state: to, atMs: nowMs, code: term })
  }
}

type Requeueing = Extract<Settlement, { to: 'queued' }>

const END_SUSPICIONS = 'delete from waybill_store.suspicion where row = any ($1::bigint[]) returning row'
const REQUEUE = `
  insert into waybill_store.queue (row, timestamp_ms, due_ms, pixel, shape, minute, lane, is_kept, is_tried)
  select row, timestamp_ms, $2::bigint, pixel, shape, timestamp_ms / 60000, $3::smallint, true, true
  from waybill_store.account where row = any ($1::bigint[])`
/** What the last answer said, for those that it said something of. $4: the time is another one. */
const SAY = `
  insert into waybill_store.tried (row, due_ms, code, message)
  select unnest($1::bigint[]), case when $5 then $2::bigint end, $3, $4
  on conflict (row) do update
  set code = excluded.code, message = excluded.message, due_ms = coalesce(excluded.due_ms, tried.due_ms)`

async function requeue(writing: Writing, settlement: Requeueing, rows: readonly number[]): Promise<void> {
  const { core, session, changes, facts, carried, nowMs } = writing
  const { dueMs, suspicion, code = suspicion?.code, message = suspicion?.message } = settlement
  const ended = await session.query<{ row: number }>(END_SUSPICIONS, [rows])
  const wasApart = new Set(ended.map(({ row }) => row))
  const waits = dueMs > nowMs
  const lane = suspicion !== undefined ? APART : waits ? WAITING : READY
  if (suspicion !== undefined) await setApart(session, suspicion, { rows, dueMs, facts })
  const isSaid = waits || suspicion !== undefined || code !== undefined || message !== undefined
  const said = rows.filter((row) => isSaid || wasApart.has(row) || carried.has(row))
  if (said.length > 0)
    await session.query(SAY, [said, dueMs, toTextOrNull(code), toTextOrNull(message), waits || suspicion !== undefined])
  await session.query(REQUEUE, [rows, dueMs, lane])
  for (const row of rows) {
    const { pixel, shape, timestampMs } = facts.get(row)!
    changes.tally(pixel, shape, lane, 1)
    if (lane === READY) core.places.noteAt(pixel, shape, { minute: minuteOf(timestampMs), row })
    else core.places.noteLater(pixel)
  }
}

const SUSPECT = `
  insert into waybill_store.suspicion (row, pixel, shape, due_ms, kind, times, first_ms, code, message)
  select given.row, given.pixel, given.shape, $4, $5, $6, $7, $8, $9
  from unnest($1::bigint[], $2::integer[], $3::integer[]) as given (row, pixel, shape)`

async function setApart(
  session: Session,
  { kind, times, firstMs, code, message }: Suspicion,
  {
    rows,
    dueMs,
    facts,
  }: { readonly rows: readonly number[]; readonly dueMs: number; readonly facts: ReadonlyMap<number, Facts> },
): Promise<void> {
  const all = rows.map((row) => facts.get(row)!)
  const about = [dueMs, kind, times, firstMs, toText(code), toText(message)]
  await session.query(SUSPECT, [rows, all.map(({ pixel }) => pixel), all.map(({ shape }) => shape), ...about])
}
