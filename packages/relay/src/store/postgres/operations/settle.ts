import type { RequestRecord } from '../../request.ts'
import type { SettleCall, Settlement } from '../../settlement.ts'
import { alike, Changes, type Facts, turn } from '../changes.ts'
import { UnknownWriteError } from '../connection/database.ts'
import { constraintOf } from '../connection/faults.ts'
import type { Core } from '../core.ts'
import { FLOW, statementOf, TALLY, TOOK } from '../insert-statement.ts'
import { TODAY } from '../partitions.ts'
import { toRanges } from '../row-ranges.ts'
import { NONE } from '../terms.ts'
import { toTextOrNull } from '../text.ts'
import { countDelivered, isAttempt, type Numbered } from './delivered.ts'
import { countRequest, REQUEST_COLUMNS, requestParameters, requestValues, termsOfRequest } from './request.ts'
import { settleEach } from './settle-each.ts'

type Delivery = Extract<Settlement, { to: 'delivered' }>

/** Settles what the token holds, and keeps the request that the settlements follow from; gives the number of events changed. */
export async function settle(core: Core, call: SettleCall): Promise<number> {
  const { terms, seqs } = core
  await terms.keep(termsOf(call))
  const [requestSeq, ...rest] = await seqs.take(1 + 2 * call.settlements.length)
  const numbered = { call, requestSeq: requestSeq!, seqs: rest }
  try {
    return await core.partitions.during(() => settleOnce(core, numbered))
  } catch (error) {
    if (!(error instanceof UnknownWriteError)) throw error
    return settleAgain(core, numbered)
  }
}

/** After a try that may have been written, or is being written still. */
async function settleAgain(core: Core, numbered: Numbered): Promise<number> {
  if (await isWritten(core, numbered)) return heldOf(core, numbered.call)
  try {
    return await settleOnce(core, numbered)
  } catch (error) {
    if (constraintOf(error) === undefined) throw error
    return heldOf(core, numbered.call)
  }
}

function termsOf({ settlements, request }: SettleCall): string[] {
  const codes = settlements.flatMap((each) => (each.to !== 'queued' && each.code !== undefined ? [each.code] : []))
  return request === undefined ? codes : [...codes, ...termsOfRequest(request)]
}

async function isWritten({ database }: Core, { requestSeq, seqs }: Numbered): Promise<boolean> {
  const sql = `
    select from waybill_store.request where seq = $1 and day >= ${TODAY} - 1
    union all select from waybill_store.delivery where seq = any ($2::bigint[]) and day >= ${TODAY} - 1`
  return (await database.read(sql, [requestSeq, seqs])).length > 0
}

/** It was written as a whole, and only for its holder. */
function heldOf({ leases }: Core, { token, settlements }: SettleCall): number {
  const held = leases.get(token)
  const rows = new Set(settlements.flatMap((each) => each.rows))
  const changed = [...rows].filter((row) => held?.has(row)).length
  leases.remove(token, rows)
  return changed
}

async function settleOnce(core: Core, numbered: Numbered): Promise<number> {
  const clean = cleanDelivery(core, numbered.call)
  if (clean !== undefined && (await deliver(core, numbered, clean))) return heldOf(core, numbered.call)
  return settleEach(core, numbered)
}

interface Clean {
  readonly settlement: Delivery
  readonly facts: readonly Facts[]
  /** Nothing is left in the lease. */
  readonly isAll: boolean
}

/** The usual case: all that is settled was delivered, all of it is held, and nothing more is kept of any. */
function cleanDelivery({ leases }: Core, { token, settlements, request }: SettleCall): Clean | undefined {
  const [settlement] = settlements
  const held = leases.get(token)
  if (settlements.length !== 1 || settlement?.to !== 'delivered' || held === undefined) return undefined
  const rows = new Set(settlement.rows)
  const events = [...rows].map((row) => held.get(row))
  if (rows.size === 0 || events.some((event) => event === undefined || event.hasMore)) return undefined
  if (!carriesExactly(request, rows)) return undefined
  return { settlement, facts: events as Facts[], isAll: rows.size === held.size }
}

function carriesExactly(request: RequestRecord | undefined, rows: ReadonlySet<number>): boolean {
  if (request === undefined) return true
  const carried = new Set(request.rows)
  return carried.size === rows.size && [...rows].every((row) => carried.has(row))
}

/** One statement. `false` where the lease is not what it was taken for: nothing is written then. */
async function deliver(
  core: Core,
  { call, requestSeq, seqs }: Numbered,
  { settlement, facts, isAll }: Clean,
): Promise<boolean> {
  const { database, terms } = core
  const { token, request, nowMs } = call
  const { code, message, rows } = settlement
  const term = code === undefined ? NONE : terms.number(code)
  const changes = new Changes()
  for (const each of alike(facts, nowMs)) countDelivered(changes, each, nowMs, term)
  if (request !== undefined) countRequest(terms, request, changes)
  const [tally, flow, took] = changes.columns
  const delivery = [
    seqs[0],
    nowMs,
    request === undefined ? null : requestSeq,
    isAttempt(request),
    term,
    toTextOrNull(message),
  ]
  const before = [token, toRanges(rows), ...delivery]
  const requested = request === undefined ? [] : requestValues(terms, requestSeq, request)
  const { sql, values } = statementOf(
    [TALLY, FLOW, TOOK].map((part, at) => ({
      ...part,
      sql: part.sql.replace('* from $', 'given.* from $ cross join gone'),
      rows: turn([tally, flow, took][at]!, [tally, flow, took][at]![0]!.length),
    })),
    { parts: deliveryParts(isAll, requested.length > 0), values: [...before, ...requested], select: 'token from gone' },
  )
  return (await database.query(sql, values)).length > 0
}

/** $1 the token, $2 the rows, $3 to $8 the delivery, from $9 on the request. */
export function deliveryParts(isAll: boolean, hasRequest: boolean): string[] {
  const gone = isAll
    ? 'delete from waybill_store.lease where token = $1 and rows = $2::int8multirange returning token, pixel'
    : 'update waybill_store.lease set rows = rows - $2::int8multirange where token = $1 and rows @> $2::int8multirange returning token, pixel'
  const parts = [
    `gone as (${gone})`,
    `put_delivery as (
      insert into waybill_store.delivery (seq, day, pixel, ended_ms, rows, request, is_attempt, code, message)
      select $3::bigint, ${TODAY}, gone.pixel, $4::bigint, $2::int8multirange, $5::bigint, $6::boolean, $7::integer, $8::text from gone)`,
  ]
  if (hasRequest)
    parts.push(
      `put_request as (insert into waybill_store.request (${REQUEST_COLUMNS}) select ${requestParameters(9)} from gone)`,
    )
  return parts
}
