import type { SettleCall, Settlement } from '../../settlement.ts'
import type { Core } from '../core.ts'
import { eachAlike } from '../each-alike.ts'
import type { LeasedRow } from '../lease-book.ts'
import { eachRun, rising } from '../row-set.ts'
import { DELIVERED, END_CODES, READY, WAITING } from '../state.ts'
import { keepRequest } from './request.ts'

/** Inside a transaction: settles what the token holds, and keeps the request that the settlements follow from. */
export function settle(core: Core, { token, settlements, request, nowMs }: SettleCall): number {
  const carried: ReadonlySet<number> = request === undefined || request.validateOnly ? new Set() : new Set(request.rows)
  const counted = new Set<number>()
  let changed = 0
  for (const settlement of settlements) {
    const leased = takeRows(core, token, settlement.rows)
    changed += leased.length
    const sent = leased.filter(({ row }) => carried.has(row))
    for (const { row } of sent) counted.add(row)
    apply(core, settlement, sent, 1, nowMs)
    const others = sent.length === leased.length ? [] : leased.filter(({ row }) => !carried.has(row))
    apply(core, settlement, others, 0, nowMs)
  }
  if (request !== undefined) keepRequest(core, request, counted)
  return changed
}

/** Takes the rows out of their lease, as long as the transaction stands. */
export function takeRows({ leases, undo }: Core, token: number, rows: readonly number[]): LeasedRow[] {
  const taken: LeasedRow[] = []
  for (const row of rising(rows)) {
    const leased = leases.take(token, row)
    if (leased !== undefined) taken.push(leased)
  }
  undo.add(() => {
    for (const leased of taken) leases.put(token, leased)
  })
  return taken
}

function apply(
  core: Core,
  settlement: Settlement,
  leased: readonly LeasedRow[],
  attempts: number,
  nowMs: number,
): void {
  if (leased.length === 0) return
  if (settlement.to === 'queued') requeue(core, settlement, leased, attempts, nowMs)
  else end(core, settlement, leased, attempts, nowMs)
}

type Ending = Exclude<Settlement, { to: 'queued' }>
type Requeueing = Extract<Settlement, { to: 'queued' }>

function end(core: Core, settlement: Ending, leased: readonly LeasedRow[], attempts: number, nowMs: number): void {
  const { statements, tally, keepBodies } = core
  const state = END_CODES[settlement.to]
  const about = { state, endedMs: nowMs, code: settlement.code ?? null, message: settlement.message ?? null, attempts }
  eachRun(rowsOf(leased), (first, last) => {
    // First what frees pages: on a disk that is full to the last of them the rest could not be written.
    if (state === DELIVERED && !keepBodies) statements.dropBodies(first, last)
    expectChanged(statements.endEvents(first, last, about), first, last)
  })
  eachAlike(leased, isSameQueue, ({ pixel, shape }, events) => tally.move(pixel, shape, READY, state, events))
}

function isSameQueue(a: LeasedRow, b: LeasedRow): boolean {
  return a.pixel === b.pixel && a.shape === b.shape
}

function requeue(
  core: Core,
  settlement: Requeueing,
  leased: readonly LeasedRow[],
  attempts: number,
  nowMs: number,
): void {
  const { dueMs, code, message } = settlement
  const waits = dueMs > nowMs
  const state = waits ? WAITING : READY
  // What goes back unchanged needs no write: the lease was never in the file.
  if (waits || attempts > 0 || code !== undefined || message !== undefined) {
    const about = { state, dueMs: waits ? dueMs : null, code: code ?? null, message: message ?? null, attempts }
    eachRun(rowsOf(leased), (first, last) => {
      expectChanged(core.statements.requeueEvents(first, last, about), first, last)
    })
  }
  for (const event of leased) {
    if (!waits) core.frontier.lower(event.pixel, event.shape, event)
    else core.tally.move(event.pixel, event.shape, READY, WAITING)
    if (waits) core.due.lower(event.pixel, dueMs)
  }
}

function rowsOf(leased: readonly LeasedRow[]): number[] {
  return leased.map(({ row }) => row)
}

/** A leased row is always there. Where it is not, memory and file have parted, and the transaction must not commit. */
function expectChanged(changed: number, first: number, last: number): void {
  if (changed !== last - first + 1) throw new Error(`Rows ${first} to ${last} are leased, but not all of them exist.`)
}
