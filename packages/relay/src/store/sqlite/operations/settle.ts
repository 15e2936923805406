import type { SettleCall, Settlement } from '../../settlement.ts'
import type { Suspicion } from '../../suspicion.ts'
import type { Core } from '../core.ts'
import { eachAlike } from '../each-alike.ts'
import type { LeasedRow } from '../lease-book.ts'
import { eachRun, rising } from '../row-set.ts'
import { APART, DELIVERED, END_CODES, READY, WAITING } from '../state.ts'
import type { Requeue } from '../statements/requeue-events.ts'
import { apartChanged, leaveApart, putApart } from './apart.ts'
import { keepRequest } from './request.ts'

/** Inside a transaction: settles what the token holds, and keeps the request that the settlements follow from. */
export function settle(core: Core, { token, settlements, request, nowMs }: SettleCall): number {
  const carried: ReadonlySet<number> = request === undefined || request.validateOnly ? new Set() : new Set(request.rows)
  const counted = new Set<number>()
  let changed = 0
  let delivered = 0
  for (const settlement of settlements) {
    const leased = takeRows(core, token, settlement.rows)
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

/** Takes the rows out of their lease, as long as the transaction stands. */
export function takeRows({ leases, undo }: Core, token: number, rows: readonly number[]): LeasedRow[] {
  const taken: LeasedRow[] = []
  const untilMs = leases.untilMs(token)
  for (const row of rising(rows)) {
    const leased = leases.take(token, row)
    if (leased !== undefined) taken.push(leased)
  }
  undo.add(() => {
    for (const leased of taken) leases.put(token, leased, untilMs)
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
  const { statements, keepBodies } = core
  const state = END_CODES[settlement.to]
  const about = { state, endedMs: nowMs, code: settlement.code ?? null, message: settlement.message ?? null, attempts }
  eachRun(rowsOf(leased), (first, last) => {
    // First what frees pages: on a disk that is full to the last of them the rest could not be written.
    if (state === DELIVERED && !keepBodies) statements.dropBodies(first, last)
    expectChanged(statements.endEvents(first, last, about), first, last)
  })
  for (const row of leased) if (row.state === APART) leaveApart(core, row)
  moveAll(core, leased, state)
}

/** Counts leased rows where they are now. */
function moveAll({ tally }: Core, leased: readonly LeasedRow[], to: number): void {
  eachAlike(leased, isSameQueue, ({ pixel, shape, state }, events) => tally.move(pixel, shape, state, to, events))
}

function isSameQueue(a: LeasedRow, b: LeasedRow): boolean {
  return a.pixel === b.pixel && a.shape === b.shape && a.state === b.state
}

function requeue(
  core: Core,
  settlement: Requeueing,
  leased: readonly LeasedRow[],
  attempts: number,
  nowMs: number,
): void {
  const { dueMs, code, message, suspicion } = settlement
  if (suspicion !== undefined) return setApart(core, { ...settlement, suspicion }, leased, attempts)
  const waits = dueMs > nowMs
  const state = waits ? WAITING : READY
  const wereApart = leased.filter((row) => row.state === APART)
  // What goes back unchanged needs no write: the lease was never in the file.
  if (waits || wereApart.length > 0 || attempts > 0 || code !== undefined || message !== undefined) {
    const about = { state, dueMs: waits ? dueMs : null, code: code ?? null, message: message ?? null, attempts }
    write(core, leased, about)
  }
  for (const row of wereApart) leaveApart(core, row)
  moveAll(core, leased, state)
  for (const { pixel, shape, ...place } of leased) {
    if (waits) core.due.lower(pixel, dueMs)
    else core.frontier.lower(pixel, shape, place)
  }
}

/** They wait beside the queue from here on. */
function setApart(
  core: Core,
  { suspicion, dueMs, code = suspicion.code, message = suspicion.message }: Requeueing & { suspicion: Suspicion },
  leased: readonly LeasedRow[],
  attempts: number,
): void {
  write(core, leased, { state: APART, dueMs, code, message, attempts })
  eachRun(rowsOf(leased), (first, last) => putApart(core, first, last, suspicion, dueMs))
  moveAll(core, leased, APART)
  eachAlike(leased, isSameQueue, (row) => apartChanged(core, row))
}

function write(core: Core, leased: readonly LeasedRow[], about: Requeue): void {
  eachRun(rowsOf(leased), (first, last) => {
    expectChanged(core.statements.requeueEvents(first, last, about), first, last)
  })
}

function rowsOf(leased: readonly LeasedRow[]): number[] {
  return leased.map(({ row }) => row)
}

/** A leased row is always there. Where it is not, memory and file have parted, and the transaction must not commit. */
function expectChanged(changed: number, first: number, last: number): void {
  if (changed !== last - first + 1) throw new Error(`Rows ${first} to ${last} are leased, but not all of them exist.`)
}
