import type { RequestRecord } from '../../request.ts'
import type { SettleCall, Settlement } from '../../settlement.ts'
import { APART, DELIVERED, END_CODES, READY, WAITING } from '../../state.ts'
import type { Suspicion } from '../../suspicion.ts'
import type { Core } from '../core.ts'
import type { QueuedRow } from '../queue/parts.ts'
import { eachRun } from '../row-set.ts'
import type { Requeue } from '../sql/event.ts'
import { keepRequest } from './request.ts'

/** Inside a transaction: settles what the token holds, and keeps the request that the settlements follow from. */
export function settle(core: Core, call: SettleCall): number {
  const { settlements, request } = call
  const [only] = settlements
  const isUsual = settlements.length === 1 && request?.validateOnly === false && isSame(only!.rows, request.rows)
  return isUsual ? settleWhole(core, call, only!, request) : settleParts(core, call)
}

/** What a request carried ends together, as it does nearly always: no event has to be looked for. */
function settleWhole(core: Core, { token, nowMs }: SettleCall, settlement: Settlement, request: RequestRecord): number {
  const leased = core.queue.take(token, settlement.rows)
  apply(core, settlement, leased, 1, nowMs)
  const isAll = leased.length === request.rows.length
  const counted = isAll ? 'all' : new Set(rowsOf(leased))
  keepRequest(core, request, { counted, allDelivered: isAll && settlement.to === 'delivered' })
  return leased.length
}

function settleParts(core: Core, { token, settlements, request, nowMs }: SettleCall): number {
  const carried: ReadonlySet<number> = request === undefined || request.validateOnly ? new Set() : new Set(request.rows)
  const counted = new Set<number>()
  let changed = 0
  let delivered = 0
  for (const settlement of settlements) {
    const leased = core.queue.take(token, settlement.rows)
    changed += leased.length
    const sent = leased.filter(({ row }) => carried.has(row))
    for (const { row } of sent) counted.add(row)
    if (settlement.to === 'delivered') delivered += sent.length
    apply(core, settlement, sent, 1, nowMs)
    const others = sent.length === leased.length ? [] : leased.filter(({ row }) => !carried.has(row))
    apply(core, settlement, others, 0, nowMs)
  }
  if (request !== undefined) keepRequest(core, request, { counted, allDelivered: delivered === carried.size })
  return changed
}

function isSame(rows: readonly number[], others: readonly number[]): boolean {
  return rows.length === others.length && rows.every((row, at) => row === others[at])
}

function apply(
  core: Core,
  settlement: Settlement,
  leased: readonly QueuedRow[],
  attempts: number,
  nowMs: number,
): void {
  if (leased.length === 0) return
  if (settlement.to === 'queued') requeue(core, settlement, leased, attempts, nowMs)
  else end(core, settlement, leased, attempts, nowMs)
}

type Ending = Exclude<Settlement, { to: 'queued' }>
type Requeueing = Extract<Settlement, { to: 'queued' }>

function end(core: Core, settlement: Ending, leased: readonly QueuedRow[], attempts: number, nowMs: number): void {
  const { statements, keepBodies } = core
  const state = END_CODES[settlement.to]
  const about = { state, endedMs: nowMs, code: settlement.code ?? null, message: settlement.message ?? null, attempts }
  eachRun(rowsOf(leased), (first, last) => {
    // First what frees pages: on a disk that is full to the last of them the rest could not be written.
    if (state === DELIVERED && !keepBodies) statements.body.drop(first, last)
    if (state === DELIVERED && core.hasFixed) statements.fixed.drop(first, last)
    expectChanged(statements.event.end(first, last, about), first, last)
  })
  core.queue.end(leased, state, { atMs: nowMs, code: about.code })
  // A lease is of one pixel.
  if (state === DELIVERED) statements.delivery.insert(leased[0]!.pixel, nowMs, rowsOf(leased))
}

function requeue(
  core: Core,
  settlement: Requeueing,
  leased: readonly QueuedRow[],
  attempts: number,
  nowMs: number,
): void {
  const { dueMs, code, message, suspicion } = settlement
  if (suspicion !== undefined) return setApart(core, { ...settlement, suspicion }, leased, attempts)
  const waits = dueMs > nowMs
  const state = waits ? WAITING : READY
  const wasApart = leased.some((row) => row.state === APART)
  // What goes back unchanged needs no write: the lease was never in the file.
  if (waits || wasApart || attempts > 0 || code !== undefined || message !== undefined) {
    const about = { state, dueMs: waits ? dueMs : null, code: code ?? null, message: message ?? null, attempts }
    write(core, leased, about)
  }
  if (waits) core.queue.wait(leased, dueMs)
  else core.queue.goBack(leased)
}

/** They wait beside the queue from here on. */
function setApart(
  core: Core,
  { suspicion, dueMs, code = suspicion.code, message = suspicion.message }: Requeueing & { suspicion: Suspicion },
  leased: readonly QueuedRow[],
  attempts: number,
): void {
  write(core, leased, { state: APART, dueMs, code, message, attempts })
  core.queue.setApart(leased, suspicion, dueMs)
}

function write(core: Core, leased: readonly QueuedRow[], about: Requeue): void {
  eachRun(rowsOf(leased), (first, last) => {
    expectChanged(core.statements.event.requeue(first, last, about), first, last)
  })
}

function rowsOf(leased: readonly QueuedRow[]): number[] {
  return leased.map(({ row }) => row)
}

/** A leased row is always there. Where it is not, memory and file have parted, and the transaction must not commit. */
function expectChanged(changed: number, first: number, last: number): void {
  if (changed !== last - first + 1) throw new Error(`Rows ${first} to ${last} are leased, but not all of them exist.`)
}
